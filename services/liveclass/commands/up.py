"""`liveclass up`: Triton, both services and the way in over HTTP on this machine, in the foreground."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import stdout
from liveclass.commands.shared.local_stack import end_on_signals, start_with_status

if TYPE_CHECKING:
    from rich.console import Console

    from liveclass.stack import Stack

WATCH_SECONDS = 0.5


def up(
    directory: Annotated[
        Path | None,
        typer.Option(
            envvar="LIVECLASS_DATA_DIRECTORY",
            help="Folder for logs and the database.",
            file_okay=False,
            show_default="as `liveclass settings` says",
        ),
    ] = None,
) -> None:
    """Run Triton, both services and the HTTP edge until Ctrl-C, and restart what ends.

    Settings are environment variables: `liveclass settings` lists them.
    """
    import os

    from liveclass.paths import data_directory
    from liveclass.stack import Ports, Stack

    stack = Stack(directory or data_directory(os.environ), Ports.from_environment(os.environ), has_edge=True)
    end_on_signals()
    console = stdout()
    try:
        start_with_status(stack, console)
        try:
            _print_addresses(stack, console)
            while True:
                stack.keep_running(console.print)
                time.sleep(WATCH_SECONDS)
        finally:
            with console.status("Stopping: finishing the calls in flight …"):
                stack.stop()
    except KeyboardInterrupt:
        console.print("Stopped.")


def _print_addresses(stack: "Stack", console: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from liveclass.stack import Ports

    ports = stack.ports
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("part", "address", "metrics"):
        table.add_column(column, overflow="fold")
    rows = (
        ("detection", stack.detection_address, f"http://127.0.0.1:{ports.detection_metrics}/metrics"),
        ("session", stack.session_address, f"http://127.0.0.1:{ports.session_metrics}/metrics"),
        ("triton", stack.triton_http, f"http://127.0.0.1:{ports.triton_metrics}/metrics"),
        ("", f"127.0.0.1:{ports.triton_grpc} (gRPC)", ""),
        ("edge", stack.edge_url, f"http://127.0.0.1:{ports.edge_metrics}/metrics"),
    )
    for row in rows:
        table.add_row(*row)
    console.print()
    console.print(table)
    elsewhere = "" if ports.detection == Ports().detection else f" --detection {stack.detection_address}"
    console.print(f"\nLogs and database: {_short(stack.directory)}", soft_wrap=True)
    command = (f"liveclass classify PHOTO{elsewhere}", "bold")
    fragment = f"#token={token}" if (token := stack.edge_token) else ""
    link = (f"{stack.edge_url}/{fragment}", "bold")
    tells = "with a token that may do everything for a day" if fragment else "with a token of your issuer"
    console.print(Text.assemble(f"Over HTTP, {tells}: ", link), soft_wrap=True)
    console.print(Text.assemble("Try ", command, " from another shell."), soft_wrap=True)
    console.print("Ctrl-C stops everything.\n")


def _short(path: Path) -> Path:
    """Relative to the current folder, if it is below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
