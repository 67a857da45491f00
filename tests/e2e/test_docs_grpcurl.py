"""Every grpcurl call of README and docs, run as it is written there, answers as it says there."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from deploy_helpers import ROOT, tool
from docs_samples import PAGES, answers_as_written, grpcurl_calls

from liveclass.stack import Stack

CALLING = ROOT / "docs" / "calling.md"


@pytest.mark.parametrize("page", [page for page in PAGES if grpcurl_calls(page)], ids=lambda page: page.name)
def test_every_grpcurl_call_answers_as_written(page: Path, stack: Stack, photograph: bytes, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(tool("grpcurl")).parent), os.environ["PATH"]])
    for name in ("class.jpg", "photo.jpg"):
        (tmp_path / name).write_bytes(photograph)
    for command, answer in grpcurl_calls(page):
        here = command.replace("localhost:50051", stack.detection_address)
        here = here.replace("localhost:50052", stack.session_address)
        done = subprocess.run(
            ["bash", "-c", here],
            cwd=tmp_path,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert answers_as_written(done.stdout, answer), f"{command}\nanswers\n{done.stdout}\n{page.name}:\n{answer}"


def test_there_is_a_call_of_every_rpc() -> None:
    contracts = (ROOT / "proto" / "liveclass" / "v1").glob("*.proto")
    rpcs = {name for path in contracts for name in re.findall(r"^  rpc (\w+)\(", path.read_text("utf-8"), re.MULTILINE)}
    called = {command.split()[-1].rpartition("/")[2] for command, _ in grpcurl_calls(CALLING)}
    for_http = {"ClassifyImage", "DownloadTimeline"}
    # docs/access.md has the commands that call these.
    for_admins = {"CreateKey", "ListKeys", "RevokeKey", "ExchangeKey", "ListAuditEntries"}
    assert rpcs - for_http - for_admins <= called


@pytest.mark.parametrize("service", ["DetectionService", "SessionService"])
def test_reflection_alone_describes_a_service(stack: Stack, service: str) -> None:
    address = stack.detection_address if service == "DetectionService" else stack.session_address
    command = [tool("grpcurl"), "-plaintext", address, "describe", f"liveclass.v1.{service}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert f"service {service} {{" in done.stdout
