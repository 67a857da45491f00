"""Frames from bytes, arrays and files.

OpenCV is imported only to encode a picture, so that a client that sends JPEG bytes does not need it.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from liveclass.client.errors import MissingPackageError, UnreadableFrameError
from liveclass.install_hints import install_hint

Pixels = npt.NDArray[np.uint8]
"""uint8 [H, W] gray, or [H, W, 3] blue-green-red, as OpenCV gives it."""

JPEG_QUALITY = 92


def new_frame_id() -> str:
    """A unique key."""
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Frame:
    """A picture with its capture time and id."""

    image: "bytes | Path | str | Pixels"
    """JPEG, PNG or WebP bytes; a file; or pixels."""
    capture_time: datetime | None = None
    """When it was captured. None: the time of arrival at the service."""
    frame_id: str = field(default_factory=new_frame_id)
    """Unique within its session, so that a frame that is sent again is counted once."""


FrameLike = Frame | bytes | Path | str | Pixels
"""What the SDK takes as a frame. A str is a path."""


def as_frame(source: FrameLike, capture_time: datetime | None = None, frame_id: str | None = None) -> Frame:
    """`source` as a Frame; the arguments take precedence over its own values."""
    frame = source if isinstance(source, Frame) else Frame(source)
    return Frame(frame.image, capture_time or frame.capture_time, frame_id or frame.frame_id)


def encode(image: "bytes | Path | str | Pixels", format: str = "jpeg") -> bytes:  # noqa: A002  the common name
    """`image` as JPEG, PNG or WebP bytes. Bytes are returned unchanged; the service checks them.

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
    cv2 = opencv()
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise UnreadableFrameError(f"{path} is not a picture")
    return _encode_pixels(np.asarray(pixels, np.uint8), "png")


def _is_served(data: bytes) -> bool:
    """Whether the detection service accepts this format."""
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    return webp or data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _encode_pixels(pixels: Pixels, format: str) -> bytes:  # noqa: A002  as in encode
    array = np.asarray(pixels)
    if array.dtype != np.uint8:
        raise UnreadableFrameError(f"pixels must be uint8, not {array.dtype}")
    gray = array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 1)
    colour = array.ndim == 3 and array.shape[2] == 3
    if array.size == 0 or not (gray or colour):
        raise UnreadableFrameError(f"pixels must be [H, W] or [H, W, 3], not {list(array.shape)}")
    cv2 = opencv()
    if format == "png":
        done, data = cv2.imencode(".png", array)
    elif format == "jpeg":
        done, data = cv2.imencode(".jpg", array, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    else:
        raise ValueError(f"format must be 'jpeg' or 'png', not {format!r}")
    if not done:
        raise UnreadableFrameError("OpenCV could not encode the pixels")
    return bytes(data)


def opencv() -> Any:
    """OpenCV, which is an extra. Raises MissingPackageError."""
    try:
        import cv2  # noqa: PLC0415  see the module's docstring
    except ModuleNotFoundError as error:
        raise MissingPackageError(
            f"cameras, videos and arrays need more than the SDK: {install_hint(error)}"
        ) from error
    return cv2
