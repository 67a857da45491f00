"""The Python of README and docs runs as it is written there, and prints what it says there."""

import subprocess
import sys
from pathlib import Path

import pytest
from docs_samples import PAGES, answers_as_written, blocks

from liveclass.stack import Stack

SAMPLES = [
    pytest.param(code, output, id=f"{page.name}-{number}")
    for page in PAGES
    for number, (code, output) in enumerate(blocks(page, "python"), 1)
]


@pytest.mark.parametrize(("code", "output"), SAMPLES)
def test_the_python_runs_as_written(code: str, output: str, stack: Stack, photograph: bytes, tmp_path: Path) -> None:
    for name in ("class.jpg", "photo.jpg"):
        (tmp_path / name).write_bytes(photograph)
    here = code.replace("localhost:50051", stack.detection_address).replace("localhost:50052", stack.session_address)

    done = subprocess.run(
        [sys.executable, "-c", here], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    assert answers_as_written(done.stdout, output), f"{code}\nprints\n{done.stdout}\nand not\n{output}"
