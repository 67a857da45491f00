"""`liveclass doctor`: what is missing on this machine, and how to get it."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

import typer

from liveclass import paths
from liveclass.commands.shared.common import AsJson, print_json, stdout
from liveclass.variables import unknown_variables

MEBIBYTE = 2**20
SHARED_MEMORY_WANTED = 256 * MEBIBYTE  # Triton's Python backend; a container's default of 64 MiB is too small
DISK_WANTED = 1024 * MEBIBYTE


class Level(Enum):
    """Result of a check."""

    GOOD = "good"
    OPTIONAL = "optional"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """The result of a check, with what to do about it."""

    name: str
    level: Level
    found: str
    remedy: str = ""


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing on this machine, and how to get it. Exits 1 if something is missing that is needed."""
    findings = list(all_checks(os.environ))
    if as_json:
        for finding in findings:
            print_json(finding)
    else:
        _print_table(findings)
    if any(finding.level is Level.MISSING for finding in findings):
        raise typer.Exit(1)


def _print_table(findings: Sequence[Finding]) -> None:
    from rich.text import Text

    marks = {
        Level.GOOD: Text("✔", "green"),
        Level.OPTIONAL: Text("–", "yellow"),
        Level.MISSING: Text("✘", "bold red"),
    }
    console = stdout()
    widest = max(len(finding.name) for finding in findings)
    for finding in findings:  # not a table, which would wrap paths
        console.print(Text.assemble(marks[finding.level], f" {finding.name:<{widest}} ", finding.found), soft_wrap=True)
        if finding.remedy:
            style = "dim" if finding.level is Level.OPTIONAL else "red"
            console.print(Text(f"{'':{widest + 3}}→ {finding.remedy}", style), soft_wrap=True)
    missing = sum(finding.level is Level.MISSING for finding in findings)
    console.print()
    if missing:
        console.print(f"{missing} missing.", style="red")
    else:
        console.print("Everything that is needed is here.", style="green")


def _is_installed(package: str) -> bool:
    return find_spec(package) is not None


def all_checks(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Runs all checks, in the order in which things are needed."""
    yield python()
    yield triton()
    yield model_repository(environment)
    yield shared_memory()
    yield from ports(environment)
    yield disk(paths.data_directory(environment))
    yield database(environment)
    yield declaration(environment)
    yield variables(environment)
    yield extra("plots", "matplotlib", "timeline --png draws plots with it", "pip install 'liveclass[plots]'")
    yield extra("pandas", "pandas", "Timeline.to_pandas() needs it", "pip install 'liveclass[pandas]'")
    yield extra("training", "keras", "train, evaluate and publish need it", "pip install 'liveclass[training]'")
    yield camera()


def python() -> Finding:
    version = platform.python_version()
    if (3, 10) <= sys.version_info[:2] < (3, 13):
        return Finding("Python", Level.GOOD, version)
    return Finding("Python", Level.MISSING, version, "install Python 3.10, 3.11 or 3.12 and make a new .venv with it")


def triton() -> Finding:
    from liveclass.triton.installation import Installation, TritonStartError

    try:
        installation = Installation.find()
    except TritonStartError as error:
        found, _, remedy = str(error).partition("; ")
        return Finding("Triton", Level.MISSING, found, remedy)
    return Finding("Triton", Level.GOOD, str(installation.binary))


def model_repository(environment: Mapping[str, str]) -> Finding:
    folder = paths.model_repository(environment) / "emotion"
    versions = sorted(int(path.parent.name) for path in folder.glob("[1-9]*/model.savedmodel"))
    if versions and (folder / "config.pbtxt").is_file():
        return Finding("model", Level.GOOD, f"{folder}, version(s) {', '.join(map(str, versions))}")
    remedy = "liveclass publish RUN, or set LIVECLASS_MODEL_REPOSITORY"
    return Finding("model", Level.MISSING, f"no published version in {folder}", remedy)


def shared_memory(size: Callable[[Path], int] = lambda path: shutil.disk_usage(path).total) -> Finding:
    """`size` returns the bytes of a file system."""
    path = Path("/dev/shm")  # noqa: S108  # where POSIX shared memory is, and nothing is written to it here
    if not path.exists():
        return Finding("shared memory", Level.MISSING, f"{path} does not exist", "mount a tmpfs there")
    total = size(path)
    found = f"{path} of {total // MEBIBYTE} MiB"
    if total >= SHARED_MEMORY_WANTED:
        return Finding("shared memory", Level.GOOD, found)
    return Finding("shared memory", Level.MISSING, found, "make it 256 MiB; in a container: --shm-size=256m")


def ports(environment: Mapping[str, str]) -> Iterator[Finding]:
    from liveclass.stack import Ports, StackError
    from liveclass.stack.ports import is_free, variable

    try:
        wanted = Ports.from_environment(environment)
    except StackError as error:
        yield Finding("ports", Level.MISSING, str(error), "correct or unset it")
        return
    taken = [field.name for field in fields(wanted) if not is_free(getattr(wanted, field.name))]
    if not taken:
        numbers = ", ".join(str(getattr(wanted, field.name)) for field in fields(wanted))
        yield Finding("ports", Level.GOOD, f"{numbers} are free")
    for name in taken:
        remedy = f"no problem if liveclass is running; otherwise stop what listens there, or set {variable(name)}"
        yield Finding("ports", Level.OPTIONAL, f"{getattr(wanted, name)} is in use", remedy)


def disk(folder: Path) -> Finding:
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    free = shutil.disk_usage(there).free
    found = f"{free // MEBIBYTE:,} MiB free in {folder}"
    if free >= DISK_WANTED:
        return Finding("disk", Level.GOOD, found)
    return Finding("disk", Level.MISSING, found, "free at least 1 GiB for the database and the logs")


def database(environment: Mapping[str, str], is_installed: Callable[[str], bool] = _is_installed) -> Finding:
    url = environment.get("LIVECLASS_DATABASE_URL", "")
    wants_postgres = url.startswith("postgresql")
    if is_installed("asyncpg"):
        return Finding("PostgreSQL", Level.GOOD, "the driver asyncpg is installed")
    level = Level.MISSING if wants_postgres else Level.OPTIONAL
    found = "the driver asyncpg is not installed; the default database, SQLite, needs nothing"
    return Finding("PostgreSQL", level, found, "for many replicas: pip install 'liveclass[postgres]'")


def declaration(environment: Mapping[str, str]) -> Finding:
    from liveclass.session.declaration import DeclarationError, parse_declaration

    text = environment.get("LIVECLASS_USE_DECLARATION", "")
    if text:
        try:
            found = parse_declaration(text)
        except DeclarationError as error:
            return Finding("declaration", Level.MISSING, str(error), "correct LIVECLASS_USE_DECLARATION")
        return Finding("declaration", Level.GOOD, f"purpose {found.purpose}, jurisdiction {found.jurisdiction}")
    remedy = "`liveclass up` declares a demonstration; for real use set LIVECLASS_USE_DECLARATION (docs/operating.md)"
    return Finding("declaration", Level.OPTIONAL, "no purpose and jurisdiction are declared", remedy)


def variables(environment: Mapping[str, str]) -> Finding:
    unknown = unknown_variables(environment)
    if unknown:
        return Finding(
            "variables",
            Level.MISSING,
            "; ".join(unknown),
            "correct or unset them; until then no program starts",
        )
    return Finding("variables", Level.GOOD, "every LIVECLASS_ variable that is set is read by something")


def extra(name: str, package: str, use: str, remedy: str) -> Finding:
    """Checks for an optional package."""
    if _is_installed(package):
        return Finding(name, Level.GOOD, f"{package} is installed")
    return Finding(name, Level.OPTIONAL, f"{package} is not installed; {use}", remedy)


def camera() -> Finding:
    """Looks for a camera without opening it, which would turn its light on."""
    devices = sorted(Path("/dev").glob("video*"))
    readable = [str(device) for device in devices if os.access(device, os.R_OK | os.W_OK)]
    if readable:
        return Finding("camera", Level.GOOD, ", ".join(readable))
    if devices:
        return Finding("camera", Level.OPTIONAL, f"no permission for {devices[0]}", "add yourself to the group 'video'")
    return Finding("camera", Level.OPTIONAL, "none found", "connect one; pictures and videos need none")
