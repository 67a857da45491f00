"""Frames of local cameras, network cameras and video files."""

import struct
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import numpy as np

from liveclass.client.errors import UnreadableFrameError
from liveclass.client.frames import Frame, Pixels, opencv

Device = int | str | Path
"""A camera's number, the address of a network camera (rtsp:// or http://), or a video file."""

_NETWORK = ("rtsp", "rtsps", "http", "https")
_NETWORK_TIMEOUT_MS = 10_000
"""A network camera that sends nothing for this long is reconnected."""

_FIRST_DELAY, _LONGEST_DELAY = 0.5, 15.0
_ROUNDING = 1e-6
_EPOCH = datetime(1904, 1, 1, tzinfo=timezone.utc)
"""Times in MP4 and QuickTime files count from here (ISO/IEC 14496-12, 8.2.2)."""


def is_network(device: Device) -> bool:
    """Whether `device` is the address of a network camera."""
    return isinstance(device, str) and urlsplit(device).scheme.lower() in _NETWORK and "://" in device


def device_name(device: Device) -> str:
    """The name of a device in messages, without the password that its address may contain."""
    if isinstance(device, int):
        return f"camera {device}"
    if not is_network(device):
        return str(device)
    parts = urlsplit(str(device))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class Capture(Protocol):
    """The methods of OpenCV's VideoCapture that are used here."""

    def isOpened(self) -> bool: ...

    def get(self, property_id: int, /) -> float: ...

    def grab(self) -> bool: ...

    def retrieve(self) -> tuple[bool, Pixels]: ...

    def release(self) -> None: ...


def open_capture(device: Device) -> Capture:
    """Opens `device` with OpenCV; network cameras are read by FFmpeg, with a time-out of ten seconds."""
    cv2 = opencv()
    capture: Capture
    if is_network(device):
        timeouts = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _NETWORK_TIMEOUT_MS]
        timeouts += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, _NETWORK_TIMEOUT_MS]
        capture = cv2.VideoCapture(str(device), cv2.CAP_FFMPEG, timeouts)
    else:
        capture = cv2.VideoCapture(device if isinstance(device, int) else str(device))
    return capture


class Camera:
    """The frames of a camera, of a network camera or of a video file, as an iterator of `Frame`.

    ```python
    with Camera(0, frames_per_second=2) as camera:
        for frame in camera:
            sender.submit(frame)
    ```

    `frames_per_second` limits the rate; None yields every frame. Frames of a live camera have the time at which they
    were read; those of a video have `start` (by default from the file, see `recording_start`) plus their position, and
    are read as fast as they are consumed. A network camera that disconnects is reconnected with growing delays until
    `close`; `on_event` receives a sentence about either.

    Raises UnreadableFrameError if the device cannot be opened, or if a local camera stops sending frames.
    """

    def __init__(
        self,
        device: Device,
        *,
        frames_per_second: float | None = None,
        start: datetime | None = None,
        on_event: Callable[[str], None] = lambda _: None,
        opener: Callable[[Device], Capture] = open_capture,
    ) -> None:
        self.name = device_name(device)
        if not isinstance(device, int) and not is_network(device) and not Path(device).exists():
            raise UnreadableFrameError(f"{device} does not exist")
        self._device, self._open, self._on_event = device, opener, on_event
        self._closing = threading.Event()
        self._period = 1 / frames_per_second if frames_per_second else 0.0
        self._capture = opener(device)
        if not self._capture.isOpened():
            raise UnreadableFrameError(f"{self.name} cannot be opened: {_hint(device)}")
        cv2 = opencv()
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate = rate if 0 < rate <= 1000 else 25.0
        count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.is_live = isinstance(device, int) or (is_network(device) and count <= 0)
        self.length: int | None = None
        """The expected number of frames of a video; None for a camera."""
        if not self.is_live and count > 0:
            self.length = int((count - 1) / self._stride + _ROUNDING) + 1
        self.start = start or datetime.now(timezone.utc)
        """Capture time of the first frame."""
        if start is None and not self.is_live and not is_network(device):
            self.start = recording_start(Path(str(device)), timedelta(seconds=max(0, count) / self._rate))

    @property
    def _stride(self) -> float:
        """Every how many frames of a video one is yielded."""
        return max(1.0, self._rate * self._period)

    def __iter__(self) -> Iterator[Frame]:
        return self._live() if self.is_live else self._recorded()

    def _live(self) -> Iterator[Frame]:
        due = time.monotonic()
        while not self._closing.is_set():
            if not self._capture.grab():
                self._reconnect()
                continue
            if time.monotonic() < due:
                continue  # grabbed and dropped, so that no old frames are queued
            due = time.monotonic() + self._period
            yield Frame(self._retrieve(), datetime.now(timezone.utc))

    def _reconnect(self) -> None:
        """Returns when the camera is connected again, or closed."""
        if not is_network(self._device):
            raise UnreadableFrameError(f"{self.name} gives no more frames")
        self._on_event(f"{self.name} broke off; connecting again")
        broke_off, delay = time.monotonic(), _FIRST_DELAY
        while not self._closing.wait(delay):
            self._capture.release()
            self._capture = self._open(self._device)
            if self._capture.isOpened():
                self._on_event(f"{self.name} is back after {time.monotonic() - broke_off:.0f} s")
                return
            delay = min(delay * 2, _LONGEST_DELAY)

    def _recorded(self) -> Iterator[Frame]:
        index = given = 0
        while not self._closing.is_set() and self._capture.grab():
            if index + _ROUNDING >= given * self._stride:
                given += 1
                yield Frame(self._retrieve(), self.start + timedelta(seconds=index / self._rate))
            index += 1
        if index == 0:
            raise UnreadableFrameError(f"{self.name} holds no frames that OpenCV reads")

    def _retrieve(self) -> Pixels:
        done, pixels = self._capture.retrieve()
        if not done:
            raise UnreadableFrameError(f"{self.name} gave a frame that cannot be decoded")
        return np.asarray(pixels, np.uint8)

    def stop(self) -> None:
        """Ends the iteration, from any thread."""
        self._closing.set()

    def close(self) -> None:
        """Releases the camera; no other thread may be reading it."""
        self._closing.set()
        self._capture.release()

    def __enter__(self) -> "Camera":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _hint(device: Device) -> str:
    if isinstance(device, int):
        return "is it connected, and not in use?"
    if is_network(device):
        return "is the address right, and does it send video?"
    return "it is not a video that OpenCV reads"


def recording_start(path: Path, duration: timedelta) -> datetime:
    """The start time of the video in `path`: from an MP4 or QuickTime file, or else its modification time minus
    `duration`. At most now minus `duration`.
    """
    now = datetime.now(timezone.utc)
    changed = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    return min(creation_time(path) or changed - duration, now - duration)


def creation_time(path: Path) -> datetime | None:
    """The creation time in an MP4 or QuickTime file (UTC); None if it has none."""
    try:
        with path.open("rb") as file:
            found = _find_box(file, b"moov", path.stat().st_size)
            header = _find_box(file, b"mvhd", found) if found else None
            if header is None:
                return None
            version = file.read(4)[0]
            (seconds,) = struct.unpack(">Q", file.read(8)) if version == 1 else struct.unpack(">I", file.read(4))
        return _EPOCH + timedelta(seconds=seconds) if seconds else None
    except (OSError, IndexError, struct.error, OverflowError):
        return None


def _find_box(file: BinaryIO, kind: bytes, end: int) -> int | None:
    """Moves `file` to the content of the next box of a `kind` before `end`, and returns the end of that box."""
    while (begin := file.tell()) + 8 <= end:
        size, name = struct.unpack(">I4s", file.read(8))
        if size == 1:  # the size is 64 bits long, and follows
            (size,) = struct.unpack(">Q", file.read(8))
        stop = begin + size if size else end
        if name == kind:
            return stop
        if size and size < 8:
            return None
        file.seek(stop)
    return None
