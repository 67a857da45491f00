"""How a picture is to be turned, by its Exif data (CIPA DC-008, 4.6.4 A: the tag Orientation)."""

import struct

import cv2
import numpy as np

from liveclass.preprocessing import GrayImage

_ORIENTATION = 0x0112
_SHORT = 3
_MAX_ENTRIES = 1000


def orientation_in(tiff: bytes) -> int:
    """1 to 8 as a TIFF header and its first directory have it; 1, which is upright, where they are damaged."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, directory)
        for index in range(min(entries, _MAX_ENTRIES)):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * index)
            if (tag, kind, count) == (_ORIENTATION, _SHORT, 1):
                return int(value) if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def turned_upright(pixels: GrayImage, orientation: int) -> GrayImage:
    """The pixels [H, W] as they are to be shown, [W, H] for orientations from 5 on."""
    if orientation >= 5:
        pixels = cv2.transpose(pixels).astype(np.uint8, copy=False)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cv2.flip(pixels, flip).astype(np.uint8, copy=False)
