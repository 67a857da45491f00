#!/usr/bin/env bash
# Builds kube-apiserver, etcd and kustomize from their Go modules, unless they are there, and prints the folder that holds them:
# one for each choice of versions, in the user's cache. With --cached it builds nothing, and fails where one is missing.
#
# Seven minutes on two busy cores the first time; what was compiled is kept by Go, so that it may be interrupted.
set -euo pipefail
kubernetes=v1.34.4
staging=v0.34.4 # the version under which its parts are published
etcd=v3.6.7
kustomize=v5.7.1

out=${XDG_CACHE_HOME:-$HOME/.cache}/liveclass/apiserver/$kubernetes-$etcd-$kustomize
if [ "${1:-}" = --cached ]; then
  for program in kube-apiserver etcd kustomize; do [ -x "$out/$program" ] || exit 1; done
  echo "$out"
  exit
fi
mkdir -p "$out"
modules=$(mktemp -d)
trap 'rm -r "$modules"' EXIT
build() { # NAME PACKAGE, in a module that is there already
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$out/$1.new" "$2" >&2
  mv "$out/$1.new" "$out/$1"
}
if [ ! -x "$out/etcd" ]; then
  mkdir "$modules/etcd" && cd "$modules/etcd"
  go mod init etcd-build >&2
  go get "go.etcd.io/etcd/server/v3@$etcd" >&2
  build etcd go.etcd.io/etcd/server/v3
fi
if [ ! -x "$out/kube-apiserver" ]; then
  mkdir "$modules/kubernetes" && cd "$modules/kubernetes"
  # In its own repository the parts of Kubernetes are folders beside it; published, they are modules.
  original=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | sed -n 's/^.*"GoMod": "\(.*\)".*/\1/p')
  { printf 'module kubernetes-build\n\ngo 1.24\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
    sed -n "s|^\t\(k8s.io/[a-z-]*\) => .*|\t\1 => \1 $staging|p" "$original"
    echo ')'; } >go.mod
  go get "k8s.io/kubernetes/cmd/kube-apiserver@$kubernetes" >&2
  build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver
fi
[ -x "$out/kustomize" ] || GOBIN=$out go install "sigs.k8s.io/kustomize/kustomize/v5@$kustomize" >&2
echo "$out"
