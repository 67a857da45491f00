"""Decoding what strangers send where a crash costs one call: in a sandboxed child process, over shared memory."""

import contextlib
import mmap
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import structlog

from liveclass.detection import decoder_child
from liveclass.detection.decoding import DecodeRequest
from liveclass.detection.image_formats import Part, refusal
from liveclass.preprocessing import GrayImage
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import Reason, UnavailableError

_START_SECONDS = 60.0
_EXIT_SECONDS = 2.0
_CHECK_INTERVAL = 1000
"""Images between two looks at the child's memory: broken ones make libraries leak a little."""
_INHERITED = ("LD_LIBRARY_PATH", "MALLOC_PERTURB_")
_HEADROOM = 4096
"""What a minimal image may have more than the one that came: headers written anew."""
_NOT_THE_IMAGE = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
"""Signals that come from outside, such as from the kernel when the machine has no memory left."""


class DecoderProcess:
    """An `ImageDecoder`: one child process, started anew after each death. Used by one thread at a time."""

    def __init__(self, max_bytes: int, max_pixels: int, max_growth: int = 8 * 1024 * 1024) -> None:
        """Starts the child without waiting for it; a child that has grown by `max_growth` bytes is replaced.

        Raises `OSError`.
        """
        self._log = structlog.get_logger()
        self._input_bytes, self._max_pixels = max_bytes + _HEADROOM, max_pixels
        self._file = os.memfd_create("liveclass-image")
        os.ftruncate(self._file, self._input_bytes + max_pixels)
        self._memory = mmap.mmap(self._file, 0)
        self._view = memoryview(self._memory)
        self._max_growth, self._decoded = max_growth, 0
        self.deaths = 0
        """Children that ended in the middle of an image; those that were replaced are not counted."""
        self._child = self._start()

    @property
    def pid(self) -> int:
        """Of the child that is there now."""
        return self._child.process.pid

    def wait_until_ready(self) -> None:
        """Raises `OSError`, with what the child said, where it does not start."""
        answer = self._child.answer(Deadline.after(_START_SECONDS))
        if answer is None:
            raise OSError(f"the image decoder does not start: {self._child.end()}")
        if answer == decoder_child.READY_WITHOUT_FILTER:
            self._log.warning("image_decoder_without_seccomp", consequence="its system calls are not limited")

    def decode(self, request: DecodeRequest, parts: list[Part], deadline: Deadline) -> GrayImage:
        """As in `ImageDecoder`. The pixels are in shared memory, and the next call overwrites them."""
        rows, columns = request.shape
        length = sum(map(len, parts))
        if length > self._input_bytes or rows * columns > self._max_pixels:
            raise refusal("is too large to be decoded", Reason.IMAGE_TOO_LARGE)
        position = 0
        for part in parts:
            self._view[position : position + len(part)] = part
            position += len(part)
        self._decoded += 1
        if self._decoded % _CHECK_INTERVAL == 0 and self._child.growth() > self._max_growth:
            self._log.info("image_decoder_replaced", grown_bytes=self._child.growth())
            self._child.end()
            self._child = self._start()
        answer = self._ask(decoder_child.REQUEST.pack(*request, length), deadline)
        if answer == decoder_child.TOO_LARGE:
            raise refusal("needs too much memory to be decoded", Reason.IMAGE_TOO_LARGE)
        if answer != decoder_child.DECODED:
            raise refusal("cannot be decoded; the file is damaged", Reason.IMAGE_TRUNCATED)
        return np.frombuffer(self._memory, np.uint8, rows * columns, self._input_bytes).reshape(rows, columns)

    def close(self) -> None:
        """Ends the child and gives the memory back where no pixels in it are in use any more."""
        self._child.end()
        self._view.release()
        with contextlib.suppress(BufferError):
            self._memory.close()
        os.close(self._file)

    def _ask(self, message: bytes, deadline: Deadline) -> bytes:
        answer = self._child.ask(message, deadline)
        if answer is None:
            self.deaths += 1
            exit_report = self._child.end(patience=_EXIT_SECONDS if deadline.remaining() > 0 else 0.0)
            self._log.error("image_decoder_ended", exit=exit_report.text, pid=self._child.process.pid)
            self._child = self._start()
            deadline.check("an image was being decoded")
            if exit_report.is_from_outside:
                raise UnavailableError("the image decoder was ended; send the image again", 0.1, Reason.INTERNAL)
            raise refusal("cannot be decoded: the decoder failed on it", Reason.IMAGE_TRUNCATED)
        return answer

    def _start(self) -> "_Child":
        return _Child(self._file, self._input_bytes, self._max_pixels)


class _ExitReport:
    """How a child ended."""

    def __init__(self, status: int, said: str) -> None:
        self.is_from_outside = -status in _NOT_THE_IMAGE
        how = f"killed by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"
        self.text = f"{how}; {said}" if said else how

    def __str__(self) -> str:
        return self.text


def _environment() -> dict[str, str]:
    """No secrets of the service."""
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONSAFEPATH": "1",
        "OPENBLAS_NUM_THREADS": "1",
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
    }


class _Child:
    """The process, and the socket that leads to it."""

    def __init__(self, memory_file: int, input_bytes: int, pixels: int) -> None:
        self._connection, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._is_ready, self._first_memory = False, 0
        arguments = [other.fileno(), memory_file, input_bytes, pixels]
        with other:
            self.process = subprocess.Popen(  # noqa: S603  # our own program and arguments
                [sys.executable, "-m", decoder_child.__name__, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                pass_fds=(other.fileno(), memory_file),
                env=_environment(),
            )

    def ask(self, message: bytes, deadline: Deadline) -> bytes | None:
        """The answer; None where it died, or the deadline passed."""
        if not self._is_ready and self.answer(deadline) is None:
            return None
        try:
            self._connection.send(message)
        except OSError:
            return None
        return self.answer(deadline)

    def growth(self) -> int:
        """Bytes of its own memory that it has more than when it was ready; shared memory is not counted."""
        return self._own_memory() - self._first_memory

    def _own_memory(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            fields = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()
            return (int(fields[1]) - int(fields[2])) * mmap.PAGESIZE
        return 0

    def answer(self, deadline: Deadline) -> bytes | None:
        """The next answer, or None as above."""
        try:
            self._connection.settimeout(max(0.001, min(deadline.remaining(), _START_SECONDS)))
            answer = self._connection.recv(1)
        except OSError:  # a time-out among them
            return None
        if not self._is_ready:
            self._is_ready, self._first_memory = True, self._own_memory()
        return answer or None

    def end(self, patience: float = _EXIT_SECONDS) -> _ExitReport:
        """Kills it where it still runs after `patience` seconds: without its socket it ends by itself."""
        self._connection.close()
        try:
            status = self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        assert self.process.stderr is not None  # noqa: S101  # for the type checker: it is a pipe
        with self.process.stderr as said:
            lines = said.read().decode("utf-8", errors="replace").splitlines()
        return _ExitReport(status, lines[-1] if lines else "")
