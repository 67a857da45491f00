"""What the project promises about itself."""

import ast
import os
import re
import socket
import subprocess
import sys
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "services").rglob("*.py") if path.parent.name != "v1")


@pytest.mark.parametrize("service", ["liveclass.detection.service", "liveclass.session.service"])
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


def test_no_modules_import_one_another_in_a_circle(import_graph: dict[str, set[str]]) -> None:
    assert (
        import_graph["liveclass.detection.servicer"] & import_graph["liveclass.session.servicer"]
    )  # something is read at all
    try:
        TopologicalSorter(import_graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' imports '.join(reversed(error.args[1]))}")


FORBIDDEN_IMPORTS = {
    "a service needs no tool and no training": (
        r"(detection|session|runtime|vision)\.",
        r"(tools|training|commands|client|stack|triton)\.",
    ),
    "the session service's domain does not know which database there is": (
        r"session\.(?!store\.|service$)",
        r"session\.store\.",
    ),
    "training is independent of the services": (r"training\.", r"(detection|session|runtime)\."),
    "the SDK is independent of the services": (r"client\.", r"(detection|session|runtime|vision)\."),
    "what is shared by training and detection belongs to neither": (r"vision\.", r"(detection|session|runtime)\."),
}


@pytest.mark.parametrize("rule", FORBIDDEN_IMPORTS)
def test_packages_import_only_what_they_may(rule: str, import_graph: dict[str, set[str]]) -> None:
    importing, imported = (re.compile(rf"liveclass\.{pattern}") for pattern in FORBIDDEN_IMPORTS[rule])
    edges = [(name, other) for name, others in import_graph.items() if importing.match(name) for other in others]
    assert edges
    assert [f"{name} imports {other}" for name, other in edges if imported.match(f"{other}.")] == []


def test_commands_import_what_is_shared_and_no_other_command(import_graph: dict[str, set[str]]) -> None:
    """A command is a module of `commands`, or a package where it needs several; `commands.shared` is for all."""
    prefix = "liveclass.commands."
    edges = [
        (name, other)
        for name, others in import_graph.items()
        for other in others
        if name.startswith(prefix) and other.startswith(prefix)
    ]
    assert edges
    command = {name: name.removeprefix(prefix).partition(".")[0] for edge in edges for name in edge}
    assert [f"{name} imports {other}" for name, other in edges if command[other] not in {command[name], "shared"}] == []


@pytest.fixture(scope="module")
def import_graph() -> dict[str, set[str]]:
    """Every module, with those of ours that it imports."""
    modules = {module_name(path): path for path in SOURCES}
    return {name: imported_modules(path, modules.keys()) - {name} for name, path in modules.items()}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT / "services").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path, known: AbstractSet[str]) -> set[str]:
    """Those of the `known` modules that a file imports anywhere, inside functions and for types only as well."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports by a relative name"
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            # `from package import name`: the package itself only where a name is not a module of its own.
            names |= members & known if members <= known else {*(members & known), str(node.module)}
    return names & known


def test_only_one_module_makes_statuses() -> None:
    abort = re.compile(r"\.abort(_with_status)?\(")
    calling = [path.relative_to(ROOT / "services" / "liveclass") for path in SOURCES if abort.search(path.read_text())]
    assert calling == [Path("rpc/interceptor.py")]


@pytest.mark.parametrize("service", ["detection", "session"])
def test_bad_settings_are_one_sentence_that_names_the_variable(service: str) -> None:
    variable = f"LIVECLASS_{service.upper()}_PORT"
    command = [sys.executable, "-m", f"liveclass.{service}"]
    done = subprocess.run(command, env={**os.environ, variable: "x"}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert variable in done.stderr


@pytest.mark.parametrize("service", ["detection", "session"])
def test_a_port_that_is_taken_is_one_sentence_that_names_it(service: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {
            f"LIVECLASS_{service.upper()}_METRICS_PORT": port,
            "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
            "LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/liveclass.db",
        }
        command = [sys.executable, "-m", f"liveclass.{service}"]
        done = subprocess.run(command, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert port in done.stderr


def test_nothing_is_patched() -> None:
    """Environment variables are input, and may be set; code is given what it needs instead of being changed."""
    patches = re.compile(r"monkeypatch\.(setattr|delattr|setitem)|unittest\.mock|mock\.patch")
    files = [path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)]
    assert [path.name for path in files if patches.search(path.read_text("utf-8"))] == []
