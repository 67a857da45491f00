"""Every grpcurl call of the README, run as it is written there, answers as it says there."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_helpers import ROOT, tool

from liveclass.stack import Stack

VOLATILE = {
    "<time>": r"\d{4}-\d\d-\d\dT[\d:.]+Z",
    "<id>": r"\b[0-9a-f]{16,32}\b",
    "<data>": r"[A-Za-z0-9+/]{24,}(…|=*)",
    "<seconds>": r"\d+\.\d+s",
    "<number>": r"-?\d+(\.\d+)?(e-?\d+)?",
    "<emotion>": r"EMOTION_[A-Z]+",
}
"""What differs from run to run: not compared."""

ELISION = "…"


def calls() -> Iterator[tuple[str, str]]:
    """Command and answer of each call, in the README's order."""
    readme = (ROOT / "README.md").read_text("utf-8")
    section = readme.partition("### With grpcurl\n")[2].partition("\n### ")[0]
    for block in re.findall(r"```console\n(.*?)```", section, flags=re.DOTALL):
        for call in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = call.partition("\n")
            yield command, answer


def steady(text: str) -> list[str]:
    """The lines of an answer without what differs from run to run; nor scores, as JSON leaves out those that are 0."""
    for name, pattern in VOLATILE.items():
        text = re.sub(pattern, name, text)
    lines = [line.strip().removesuffix(",") for line in text.splitlines()]
    return [line for line in lines if line and not re.fullmatch(r'"\w*(score|share)\w*": <number>', line)]


def expression(answer: str) -> str:
    """The answer as a regular expression; "…" stands for any number of lines."""
    return "".join(r"(.*\n)*?" if line == ELISION else re.escape(line) + "\n" for line in steady(answer))


def test_every_call_of_the_readme_answers_as_written(stack: Stack, photograph: bytes, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(tool("grpcurl")).parent), os.environ["PATH"]])
    (tmp_path / "photo.jpg").write_bytes(photograph)
    asked = set()
    for command, answer in calls():
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
        given = "".join(line + "\n" for line in steady(done.stdout))
        assert re.fullmatch(expression(answer), given), f"{command}\nanswers\n{done.stdout}\nREADME:\n{answer}"
        asked.add(command.split()[-1].rpartition("/")[2])
    assert asked >= rpcs()


def rpcs() -> set[str]:
    """The methods of both services, as their contracts have them."""
    contracts = (ROOT / "proto" / "liveclass" / "v1").glob("*.proto")
    return {name for path in contracts for name in re.findall(r"^  rpc (\w+)\(", path.read_text("utf-8"), re.MULTILINE)}


@pytest.mark.parametrize("service", ["DetectionService", "SessionService"])
def test_reflection_alone_describes_a_service(stack: Stack, service: str) -> None:
    address = stack.detection_address if service == "DetectionService" else stack.session_address
    command = [tool("grpcurl"), "-plaintext", address, "describe", f"liveclass.v1.{service}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert f"service {service} {{" in done.stdout
