#!/usr/bin/env bash
# Builds kube-apiserver, etcd and kustomize from their Go modules into build/apiserver/VERSIONS/, unless they are there. Prints that folder.
#
# Some 20 minutes on two cores the first time; what was compiled is kept by Go, so that it may be interrupted.
set -euo pipefail
cd "$(dirname "$0")/../.."
kubernetes=v1.34.4
staging=v0.34.4 # the version under which its parts are published
etcd=v3.6.7

out=$PWD/build/apiserver/$kubernetes-$etcd
mkdir -p "$out"
build() { # NAME PACKAGE, in a module that is there already
  CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$out/$1.new" "$2"
  mv "$out/$1.new" "$out/$1"
}
if [ ! -x "$out/etcd" ]; then
  mkdir -p "$out/etcd-module" && cd "$out/etcd-module"
  [ -e go.mod ] || go mod init etcd-build >&2
  go get "go.etcd.io/etcd/server/v3@$etcd" >&2
  build etcd go.etcd.io/etcd/server/v3 >&2
fi
if [ ! -x "$out/kube-apiserver" ]; then
  mkdir -p "$out/kubernetes-module" && cd "$out/kubernetes-module"
  # In its own repository the parts of Kubernetes are folders beside it; published, they are modules.
  rm -f go.mod
  original=$(go mod download -json "k8s.io/kubernetes@$kubernetes" | sed -n 's/^.*"GoMod": "\(.*\)".*/\1/p')
  { printf 'module kubernetes-build\n\ngo 1.24\n\nrequire k8s.io/kubernetes %s\n\nreplace (\n' "$kubernetes"
    sed -n "s|^\t\(k8s.io/[a-z-]*\) => .*|\t\1 => \1 $staging|p" "$original"
    echo ')'; } >go.mod
  go get "k8s.io/kubernetes/cmd/kube-apiserver@$kubernetes" >&2
  build kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver >&2
fi
[ -x "$out/kustomize" ] || GOBIN=$out go install sigs.k8s.io/kustomize/kustomize/v5@v5.7.1 >&2
echo "$out"
