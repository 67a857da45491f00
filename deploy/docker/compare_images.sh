#!/usr/bin/env bash
# Says whether two images hold the same: every file's path, type, mode, owner, time and content. Exits 1 where they differ.
#
#   deploy/docker/compare_images.sh localhost/liveclass/services:local localhost/liveclass/services:again
set -euo pipefail

contents() {
  local root
  root=$(podman image mount "$1")
  (cd "$root" && find . -mindepth 1 -printf '%p %y %m %U:%G %Ts %l\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum)
  podman image unmount "$1" >/dev/null
}

diff <(contents "$1") <(contents "$2") && echo "the same"
