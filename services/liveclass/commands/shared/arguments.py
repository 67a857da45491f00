"""Parsers of session names and times on the command line."""

import re
from datetime import date, datetime
from typing import Annotated

import typer

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
