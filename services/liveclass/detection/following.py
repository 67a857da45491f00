"""Finds a face again by what it looked like: cheaper than a cascade, and blind to what a face is.

Normalized cross-correlation (Lewis 1995) of a small picture of the face with the next frame.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import Box, GrayImage

_SIDE = 22
"""Side of the small picture, in pixels."""
_REACH = 0.22
"""How far from the expected place is searched, as a share of the face's side."""
_MIN_CORRELATION = 0.93
"""Below this the face may have turned or gone, or something is before it: a cascade has to look. At 0.88 heads that
turn away are followed for a moment, 0.05 a frame; at 0.93 hardly any."""
_MIN_CONTRAST = 4.0
"""Standard deviation of gray values below which a picture is too flat to be found again."""


class Patch(NamedTuple):
    """What a face looked like when a cascade found it."""

    pixels: npt.NDArray[np.uint8]
    """[_SIDE, _SIDE]."""
    time: float
    """Of that frame, in seconds."""


def cut_patch(pixels: GrayImage, box: Box, now: float) -> Patch | None:
    """The face at `box` of `pixels` [H, W], taken at `now`. None where it cannot be found again by its looks."""
    x, y, width, height = box
    if x < 0 or y < 0 or x + width > pixels.shape[1] or y + height > pixels.shape[0] or min(width, height) < _SIDE:
        return None
    face = np.asarray(cv2.resize(pixels[y : y + height, x : x + width], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
    return Patch(face.astype(np.uint8, copy=False), now) if face.std() >= _MIN_CONTRAST else None


def find_again(pixels: GrayImage, patch: Patch, expected: Box) -> Box | None:
    """Where the face of `patch` is near its `expected` box, with the size of that. None where it is not."""
    x, y, width, height = expected
    reach = max(2, round(_REACH * _SIDE)) / _SIDE
    across, down = round(reach * width), round(reach * height)
    left, top, right, bottom = x - across, y - down, x + width + across, y + height + down
    if left < 0 or top < 0 or right > pixels.shape[1] or bottom > pixels.shape[0]:
        return None
    scale_x, scale_y = _SIDE / width, _SIDE / height
    size = (round((right - left) * scale_x), round((bottom - top) * scale_y))
    window = cv2.resize(pixels[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    matches = cv2.matchTemplate(window, patch.pixels, cv2.TM_CCOEFF_NORMED)
    _, best, _, (column, row) = cv2.minMaxLoc(matches)
    if best < _MIN_CORRELATION:
        return None
    found_x = left + (column + _offset(matches[row], column)) / scale_x
    found_y = top + (row + _offset(matches[:, column], row)) / scale_y
    return Box(round(found_x), round(found_y), width, height)


def _offset(values: "npt.NDArray[np.generic]", peak: int) -> float:
    """By how much the maximum lies beside the highest value, by a parabola through it and its neighbours."""
    if not 0 < peak < len(values) - 1:
        return 0.0
    before, middle, after = (float(value) for value in values[peak - 1 : peak + 2])
    curve = before - 2 * middle + after
    return 0.0 if curve >= 0 else max(-0.5, min(0.5, 0.5 * (before - after) / curve))
