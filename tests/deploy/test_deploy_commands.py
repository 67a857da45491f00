"""Commands of deploy/README.md that need no pods, run as they are written."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from deploy_helpers import DEPLOY, ROOT, tool
from pods_kubectl import blocks, commands

README = (DEPLOY / "README.md").read_text()


def command(start: str) -> str:
    (found,) = [each for block in blocks(README) for each in commands(block) if each.startswith(start)]
    return found


def test_prometheus_reads_what_make_up_runs(tmp_path):
    tool("prometheus")
    # In a network of its own: the command listens where somebody's Prometheus may.
    started = command("prometheus ").replace("/tmp/liveclass-prometheus", str(tmp_path))
    apart = ["unshare", "--net", "timeout", "5", "bash", "-c", started]
    result = subprocess.run(apart, cwd=ROOT, text=True, capture_output=True, check=False)
    assert "Server is ready to receive web requests." in result.stderr


@pytest.mark.timeout(900)
def test_the_capacity_of_this_machine_is_measured(tmp_path: Path):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    result = subprocess.run(
        ["bash", "-c", command("liveclass capacity ")],
        env={**environment, "LIVECLASS_DATA_DIRECTORY": str(tmp_path)},
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    for part in ("detection, single frames", "detection, streams", "triton", "session"):
        assert re.search(rf"^{part} .* \d+$", result.stdout, re.MULTILINE), result.stdout
