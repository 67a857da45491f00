"""From the bytes that a client sent to gray pixels, refusing early what is no image, broken, or too large.

Format and size are read from the first bytes, so that a small file that claims to be huge costs nothing.
"""

import struct
from typing import NamedTuple

import cv2
import numpy as np

from liveclass.detection.frame import ImageSize
from liveclass.preprocessing import FACE_SIZE, GrayImage
from liveclass.runtime.errors import InvalidArgumentError, Reason

_FIELD = "image"
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_JPEG_START_OF_FRAME = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_START_OF_SCAN, _JPEG_END = 0xDA, b"\xff\xd9"
_MOST_JPEG_SEGMENTS = 1000
_MOST_JPEG_SCANS = 32
"""A progressive JPEG has about 10. Each one costs a pass over all pixels, however few bytes it has."""

_DECODE_FLAGS = {
    1: cv2.IMREAD_GRAYSCALE,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
}


class ImageLimits(NamedTuple):
    """What is still accepted."""

    max_bytes: int = 8 * 1024 * 1024
    max_pixels: int = 16_000_000


class DecodedImage(NamedTuple):
    """A decoded frame, upright."""

    pixels: GrayImage
    """[H, W]; smaller than `size` where it was decoded at a reduced scale."""
    size: ImageSize
    """Of the submitted image, as it is shown: after the rotation that its EXIF data ask for."""


def check_image(data: bytes, limits: ImageLimits) -> ImageSize:
    """Size as the header has it, before any rotation. Decodes nothing, and is done within a millisecond or two.

    Raises `InvalidArgumentError` for what is no JPEG, PNG or WebP, truncated, or too large.
    """
    if not data:
        raise _refusal("is empty", Reason.IMAGE_EMPTY)
    if len(data) > limits.max_bytes:
        raise _refusal(f"has {len(data):,} bytes; at most {limits.max_bytes:,} are accepted", Reason.IMAGE_TOO_LARGE)
    try:
        size = _read_size(data)
    except (IndexError, struct.error):
        raise _truncated() from None
    if size.width < 1 or size.height < 1:
        raise _refusal("has no pixels", Reason.IMAGE_EMPTY)
    if size.width * size.height > limits.max_pixels:
        raise _refusal(
            f"is {size.width}×{size.height} pixels; at most {limits.max_pixels:,} are accepted", Reason.IMAGE_TOO_LARGE
        )
    return size


def decode_image(data: bytes, header: ImageSize, smallest_face: int | None = None) -> DecodedImage:
    """Gray pixels of what `check_image` accepted and found to be of size `header`. Raises `InvalidArgumentError`.

    The rotation in a JPEG's or PNG's EXIF is applied, because faces are found upright only; sizes and boxes are of
    the upright image, as viewers, browsers and `cv2.imread` show it.

    A JPEG is decoded at the smallest of its scales (1, 1/2, 1/4, 1/8) that leaves a face of `smallest_face` pixels as
    large as the network's input.
    """
    reduction = _reduction(data, smallest_face)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), _DECODE_FLAGS[reduction])
    except cv2.error:  # OpenCV's own limits on size
        pixels = None
    if pixels is None:
        raise _refusal("cannot be decoded; the file is damaged", Reason.IMAGE_TRUNCATED)
    rows, columns = pixels.shape
    reduced = (-(-header.height // reduction), -(-header.width // reduction))
    turned = (rows, columns) != reduced and (columns, rows) == reduced
    if (rows, columns) != reduced and not turned:
        raise _refusal("has another size than its header says; the file is damaged", Reason.IMAGE_TRUNCATED)
    size = ImageSize(header.height, header.width) if turned else header
    return DecodedImage(pixels.astype(np.uint8, copy=False), size)


def _reduction(data: bytes, smallest_face: int | None) -> int:
    """1, 2, 4 or 8. Only JPEG decodes faster when it is reduced."""
    if smallest_face is None or not data.startswith(b"\xff\xd8"):
        return 1
    return max(reduction for reduction in _DECODE_FLAGS if reduction == 1 or smallest_face >= FACE_SIZE * reduction)


def _read_size(data: bytes) -> ImageSize:
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg_size(data)
    if data.startswith(_PNG_SIGNATURE):
        return _png_size(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_size(data)
    raise _refusal("is not a JPEG, PNG or WebP", Reason.IMAGE_FORMAT_UNSUPPORTED)


def _png_size(data: bytes) -> ImageSize:
    """ISO/IEC 15948: the first chunk is IHDR, the last one IEND."""
    size = ImageSize(*struct.unpack_from(">II", data, 16))
    if data[12:16] != b"IHDR":
        raise _refusal("is not a valid PNG", Reason.IMAGE_FORMAT_UNSUPPORTED)
    if data.find(_PNG_END, 24) < 0:
        raise _truncated()
    return size


def _jpeg_size(data: bytes) -> ImageSize:
    """ITU-T T.81, annex B: segments of marker and length, up to the first scan."""
    offset, size = 2, None
    for _ in range(_MOST_JPEG_SEGMENTS):
        if data[offset] != 0xFF:
            raise _refusal("is not a valid JPEG", Reason.IMAGE_FORMAT_UNSUPPORTED)
        marker = data[offset + 1]
        if marker == 0xFF:  # a fill byte
            offset += 1
            continue
        if marker == _JPEG_START_OF_SCAN:
            break
        if marker in _JPEG_START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, offset + 5)
            size = ImageSize(width, height)
        (length,) = struct.unpack_from(">H", data, offset + 2)
        offset += 2 + length
    if size is None:
        raise _refusal("is not a valid JPEG: it has no size", Reason.IMAGE_FORMAT_UNSUPPORTED)
    # A marker cannot occur within the compressed data, which escapes 0xFF. The last one is at the very end, mostly.
    if data.rfind(_JPEG_END, offset) < 0:
        raise _truncated()
    if _count_scans(data, offset) > _MOST_JPEG_SCANS:
        raise _refusal(f"has more than {_MOST_JPEG_SCANS} scans", Reason.IMAGE_FORMAT_UNSUPPORTED)
    return size


def _count_scans(data: bytes, offset: int) -> int:
    """With numpy in a quarter of the time that `bytes.count` takes, which tells when most frames are refused."""
    values = np.frombuffer(data, np.uint8, offset=offset)
    return int(np.count_nonzero((values[:-1] == 0xFF) & (values[1:] == _JPEG_START_OF_SCAN)))


def _webp_size(data: bytes) -> ImageSize:
    """RFC 9649: RIFF with a first chunk VP8 (lossy), VP8L (lossless) or VP8X (extended)."""
    (length,) = struct.unpack_from("<I", data, 4)
    if len(data) < 8 + length:
        raise _truncated()
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return ImageSize(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return ImageSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        width_low, width_high, height_low, height_high = struct.unpack_from("<HBHB", data, 24)
        return ImageSize((width_high << 16 | width_low) + 1, (height_high << 16 | height_low) + 1)
    raise _refusal("is not a valid WebP", Reason.IMAGE_FORMAT_UNSUPPORTED)


def _refusal(description: str, reason: Reason) -> InvalidArgumentError:
    return InvalidArgumentError(_FIELD, description, reason)


def _truncated() -> InvalidArgumentError:
    return _refusal("is truncated", Reason.IMAGE_TRUNCATED)
