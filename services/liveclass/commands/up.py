"""`liveclass up`: Triton and both services on this machine, in the foreground."""

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.common import stdout

if TYPE_CHECKING:
    from rich.console import Console

    from liveclass.stack import Stack

WATCH_SECONDS = 0.5


def up(
    directory: Annotated[
        Path | None,
        typer.Option(
            envvar="LIVECLASS_DATA_DIRECTORY",
            help="Where logs and the database go.",
            file_okay=False,
            show_default="as `liveclass settings` says",
        ),
    ] = None,
) -> None:
    """Start Triton, the session service and the detection service, until Ctrl-C. What dies is started again.

    Ports and everything else are set by environment variables: `liveclass settings` lists them.
    """
    import os

    from liveclass.places import data_directory
    from liveclass.stack import Ports, Stack

    stack = Stack(directory or data_directory(os.environ), Ports.from_environment(os.environ))
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
            with console.status("Stopping: what has been admitted is finished first …"):
                stack.stop()
    except KeyboardInterrupt:
        console.print("Stopped.")


def end_on_signals() -> None:
    """SIGTERM ends this process like Ctrl-C, and so does Ctrl-C itself: a shell starts background jobs without it."""
    for received in (signal.SIGTERM, signal.SIGINT):
        signal.signal(received, signal.default_int_handler)


def start_with_status(stack: "Stack", console: "Console") -> None:
    """Starts the stack and says what it is waiting for."""
    import os

    from rich.text import Text

    from liveclass.stack import DECLARATION

    if "LIVECLASS_USE_DECLARATION" not in os.environ:
        console.print(f'LIVECLASS_USE_DECLARATION is not set: declaring "{DECLARATION}".', style="dim")
    waiting = list(stack.names)
    began = time.monotonic()

    def sentence() -> str:
        return f"Starting {', '.join(waiting)} …  (logs in {stack.directory})"

    with console.status(sentence()) as status:

        def on_ready(name: str) -> None:
            waiting.remove(name)
            seconds = f"after {time.monotonic() - began:.0f} s"
            console.print(Text.assemble(("✔ ", "green"), name, " serves ", (seconds, "dim")))
            status.update(sentence())

        stack.start(on_ready)


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
    )
    for row in rows:
        table.add_row(*row)
    console.print()
    console.print(table)
    elsewhere = "" if ports.detection == Ports().detection else f" --detection {stack.detection_address}"
    console.print(f"\nLogs and database: {_short(stack.directory)}", soft_wrap=True)
    command = (f"liveclass classify PHOTO{elsewhere}", "bold")
    console.print(Text.assemble("Try ", command, " from another shell."), soft_wrap=True)
    console.print("Ctrl-C stops everything.\n")


def _short(path: Path) -> Path:
    """Relative to where we are, if it is below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
