"""What of a source's picture has changed since it was searched for faces: the rest need not be searched again."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import Box, GrayImage

CELL = 8
"""Side in pixels of the cells that are compared by their mean."""

_NOISE = 3.0
"""Difference of gray values that noise and compression leave between the means of a cell."""
_EDGES = 0.5
"""Difference that a small movement of the camera leaves, as a share of the contrast around a cell."""
_MIN_SHARE = 0.4
"""Share of the cells in a square as large as the smallest face that change at least when a face appears."""
_KNOWN_MARGIN = 0.4
"""Around a face that is followed: what moves there moves with it. Both sides together, as a share of its size."""
_MARGIN = 0.25
"""Around such a square, as a share of the smallest face: not every part of a new face looks different."""
_WHOLE = 0.5
"""Share of the picture that has changed from which on it is searched as a whole."""

_Cells = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]


class SearchedPicture:
    """The picture of one source as it was when each cell of it was last searched. Not thread-safe."""

    def __init__(self) -> None:
        self._cells: _Cells | None = None
        self._columns_rows: tuple[int, int] = (0, 0)

    def searched(self, pixels: GrayImage) -> None:
        """All of `pixels` [H, W] has just been searched."""
        self._cells = _cells(pixels)

    def changed(self, pixels: GrayImage, smallest: int, known: Sequence[Box]) -> list[Box]:
        """The regions of `pixels` that look different than when they were searched, and count as searched now.

        What changes at `known` faces does not count, nor what is too small for a face of `smallest` pixels. One region
        of the whole size where most has changed.
        """
        now, before = _cells(pixels), self._cells
        whole = [Box(0, 0, pixels.shape[1], pixels.shape[0])]
        if before is None or before.shape != now.shape:
            self._cells = now
            return whole
        before = _aligned(before, now)
        mask = _differs(before, now) & ~_covered(known, now.shape)
        regions, searched = _regions(mask, smallest, pixels.shape)
        if sum(map(_area, regions)) > _WHOLE * pixels.size:
            self._cells = now
            return whole
        before[searched] = now[searched]
        faces = _covered(known, now.shape)
        before[faces] = now[faces]
        self._cells = before
        return regions


def _cells(pixels: GrayImage) -> _Cells:
    """The mean of each cell [rows, columns]."""
    rows, columns = (max(1, side // CELL) for side in pixels.shape)
    part = pixels[: rows * CELL, : columns * CELL]
    return np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def _aligned(before: _Cells, now: _Cells) -> _Cells:
    """The cells moved as the camera has moved since. What was not in the picture is as it was at its edge."""
    # OpenCV multiplies its arguments by the window where they are.
    (across, down), _ = cv2.phaseCorrelate(before.copy(), now.copy(), _window(now.shape))
    shift = np.array([[1, 0, across], [0, 1, down]], np.float32)
    size = (now.shape[1], now.shape[0])
    moved = np.asarray(cv2.warpAffine(before, shift, size, borderMode=cv2.BORDER_REPLICATE), np.float32)
    # In a blurred picture the correlation is that of the noise.
    return moved if np.abs(moved - now).mean() < np.abs(before - now).mean() else np.array(before)


def _window(shape: tuple[int, ...]) -> _Cells:
    return np.asarray(cv2.createHanningWindow((shape[1], shape[0]), cv2.CV_32F), np.float32)


def _differs(before: _Cells, now: _Cells) -> _Mask:
    kernel = np.ones((3, 3), np.uint8)
    contrast = np.minimum(
        cv2.dilate(before, kernel) - cv2.erode(before, kernel), cv2.dilate(now, kernel) - cv2.erode(now, kernel)
    )
    difference = np.abs(now - before - np.float32(np.median(now - before)))  # the light may change
    return np.asarray(difference > _NOISE + _EDGES * contrast)


def _covered(boxes: Sequence[Box], shape: tuple[int, ...]) -> _Mask:
    mask = np.zeros(shape, np.bool_)
    for box in boxes:
        x, y, width, height = box.with_margin(_KNOWN_MARGIN)
        mask[
            max(0, y // CELL) : max(0, -(-(y + height) // CELL)), max(0, x // CELL) : max(0, -(-(x + width) // CELL))
        ] = 1
    return mask


def _regions(mask: _Mask, smallest: int, shape: tuple[int, ...]) -> tuple[list[Box], _Mask]:
    """The changes that may be a face as boxes in pixels, and the cells that they cover."""
    side = max(2, round(smallest / CELL))
    density = cv2.blur(mask.astype(np.float32), (side, side), borderType=cv2.BORDER_CONSTANT)
    reach = 2 * math.ceil((0.5 + _MARGIN) * side) + 1
    joined = cv2.dilate((density >= _MIN_SHARE).astype(np.uint8), np.ones((reach, reach), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    searched, regions = np.zeros(mask.shape, np.bool_), []
    for x, y, width, height in stats[1:, :4].tolist():
        searched[y : y + height, x : x + width] = True
        regions.append(_clipped(Box(x * CELL, y * CELL, width * CELL, height * CELL), shape))
    return _merged(regions), searched


def _clipped(box: Box, shape: tuple[int, ...]) -> Box:
    """Of cells at the edge the last ones reach to it."""
    right = shape[1] if box.x + box.width + CELL > shape[1] else box.x + box.width
    bottom = shape[0] if box.y + box.height + CELL > shape[0] else box.y + box.height
    return Box(box.x, box.y, right - box.x, bottom - box.y)


def _merged(boxes: list[Box]) -> list[Box]:
    """Boxes that share so much that one around both is smaller than the two are put together."""
    left = list(boxes)
    done: list[Box] = []
    while left:
        box = left.pop()
        other = next((one for one in left if _area(_around(one, box)) <= _area(one) + _area(box)), None)
        if other is None:
            done.append(box)
        else:
            left.remove(other)
            left.append(_around(box, other))
    return done


def _around(one: Box, other: Box) -> Box:
    x, y = min(one.x, other.x), min(one.y, other.y)
    right, bottom = max(one.x + one.width, other.x + other.width), max(one.y + one.height, other.y + other.height)
    return Box(x, y, right - x, bottom - y)


def _area(box: Box) -> int:
    return box.width * box.height
