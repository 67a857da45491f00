#!/usr/bin/env bash
# Makes localhost/liveclass/test-tools:bookworm of Debian's packages: the PostgreSQL, Prometheus and Alertmanager that the tests
# run in pods, where a school would have its own or the official images.
set -euo pipefail
name=localhost/liveclass/test-tools:bookworm
podman image exists "$name" && exit
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
mmdebstrap --quiet --variant=minbase --include=postgresql-15,prometheus,prometheus-alertmanager bookworm "$folder/tools.tar"
podman import --quiet "$folder/tools.tar" "$name" >/dev/null
