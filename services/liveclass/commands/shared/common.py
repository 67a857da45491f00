"""What several commands share: addresses, the connection, durations, and how an error reads."""

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from liveclass.client import LiveClass
    from liveclass.commands.shared.console import WholeLines

DETECTION, SESSION = "localhost:50051", "localhost:50052"

_SAY_WHAT_IS_WRONG = frozenset({"settings", "doctor", "--help", "-h", "--version"})

DetectionAddress = Annotated[
    str, typer.Option("--detection", envvar="LIVECLASS_DETECTION_ADDRESS", help="Address of the detection service.")
]
SessionAddress = Annotated[
    str, typer.Option("--session-service", envvar="LIVECLASS_SESSION_ADDRESS", help="Address of the session service.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of tables for people.")]


def parse_duration(text: str | float) -> float:
    """Seconds in "10", "10s", "5m", "1h" or "90d". Typer hands an option's default over, too: a number already."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h|d)?", str(text).strip())
    if match is None or float(match[1]) <= 0:
        raise typer.BadParameter(f"{text!r} is not a duration; write it as 10s, 5m, 1h or 90d")
    return float(match[1]) * {None: 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


Resolution = Annotated[
    float,
    typer.Option(parser=parse_duration, metavar="DURATION", help="Length of a bucket, in whole seconds: 10s, 1m …"),
]


INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


@contextmanager
def connect(detection: str = DETECTION, session: str = SESSION) -> "Iterator[LiveClass]":
    """Both services, as the command's options say, with the TLS files that the environment names."""
    import os

    from liveclass.client import LiveClass, Tls

    with LiveClass(detection, session, timeout=30, tls=Tls.from_environment(os.environ)) as lc:
        yield lc


def stdout() -> "WholeLines":
    """Where results go."""
    return _console(is_stderr=False)


def stderr() -> "WholeLines":
    """Where everything else goes."""
    return _console(is_stderr=True)


def _console(*, is_stderr: bool) -> "WholeLines":
    """Prints names as they are: brackets in them are no markup, and nothing is folded where no person reads."""
    from liveclass.commands.shared.console import WholeLines

    return WholeLines(is_stderr=is_stderr)


def say_error(sentence: str) -> None:
    """One red sentence, and below it whatever follows its first line."""
    from rich.text import Text

    first, *rest = sentence.splitlines() or [""]
    stderr().print(Text.assemble(("error: ", "bold red"), (first, "red")), soft_wrap=True)
    if rest:
        stderr().print(Text("\n".join(rest), style="dim"), soft_wrap=True)


def progress_bar() -> "Progress":
    """A bar with the time that is left, on stderr."""
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=stderr(),
    )


def print_json(value: object) -> None:
    """One line of JSON."""
    import json

    from liveclass.client import as_json

    print(json.dumps(as_json(value), ensure_ascii=False), flush=True)


class CommandGroup(TyperGroup):
    """Says expected errors as a sentence and exits 1; anything else is a defect and keeps its traceback.

    Refuses to do anything where a variable is set that nothing reads, but for saying what is wrong.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and not _SAY_WHAT_IS_WRONG.intersection(args):
            _refuse_unknown_variables()
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            sentence = _sentence(error)
            if sentence is None:
                raise
            say_error(sentence)
            raise typer.Exit(1) from error


def _refuse_unknown_variables() -> None:
    import os

    from liveclass.variables import unknown_variables

    unknown = unknown_variables(os.environ)
    for sentence in unknown:
        say_error(sentence)
    if unknown:
        raise typer.Exit(2)


def _sentence(error: Exception) -> str | None:
    """What to say about an error that is nobody's defect; None for all others."""
    from liveclass.client import LiveClassError, ResourceExhaustedError, TlsError, UnavailableError
    from liveclass.install_hints import install_hint
    from liveclass.stack import StackError

    if isinstance(error, UnavailableError) and "Connection refused" in str(error):
        return f"{error}. `liveclass up` starts everything on this machine."
    if isinstance(error, UnavailableError | ResourceExhaustedError) and error.retry_after:
        return f"{error}; try again in {error.retry_after:g} s."
    if isinstance(error, LiveClassError | StackError | TlsError):
        return str(error)
    if isinstance(error, ModuleNotFoundError) and (sentence := install_hint(error)):
        return f"this command needs more than is installed: {sentence}"
    if isinstance(error, OSError) and error.filename:  # a file or folder that the user has named
        return f"{error.filename}: {error.strerror}"
    return None
