"""One part of the system as a child process: how it is started, ended, and what is said when it dies."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TAIL_LINES, _ERROR_LINES = 12, 3
_ERROR = re.compile(r'E\d{4} |.*"level": "(error|critical)"')
"""How Triton and the services begin, or mark, the line of an error."""

# Run in the child before it becomes the service: should this process die, even by `kill -9`, the service is told so.
_END_WITH_PARENT = """
import ctypes, os, signal, sys
PR_SET_PDEATHSIG = 1
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


class StackError(RuntimeError):
    """The system cannot be started, or a part of it ended; the message says which, why, and what its log says."""


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
        command = [sys.executable, "-m", *self.arguments]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own programs and arguments
                [sys.executable, "-c", _END_WITH_PARENT, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,  # the terminal's Ctrl-C is for us, who then stop the parts in order
            )

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

    def obituary(self) -> str:
        """How it ended, and what it said last."""
        status = self.process.returncode
        how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        return f"{self.name} {how}; its log ({self.log_file}) ends:\n{self.tail()}"
