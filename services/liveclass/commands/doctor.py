"""`liveclass doctor`: what is missing on this machine, and how to get it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from liveclass.commands.common import AsJson, print_json, stdout

if TYPE_CHECKING:
    from liveclass.commands.checks import Finding


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing on this machine, and how to get it. Exits 1 if something is missing that is needed."""
    import os

    from liveclass.commands.checks import Level, all_checks

    findings = list(all_checks(os.environ))
    if as_json:
        for finding in findings:
            print_json(finding)
    else:
        _print_table(findings)
    if any(finding.level is Level.MISSING for finding in findings):
        raise typer.Exit(1)


def _print_table(findings: "Sequence[Finding]") -> None:
    from rich.table import Table
    from rich.text import Text

    from liveclass.commands.checks import Level

    marks = {
        Level.GOOD: Text("✔", "green"),
        Level.OPTIONAL: Text("–", "yellow"),
        Level.MISSING: Text("✘", "bold red"),
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    for column in range(3):
        table.add_column(overflow="fold", no_wrap=column == 0)
    for finding in findings:
        text = Text(finding.found)
        if finding.remedy:
            text.append(f"\n→ {finding.remedy}", "dim" if finding.level is Level.OPTIONAL else "red")
        table.add_row(marks[finding.level], finding.name, text)
    console = stdout()
    console.print(table)
    missing = sum(finding.level is Level.MISSING for finding in findings)
    console.print()
    console.print("[green]Everything that is needed is here.[/]" if not missing else f"[red]{missing} missing.[/]")
