"""One part of the system as a child process: start, stop, restart, and a report of how it ended."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from liveclass.stack.ports import StackError, is_free

_TAIL_LINES, _ERROR_LINES = 12, 3
_STEADY_SECONDS = 60.0
"""A part that ran this long before it ended is restarted with the shortest wait again."""
_MIN_WAIT, _MAX_WAIT = 0.5, 30.0
_ERROR = re.compile(r'E\d{4} |.*"level": "(error|critical)"')
"""Matches log lines of errors, of Triton and of the services."""


@dataclass
class Part:
    """A Python module that runs as a child process and logs to `log_file`; `is_ready` checks whether it serves."""

    name: str
    arguments: list[str]
    """Arguments of `python -m`: the module and its own arguments."""
    ports: list[int]
    log_file: Path
    is_ready: Callable[[], bool]
    _process: "subprocess.Popen[bytes] | None" = None
    _started_at: float = 0.0
    _wait: float = 0.0
    """Seconds waited before the last restart."""
    _restart_at: float | None = None
    _is_back: bool = True
    """False after it has ended, until it is ready again."""

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """Raises StackError before the first start."""
        if self._process is None:
            raise StackError(f"{self.name} has not been started.")
        return self._process

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def has_ended(self) -> bool:
        """Whether it was started and has exited or been killed."""
        return self._process is not None and self._process.poll() is not None

    def start(self, environment: Mapping[str, str]) -> None:
        """Starts it; does not wait until it is ready."""
        self._started_at, self._restart_at = time.monotonic(), None
        command = [sys.executable, "-m", *self.arguments]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own programs and arguments
                [sys.executable, "-m", "liveclass.parent_death", str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # Ctrl-C must reach only the parent, which then stops the parts in order
            )

    def keep_running(self, environment: Mapping[str, str], on_event: Callable[[str], None]) -> None:
        """Restarts it after it has ended; call this repeatedly. `on_event` receives a line when it ended and one when
        it is ready again. The wait before a restart doubles for a part that does not stay up.
        """
        if self.is_running:
            if not self._is_back and self.is_ready():
                self._is_back = True
                on_event(f"{self.name} serves again")
        elif self._restart_at is None:
            now = time.monotonic()
            is_steady = now - self._started_at > _STEADY_SECONDS
            self._wait = _MIN_WAIT if is_steady else min(_MAX_WAIT, max(_MIN_WAIT, 2 * self._wait))
            self._restart_at, self._is_back = now + self._wait, False
            on_event(f"{self.name} {self.how_it_ended()}; starting it again in {self._wait:g} s (log: {self.log_file})")
        elif time.monotonic() >= self._restart_at and all(is_free(port) for port in self.ports):
            self.start(environment)

    def end(self, timeout: float) -> None:
        """Sends SIGTERM, and SIGKILL after `timeout` seconds. Does nothing if it is not running."""
        if self._process is None:
            return
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def kill(self) -> None:
        """Sends SIGKILL."""
        if self.is_running:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        """Its whole log."""
        return self.log_file.read_text("utf-8", errors="replace") if self.log_file.exists() else ""

    def tail(self) -> str:
        """The last lines of its log, preceded by its last errors: Triton logs much between those and its end."""
        lines = self.log().splitlines()
        earlier, last = lines[:-_TAIL_LINES], lines[-_TAIL_LINES:]
        errors = [line for line in earlier if _ERROR.match(line)][-_ERROR_LINES:]
        return "\n".join([*errors, *(["…"] if errors else []), *last])

    def how_it_ended(self) -> str:
        """Such as "was killed by SIGKILL" or "ended with status 2"."""
        status = self.process.returncode
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    def exit_report(self) -> str:
        """How it ended, with the end of its log."""
        return f"{self.name} {self.how_it_ended()}; its log ({self.log_file}) ends:\n{self.tail()}"
