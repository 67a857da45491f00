"""Gray pixels of minimal images: JPEG by libjpeg-turbo (simplejpeg), PNG and WebP by Pillow.

Imports nothing else of the project: this runs in child processes, which are to be small and quick to start.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import Image

_HARMLESS = re.compile(r"Corrupt JPEG data: \d+ extraneous bytes before marker")
"""A warning of libjpeg about what cameras do wrong without losing pixels."""
_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a PNG's pixel by colour type, ISO/IEC 15948, table 11.1."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""First column, first row, and distances between columns and rows of the passes of an interlaced PNG."""
_AT_ONCE = 1 << 20


class ImageFormat(IntEnum):
    """What is accepted."""

    JPEG = 1
    PNG = 2
    WEBP = 3


class DecodeRequest(NamedTuple):
    """What is to be decoded."""

    format: int
    width: int
    """Of the whole image, as its header has it."""
    height: int
    reduction: int
    """A JPEG is decoded at 1, 1/2, 1/4 or 1/8 of its size; 1 for others."""

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of the answer."""
        return -(-self.height // self.reduction), -(-self.width // self.reduction)


class DamagedImageError(ValueError):
    """The image has no, or not all, pixels."""


def decode_gray(request: DecodeRequest, data: memoryview, out: memoryview) -> None:
    """Writes the pixels, uint8 row by row, to the beginning of `out`. Raises `DamagedImageError`, `MemoryError`."""
    try:
        if request.format == ImageFormat.JPEG:
            _decode_jpeg(request, data, out)
        else:
            _decode_with_pillow(request, data, out)
    except (ValueError, OSError, SyntaxError, EOFError, IndexError, struct.error, zlib.error) as error:
        raise DamagedImageError(str(error)) from error  # Pillow and simplejpeg raise any of these


def _decode_jpeg(request: DecodeRequest, data: memoryview, out: memoryview) -> None:
    rows, columns = request.shape
    least = {"min_height": rows, "min_width": columns} if request.reduction > 1 else {}
    target = out[: rows * columns]
    try:
        pixels = simplejpeg.decode_jpeg(data, "GRAY", buffer=target, strict=True, **least)
    except ValueError as error:
        if not _HARMLESS.match(str(error)):
            raise
        # This way simplejpeg passes over fatal errors, too, and leaves what was there before.
        target[:] = bytes(len(target))
        pixels = simplejpeg.decode_jpeg(data, "GRAY", buffer=target, strict=False, **least)
    if pixels.shape != (rows, columns, 1):
        raise DamagedImageError("has another size than its header says")


def _decode_with_pillow(request: DecodeRequest, data: memoryview, out: memoryview) -> None:
    if request.format == ImageFormat.PNG:
        _require_all_rows(data)
    with Image.open(io.BytesIO(data), formats=["PNG", "WEBP"]) as image:
        if image.size != (request.width, request.height):
            raise DamagedImageError("has another size than its header says")
        pixels = _gray(image)
    rows, columns = request.shape
    np.frombuffer(out, np.uint8, rows * columns).reshape(rows, columns)[:] = pixels


def _gray(image: Image.Image) -> npt.NDArray[np.uint8]:
    if image.mode.startswith("I"):  # 16 bits per pixel, which Pillow would cut off at 255
        return (np.asarray(image) >> 8).astype(np.uint8)
    return np.asarray(image.convert("L"))


def _require_all_rows(data: memoryview) -> None:
    """Pillow leaves rows black that a PNG's compressed data do not reach; here they are counted first."""
    width, height, depth, colour, *_, interlace = struct.unpack_from(">IIBBBBB", data, 16)
    bits = depth * _SAMPLES[colour]
    passes = _ADAM7 if interlace else ((0, 0, 1, 1),)
    wanted = sum(_bytes_of_pass(width - x, height - y, across, down, bits) for x, y, across, down in passes)
    got = 0
    for piece in _inflated(data):
        got += piece
        if got >= wanted:
            return
    raise DamagedImageError("rows are missing")


def _bytes_of_pass(width: int, height: int, across: int, down: int, bits: int) -> int:
    columns, rows = max(0, -(-width // across)), max(0, -(-height // down))
    return rows * (1 + (columns * bits + 7) // 8) if columns else 0


def _inflated(data: memoryview) -> Iterator[int]:
    """Lengths of the pieces that the chunk of pixels is inflated to."""
    offset = 8
    while bytes(data[offset + 4 : offset + 8]) != b"IDAT":
        offset += 12 + int.from_bytes(data[offset : offset + 4], "big")
    length = int.from_bytes(data[offset : offset + 4], "big")
    inflater, rest = zlib.decompressobj(), bytes(data[offset + 8 : offset + 8 + length])
    while rest and not inflater.eof:
        piece = len(inflater.decompress(rest, _AT_ONCE))
        rest = inflater.unconsumed_tail
        yield piece
    yield len(inflater.flush())
