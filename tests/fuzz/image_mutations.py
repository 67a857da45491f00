"""Broken images: seeds of every format, changed in their bytes and in their structure."""

import io
import random
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a program, too
from generated_images import (
    SIGNATURE,
    animated_png,
    chunk,
    encoded,
    exif,
    extended,
    jpeg_with,
    png,
    ramp,
    riff,
    rows,
    webp_chunks,
)

CORPUS = Path(__file__).parent / "corpus" / "images"

_NUMBERS = (0, 1, 2, 3, 7, 8, 127, 128, 255, 256, 4000, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1)
_PNG_KINDS = (
    b"IHDR",
    b"PLTE",
    b"IDAT",
    b"IEND",
    b"tRNS",
    b"zTXt",
    b"iTXt",
    b"iCCP",
    b"eXIf",
    b"acTL",
    b"fcTL",
    b"fdAT",
)
_WEBP_KINDS = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"EXIF", b"ICCP", b"XMP ", b"junk")


def seeds() -> dict[str, bytes]:
    """By file name; what the corpus is made of."""
    rotated = webp_chunks(encoded("webp"))
    found = {
        "rgb.jpg": encoded("jpeg"),
        "gray.jpg": encoded("jpeg", "L"),
        "cmyk.jpg": encoded("jpeg", "CMYK"),
        "progressive.jpg": encoded("jpeg", progressive=True),
        "restart.jpg": encoded("jpeg", restart_marker_blocks=2),
        "full-chroma.jpg": encoded("jpeg", subsampling=0, quality=95),
        "rotated.jpg": jpeg_with(b"Exif\0\0" + exif(6)),
        "comment.jpg": jpeg_with(b"text", marker=0xFE),
        "motion-photo.jpg": encoded("jpeg") + b"\0\0\0\x18ftypmp42" + bytes(range(64)),
        "animated.png": animated_png(),
        "text-bomb.png": png(
            chunk(b"zTXt", b"name\0\0" + zlib.compress(bytes(50_000))), chunk(b"IDAT", zlib.compress(rows()))
        ),
        "interlaced.png": png(chunk(b"IDAT", zlib.compress(bytes(8 * 25 + 15))), interlace=1),
        "rotated.png": png(chunk(b"eXIf", exif(8)), chunk(b"IDAT", zlib.compress(rows()))),
        "filters.png": png(
            chunk(b"IDAT", zlib.compress(b"".join(rows(16, 2, 4, kind) for kind in range(5)))),
            width=16, height=10, colour=6,
        ),
        "lossless.webp": encoded("webp", lossless=True),
        "alpha.webp": encoded("webp", "RGBA"),
        "lossy.webp": encoded("webp", quality=30),
        "rotated.webp": riff(extended(8), *rotated, (b"EXIF", exif(5))),
    }  # fmt: skip
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        found[f"{mode.lower()}.png"] = encoded("png", mode)
    file = io.BytesIO()
    Image.fromarray(ramp()[..., 0].astype("uint16") * 257).save(file, "png")
    found["16-bit.png"] = file.getvalue()
    file = io.BytesIO()
    frames = [Image.fromarray(ramp() // shade) for shade in (1, 2)]
    frames[0].save(file, "webp", save_all=True, append_images=frames[1:])
    found["animated.webp"] = file.getvalue()
    return found


def mutated(corpus: list[bytes], choose: random.Random) -> bytes:
    """One of `corpus`, changed in one to four ways."""
    data = choose.choice(corpus)
    for _ in range(choose.randint(1, 4)):
        if not data:
            return data
        data = choose.choice(_mutations(data))(data, corpus, choose)
    return data


Mutation = Callable[[bytes, list[bytes], random.Random], bytes]


def _mutations(data: bytes) -> list[Mutation]:
    general: list[Mutation] = [_flip, _number, _cut, _repeat, _remove, _splice, _noise]
    if data.startswith(SIGNATURE):
        return [*general, *[_png_structure] * 5, *[_png_pixels] * 3, _png_header]
    if data.startswith(b"RIFF"):
        return [*general, *[_webp_structure] * 5]
    return [*general, *[_jpeg_structure] * 5, _jpeg_scan, _jpeg_scan, _jpeg_size]


def _flip(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(choose.choice((1, 1, 2, 8, 40))):
        changed[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    return bytes(changed)


def _number(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    """An unlikely number somewhere."""
    kind = choose.choice((">H", "<H", ">I", "<I", "B"))
    value = choose.choice(_NUMBERS) & (256 ** struct.calcsize(kind) - 1)
    position = choose.randrange(len(data))
    return data[:position] + struct.pack(kind, value) + data[position + struct.calcsize(kind) :]


def _cut(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    return data[: choose.randrange(len(data))]


def _repeat(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    start, end, target = _range(data, choose), _range(data, choose), _range(data, choose)
    return data[:target] + data[min(start, end) : max(start, end)] + data[target:]


def _remove(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    start = choose.randrange(len(data))
    return data[:start] + data[start + choose.choice((1, 2, 4, 16, 100)) :]


def _splice(data: bytes, corpus: list[bytes], choose: random.Random) -> bytes:
    other = choose.choice(corpus)
    return data[: _range(data, choose)] + other[_range(other, choose) :]


def _noise(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    position = choose.randrange(len(data))
    return data[:position] + choose.randbytes(choose.choice((1, 4, 30))) + data[position + 4 :]


def _range(data: bytes, choose: random.Random) -> int:
    return choose.randrange(len(data) + 1)


def _png_structure(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    """Chunks with right check sums, in the wrong number, order or kind."""
    found, offset = [], 8
    while offset + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        found.append((data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + min(length, len(data))]))
        offset += 12 + length
    _rearrange(found, _PNG_KINDS, choose)
    return SIGNATURE + b"".join(chunk(*each) for each in found)


def _png_pixels(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    """Rows that inflate well and are wrong: too few, too many, or with unknown filters."""
    start = data.find(b"IDAT")
    if start < 4:
        return data
    (length,) = struct.unpack_from(">I", data, start - 4)
    try:
        plain = bytearray(zlib.decompress(data[start + 4 : start + 4 + length])[:100_000])
    except zlib.error:
        return data
    for _ in range(choose.choice((0, 1, 5))):
        if plain:
            plain[choose.randrange(len(plain))] = choose.randrange(256)
    plain = choose.choice((plain, plain[: _range(plain, choose)], plain * 2))
    return data[: start - 4] + chunk(b"IDAT", zlib.compress(bytes(plain), 1)) + data[start + 8 + length :]


def _png_header(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    size = (choose.choice((0, 1, 7, 8, 9, 64, 300)) for _ in range(2))
    fields = (choose.choice((1, 2, 4, 8, 16)), choose.randrange(7), 0, 0, choose.randrange(3))
    return SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, *fields)) + data[33:]


def _webp_structure(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    try:
        found = webp_chunks(data)
    except struct.error:
        return data
    _rearrange(found, _WEBP_KINDS, choose)
    return riff(*found)


def _jpeg_structure(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    found, offset = [], 2
    while offset + 4 <= len(data) and data[offset] == 0xFF and data[offset + 1] != 0xDA:
        (length,) = struct.unpack_from(">H", data, offset + 2)
        found.append((data[offset + 1 : offset + 2], data[offset + 4 : offset + 2 + length]))
        offset += 2 + length
    _rearrange(found, tuple(bytes([marker]) for marker in range(0xC0, 0xFF)), choose)
    segments = (b"\xff" + kind + struct.pack(">H", (len(body) + 2) & 0xFFFF) + body for kind, body in found)
    return data[:2] + b"".join(segments) + data[offset:]


def _jpeg_scan(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    """Compressed data that are missing, doubled, or changed without a marker in them."""
    start = data.rfind(b"\xff\xda")
    if start < 0 or len(data) < start + 40:
        return data
    changed = bytearray(data)
    for _ in range(choose.choice((1, 3, 20))):
        changed[choose.randrange(start + 14, len(data))] = choose.randrange(255)
    cut = choose.randrange(start + 14, len(data))
    return choose.choice((bytes(changed), data[:cut] + b"\xff\xd9", data[:cut] + data[start:]))


def _jpeg_size(data: bytes, _: list[bytes], choose: random.Random) -> bytes:
    for marker in (b"\xff\xc0", b"\xff\xc2"):
        start = data.find(marker)
        if start > 0:
            size = (choose.choice((0, 1, 8, 9, 37, 64, 200, 600)) for _ in range(2))
            return data[: start + 5] + struct.pack(">HH", *size) + data[start + 9 :]
    return data


def _rearrange(found: list[tuple[bytes, bytes]], kinds: tuple[bytes, ...], choose: random.Random) -> None:
    if not found:
        return
    index, other = choose.randrange(len(found)), choose.randrange(len(found))
    kind, body = found[index]
    what = choose.randrange(6)
    if what == 0:
        del found[index]
    elif what == 1:
        found.insert(other, found[index])
    elif what == 2:
        found[index], found[other] = found[other], found[index]
    elif what == 3:
        found.insert(index, (choose.choice(kinds), choose.randbytes(choose.choice((0, 4, 8, 26, 60)))))
    elif what == 4:
        found[index] = (choose.choice(kinds), body)
    else:
        found[index] = (kind, body[: choose.randrange(len(body) + 1)])
