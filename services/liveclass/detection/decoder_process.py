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
from liveclass.runtime.errors import DeadlineExceededError, Reason, UnavailableError

_START_SECONDS = 60.0
_EXIT_SECONDS = 2.0
_LONGEST_SECONDS = 2.0
"""Of one image's caller. The worst picture within the limits takes a quarter of it where the processor is free."""
_HUNG_SECONDS = 5.0
_CHECK_INTERVAL = 1000
"""Images between two looks at the child's memory: broken ones make libraries leak a little."""
_KEPT_MEMORY = 24 * 1024 * 1024
"""What a child does not give back between two images, as new pages cost half of a WebP's time; 1920×1080 fits."""
_LARGEST_KEPT = 16 * 1024 * 1024
_INHERITED = ("LD_LIBRARY_PATH", "MALLOC_PERTURB_")
_HEADROOM = 4096
"""What a minimal image may have more than the one that came: headers written anew."""
_NOT_THE_IMAGE = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
"""Signals that come from outside, such as from the kernel when the machine has no memory left."""


class DecoderProcess:
    """An `ImageDecoder`: one child process, started anew after each death. Used by one thread at a time."""

    def __init__(
        self,
        max_bytes: int,
        max_pixels: int,
        *,
        max_growth: int = _KEPT_MEMORY + 8 * 1024 * 1024,
        longest_seconds: float = _LONGEST_SECONDS,
        hung_seconds: float = _HUNG_SECONDS,
    ) -> None:
        """Starts the child without waiting for it.

        An image's caller waits for `longest_seconds` at most. The child may go on for `hung_seconds` before it is
        killed, as starting another one costs more than most images; one that has grown by `max_growth` bytes is
        replaced.

        Raises `OSError`.
        """
        self._log = structlog.get_logger()
        self._input_bytes, self._max_pixels = max_bytes + _HEADROOM, max_pixels
        self._file = os.memfd_create("liveclass-image")
        os.ftruncate(self._file, self._input_bytes + max_pixels)
        self._memory = mmap.mmap(self._file, 0)
        self._view = memoryview(self._memory)
        self._max_growth, self._decoded = max_growth, 0
        self._longest_seconds, self._hung_seconds = longest_seconds, hung_seconds
        self.deaths = 0
        """Children that ended in the middle of an image; those that were replaced are not counted."""
        self._child = self._start()

    @property
    def pid(self) -> int:
        """Of the child that is there now."""
        return self._child.process.pid

    def wait_until_ready(self) -> None:
        """Raises `OSError`, with what the child said, where it does not start."""
        try:
            answer = self._child.answer(Deadline.after(_START_SECONDS))
        except TimeoutError:
            answer = b""
        if not answer:
            raise OSError(f"the image decoder does not start: {self._child.end()}")
        if answer == decoder_child.READY_WITHOUT_FILTER:
            self._log.warning("image_decoder_without_seccomp", consequence="its system calls are not limited")

    def decode(self, request: DecodeRequest, parts: list[Part], deadline: Deadline) -> GrayImage:
        """As in `ImageDecoder`. The pixels are in shared memory, and the next call overwrites them."""
        rows, columns = request.shape
        length = sum(map(len, parts))
        if length > self._input_bytes or rows * columns > self._max_pixels:
            raise refusal("is too large to be decoded", Reason.IMAGE_TOO_LARGE)
        self._rest(deadline)
        self._decoded += 1
        if self._decoded % _CHECK_INTERVAL == 0 and self._child.growth() > self._max_growth:
            self._log.info("image_decoder_replaced", grown_bytes=self._child.growth())
            self._child.end()
            self._child = self._start()
            self._rest(deadline)
        position = 0
        for part in parts:
            self._view[position : position + len(part)] = part
            position += len(part)
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

    def _rest(self, deadline: Deadline) -> None:
        """Waits until the child neither starts nor works on an image that its caller has left.

        Raises `DeadlineExceededError`.
        """
        try:
            if self._child.rest(deadline):
                return
        except TimeoutError:
            if not self._child.is_hung:
                raise DeadlineExceededError("the deadline passed while the image decoder was busy") from None
        self._replace_dead()
        try:
            self._child.rest(deadline)
        except TimeoutError:
            raise DeadlineExceededError("the deadline passed while the image decoder was starting") from None

    def _ask(self, message: bytes, deadline: Deadline) -> bytes:
        longest = min(deadline, Deadline.after(self._longest_seconds), key=lambda each: each.at)
        try:
            answer = self._child.ask(message, longest, self._hung_seconds)
        except TimeoutError:
            deadline.check("an image was being decoded")
            description = f"an image was not decoded within {self._longest_seconds:g} s; send a smaller one"
            raise DeadlineExceededError(description) from None
        if answer:
            return answer
        exit_report = self._replace_dead()
        deadline.check("an image was being decoded")
        if exit_report.is_from_outside:
            raise UnavailableError("the image decoder was ended; send the image again", 0.1, Reason.INTERNAL)
        raise refusal("cannot be decoded: the decoder failed on it", Reason.IMAGE_TRUNCATED)

    def _replace_dead(self) -> "_ExitReport":
        """Starts another child in the place of one that died or hangs."""
        self.deaths += 1
        is_hung = self._child.is_hung
        exit_report = self._child.end(patience=0.0 if is_hung else _EXIT_SECONDS)
        reason = f"took more than {self._hung_seconds:g} s; " if is_hung else ""
        self._log.error("image_decoder_ended", exit=f"{reason}{exit_report.text}", pid=self._child.process.pid)
        self._child = self._start()
        return exit_report

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
        "MALLOC_MMAP_THRESHOLD_": str(_LARGEST_KEPT),
        "MALLOC_TRIM_THRESHOLD_": str(_KEPT_MEMORY),
        **{name: os.environ[name] for name in _INHERITED if name in os.environ},
    }


class _Child:
    """The process, and the socket that leads to it."""

    def __init__(self, memory_file: int, input_bytes: int, pixels: int) -> None:
        self._connection, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._is_ready, self._first_memory = False, 0
        self._due: Deadline | None = Deadline.after(_START_SECONDS)
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

    @property
    def is_hung(self) -> bool:
        """Whether an answer is overdue. The first one says that it is ready."""
        return self._due is not None and self._due.remaining() <= 0

    def rest(self, deadline: Deadline) -> bool:
        """Waits for the answer that is still to come, if one is. False where it died. Raises `TimeoutError`."""
        return self._due is None or bool(self.answer(deadline))

    def ask(self, message: bytes, deadline: Deadline, hung_seconds: float) -> bytes:
        """As `answer`. It is not to be asked before it rests."""
        try:
            self._connection.send(message)
        except OSError:
            return b""
        self._due = Deadline.after(hung_seconds)
        return self.answer(deadline)

    def growth(self) -> int:
        """Bytes of its own memory that it has more than when it was ready; shared memory is not counted."""
        return self._own_memory() - self._first_memory

    def _own_memory(self) -> int:
        with contextlib.suppress(OSError, ValueError):
            fields = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()
            return (int(fields[1]) - int(fields[2])) * mmap.PAGESIZE
        return 0

    def answer(self, deadline: Deadline) -> bytes:
        """The next answer; empty where it died. Raises `TimeoutError` at the deadline, or when it hangs."""
        due = self._due or deadline
        self._connection.settimeout(max(0.001, min(deadline.remaining(), due.remaining())))
        try:
            answer = self._connection.recv(1)
        except TimeoutError:
            raise
        except OSError:
            return b""
        if answer:
            self._due = None
        if not self._is_ready:
            self._is_ready, self._first_memory = True, self._own_memory()
        return answer

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
