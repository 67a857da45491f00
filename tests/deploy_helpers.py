"""What the tests of `deploy/` share: where things are, which tools there are, and manifests as they render."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"

COMBINATIONS: dict[str, tuple[str, ...]] = {
    "base": (),
    "gpu": ("gpu",),
    "models-volume": ("models-volume",),
    "gpu+models-volume": ("gpu", "models-volume"),
    "monitoring": ("monitoring",),
    "autoscaling": ("autoscaling",),
    "school-hours": ("school-hours",),
    "network-policy": ("network-policy",),
    "tls": ("tls",),
    "issuer-keys": ("issuer-keys",),
    "issuer-keys+program-keys": ("issuer-keys", "program-keys"),
    "ingress": ("ingress",),
    "edge": ("edge",),
    "edge+tls+network-policy": ("edge", "tls", "network-policy"),
    "postgres": ("postgres",),
    "postgres+session-autoscaling": ("postgres", "session-autoscaling"),
    "all": (
        "gpu",
        "models-volume",
        "postgres",
        "autoscaling",
        "session-autoscaling",
        "monitoring",
        "network-policy",
        "tls",
        "issuer-keys",
        "program-keys",
        "ingress",
        "edge",
    ),
}
"""Components that are meant to be used together, or alone."""

Manifest = dict[str, Any]


def tool(name: str, *, in_ci: bool = True) -> str:
    """The path of a program; without it the test is skipped, or fails in CI where `in_ci` says that CI has it."""
    path = shutil.which(name)
    if path is None:
        reason = f"{name} is not on PATH"
        if in_ci and os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def run(*command: str | Path, stdin: str | None = None, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Runs to the end, whatever the outcome; both outputs together."""
    return subprocess.run(
        [str(part) for part in command],
        input=stdin,
        cwd=cwd,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def build(folder: Path) -> subprocess.CompletedProcess[str]:
    """Renders the folder with kustomize, which kubectl has built in."""
    if alone := shutil.which("kustomize"):
        return run(alone, "build", folder)
    return run(tool("kubectl"), "kustomize", folder)


def kustomize(folder: Path) -> str:
    """The folder rendered, as YAML documents. Raises `AssertionError` with kustomize's own words."""
    result = build(folder)
    assert result.returncode == 0, result.stdout
    return result.stdout


def combine(folder: Path, components: Sequence[str]) -> Path:
    """Writes a kustomization of the base with `components` into `folder`, and returns it."""

    def relative(path: Path) -> str:  # kustomize takes no absolute paths
        return os.path.relpath(path.resolve(), folder.resolve())

    resource = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "liveclass",
        "resources": [relative(KUBERNETES / "base")],
        "images": [{"name": f"liveclass/{name}", "newTag": "0.1.0"} for name in ("services", "triton")],
        "components": [relative(KUBERNETES / "components" / name) for name in components],
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(resource))
    return folder


def overlay(name: str, folder: Path) -> Path:
    """A copy of an overlay in the new folder `folder`, filled in as its operator would."""
    copied = run(sys.executable, KUBERNETES / "copy_overlay.py", name, folder)
    assert copied.returncode == 0, copied.stdout
    kustomization = folder / "kustomization.yaml"
    kustomization.write_text(kustomization.read_text().replace("example.com", "school.test"))
    example = folder / "identity.env.example"
    if example.exists():
        filled = example.read_text().replace("LIVECLASS_ISSUER=", "LIVECLASS_ISSUER=https://login.school.test")
        (folder / "identity.env").write_text(filled)
    return folder


def documents(rendered: str) -> list[Manifest]:
    # libyaml's loader: ten times as fast
    return [document for document in yaml.load_all(rendered, Loader=yaml.CSafeLoader) if document]


def find(manifests: Sequence[Manifest], kind: str, name: str) -> Manifest:
    return next(m for m in manifests if (m["kind"], m["metadata"]["name"]) == (kind, name))
