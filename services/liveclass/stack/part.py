"""One part of the system as a child process: how it is started, ended, and what is said when it dies."""

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
"""A part that ran for so long before it ended is started again at once, not after the wait that it had earned."""
_LEAST_WAIT, _MOST_WAIT = 0.5, 30.0
_ERROR = re.compile(r'E\d{4} |.*"level": "(error|critical)"')
"""How Triton and the services begin, or mark, the line of an error."""


@dataclass
class Part:
    """A Python module as a child process that logs to `log_file`, and how to tell that it serves."""

    name: str
    arguments: list[str]
    """The module and its arguments, as after `python -m`."""
    ports: list[int]
    log_file: Path
    is_ready: Callable[[], bool]
    _process: "subprocess.Popen[bytes] | None" = None
    _started_at: float = 0.0
    _wait: float = 0.0
    """Seconds before it was last started again."""
    _restart_at: float | None = None
    _is_back: bool = True
    """False from its end until it serves again."""

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
        """Whether it ended by itself, or was killed."""
        return self._process is not None and self._process.poll() is not None

    def start(self, environment: Mapping[str, str]) -> None:
        """Starts it, without waiting until it serves."""
        self._started_at, self._restart_at = time.monotonic(), None
        command = [sys.executable, "-m", *self.arguments]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own programs and arguments
                [sys.executable, "-m", "liveclass.parent_death", str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # the terminal's Ctrl-C is for us, who then stop the parts in order
            )

    def keep_running(self, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
        """Starts it again, some time after it has ended by itself. To be called again and again; `say` gets one line
        when it has ended and one when it serves again. The wait doubles for a part that does not stay up.
        """
        if self.is_running:
            if not self._is_back and self.is_ready():
                self._is_back = True
                say(f"{self.name} serves again")
        elif self._restart_at is None:
            now = time.monotonic()
            is_steady = now - self._started_at > _STEADY_SECONDS
            self._wait = _LEAST_WAIT if is_steady else min(_MOST_WAIT, max(_LEAST_WAIT, 2 * self._wait))
            self._restart_at, self._is_back = now + self._wait, False
            say(f"{self.name} {self.how_it_ended()}; starting it again in {self._wait:g} s (log: {self.log_file})")
        elif time.monotonic() >= self._restart_at and all(is_free(port) for port in self.ports):
            self.start(environment)

    def end(self, timeout: float) -> None:
        """Asks it to end, and kills it after `timeout` seconds. Does nothing where it does not run."""
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
        """Ends it at once."""
        if self.is_running:
            self.process.kill()
            self.process.wait()

    def log(self) -> str:
        """Everything that it has logged."""
        return self.log_file.read_text("utf-8", errors="replace") if self.log_file.exists() else ""

    def tail(self) -> str:
        """The last lines of its log, after the last errors before them: Triton says a lot between those and its end."""
        lines = self.log().splitlines()
        earlier, last = lines[:-_TAIL_LINES], lines[-_TAIL_LINES:]
        errors = [line for line in earlier if _ERROR.match(line)][-_ERROR_LINES:]
        return "\n".join([*errors, *(["…"] if errors else []), *last])

    def how_it_ended(self) -> str:
        """Such as "was killed by SIGKILL" or "ended with status 2"."""
        status = self.process.returncode
        return f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    def exit_report(self) -> str:
        """How it ended, and what it said last."""
        return f"{self.name} {self.how_it_ended()}; its log ({self.log_file}) ends:\n{self.tail()}"
