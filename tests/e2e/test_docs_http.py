"""Every call of docs/http.md, run as it is written there, answers as it says there."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from deploy_helpers import ROOT
from docs_samples import ELISION, VOLATILE, blocks
from google.api import annotations_pb2

from liveclass.identity.local_keys import read_key
from liveclass.stack import Stack
from liveclass.v1 import audit_pb2, detection_pb2, identity_pb2, session_pb2

PAGE = ROOT / "docs" / "http.md"
PERMISSIONS = [f"classrooms/7b:{name}" for name in ("classify", "record", "view", "manage", "erase")]


def curl_calls() -> list[tuple[str, str]]:
    """Command and answer of each call, in the page's order."""
    calls = []
    for block, _ in blocks(PAGE, "console"):
        for call in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, answer = call.partition("\n")
            if "curl " in command:
                calls.append((command, answer.strip()))
    return calls


def is_answer(output: str, written: str) -> bool:
    """Whether an answer is the one of the page, in which "…" stands for anything."""

    def steady(text: str) -> str:
        for name, pattern in VOLATILE.items():
            text = re.sub(pattern, name, text)
        return text

    parts = [re.escape(steady(part)) for part in written.split(ELISION)]
    return bool(re.fullmatch(".*".join(parts), steady(output.strip()), flags=re.DOTALL))


def run(command: list[str], stack: Stack, folder: Path, photograph: bytes) -> str:
    token, _ = read_key(stack.directory / "keys").sign("docs", PERMISSIONS, 600, audience="liveclass")
    (folder / "class.jpg").write_bytes(photograph)
    environment = {**os.environ, "TOKEN": token, "ADMIN": stack.edge_token}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in {0, 28}, f"{command}\n{done.stdout}{done.stderr}"  # 28: curl's own time limit
    return done.stdout


def test_every_curl_call_answers_as_written(stack: Stack, photograph: bytes, tmp_path: Path) -> None:
    for command, answer in curl_calls():
        here = command.replace("http://localhost:8080", stack.edge_url)
        output = run(["bash", "-c", here], stack, tmp_path, photograph)
        assert is_answer(output, answer), f"{command}\nanswers\n{output}\nand not\n{answer}"
    assert (tmp_path / "algebra.csv").read_text("utf-8").startswith("start_time,duration_seconds,frames,")


def test_there_is_a_call_of_every_rpc() -> None:
    paths = [
        re.sub(r"\?.*|\$", "", re.search(r"http://localhost:8080(/v1/[^'\" ]+)", command)[1])
        for command, _ in curl_calls()
    ]
    for contract in (audit_pb2, detection_pb2, identity_pb2, session_pb2):
        for service in contract.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                rule = method.GetOptions().Extensions[annotations_pb2.http]
                if verb := rule.WhichOneof("pattern"):
                    template = re.sub(r"\{[\w.]+=(.*?)\}", r"\1", getattr(rule, verb))
                    pattern = re.escape(template).replace(r"\*", r"[a-z0-9-]+")
                    assert any(re.fullmatch(pattern, path) for path in paths), method.name


@pytest.mark.parametrize(("language", "program"), [("php", "php"), ("javascript", "node")])
def test_the_samples_of_other_languages_run_as_written(
    language: str, program: str, stack: Stack, photograph: bytes, tmp_path: Path
) -> None:
    found = shutil.which(program)
    if found is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is not on this machine")
    assert found, f"{program} is not on this machine"
    [(code, written)] = blocks(PAGE, language)
    file = tmp_path / {"php": "sample.php", "node": "sample.mjs"}[program]
    file.write_text(code.replace("http://localhost:8080", stack.edge_url), "utf-8")

    assert run([found, str(file)], stack, tmp_path, photograph) == written
