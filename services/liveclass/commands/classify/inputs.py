"""The inputs of `liveclass classify`: pictures, folders, videos and cameras, and their frames."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from liveclass.client import Camera, Frame, LiveFrames, UnreadableFrameError
from liveclass.client.camera import Device, device_name, is_network
from liveclass.client.frames import encode

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})
VIDEOS = frozenset({".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg"})


@dataclass(frozen=True)
class Input:
    """A file or a camera to classify."""

    device: Device
    name: str
    """For JSON: the path, or the camera's address without a password."""
    label: str
    """For tables: the path relative to the given folder."""
    save_as: Path
    """Its unique path below the folder of saved pictures."""

    @property
    def is_camera(self) -> bool:
        return isinstance(self.device, int) or is_network(self.device)

    @property
    def is_video(self) -> bool:
        """Whether it can have more than one frame."""
        return self.is_camera or Path(self.name).suffix.lower() in VIDEOS


@dataclass(frozen=True)
class Item:
    """A frame to classify, or the error of an input that could not be read."""

    given: Input
    name: str
    """For JSON: the input's name, with the frame number of a video."""
    label: str
    """For tables."""
    save_as: Path
    frame: Frame | None
    position: timedelta = timedelta()
    """Time since the first frame of a video."""
    error: UnreadableFrameError | None = None


def find_inputs(paths: Sequence[str]) -> list[Input]:
    """The given files and network cameras, with any suffix; for folders, all pictures and videos below them."""
    found: dict[Path, Input] = {}
    for given in paths:
        for device, label, wanted in [_network_camera(given)] if is_network(given) else _files(Path(given)):
            save_as = next(name for name in _numbered(wanted) if name not in found)
            found[save_as] = Input(device, device_name(device), label, save_as)
    return list(found.values())


def camera_input(number: int) -> Input:
    """A local camera."""
    return Input(number, device_name(number), device_name(number), Path(f"camera{number}.jpg"))


def _network_camera(address: str) -> tuple[Device, str, Path]:
    return address, device_name(address), Path("camera.jpg")


def _files(path: Path) -> Iterator[tuple[Device, str, Path]]:
    if not path.is_dir():
        yield path, str(path), _picture_name(Path(path.name))
        return
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path)
        is_hidden = any(part.startswith(".") for part in name.parts)
        if not is_hidden and file.suffix.lower() in PICTURES | VIDEOS and file.is_file():
            yield file, str(name), _picture_name(name)


def _picture_name(name: Path) -> Path:
    return name if name.suffix.lower() in PICTURES | VIDEOS else name.with_name(f"{name.name}.jpg")


def _numbered(name: Path) -> Iterator[Path]:
    """The name, then with -2, -3 … appended."""
    yield name
    for number in count(2):
        yield name.with_name(f"{name.stem}-{number}{name.suffix}")


class Reader:
    """Reads the frames of inputs one after another, until they end or `stop` is called."""

    def __init__(self, frames_per_second: float, start: datetime | None, on_event: Callable[[str], None]) -> None:
        """`start` is the start time of a video; None: from its file. `on_event` receives messages about cameras."""
        self.dropped = 0
        """Frames of live cameras that were dropped for newer ones."""
        self.stopped = threading.Event()
        self._rate, self._start, self._on_event = frames_per_second, start, on_event
        self._live: LiveFrames | None = None

    def stop(self) -> None:
        """Ends reading; may be called from any thread or a signal handler."""
        self.stopped.set()
        if self._live is not None:
            self._live.stop()

    def frames_of(self, given: Input) -> Iterator[Item]:
        """The frame of a picture, or the frames of a video; an error in reading is yielded as the last item."""
        if self.stopped.is_set():
            return
        if not given.is_video:
            yield Item(given, given.name, given.label, given.save_as, Frame(Path(given.name)))
            return
        try:
            for number, frame in enumerate(self._frames(given), start=1):
                if self.stopped.is_set():
                    return
                yield _numbered_item(given, number, frame, self._began)
        except UnreadableFrameError as error:
            if given.is_camera:
                raise
            yield Item(given, given.name, given.label, given.save_as, None, error=error)

    def _frames(self, given: Input) -> Iterator[Frame]:
        camera = self.open(given)
        self._began = camera.start
        if not camera.is_live:
            with camera:
                yield from camera
            return
        self._on_event(f"Reading {given.label}: Ctrl-C ends.")
        with LiveFrames(camera) as live:
            self._live = live
            try:
                yield from live
            finally:
                self._live = None
                self.dropped += live.dropped

    def open(self, given: Input) -> Camera:
        """The video or camera of an input. Raises UnreadableFrameError."""
        return Camera(given.device, frames_per_second=self._rate, start=self._start, on_event=self._on_event)

    def start_of(self, given: Input) -> datetime:
        """The start time of a video. Raises UnreadableFrameError."""
        with self.open(given) as camera:
            return camera.start

    def count_frames(self, inputs: Sequence[Input]) -> int | None:
        """The total number of frames, for a progress bar; None if a video does not say."""
        total = 0
        for given in inputs:
            length = self._length(given)
            if length is None:
                return None
            total += length
        return total

    def _length(self, given: Input) -> int | None:
        if given.is_camera:
            return None
        if not given.is_video:
            return 1
        try:
            with self.open(given) as camera:
                return camera.length
        except UnreadableFrameError:
            return 1


def _numbered_item(given: Input, number: int, frame: Frame, began: datetime) -> Item:
    """An item with the frame encoded as JPEG, which needs a tenth of the memory while it waits."""
    numbered = given.save_as.with_name(f"{given.save_as.stem}-{number:06}.jpg")
    encoded = Frame(encode(frame.image), frame.capture_time, frame.frame_id)
    position = frame.capture_time - began if frame.capture_time else timedelta()
    return Item(given, f"{given.name}#{number}", f"{given.label}#{number}", numbered, encoded, position)
