"""Encoded pictures made from nothing: seeds for tests and for the fuzzer. None of them shows anybody."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
WIDTH, HEIGHT = 37, 29


def ramp(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """[H, W, 3]."""
    gray = np.add.outer(np.arange(height) * 3, np.arange(width) * 4)
    return np.stack([gray, gray * 2, 255 - gray], axis=-1).astype(np.uint8)


def encoded(kind: str, mode: str = "RGB", size: tuple[int, int] = (WIDTH, HEIGHT), **options) -> bytes:
    """A ramp as "jpeg", "png" or "webp" by Pillow."""
    file = io.BytesIO()
    Image.fromarray(ramp(*size)).convert(mode).save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 8, height: int = 8, depth: int = 8, colour: int = 2, interlace: int = 0) -> bytes:
    """A PNG of the given chunks between IHDR and IEND."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return SIGNATURE + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def rows(width: int = 8, height: int = 8, samples: int = 3, filter_type: int = 0) -> bytes:
    """The unfiltered rows of a PNG with 8 bits per sample."""
    return b"".join(bytes([filter_type, *range(width * samples)]) for _ in range(height))


def animated_png(y_offset: int = 4000) -> bytes:
    """With `y_offset` beyond the picture it ends OpenCV 4.11."""
    frame = struct.pack(">IIIIIHHBB", 0, 8, 8, 0, y_offset, 1, 10, 0, 0)
    second = struct.pack(">IIIIIHHBB", 1, 8, 8, 0, 0, 1, 10, 0, 0)
    pixels = zlib.compress(rows())
    return png(
        chunk(b"acTL", struct.pack(">II", 2, 0)),
        chunk(b"fcTL", frame),
        chunk(b"IDAT", pixels),
        chunk(b"fcTL", second),
        chunk(b"fdAT", struct.pack(">I", 2) + pixels),
    )


def exif(orientation: int, order: str = "<") -> bytes:
    """A TIFF header with one directory of one entry."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(f"{order}IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def jpeg_with(segment: bytes, jpeg: bytes | None = None, marker: int = 0xE1) -> bytes:
    """A JPEG with another segment after its first marker."""
    jpeg = encoded("jpeg") if jpeg is None else jpeg
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:]


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    """A WebP of chunks (type, data)."""
    body = b"".join(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def webp_chunks(webp: bytes) -> list[tuple[bytes, bytes]]:
    """(type, data) of the chunks of a WebP."""
    found, offset = [], 12
    while offset < len(webp):
        kind, length = struct.unpack_from("<4sI", webp, offset)
        found.append((kind, webp[offset + 8 : offset + 8 + length]))
        offset += 8 + length + length % 2
    return found


def extended(flags: int = 0, width: int = WIDTH, height: int = HEIGHT) -> tuple[bytes, bytes]:
    """The chunk VP8X."""
    return b"VP8X", struct.pack("<BxxxHBHB", flags, width - 1, 0, height - 1, 0)
