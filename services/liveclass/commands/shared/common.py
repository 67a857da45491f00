"""Helpers of all commands: common options, the connection to the services, output, and error messages."""

import re
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress

    from liveclass.client import LiveClass
    from liveclass.client.administration import Administration
    from liveclass.commands.shared.console import WholeLines

DETECTION, SESSION = "localhost:50051", "localhost:50052"

_RUN_WITH_UNKNOWN_VARIABLES = frozenset({"settings", "doctor", "--help", "-h", "--version"})

DetectionAddress = Annotated[
    str, typer.Option("--detection", envvar="LIVECLASS_DETECTION_ADDRESS", help="Address of the detection service.")
]
SessionAddress = Annotated[
    str, typer.Option("--session-service", envvar="LIVECLASS_SESSION_ADDRESS", help="Address of the session service.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def parse_duration(text: str | float) -> float:
    """Seconds of a duration such as "10", "10s", "5m", "1h" or "90d"; also takes the option's default, a number."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(s|m|h|d)?", str(text).strip())
    if match is None or float(match[1]) <= 0:
        raise typer.BadParameter(f"{text!r} is not a duration; write it as 10s, 5m, 1h or 90d")
    return float(match[1]) * {None: 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


Resolution = Annotated[
    float,
    typer.Option(parser=parse_duration, metavar="DURATION", help="Length of a bucket, in whole seconds: 10s, 1m …"),
]


INTERRUPTED = 130
"""Exit status after Ctrl-C, as in shells."""


_FULL = re.compile(r"classrooms/[^/]+/sessions/[^/]+")
_SHORT = re.compile(r"(?!classrooms/)([^/\s]+)/([^/\s]+)")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def full_session_name(text: str) -> str:
    """Expands the short form "7b/math-monday" to a full session name; full and empty names are returned unchanged."""
    if not text or _FULL.fullmatch(text):
        return text
    match = _SHORT.fullmatch(text)
    if match is None:
        raise typer.BadParameter(f"{text!r} is not a session; write CLASSROOM/SESSION, such as 7b/math-monday")
    return f"classrooms/{match[1]}/sessions/{match[2]}"


def short_name(name: str) -> str:
    """The short form of a session name: "7b/math-monday"."""
    parts = name.split("/")
    return f"{parts[1]}/{parts[3]}" if _FULL.fullmatch(name) else name


SessionName = Annotated[
    str,
    typer.Argument(
        parser=full_session_name,
        metavar="SESSION",
        help="Such as 7b/math-monday, short for classrooms/7b/sessions/math-monday.",
        show_default=False,
    ),
]

Start = Annotated[
    str,
    typer.Option("--start", metavar="TIME", help="Only from 10:30, or 2026-03-02T10:30.", show_default=False),
]
End = Annotated[
    str,
    typer.Option("--end", metavar="TIME", help="Only up to 10:30, or 2026-03-02T10:30.", show_default=False),
]


def lesson_time(text: str, option: str, day: date) -> datetime | None:
    """Parses a time: ISO 8601, or a time of `day`; local unless it has a zone. None for an empty text.

    Raises typer.BadParameter.
    """
    if not text:
        return None
    try:
        if _CLOCK.fullmatch(text):
            return datetime.combine(
                day, datetime.fromisoformat(f"2000-01-01T{text.zfill(5 + 3 * (text.count(':') - 1))}").time()
            ).astimezone()
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone()
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not a time; write 10:30, 2026-03-02T10:30 or 2026-03-02T10:30+01:00", param_hint=option
        ) from None


@contextmanager
def connect(detection: str = DETECTION, session: str = SESSION) -> "Iterator[LiveClass]":
    """A client of both services, at the addresses of the options, with the TLS files and the token of this machine."""
    import os

    from liveclass.client import LiveClass, Tls
    from liveclass.commands.shared.stored_token import may_send_plaintext, stored_token

    tls, token, plaintext = Tls.from_environment(os.environ), stored_token(), may_send_plaintext()
    with LiveClass(detection, session, timeout=30, tls=tls, token=token, plaintext_token=plaintext) as lc:
        yield lc


def administration(session: str) -> "Administration":
    """The same, for the calls of administrators."""
    import os

    from liveclass.client import Tls
    from liveclass.client.administration import Administration
    from liveclass.commands.shared.stored_token import may_send_plaintext, stored_token

    tls, token = Tls.from_environment(os.environ), stored_token()
    return Administration(session, timeout=30, tls=tls, token=token, plaintext_token=may_send_plaintext())


def stdout() -> "WholeLines":
    """The console for results."""
    return _console(is_stderr=False)


def stderr() -> "WholeLines":
    """The console for messages that are not results."""
    return _console(is_stderr=True)


def _console(*, is_stderr: bool) -> "WholeLines":
    """Without markup, since names may contain brackets, and without wrapping in a pipe."""
    from liveclass.commands.shared.console import WholeLines

    return WholeLines(is_stderr=is_stderr)


def say_error(sentence: str) -> None:
    """Prints an error: the first line in red, the others dim below it."""
    from rich.text import Text

    first, *rest = sentence.splitlines() or [""]
    stderr().print(Text.assemble(("error: ", "bold red"), (first, "red")), soft_wrap=True)
    if rest:
        stderr().print(Text("\n".join(rest), style="dim"), soft_wrap=True)


def progress_bar() -> "Progress":
    """A progress bar with the remaining time, on stderr."""
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
    """Prints expected errors as one sentence and exits 1; any other error is a defect and keeps its traceback.

    Refuses to run with an unknown LIVECLASS_ variable, except for the commands that help to find it.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing and not _RUN_WITH_UNKNOWN_VARIABLES.intersection(args):
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
    """The message of an expected error; None for a defect."""
    from liveclass.client import LiveClassError, TlsError
    from liveclass.install_hints import install_hint
    from liveclass.stack import StackError

    if isinstance(error, LiveClassError | StackError | TlsError):
        return f"{error}{_remedy(error)}"
    if isinstance(error, ModuleNotFoundError) and (sentence := install_hint(error)):
        return f"this command needs more than is installed: {sentence}"
    if isinstance(error, OSError) and error.filename:  # a file or folder named by the user
        return f"{error.filename}: {error.strerror}"
    return None


def _remedy(error: Exception) -> str:
    """What can be done about it, where that is not in the error already."""
    from liveclass.client import ResourceExhaustedError, UnauthenticatedError, UnavailableError

    if isinstance(error, UnavailableError) and "Connection refused" in str(error):
        return ". `liveclass up` starts everything on this machine."
    if isinstance(error, UnauthenticatedError):
        return ". `liveclass login` stores one, and LIVECLASS_TOKEN holds one for a single command."
    if isinstance(error, UnavailableError | ResourceExhaustedError) and error.retry_after:
        return f"; try again in {error.retry_after:g} s."
    return ""
