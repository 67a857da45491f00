"""Frames from whatever holds them: bytes, arrays, files and cameras.

OpenCV is imported only where a picture has to be encoded or a camera opened, so that a client that sends JPEG bytes
does not wait for it.
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from liveclass.client.errors import MissingPackageError, UnreadableFrameError
from liveclass.extras import missing_extra

if TYPE_CHECKING:
    import cv2

Pixels = npt.NDArray[np.uint8]
"""uint8 [H, W] gray, or [H, W, 3] blue-green-red, as OpenCV gives it."""

JPEG_QUALITY = 92


def new_frame_id() -> str:
    """A key that no other frame has."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Frame:
    """A picture with what is known about it."""

    image: "bytes | Path | str | Pixels"
    """JPEG, PNG or WebP bytes; a file; or pixels."""
    capture_time: datetime | None = None
    """When it was taken. None: when it arrives at the service."""
    frame_id: str = field(default_factory=new_frame_id)
    """Names it within its session: sent again, it is not counted again."""


FrameLike = Frame | bytes | Path | str | Pixels
"""What every method of the SDK takes as a frame. A str is a path."""


def as_frame(source: FrameLike, capture_time: datetime | None = None, frame_id: str | None = None) -> Frame:
    """`source` as a Frame; what is given here wins over what it says itself."""
    frame = source if isinstance(source, Frame) else Frame(source)
    return Frame(frame.image, capture_time or frame.capture_time, frame_id or frame.frame_id)


def encode(image: "bytes | Path | str | Pixels", format: str = "jpeg") -> bytes:  # noqa: A002  the word everyone looks for
    """`image` as JPEG, PNG or WebP bytes. Bytes are passed on as they are: the service judges them.

    Files of other formats that OpenCV reads (BMP, TIFF …) become PNG; arrays become `format`, "jpeg" or "png".
    Raises UnreadableFrameError.
    """
    if isinstance(image, bytes):
        return image
    if isinstance(image, str | Path):
        return _read_file(Path(image))
    return _encode_pixels(image, format)


def _read_file(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except IsADirectoryError:
        raise UnreadableFrameError(f"{path} is a folder, not a picture") from None
    except OSError as error:
        raise UnreadableFrameError(f"{path} cannot be read: {error.strerror}") from error
    if not data:
        raise UnreadableFrameError(f"{path} is empty")
    if _is_served(data):
        return data
    cv2 = _opencv()
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise UnreadableFrameError(f"{path} is not a picture")
    return _encode_pixels(np.asarray(pixels, np.uint8), "png")


def _is_served(data: bytes) -> bool:
    """Whether the detection service takes this format."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _encode_pixels(pixels: Pixels, format: str) -> bytes:  # noqa: A002  as in encode
    array = np.asarray(pixels)
    if array.dtype != np.uint8:
        raise UnreadableFrameError(f"pixels must be uint8 in 0 … 255, not {array.dtype}")
    gray = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    colour = array.ndim == 3 and array.shape[2] == 3
    if array.size == 0 or not (gray or colour):
        raise UnreadableFrameError(f"pixels must be [H, W] or [H, W, 3], not {list(array.shape)}")
    cv2 = _opencv()
    if format == "png":
        done, data = cv2.imencode(".png", array)
    elif format == "jpeg":
        done, data = cv2.imencode(".jpg", array, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    else:
        raise ValueError(f"format must be 'jpeg' or 'png', not {format!r}")
    if not done:
        raise UnreadableFrameError("OpenCV could not encode the pixels")
    return bytes(data)


class Camera:
    """The frames of a camera or of a video file, as an iterator of `Frame`.

    ```python
    with Camera(0, frames_per_second=2) as camera:
        for frame in camera:
            sender.submit(frame)
    ```

    `frames_per_second` is the most to give; None gives every frame. A camera's frames carry the time at which they
    were read; a video's carry `start` (by default now) plus their position, and are read as fast as they are taken.
    Raises UnreadableFrameError where nothing can be opened, and when a camera stops giving frames.
    """

    def __init__(
        self, device: int | str | Path, *, frames_per_second: float | None = None, start: datetime | None = None
    ) -> None:
        cv2 = _opencv()
        self._is_camera = isinstance(device, int)
        self._name = f"camera {device}" if self._is_camera else str(device)
        if not isinstance(device, int) and not Path(device).exists():
            raise UnreadableFrameError(f"{device} does not exist")
        self._start = start or datetime.now(timezone.utc)
        self._period = 1 / frames_per_second if frames_per_second else 0.0
        self._capture = _open(device if isinstance(device, int) else str(device))
        if not self._capture.isOpened():
            hint = "is it connected, and not in use?" if self._is_camera else "it is not a video that OpenCV reads"
            raise UnreadableFrameError(f"{self._name} cannot be opened: {hint}")
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate = rate if rate > 0 else 25.0
        count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.length: int | None = None
        """How many frames it is going to give, as far as is known; None for a camera."""
        if not self._is_camera and count > 0:
            self.length = -(-count // self._stride)

    @property
    def _stride(self) -> int:
        return max(1, round(self._rate * self._period))

    def __iter__(self) -> Iterator[Frame]:
        return self._live() if self._is_camera else self._recorded()

    def _live(self) -> Iterator[Frame]:
        due = time.monotonic()
        while True:
            if not self._capture.grab():
                raise UnreadableFrameError(f"{self._name} gives no more frames")
            if time.monotonic() < due:
                continue  # grabbed and let go, so that the driver's queue does not fill with old frames
            due = time.monotonic() + self._period
            yield Frame(self._retrieve(), datetime.now(timezone.utc))

    def _recorded(self) -> Iterator[Frame]:
        index = 0
        while self._capture.grab():
            if index % self._stride == 0:
                yield Frame(self._retrieve(), self._start + timedelta(seconds=index / self._rate))
            index += 1
        if index == 0:
            raise UnreadableFrameError(f"{self._name} holds no frames that OpenCV reads")

    def _retrieve(self) -> Pixels:
        done, pixels = self._capture.retrieve()
        if not done:
            raise UnreadableFrameError(f"{self._name} gave a frame that cannot be decoded")
        return np.asarray(pixels, np.uint8)

    def close(self) -> None:
        """Lets go of the camera."""
        self._capture.release()

    def __enter__(self) -> "Camera":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _opencv() -> Any:
    """OpenCV, which is an extra. Raises MissingPackageError."""
    try:
        import cv2  # noqa: PLC0415  see the module's docstring
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            f"cameras, videos and arrays need more than the SDK: {missing_extra(error)}"
        ) from error
    return cv2


def _open(device: int | str) -> "cv2.VideoCapture":
    capture: cv2.VideoCapture = _opencv().VideoCapture(device)
    return capture
