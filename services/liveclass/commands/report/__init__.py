"""`liveclass report`: an HTML page about a lesson for teachers, or a comparison of two lessons."""

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import (
    SESSION,
    End,
    SessionAddress,
    SessionName,
    Start,
    connect,
    full_session_name,
    lesson_time,
    parse_duration,
    stderr,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from liveclass.client import LiveClass, Timeline
    from liveclass.commands.report.lesson import Lesson

MAX_BUCKETS = 240
"""More would be too narrow to see."""

RESOLUTIONS = (10, 30, 60, 120, 300, 600, 1800, 3600)


def report(
    name: SessionName,
    other: Annotated[
        str,
        typer.Argument(
            parser=full_session_name, metavar="[SESSION]", help="A second lesson to compare.", show_default=False
        ),
    ] = "",
    *,
    html: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False, show_default=False)],
    start: Start = "",
    end: End = "",
    resolution: Annotated[
        float | None,
        typer.Option(
            parser=parse_duration,
            metavar="DURATION",
            help="Length of a bucket; by default it suits the lesson's length.",
        ),
    ] = None,
    address: SessionAddress = SESSION,
) -> None:
    """Write a self-contained HTML page about a lesson: summary, timeline, change points and marks.

    With two lessons, the page shows both on one time axis and compares them.
    """
    from liveclass.client import LiveClassError
    from liveclass.commands.report.page import report_page

    with connect(session=address) as lc:
        page = report_page([_read(lc, each, start, end, resolution) for each in filter(None, (name, other))])
    try:
        html.write_text(page, "utf-8")
    except OSError as error:
        raise LiveClassError(f"{html} cannot be written: {error.strerror}") from error
    stderr().print(f"wrote {html}")


def _read(lc: "LiveClass", name: str, start: str, end: str, resolution: float | None) -> "Lesson":
    """Reads the lesson, or its part from `start` to `end`."""
    from liveclass.client import LiveClassError
    from liveclass.commands.report.lesson import Lesson

    session = lc.get_session(name)
    day = session.start_time.astimezone().date()
    first, last = lesson_time(start, "--start", day), lesson_time(end, "--end", day)
    timeline = _timeline(lc, name, first, last, resolution)
    if not timeline.buckets:
        where = "in this part of it" if start or end else "in it"
        raise LiveClassError(f"nothing has been recorded of {name} {where}: there is nothing to report")
    if first is None and last is None:
        return Lesson.whole(session, timeline, lc.summary(name))
    return Lesson.part(session, timeline, lc.summary(name), _beginning(lc, name))


def _timeline(
    lc: "LiveClass", name: str, start: "datetime | None", end: "datetime | None", resolution: float | None
) -> "Timeline":
    """In buckets of `resolution` seconds, by default the shortest with at most `MAX_BUCKETS` buckets."""
    if resolution:
        return lc.timeline(name, start=start, end=end, resolution=resolution)
    coarse = lc.timeline(name, start=start, end=end, resolution=60)
    if not coarse.buckets:
        return coarse
    length = (coarse.buckets[-1].end_time - coarse.buckets[0].start_time).total_seconds()
    return lc.timeline(name, start=start, end=end, resolution=_readable(length, RESOLUTIONS))


def _readable(length: float, resolutions: "Iterable[int]") -> float:
    fitting = (seconds for seconds in resolutions if length / seconds <= MAX_BUCKETS)
    return next(fitting, -(-length // MAX_BUCKETS // 3600) * 3600)


def _beginning(lc: "LiveClass", name: str) -> "datetime":
    """The time of the first observation, to ten seconds."""
    minutes = lc.timeline(name, resolution=60).buckets
    begin = minutes[0].start_time
    return lc.timeline(name, start=begin, end=begin + timedelta(minutes=1), resolution=10).buckets[0].start_time
