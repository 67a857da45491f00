"""Copies an overlay to any folder, and makes its paths lead back here: kustomize takes relative ones only.

python deploy/kubernetes/copy_overlay.py production ~/clusters/school
"""

import os
import shutil
import sys
from pathlib import Path

OVERLAYS = Path(__file__).parent / "overlays"


def copy(name: str, target: Path) -> None:
    """Copies the overlay `name` into the new folder `target`. Raises `FileExistsError`."""
    source = OVERLAYS / name
    shutil.copytree(source, target)
    kustomization = target / "kustomization.yaml"
    up = os.path.relpath(OVERLAYS.parent.resolve(), target.resolve())
    kustomization.write_text(kustomization.read_text("utf-8").replace("../..", up), "utf-8")


def main(arguments: list[str]) -> int:
    names = sorted(folder.name for folder in OVERLAYS.iterdir())
    if len(arguments) != 2 or arguments[0] not in names:
        sys.stderr.write(f"usage: copy_overlay.py {'|'.join(names)} TARGET\n")
        return 2
    target = Path(arguments[1])
    try:
        copy(arguments[0], target)
    except FileExistsError:
        sys.stderr.write(f"{target} is there already; name a new folder\n")
        return 1
    sys.stdout.write(f"Change what {target / 'kustomization.yaml'} calls yours, then: kubectl apply -k {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
