"""Finding faces with Haar cascades (Viola and Jones 2001; cascade by Lienhart and Maydt 2002, as OpenCV ships it)."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from cv2.data import haarcascades

from liveclass.detection.frame import Detection
from liveclass.preprocessing import Box, GrayImage


class FaceDetector(Protocol):
    """A port. An instance is used by one thread at a time."""

    def detect(self, pixels: GrayImage, smallest: int, largest: int | None = None) -> list[Detection]:
        """Upright faces with sides from `smallest` to `largest` pixels of `pixels` [H, W], surest first."""


class Cascade(NamedTuple):
    """A cascade, and the figures that belong to it alone."""

    file: str
    window: int
    """Side of the smallest face it can see, in pixels."""
    threshold: float
    """The least last-stage weight of a face."""


ALT2 = Cascade("haarcascade_frontalface_alt2.xml", window=20, threshold=55.1)
"""On 120 real faces and 32 megapixels of textures, clothes and objects, it finds as many faces as the default cascade
in about two thirds of the time, with 6 false ones for its 57. Below the threshold are 2 % of the faces and all but 2 of
the false ones."""

DEFAULT = Cascade("haarcascade_frontalface_default.xml", window=24, threshold=3.0)

CASCADES = {"alt2": ALT2, "default": DEFAULT}

_SLACK = 1.3
"""The copy is searched in which the smallest face is this much larger than the cascade's window, and sizes are sought
from `_TOLERANCE` of it on: a face at the very edge of the range would have too few hits side by side. With 144 real
faces of 1 to 1.5 times the smallest size, 139 are found this way, and 131 with neither."""
_TOLERANCE = 0.85


class HaarDetector:
    """One cascade with its settings. Not thread-safe, as OpenCV's classifier keeps its working images."""

    def __init__(self, cascade: Cascade = ALT2, scale_step: float = 1.1, neighbours: int = 2) -> None:
        self._cascade, self._scale_step, self._neighbours = cascade, scale_step, neighbours
        self._classifier = cv2.CascadeClassifier(haarcascades + cascade.file)

    def detect(self, pixels: GrayImage, smallest: int, largest: int | None = None) -> list[Detection]:
        """As in `FaceDetector`. The search runs on a copy reduced so that the smallest face just fills the window."""
        window = self._cascade.window
        scale = min(1.0, window * _SLACK / smallest)
        reduced = _reduce(pixels, scale)
        if min(reduced.shape) < window:
            return []
        side = max(window, int(smallest * scale * _TOLERANCE))
        most = 0 if largest is None else max(side + 1, round(largest * scale / _TOLERANCE))
        boxes, _, weights = self._classifier.detectMultiScale3(
            reduced,
            scaleFactor=self._scale_step,
            minNeighbors=self._neighbours,
            minSize=(side, side),
            maxSize=(most, most),
            outputRejectLevels=True,
        )
        # Each side by its own factor, as rounding to whole pixels stretches the copy a little.
        across, down = pixels.shape[1] / reduced.shape[1], pixels.shape[0] / reduced.shape[0]
        found = [
            Detection(_scaled(box, across, down), float(weight) - self._cascade.threshold)
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
            if weight >= self._cascade.threshold
        ]
        return sorted(found, key=lambda detection: -detection.score)


def _reduce(pixels: GrayImage, scale: float) -> GrayImage:
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _scaled(box: Sequence[int], across: float, down: float) -> Box:
    x, y, width, height = (int(value) for value in box)
    return Box(round(x * across), round(y * down), round(width * across), round(height * down))
