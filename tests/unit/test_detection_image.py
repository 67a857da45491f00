"""What is accepted as a frame, what is refused, and that refusing costs nothing."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liveclass.detection.frame import ImageSize
from liveclass.detection.image import ImageLimits, InProcessDecoder, check_image, decode_image
from liveclass.runtime.errors import InvalidArgumentError, Reason

LIMITS = ImageLimits()
DECODER = InProcessDecoder()


def picture(extension: str, width: int = 121, height: int = 77, *params: int) -> bytes:
    ramp = np.add.outer(np.arange(height), np.arange(width)).astype(np.uint8)
    encoded, data = cv2.imencode(extension, cv2.merge([ramp, ramp, ramp]), params)
    assert encoded
    return data.tobytes()


WEBP_LOSSLESS = (cv2.IMWRITE_WEBP_QUALITY, 101)
PROGRESSIVE = (cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
PICTURES = {
    "jpeg": picture(".jpg"),
    "progressive jpeg": picture(".jpg", 121, 77, *PROGRESSIVE),
    "png": picture(".png"),
    "lossy webp": picture(".webp", 121, 77, cv2.IMWRITE_WEBP_QUALITY, 80),
    "lossless webp": picture(".webp", 121, 77, *WEBP_LOSSLESS),
}


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def claiming(width: int, height: int) -> bytes:
    data = bytearray(PICTURES["jpeg"])
    start = data.find(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def refusal(data: bytes, limits: ImageLimits = LIMITS) -> Reason:
    with pytest.raises(InvalidArgumentError) as raised:
        decode_image(data, check_image(data, limits), DECODER)
    assert raised.value.field == "image"
    return raised.value.reason


@pytest.mark.parametrize("kind", PICTURES)
def test_size_is_read_from_the_header_and_pixels_agree(kind: str) -> None:
    header = check_image(PICTURES[kind], LIMITS)
    assert header.size == ImageSize(121, 77)
    image = decode_image(PICTURES[kind], header, DECODER)
    assert image.pixels.shape == (77, 121)
    assert image.pixels.dtype == np.uint8
    assert abs(float(image.pixels[30, 40]) - 70) < 8


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_truncated_files_are_refused(kind: str, share: float) -> None:
    data = PICTURES[kind]
    assert refusal(data[: int(len(data) * share)]) is Reason.IMAGE_TRUNCATED


def test_bytes_after_the_end_of_a_jpeg_are_no_harm() -> None:
    data = PICTURES["jpeg"] + b"camera's own data"
    assert decode_image(data, check_image(data, LIMITS), DECODER).size == ImageSize(121, 77)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.IMAGE_EMPTY),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (b"GIF89a\x01\0\x01\0", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (b"BM" + bytes(60), Reason.IMAGE_FORMAT_UNSUPPORTED),
        (b"hello", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (claiming(30_000, 30_000), Reason.IMAGE_TOO_LARGE),
        (claiming(0, 100), Reason.IMAGE_EMPTY),
        (b"\xff\xd8\xff" + bytes(9 * 1024 * 1024), Reason.IMAGE_TOO_LARGE),
    ],
)
def test_what_is_no_frame_is_refused_with_its_reason(data: bytes, reason: Reason) -> None:
    assert refusal(data) is reason


def test_damaged_pixels_are_refused() -> None:
    data = bytearray(PICTURES["png"])
    start = data.find(b"IDAT") + 4
    data[start : start + 20] = bytes(20)
    assert refusal(bytes(data)) is Reason.IMAGE_TRUNCATED


def test_a_jpeg_of_countless_scans_is_refused() -> None:
    data = PICTURES["progressive jpeg"]
    assert refusal(data[:-2] + b"\xff\xda\0\x02" * 100 + data[-2:]) is Reason.IMAGE_FORMAT_UNSUPPORTED


def test_limits_are_the_operators() -> None:
    assert refusal(PICTURES["png"], ImageLimits(max_pixels=121 * 77 - 1)) is Reason.IMAGE_TOO_LARGE
    assert refusal(PICTURES["png"], ImageLimits(max_bytes=10)) is Reason.IMAGE_TOO_LARGE


@pytest.mark.parametrize(("orientation", "size"), [(1, (121, 77)), (3, (121, 77)), (6, (77, 121)), (8, (77, 121))])
@pytest.mark.parametrize("smallest_face", [None, 100, 400])
def test_a_rotated_jpeg_is_decoded_upright(orientation: int, size: tuple[int, int], smallest_face: int | None) -> None:
    data = with_orientation(PICTURES["jpeg"], orientation)
    image = decode_image(data, check_image(data, LIMITS), DECODER, smallest_face)
    assert image.size == size
    assert (image.pixels.shape[1] > image.pixels.shape[0]) == (size[0] > size[1])


@pytest.mark.parametrize(("smallest_face", "width"), [(40, 121), (95, 121), (96, 61), (192, 31), (1000, 16)])
def test_a_jpeg_is_decoded_no_larger_than_the_smallest_face_needs(smallest_face: int, width: int) -> None:
    data = PICTURES["jpeg"]
    image = decode_image(data, check_image(data, LIMITS), DECODER, smallest_face)
    assert image.pixels.shape[1] == width
    assert image.size == ImageSize(121, 77)


@given(st.sampled_from(sorted(PICTURES)), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6))
def test_a_damaged_header_raises_nothing_else(kind: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(PICTURES[kind])
    for position, value in changes:
        data[position % len(data)] = value
    _check_or_refuse(bytes(data))


@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"RIFF\0\0\0\0WEBPVP8X"]),
    st.binary(),
)
def test_arbitrary_bytes_raise_nothing_else(start: bytes, rest: bytes) -> None:
    _check_or_refuse(start + rest)


def _check_or_refuse(data: bytes) -> None:
    try:
        header = check_image(data, LIMITS)
        image = decode_image(data, header, DECODER)
    except InvalidArgumentError:
        return
    assert 0 < image.pixels.size <= LIMITS.max_pixels
