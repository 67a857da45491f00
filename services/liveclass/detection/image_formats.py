"""What of a JPEG, PNG or WebP reaches a decoder: allow-lists of markers and chunks, in memory-safe Python.

A decoder is given a file put together anew from the parts that it needs for the pixels and from nothing else: no
colour profile, text, thumbnail, animation, or data after the end. Lengths are checked against the message.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from liveclass.detection.decoding import ImageFormat
from liveclass.detection.exif import orientation_in
from liveclass.detection.frame import ImageSize
from liveclass.runtime.errors import InvalidArgumentError, Reason

Part = bytes | memoryview

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
"""Bits per sample by colour type, ISO/IEC 15948, table 11.1."""
_PNG_PALETTE = 3
_MAX_PNG_CHUNKS = 10_000

_WEBP_ANIMATION = frozenset({b"ANIM", b"ANMF"})
_WEBP_IS_ANIMATED = 0x02
_MAX_WEBP_CHUNKS = 1000

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP14, _APP15 = 0xE0, 0xE1, 0xEE, 0xEF
_DHT, _DQT, _DRI = 0xC4, 0xDB, 0xDD
_START_OF_FRAME = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive, with Huffman codes: what cameras and browsers write."""
_NEEDED_SEGMENTS = _START_OF_FRAME | {_SOS, _DHT, _DQT, _DRI}
_KNOWN_SEGMENTS = _NEEDED_SEGMENTS | {_COM} | frozenset(range(_APP0, _APP15 + 1))
_NEEDED_APPLICATION_DATA = ((_APP0, b"JFIF\0"), (_APP14, b"Adobe"))
"""They say how colours are stored."""
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""Within compressed data 0xFF is followed by zero, a restart marker, or another 0xFF."""
_MAX_JPEG_SEGMENTS = 1000
_MAX_JPEG_SCANS = 32
"""A progressive JPEG has about 10. Each one costs a pass over all pixels, however few bytes it has."""


class ImageHeader(NamedTuple):
    """What the first bytes of an image say."""

    format: ImageFormat
    size: ImageSize
    """As stored, before any rotation."""


class MinimalImage(NamedTuple):
    """An image without anything that its gray pixels do not need."""

    header: ImageHeader
    parts: list[Part]
    """One after another they are a file of the format."""
    orientation: int
    """Of Exif, 1 to 8: how the pixels are to be turned."""


def read_header(data: bytes) -> ImageHeader:
    """Format and size. Costs a few microseconds, whatever the image. Raises `InvalidArgumentError`."""
    if data.startswith(b"\xff\xd8\xff"):
        return ImageHeader(ImageFormat.JPEG, _jpeg_size(data))
    try:
        if data.startswith(_PNG_SIGNATURE):
            return ImageHeader(ImageFormat.PNG, _png_size(data))
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return ImageHeader(ImageFormat.WEBP, _webp_size(data))
    except struct.error:
        raise truncated() from None
    raise refusal("is not a JPEG, PNG or WebP", Reason.IMAGE_FORMAT_UNSUPPORTED)


def minimal_image(data: bytes, header: ImageHeader) -> MinimalImage:
    """Checks the whole structure of an image with that `header`. Raises `InvalidArgumentError`."""
    try:
        if header.format is ImageFormat.JPEG:
            return _minimal_jpeg(data, header)
        if header.format is ImageFormat.PNG:
            return _minimal_png(data, header)
        return _minimal_webp(data, header)
    except struct.error:
        raise truncated() from None


def refusal(description: str, reason: Reason) -> InvalidArgumentError:
    """The error for an image that is not accepted."""
    return InvalidArgumentError("image", description, reason)


def truncated() -> InvalidArgumentError:
    """The error for an image whose end is missing."""
    return refusal("is truncated", Reason.IMAGE_TRUNCATED)


def _unsupported(description: str) -> InvalidArgumentError:
    return refusal(description, Reason.IMAGE_FORMAT_UNSUPPORTED)


# JPEG: ITU-T T.81, annex B.


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment up to the end of the image; a scan's compressed data belong to it."""
    offset = 2
    for _ in range(_MAX_JPEG_SEGMENTS):
        while data[offset : offset + 2] == b"\xff\xff":  # a fill byte
            offset += 1
        first, marker = struct.unpack_from("BB", data, offset)
        if first != 0xFF:
            raise _unsupported("is not a valid JPEG")
        if marker == _EOI:
            return
        if marker not in _KNOWN_SEGMENTS:
            raise _unsupported(f"is a JPEG with the marker 0x{marker:02X}; baseline and progressive JPEG are accepted")
        (length,) = struct.unpack_from(">H", data, offset + 2)
        end = offset + 2 + length
        if length < 2:
            raise _unsupported("is not a valid JPEG")
        if marker == _SOS:
            found = _NEXT_MARKER.search(data, end)
            if found is None:
                raise truncated()
            end = found.start()
        if end >= len(data):
            raise truncated()
        yield marker, offset, end
        offset = end
    raise _unsupported(f"has more than {_MAX_JPEG_SEGMENTS} segments")


def _jpeg_size(data: bytes) -> ImageSize:
    try:
        for marker, start, _ in _jpeg_segments(data):
            if marker in _START_OF_FRAME:
                height, width = struct.unpack_from(">HH", data, start + 5)
                return ImageSize(width, height)
            if marker == _SOS:
                break
    except struct.error:
        raise truncated() from None
    raise _unsupported("is not a valid JPEG: it has no size")


def _minimal_jpeg(data: bytes, header: ImageHeader) -> MinimalImage:
    view, parts, orientation = memoryview(data), list[Part]([data[:2]]), 1
    frames = scans = 0
    for marker, start, end in _jpeg_segments(data):
        if marker in _NEEDED_SEGMENTS:
            parts.append(view[start:end])
            frames += marker in _START_OF_FRAME
            scans += marker == _SOS
        elif marker == _APP1 and orientation == 1 and data.startswith(b"Exif\0\0", start + 4):
            orientation = orientation_in(data[start + 10 : end])
        elif any(marker == kind and data.startswith(name, start + 4) for kind, name in _NEEDED_APPLICATION_DATA):
            parts.append(view[start:end])
        if frames > 1 or scans > _MAX_JPEG_SCANS:
            raise _unsupported(f"is a JPEG of more than one frame or more than {_MAX_JPEG_SCANS} scans")
    if scans == 0:
        raise truncated()
    parts.append(b"\xff\xd9")
    return MinimalImage(header, parts, orientation)


# PNG: ISO/IEC 15948, chunks of length, type, data and check sum.


def _png_size(data: bytes) -> ImageSize:
    length, kind, width, height, depth, colour, compression, filtering, interlace = struct.unpack_from(
        ">I4sIIBBBBB", data, 8
    )
    is_known = depth in _PNG_DEPTHS.get(colour, ()) and (compression, filtering) == (0, 0) and interlace in {0, 1}
    if (length, kind) != (13, b"IHDR") or not is_known:
        raise _unsupported("is not a valid PNG")
    return ImageSize(width, height)


def _minimal_png(data: bytes, header: ImageHeader) -> MinimalImage:
    view, pixels, palette, orientation = memoryview(data), list[memoryview](), list[Part](), 1
    for kind, start, end in _png_chunks(data):
        if kind == b"IDAT":
            pixels.append(view[start:end])
        elif kind == b"PLTE" and not palette and end - start in range(3, 769, 3):
            palette = [view[start - 8 : end + 4]]
        elif kind == b"eXIf":
            orientation = orientation_in(data[start:end])
        elif kind in _PNG_ANIMATION:
            raise _unsupported("is an animated PNG; send one picture at a time")
        elif kind[:1].isupper():
            raise _unsupported("is a PNG with a chunk that is not known or stands twice")
    if not pixels or (data[25] == _PNG_PALETTE and not palette):
        raise truncated()
    length = sum(map(len, pixels))
    # One chunk of pixels, however many there were. Its check sum is not asked for: the compressed data have their own.
    parts = [view[:33], *palette, struct.pack(">I4s", length, b"IDAT"), *pixels, bytes(4), b"\0\0\0\0IEND\xaeB`\x82"]
    return MinimalImage(header, parts, orientation)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, start, end) of the data of each chunk after IHDR and before IEND."""
    offset = 33
    for _ in range(_MAX_PNG_CHUNKS):
        length, kind = struct.unpack_from(">I4s", data, offset)
        end = offset + 8 + length
        if end + 4 > len(data):
            raise truncated()
        if kind == b"IEND":
            return
        yield kind, offset + 8, end
        offset = end + 4
    raise _unsupported(f"has more than {_MAX_PNG_CHUNKS:,} chunks")


# WebP: RFC 9649, RIFF chunks of type, length and data.


def _webp_size(data: bytes) -> ImageSize:
    kind, length = struct.unpack_from("<4sI", data, 12)
    if kind == b"VP8X":
        width_low, width_high, height_low, height_high = struct.unpack_from("<HBHB", data, 24)
        return ImageSize((width_high << 16 | width_low) + 1, (height_high << 16 | height_low) + 1)
    return _webp_bitstream_size(kind, data, 20, 20 + length)


def _webp_bitstream_size(kind: bytes, data: bytes, start: int, end: int) -> ImageSize:
    if kind == b"VP8 ":  # lossy, RFC 6386, section 9.1
        tag_low, tag_high, code, width, height = struct.unpack_from("<BH3sHH", data, start)
        first_partition = tag_high << 3 | tag_low >> 5
        if tag_low & 1 or code != b"\x9d\x01\x2a":
            raise _unsupported("is not a valid WebP")
        if first_partition > end - start - 10:
            raise truncated()
        return ImageSize(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        signature, bits = struct.unpack_from("<BI", data, start)
        if signature == 0x2F and bits >> 29 == 0:
            return ImageSize((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    raise _unsupported("is not a valid WebP")


def _minimal_webp(data: bytes, header: ImageHeader) -> MinimalImage:
    pixels: list[tuple[bytes, int, int]] = []
    orientation = 1
    for kind, start, end in _webp_chunks(data):
        if kind in _WEBP_ANIMATION or (kind == b"VP8X" and end > start and data[start] & _WEBP_IS_ANIMATED):
            raise _unsupported("is an animated WebP; send one picture at a time")
        if kind in {b"VP8 ", b"VP8L"}:
            pixels.append((kind, start, end))
        elif kind == b"EXIF":
            orientation = orientation_in(data[start:end].removeprefix(b"Exif\0\0"))
    if not pixels:
        raise truncated()
    kind, start, end = pixels[0]
    if len(pixels) > 1 or _webp_bitstream_size(kind, data, start, end) != header.size:
        raise refusal("has another size than its header says; the file is damaged", Reason.IMAGE_TRUNCATED)
    length, padding = end - start, bytes((end - start) % 2)
    head = struct.pack("<4sI4s4sI", b"RIFF", 12 + length + len(padding), b"WEBP", kind, length)
    return MinimalImage(header, [head, memoryview(data)[start:end], padding], orientation)


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """(type, start, end) of the data of each chunk."""
    (length,) = struct.unpack_from("<I", data, 4)
    offset, last = 12, 8 + length
    if last > len(data):
        raise truncated()
    for _ in range(_MAX_WEBP_CHUNKS):
        if offset >= last:
            return
        kind, length = struct.unpack_from("<4sI", data, offset)
        end = offset + 8 + length
        if end > last:
            raise truncated()
        yield kind, offset + 8, end
        offset = end + length % 2
    raise _unsupported(f"has more than {_MAX_WEBP_CHUNKS:,} chunks")
