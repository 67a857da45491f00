"""The SDK alone: what it needs, what it may not import, and what is said where something is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SDK = {"google", "grpc", "grpc_status", "numpy", "typing_extensions", "liveclass"}

ONLY_THE_SDK = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in {SDK!r}:
            return None
        raise ModuleNotFoundError(f"No module named {{top!r}}", name=top)

sys.meta_path.insert(0, Absent())
"""


def run_with_only_the_sdk(program: str) -> "subprocess.CompletedProcess[str]":
    """Runs `program` where no package but the SDK's own can be imported."""
    return subprocess.run(
        [sys.executable, "-c", ONLY_THE_SDK + program], capture_output=True, text=True, check=False, timeout=60
    )


def imported_by(module: str) -> set[str]:
    program = f"import sys, {module}; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return set(done.stdout.split())


def test_the_sdk_imports_with_its_own_packages_alone():
    done = run_with_only_the_sdk("import liveclass.client; print('imported')")

    assert done.stdout == "imported\n", done.stderr


def test_the_sdk_does_not_import_the_services():
    services = ("liveclass.runtime", "liveclass.detection", "liveclass.session", "liveclass.stack", "liveclass.triton")

    assert [name for name in imported_by("liveclass.client") if name.startswith(services)] == []


@pytest.mark.parametrize("service", ["liveclass.detection.service", "liveclass.session.service"])
def test_the_services_do_not_import_the_sdk(service):
    assert [name for name in imported_by(service) if name.startswith("liveclass.client")] == []


@pytest.mark.parametrize(
    ("call", "extra"),
    [
        ("encode(numpy.zeros((4, 4), numpy.uint8))", "video"),
        ("Camera(0)", "video"),
        ("Timeline('', None, '', ()).to_pandas()", "pandas"),
    ],
)
def test_what_needs_an_extra_names_it(call, extra):
    program = f"""
import numpy
from liveclass.client import *
from liveclass.client.frames import encode
try:
    {call}
except MissingPackageError as error:
    print(error)
"""
    done = run_with_only_the_sdk(program)

    assert len(done.stdout.splitlines()) == 1, done.stderr
    assert f"pip install 'liveclass[{extra}]'" in done.stdout


def test_the_command_line_names_the_extra_that_it_needs():
    done = run_with_only_the_sdk("from liveclass.__main__ import main; main()")

    assert done.returncode == 1
    assert done.stderr == (
        "error: the command line needs more than the SDK: "
        "typer is not installed; add it with: pip install 'liveclass[services]'\n"
    )
