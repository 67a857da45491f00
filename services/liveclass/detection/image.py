"""From the bytes that a client sent to gray pixels, refusing early what is no image, broken, or too large.

The header alone is read before a frame is admitted. Then, on a worker's thread, the structure is checked and what the
pixels need is handed to a decoder, which is where other people's code sees a stranger's data for the first time.
"""

from typing import NamedTuple, Protocol

import numpy as np

from liveclass.detection.decoding import DamagedImageError, DecodeRequest, ImageFormat, decode_gray
from liveclass.detection.exif import turned_upright
from liveclass.detection.frame import ImageSize
from liveclass.detection.image_formats import ImageHeader, Part, minimal_image, read_header, refusal
from liveclass.preprocessing import FACE_SIZE, GrayImage
from liveclass.runtime.deadline import NO_DEADLINE, Deadline
from liveclass.runtime.errors import Reason

_REDUCTIONS = (1, 2, 4, 8)


class ImageLimits(NamedTuple):
    """What is still accepted."""

    max_bytes: int = 8 * 1024 * 1024
    max_pixels: int = 16_000_000


class DecodedImage(NamedTuple):
    """A decoded frame, upright."""

    pixels: GrayImage
    """[H, W]; smaller than `size` where it was decoded at a reduced scale. Valid until its decoder is used again."""
    size: ImageSize
    """Of the submitted image, as it is shown: after the rotation that its Exif data ask for."""


class ImageDecoder(Protocol):
    """A port. An instance is used by one thread at a time."""

    def decode(self, request: DecodeRequest, parts: list[Part], deadline: Deadline) -> GrayImage:
        """Gray pixels of the shape of `request` of the file that `parts` are, one after another.

        Raises `InvalidArgumentError`, `DeadlineExceededError`, `UnavailableError`.
        """


class InProcessDecoder:
    """Decodes here, without a sandbox: for tools that read their user's own pictures."""

    def decode(self, request: DecodeRequest, parts: list[Part], deadline: Deadline) -> GrayImage:
        """As in `ImageDecoder`; the pixels are the caller's own."""
        deadline.check("an image was waiting to be decoded")
        rows, columns = request.shape
        pixels = bytearray(rows * columns)
        try:
            decode_gray(request, memoryview(b"".join(parts)), memoryview(pixels))
        except DamagedImageError:
            raise refusal("cannot be decoded; the file is damaged", Reason.IMAGE_TRUNCATED) from None
        return np.frombuffer(pixels, np.uint8).reshape(rows, columns)


def check_image(data: bytes, limits: ImageLimits) -> ImageHeader:
    """Format and size as the header has them, in microseconds. What comes after is for `decode_image` to check.

    Raises `InvalidArgumentError` for what is no JPEG, PNG or WebP, or too large.
    """
    if not data:
        raise refusal("is empty", Reason.IMAGE_EMPTY)
    if len(data) > limits.max_bytes:
        raise refusal(f"has {len(data):,} bytes; at most {limits.max_bytes:,} are accepted", Reason.IMAGE_TOO_LARGE)
    header = read_header(data)
    width, height = header.size
    if width < 1 or height < 1:
        raise refusal("has no pixels", Reason.IMAGE_EMPTY)
    if width * height > limits.max_pixels:
        raise refusal(f"is {width}×{height} pixels; at most {limits.max_pixels:,} are accepted", Reason.IMAGE_TOO_LARGE)
    return header


def decode_image(
    data: bytes,
    header: ImageHeader,
    decoder: ImageDecoder,
    smallest_face: int | None = None,
    deadline: Deadline = NO_DEADLINE,
) -> DecodedImage:
    """Gray pixels of what `check_image` accepted with that `header`. Raises as `ImageDecoder` does.

    The rotation in Exif data is applied, because faces are found upright only; sizes and boxes are of the upright
    image, as viewers and browsers show it.

    A JPEG is decoded at the smallest of its scales (1, 1/2, 1/4, 1/8) that leaves a face of `smallest_face` pixels as
    large as the network's input.
    """
    image = minimal_image(data, header)
    width, height = header.size
    request = DecodeRequest(header.format, width, height, _reduction(header.format, smallest_face))
    pixels = turned_upright(decoder.decode(request, image.parts, deadline), image.orientation)
    return DecodedImage(pixels, ImageSize(height, width) if image.orientation >= 5 else header.size)


def _reduction(image_format: ImageFormat, smallest_face: int | None) -> int:
    """1, 2, 4 or 8. Only JPEG decodes faster when it is reduced."""
    if smallest_face is None or image_format is not ImageFormat.JPEG:
        return 1
    return max(reduction for reduction in _REDUCTIONS if reduction == 1 or smallest_face >= FACE_SIZE * reduction)
