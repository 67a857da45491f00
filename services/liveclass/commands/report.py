"""`liveclass report`: a session as one page for a teacher."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.arguments import SessionName
from liveclass.commands.common import SESSION, SessionAddress, connect, parse_duration, stderr

if TYPE_CHECKING:
    from liveclass.client import LiveClass, Timeline

MOST_BUCKETS = 240
"""More cannot be told apart on a screen."""

RESOLUTIONS = (10, 30, 60, 120, 300, 600, 1800, 3600)


def report(
    name: SessionName,
    *,
    html: Annotated[Path, typer.Option(help="The file to write.", dir_okay=False, show_default=False)],
    resolution: Annotated[
        float | None,
        typer.Option(
            parser=parse_duration, metavar="DURATION", help="Length of a bucket; otherwise what the session suits."
        ),
    ] = None,
    address: SessionAddress = SESSION,
) -> None:
    """Write a session as one self-contained page: timeline, distribution, moments of change."""
    from liveclass.client import LiveClassError
    from liveclass.commands.report_page import report_page

    with connect(session=address) as lc:
        session = lc.get_session(name)
        timeline = lc.timeline(name, resolution=resolution) if resolution else _readable(lc, name)
        if not timeline.buckets:
            raise LiveClassError(f"nothing has been recorded in {name}: there is nothing to report")
        page = report_page(session, timeline, lc.summary(name))
    try:
        html.write_text(page, "utf-8")
    except OSError as error:
        raise LiveClassError(f"{html} cannot be written: {error.strerror}") from error
    stderr().print(f"wrote {html}")


def _readable(lc: "LiveClass", name: str) -> "Timeline":
    """The timeline in the shortest buckets that can still be told apart."""
    coarse = lc.timeline(name, resolution=60)
    if not coarse.buckets:
        return coarse
    length = (coarse.buckets[-1].end_time - coarse.buckets[0].start_time).total_seconds()
    fitting = (seconds for seconds in RESOLUTIONS if length / seconds <= MOST_BUCKETS)
    return lc.timeline(name, resolution=next(fitting, -(-length // MOST_BUCKETS // 3600) * 3600))
