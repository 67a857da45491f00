"""Generates the stubs under services/liveclass/v1 from the contracts; `--check` fails where they have drifted."""

import argparse
import filecmp
import shutil
import sys
import tempfile
from pathlib import Path

import google.api
import grpc_tools
from grpc_tools import protoc

PROTO = Path(__file__).parent
SERVICES = PROTO.parent / "services"
STUBS = Path("liveclass", "v1")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the stubs have drifted")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        fresh = Path(folder) / STUBS
        committed = SERVICES / STUBS
        if check:
            return report_drift(fresh, committed)
        shutil.rmtree(committed, ignore_errors=True)
        shutil.copytree(fresh, committed)
    return 0


def generate(target: Path) -> None:
    """Writes the package `liveclass.v1` with its types under `target`."""
    includes = [
        PROTO,
        Path(grpc_tools.__file__).parent / "_proto",
        Path(next(iter(google.api.__path__))).parent.parent,
    ]
    binaries = Path(sys.executable).parent
    arguments = [
        "protoc",
        *(f"-I{include}" for include in includes),
        f"--python_out={target}",
        f"--grpc_python_out={target}",
        f"--plugin=protoc-gen-mypy={binaries / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={binaries / 'protoc-gen-mypy_grpc'}",
        f"--mypy_out=quiet:{target}",
        f"--mypy_grpc_out=quiet:{target}",
        *(str(path) for path in sorted(PROTO.rglob("*.proto"))),
    ]
    if protoc.main(arguments) != 0:
        sys.exit("protoc failed; the message above says where")
    (target / STUBS / "__init__.py").write_text('"""Generated from proto/liveclass/v1; never edited."""\n', "utf-8")


def report_drift(fresh: Path, committed: Path) -> int:
    names = {path.name for folder in (fresh, committed) for path in folder.glob("*.py*")}
    _, different, missing = filecmp.cmpfiles(fresh, committed, sorted(names), shallow=False)
    if different or missing:
        print(f"drifted from the contracts: {', '.join([*different, *missing])}; run 'make proto'", file=sys.stderr)  # noqa: T201  # a script's way to speak
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
