"""Starts Triton and both services for the commands that need a local stack."""

import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from liveclass.stack import Stack


def end_on_signals() -> None:
    """Makes SIGTERM act like Ctrl-C, and restores Ctrl-C itself, which shells disable for background jobs."""
    for received in (signal.SIGTERM, signal.SIGINT):
        signal.signal(received, signal.default_int_handler)


def start_with_status(stack: "Stack", console: "Console") -> None:
    """Starts the stack and prints what it is waiting for."""
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
