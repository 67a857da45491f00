"""`liveclass timeline` and `liveclass watch`: the class over time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import (
    SESSION,
    AsJson,
    End,
    Resolution,
    SessionAddress,
    SessionName,
    Start,
    connect,
    lesson_time,
    print_json,
    short_name,
    stderr,
    stdout,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from liveclass.client import Session, Timeline, TimelineBucket

MAX_ROWS = 60
"""Longer timelines are listed only with --table."""

Source = Annotated[str, typer.Option(help="Only this source.")]


def timeline(
    name: SessionName,
    *,
    resolution: Resolution = 10.0,
    start: Start = "",
    end: End = "",
    source: Source = "",
    rows: Annotated[
        bool | None, typer.Option("--table/--no-table", help=f"List the buckets; by default up to {MAX_ROWS}.")
    ] = None,
    as_json: AsJson = False,
    csv: Annotated[Path | None, typer.Option(help="Write the timeline as CSV.", dir_okay=False)] = None,
    png: Annotated[Path | None, typer.Option(help="Draw the timeline (.png, .svg or .pdf).", dir_okay=False)] = None,
    address: SessionAddress = SESSION,
) -> None:
    """Show a session over time."""
    with connect(session=address) as lc:
        session = lc.get_session(name)
        day = session.start_time.astimezone().date()
        first, last = lesson_time(start, "--start", day), lesson_time(end, "--end", day)
        found = lc.timeline(name, start=first, end=last, resolution=resolution, source=source)
        if csv:
            exported = lc.export(name, format="csv", start=first, end=last, resolution=resolution, source=source)
            csv.write_bytes(b"".join(exported))
            stderr().print(f"wrote {csv}")
    if png:
        found.plot(png, title=_title(session, found))
        stderr().print(f"wrote {png}")
    if as_json:
        for bucket in found.buckets:
            print_json(bucket)
    else:
        _show(found, rows)


def _title(session: "Session", timeline: "Timeline") -> str:
    """The title of the drawn timeline, which identifies the lesson."""
    parts = [session.display_name, short_name(session.name), timeline.source and f"source {timeline.source}"]
    if timeline.buckets:
        parts.append(f"{timeline.buckets[0].start_time.astimezone():%A %Y-%m-%d}")
    return " · ".join(filter(None, parts))


def _show(timeline: "Timeline", rows: bool | None) -> None:
    from liveclass.commands.shared.rendering import scored_by, strip_chart, timeline_table

    console = stdout()
    buckets = timeline.buckets
    if not buckets:
        console.print("Nothing has been recorded yet.")
        return
    if rows if rows is not None else len(buckets) <= MAX_ROWS:
        console.print(timeline_table(buckets))
        console.print()
    else:
        console.print(f"{len(buckets)} buckets; --table lists them, a longer --resolution makes them fewer.\n")
    console.print(strip_chart(buckets, console.chart_width))
    if timeline.labels:
        console.print(scored_by(timeline.labels))


def watch(
    name: SessionName,
    resolution: Resolution = 10.0,
    source: Source = "",
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Show a session as it happens, until it ends or Ctrl-C is pressed."""
    with connect(session=address) as lc:
        lc.get_session(name)  # fails at once if there is no such session
        buckets = lc.watch(name, resolution=resolution, source=source)
        try:
            if as_json:
                for bucket in buckets:
                    print_json(bucket)
            elif stdout().is_terminal:
                _show_live(name, buckets)
            else:
                _show_lines(buckets)
        except KeyboardInterrupt:
            return
    if not as_json:
        stdout().print(f"{name} has ended.")


def _show_live(name: str, buckets: "Iterable[TimelineBucket]") -> None:
    """Redraws the latest rows and the chart with every bucket."""
    from rich.console import Group
    from rich.live import Live

    from liveclass.commands.shared.rendering import strip_chart, timeline_table

    console = stdout()
    seen: dict[object, TimelineBucket] = {}
    with Live(f"Watching {name} …  (Ctrl-C ends)", console=console, auto_refresh=False) as live:
        for bucket in buckets:
            seen[bucket.start_time] = bucket
            ordered = sorted(seen.values(), key=lambda each: each.start_time)
            latest = ordered[-max(3, min(10, console.height - 16)) :]
            live.update(Group(timeline_table(latest), "", strip_chart(ordered, console.width)), refresh=True)


def _show_lines(buckets: "Iterable[TimelineBucket]") -> None:
    """One line per closed bucket, for pipes and files."""
    from rich.text import Text

    from liveclass.commands.shared.rendering import bucket_row

    for bucket in buckets:
        if not bucket.open:
            cells = [cell.plain if isinstance(cell, Text) else cell for cell in bucket_row(bucket)]
            print("\t".join(cells), flush=True)
