"""What the project promises about itself."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "services").rglob("*.py") if path.parent.name != "v1")


@pytest.mark.parametrize("service", ["liveclass.detection.service", "liveclass.session.__main__"])
def test_a_service_needs_neither_tensorflow_nor_the_training(service: str) -> None:
    program = f"import sys, {service}; print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    heavy = ("tensorflow", "keras", "matplotlib", "liveclass.training")
    assert [name for name in loaded if name.startswith(heavy)] == []


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in lengths.items() if lines > 400} == {}


@pytest.mark.parametrize(
    "pins",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "docs/requirements.txt",
        "services/liveclass/triton/requirements.txt",
    ],
)
def test_pins_hold_hashes_and_no_addresses(pins: str) -> None:
    text = (ROOT / pins).read_text("utf-8")
    assert not re.search(r"https?://|--index-url|--find-links", text)
    assert text.count("--hash=sha256:") >= len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))


def test_only_one_module_makes_statuses() -> None:
    abort = re.compile(r"\.abort(_with_status)?\(")
    calling = [path.relative_to(ROOT / "services" / "liveclass") for path in SOURCES if abort.search(path.read_text())]
    assert calling == [Path("runtime/interceptors.py")]


@pytest.mark.parametrize("service", ["detection", "session"])
def test_bad_settings_are_one_sentence_that_names_the_variable(service: str) -> None:
    variable = f"LIVECLASS_{service.upper()}_PORT"
    command = [sys.executable, "-m", f"liveclass.{service}"]
    done = subprocess.run(command, env={**os.environ, variable: "x"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert variable in done.stderr
