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
    from rich.text import Text

    from liveclass.commands.checks import Level

    marks = {
        Level.GOOD: Text("✔", "green"),
        Level.OPTIONAL: Text("–", "yellow"),
        Level.MISSING: Text("✘", "bold red"),
    }
    console = stdout()
    widest = max(len(finding.name) for finding in findings)
    for finding in findings:  # lines and no table: paths are to be copied, and a table would break them
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
