"""What of a file reaches a decoder."""

import io
import struct
import zlib

import generated_images as images
import numpy as np
import pytest
from PIL import Image

from liveclass.detection.frame import ImageSize
from liveclass.detection.image import ImageLimits, InProcessDecoder, check_image, decode_image
from liveclass.detection.image_formats import minimal_image
from liveclass.runtime.errors import InvalidArgumentError, Reason

LIMITS = ImageLimits()
DECODER = InProcessDecoder()
WEBP = images.webp_chunks(images.encoded("webp"))


def handed_on(data: bytes) -> bytes:
    """The file that a decoder is given."""
    return b"".join(minimal_image(data, check_image(data, LIMITS)).parts)


def decoded(data: bytes):
    return decode_image(data, check_image(data, LIMITS), DECODER)


def refusal(data: bytes) -> InvalidArgumentError:
    with pytest.raises(InvalidArgumentError) as raised:
        decoded(data)
    return raised.value


@pytest.mark.parametrize("y_offset", [0, 1, 4000])
def test_an_animated_png_is_refused(y_offset: int) -> None:
    error = refusal(images.animated_png(y_offset))
    assert error.reason is Reason.IMAGE_FORMAT_UNSUPPORTED
    assert "animated" in error.description


def test_an_animated_webp_is_refused() -> None:
    frames = [Image.fromarray(images.ramp() // shade) for shade in (1, 2)]
    file = io.BytesIO()
    frames[0].save(file, "webp", save_all=True, append_images=frames[1:])
    assert "animated" in refusal(file.getvalue()).description
    assert "animated" in refusal(images.riff(images.extended(flags=2), *WEBP)).description


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt", b"iCCP", b"tEXt", b"gAMA", b"tRNS", b"sPLT"])
def test_ancillary_chunks_of_a_png_never_reach_the_decoder(kind: bytes) -> None:
    bomb = images.chunk(kind, b"name\0\0" + zlib.compress(bytes(100_000)))
    data = images.png(bomb, images.chunk(b"IDAT", zlib.compress(images.rows())), bomb)
    assert kind in data
    assert kind not in handed_on(data)
    assert decoded(data).size == ImageSize(8, 8)


def test_a_chunk_longer_than_the_message_is_truncated() -> None:
    data = images.png(images.chunk(b"IDAT", zlib.compress(images.rows())))
    claim = data[:33] + struct.pack(">I", 2**31 - 1) + b"zTXt" + data[33:]
    assert refusal(claim).reason is Reason.IMAGE_TRUNCATED


def test_unknown_critical_chunks_of_a_png_are_refused() -> None:
    data = images.png(images.chunk(b"IDAT", zlib.compress(images.rows())), images.chunk(b"ABCD", b""))
    assert refusal(data).reason is Reason.IMAGE_FORMAT_UNSUPPORTED


@pytest.mark.parametrize("interlace", [0, 1])
@pytest.mark.parametrize("missing", [1, 9, 100])
def test_a_png_whose_compressed_rows_end_early_is_truncated(interlace: int, missing: int) -> None:
    whole = images.rows() if not interlace else images.rows()[: 8 * 25 + 15]
    data = images.png(images.chunk(b"IDAT", zlib.compress(whole[:-missing])), interlace=interlace)
    assert refusal(data).reason is Reason.IMAGE_TRUNCATED


@pytest.mark.parametrize(
    ("mode", "expected"), [("L", 105), ("RGB", None), ("RGBA", None), ("LA", 105), ("P", None), ("1", None)]
)
def test_pngs_of_every_colour_type_are_decoded(mode: str, expected: int | None) -> None:
    gray = Image.fromarray(images.ramp()).convert("L")
    picture = (gray if mode in {"L", "LA"} else Image.fromarray(images.ramp())).convert(mode)
    file = io.BytesIO()
    picture.save(file, "png")
    difference = np.asarray(picture.convert("L")).astype(int) - decoded(file.getvalue()).pixels
    assert np.abs(difference).max() <= 1


def test_a_png_of_16_bits_keeps_its_upper_eight() -> None:
    values = np.arange(0, 65536, 256, dtype=np.uint16).reshape(16, 16)
    file = io.BytesIO()
    Image.fromarray(values).save(file, "png")
    assert (decoded(file.getvalue()).pixels == values >> 8).all()


def test_an_interlaced_png_is_decoded() -> None:
    passes = [(1, 1), (1, 1), (1, 2), (2, 2), (2, 4), (4, 4), (4, 8)]  # (rows, columns) of Adam7 for 8 by 8 pixels
    data = b"".join(bytes([0, *[90] * columns]) * count for count, columns in passes)
    image = decoded(images.png(images.chunk(b"IDAT", zlib.compress(data)), colour=0, interlace=1))
    assert (image.pixels == 90).all()


def test_a_motion_photo_is_accepted_and_the_film_cut_off() -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20 + b"\xff\xd8\xff\xd9"
    data = images.encoded("jpeg") + film
    assert b"ftyp" not in handed_on(data)
    assert (decoded(data).pixels == decoded(images.encoded("jpeg")).pixels).all()


def test_comments_profiles_and_thumbnails_of_a_jpeg_never_reach_the_decoder() -> None:
    data = images.jpeg_with(b"a comment", marker=0xFE)
    data = images.jpeg_with(b"ICC_PROFILE\0\1\1" + bytes(100), data, marker=0xE2)
    data = images.jpeg_with(b"Exif\0\0" + images.exif(1) + images.encoded("jpeg"), data)
    assert handed_on(data) == handed_on(images.encoded("jpeg"))


@pytest.mark.parametrize("marker", [0xC3, 0xC5, 0xC9, 0xCC, 0xDC, 0xDE, 0xF0, 0x01, 0x02])
def test_jpeg_markers_that_no_camera_writes_are_refused(marker: int) -> None:
    assert refusal(images.jpeg_with(bytes(20), marker=marker)).reason is Reason.IMAGE_FORMAT_UNSUPPORTED


def test_a_jpeg_that_says_it_ended_before_its_last_pixel_is_truncated() -> None:
    data = images.encoded("jpeg", size=(400, 300))
    assert refusal(data[: len(data) // 2] + b"\xff\xd9").reason is Reason.IMAGE_TRUNCATED


def test_a_jpeg_that_cannot_be_decoded_is_refused_and_not_answered_with_what_was_in_memory() -> None:
    data = images.encoded("jpeg")
    start = data.find(b"\xff\xc4") + 5
    bogus = data[:start] + b"\xff" * 16 + data[start + 16 :]  # more codes of each length than there can be
    assert refusal(bogus).reason is Reason.IMAGE_TRUNCATED


@pytest.mark.parametrize("junk", [b"\0" * 20, b"abcdefgh"])
def test_bytes_too_many_in_a_jpegs_scan_are_passed_over(junk: bytes) -> None:
    data = images.encoded("jpeg")
    assert (decoded(data[:-2] + junk + data[-2:]).pixels == decoded(data).pixels).all()


def test_a_jpeg_of_cyan_magenta_yellow_and_black_is_decoded() -> None:
    assert decoded(images.encoded("jpeg", "CMYK")).size == ImageSize(images.WIDTH, images.HEIGHT)


def test_only_the_pixels_of_a_webp_reach_the_decoder() -> None:
    data = images.riff(images.extended(), (b"ICCP", bytes(99)), *WEBP, (b"XMP ", b"x" * 33), (b"new!", b"y"))
    assert handed_on(data) == images.riff(*WEBP)
    assert decoded(data).size == ImageSize(images.WIDTH, images.HEIGHT)


@pytest.mark.parametrize(
    "data",
    [
        images.riff(images.extended(width=30), *WEBP),
        images.riff(images.extended(), *WEBP, *WEBP),
        images.riff(images.extended()),
        images.riff(*WEBP) + b"x",
        images.riff((WEBP[0][0], WEBP[0][1][:40])),
    ],
)
def test_a_webp_is_one_picture_of_the_size_that_it_says(data: bytes) -> None:
    if data.endswith(b"x"):  # after the end, as in a JPEG
        assert decoded(data).size == ImageSize(images.WIDTH, images.HEIGHT)
    else:
        assert refusal(data).reason is Reason.IMAGE_TRUNCATED


def rotatable(kind: str, tiff: bytes) -> bytes:
    if kind == "jpeg":
        return images.jpeg_with(b"Exif\0\0" + tiff)
    if kind == "png":
        data = images.encoded("png")
        return data[:33] + images.chunk(b"eXIf", tiff) + data[33:]
    prefix = b"Exif\0\0" if kind == "webp, with a prefix" else b""
    return images.riff(images.extended(flags=8), *WEBP, (b"EXIF", prefix + tiff))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "webp, with a prefix"])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_rotation_in_exif_is_applied_to_every_format(kind: str, orientation: int, order: str) -> None:
    image = decoded(rotatable(kind, images.exif(orientation, order)))
    upright = decoded(rotatable(kind, images.exif(1))).pixels
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: np.rot90(upright, -1),
        7: upright[::-1, ::-1].T,
        8: np.rot90(upright),
    }[orientation]
    assert (image.pixels == turned).all()
    assert image.size == turned.shape[::-1]


@pytest.mark.parametrize("tiff", [b"", b"II*\0", b"II*\0\xff\xff\xff\xff", images.exif(9), images.exif(6)[:-7]])
def test_damaged_exif_data_leave_a_picture_as_it_is(tiff: bytes) -> None:
    assert decoded(rotatable("jpeg", tiff)).size == ImageSize(images.WIDTH, images.HEIGHT)
