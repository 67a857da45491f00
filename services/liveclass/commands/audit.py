"""`liveclass audit`: who did what, and who was denied."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from liveclass.commands.shared.common import (
    SESSION,
    AsJson,
    SessionAddress,
    administration,
    parse_duration,
    print_json,
    stdout,
)


def audit(
    *,
    since: Annotated[
        float, typer.Option(parser=parse_duration, metavar="DURATION", help="How far back, such as 1h or 30d.")
    ] = 86_400.0,
    action: Annotated[str, typer.Option(help="Only calls of this RPC, such as DeleteSession.")] = "",
    subject: Annotated[str, typer.Option(help="Only calls of this subject.")] = "",
    outcome: Annotated[str, typer.Option(help="Only calls that ended like this, such as PERMISSION_DENIED.")] = "",
    resource: Annotated[str, typer.Option(help="Only calls for this, such as classrooms/7b/sessions/maths.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Maximum number to list, latest first.")] = 100,
    as_json: AsJson = False,
    address: SessionAddress = SESSION,
) -> None:
    """Show the audit log, latest first. Needs a token with admin for all classrooms."""
    from itertools import islice

    start = datetime.now().astimezone() - timedelta(seconds=since)
    with administration(address) as client:
        found = client.audit_entries(start=start, action=action, subject=subject, outcome=outcome, resource=resource)
        entries = list(islice(found, limit))
    if as_json:
        for entry in entries:
            print_json(entry)
        return
    if not entries:
        stdout().print("There are no such entries.")
        return
    from rich.table import Table
    from rich.text import Text

    from liveclass.commands.shared.rendering import local_time

    table = Table(header_style="bold", box=None, pad_edge=False)
    for name in ("when", "who", "from", "what", "for", "outcome"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        outcome_text = entry.outcome if entry.calls == 1 else f"{entry.outcome} × {entry.calls}"
        style = "red" if entry.outcome in ("UNAUTHENTICATED", "PERMISSION_DENIED") else ""
        who, when = entry.subject or "–", local_time(entry.time, with_date=True)
        cells = (when, who, entry.client, entry.action, entry.resource, Text(outcome_text, style))
        table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))
    stdout().print(table)
