"""The Python of the README runs as it is written there."""

import re
import subprocess
import sys
from pathlib import Path

from deploy_helpers import ROOT

from liveclass.stack import Stack


def test_the_readmes_python_runs_as_written(stack: Stack, photograph: bytes, tmp_path: Path) -> None:
    (tmp_path / "class.jpg").write_bytes(photograph)
    (snippet,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    here = snippet.replace("localhost:50051", stack.detection_address).replace("localhost:50052", stack.session_address)

    done = subprocess.run(
        [sys.executable, "-c", here], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 0, done.stderr
    face, recorded, *_ = done.stdout.splitlines()
    assert "happiness" in face
    assert recorded == "True"
