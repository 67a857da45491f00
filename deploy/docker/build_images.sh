#!/usr/bin/env bash
# Builds liveclass/services and liveclass/triton-cpu with buildah: no daemon, and no registry of images.
#
#   BASE=docker.io/library/python:3.11-slim-bookworm@sha256:…    what they stand on; without it a Debian of packages, by mmdebstrap
#   TAG=local                                                    what they are tagged with
#   OPTIONS=--layers                                             more options for `buildah build`: this one keeps what each step made
#
# Beside them, in build/images/: each one's bill of materials (CycloneDX), its Debian packages, and a list of the sizes.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/images
debian=localhost/liveclass/python:bookworm

for tool in buildah podman mmdebstrap runc; do
  command -v "$tool" >/dev/null || { echo "$tool is missing. On Debian and Ubuntu: sudo apt-get install --no-install-recommends buildah podman mmdebstrap runc netavark aardvark-dns"; exit 1; }
done
mkdir -p "$out"

# The same moment in every build of a commit.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
if [ -z "${BASE:-}" ] && ! podman image exists "$debian"; then
  echo "Making a base of Debian's packages (a minute or two) …"
  mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,libpython3.11,ca-certificates bookworm "$out/base.tar"
  podman import --quiet "$out/base.tar" "$debian" >/dev/null
  rm "$out/base.tar"
fi

# What this machine trusts and where its pip looks, for the downloads only: neither becomes part of an image.
machine=(--volume /etc/ssl/certs:/etc/ssl/certs:ro)
[ ! -e /etc/pip.conf ] || machine+=(--volume /etc/pip.conf:/etc/pip.conf:ro)


for image in ${IMAGES:-services triton-cpu}; do
  name=localhost/liveclass/$image:${TAG:-local}
  echo "Building $name …"
  # shellcheck disable=SC2086  # several options
  buildah build --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" "${machine[@]}" ${OPTIONS:-} \
    --build-arg BASE="${BASE:-$debian}" --build-arg VERSION="$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" \
    --build-arg REVISION="$(git rev-parse HEAD)" --ignorefile "deploy/docker/$image.Dockerfile.dockerignore" \
    --file "deploy/docker/$image.Dockerfile" --tag "$name" . >"$out/$image.log" 2>&1 || { tail -30 "$out/$image.log"; exit 1; }
  root=$(podman image mount "$name")
  cp "$root/opt/liveclass/sbom.json" "$out/$image.cdx.json"
  dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat '${Package} ${Version}\n' >"$out/$image.debian.txt"
  echo "$image $(du -s --block-size=1M --apparent-size "$root" | cut -f1) MB" | tee "$out/$image.size.txt"
  podman image unmount "$name" >/dev/null
done
