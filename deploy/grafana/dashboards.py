"""Writes the dashboards as JSON into `dashboards/`; with `--check`, fails where what is there differs."""

import json
import sys
from pathlib import Path

from boards.classrooms import classrooms
from boards.detection_pipeline import detection_pipeline
from boards.edge import edge
from boards.service_objectives import service_objectives
from boards.triton import triton
from grafana_foundation_sdk.cog.encoder import JSONEncoder

FOLDER = Path(__file__).parent / "dashboards"


def rendered() -> dict[str, str]:
    """The files by name."""
    boards = {
        "service-objectives.json": service_objectives(),
        "detection-pipeline.json": detection_pipeline(),
        "triton.json": triton(),
        "classrooms.json": classrooms(),
        "edge.json": edge(),
    }
    return {
        name: json.dumps(board.build(), cls=JSONEncoder, indent=2, sort_keys=True) + "\n"
        for name, board in boards.items()
    }


def main(*, check: bool) -> int:
    files = rendered()
    present = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    if check:
        drifted = sorted(name for name in files.keys() | present.keys() if files.get(name) != present.get(name))
        for name in drifted:
            sys.stderr.write(f"{FOLDER / name} has drifted; run: python deploy/grafana/dashboards.py\n")
        return 1 if drifted else 0
    FOLDER.mkdir(exist_ok=True)
    for name in present.keys() - files.keys():
        (FOLDER / name).unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
