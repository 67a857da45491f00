"""Finding faces with Haar cascades (Viola and Jones 2001; features of Lienhart and Maydt 2002, as OpenCV has them)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from cv2.data import haarcascades

from liveclass.detection.frame import Detection
from liveclass.preprocessing import Box, GrayImage


class FaceDetector(Protocol):
    """A port. An instance is used by one thread at a time."""

    def detect(
        self, pixels: GrayImage, smallest: int, largest: int | None = None, known: Sequence[Box] = ()
    ) -> list[Detection]:
        """Upright faces with sides from `smallest` to `largest` pixels of `pixels` [H, W], surest first.

        With `largest`, as a part of a search that is spread over frames: in more of a hurry. Faces at `known` places
        are left out: they were looked at already.
        """

    def detect_near(self, pixels: GrayImage, box: Box) -> Detection | None:
        """The surest face at about the place and of about the size of `box`."""


class Cascade(NamedTuple):
    """A cascade, and the figures that belong to it alone."""

    file: str
    window: int
    """Side of the smallest face it can see, in pixels."""
    threshold: float
    """The least last-stage weight of a face."""
    doubt: float
    """How far below the threshold a first look may be and still deserve a second one."""


ALT2 = Cascade("haarcascade_frontalface_alt2.xml", window=20, threshold=55.1, doubt=1.0)
"""On 120 real faces and 32 megapixels of textures, clothes and objects, it finds as many faces as the default cascade
in about two thirds of the time, with 6 false ones for its 57. Below the threshold are 2 % of the faces and all but 2 of
the false ones."""

DEFAULT = Cascade("haarcascade_frontalface_default.xml", window=24, threshold=3.0, doubt=2.0)

CASCADES = {"alt2": ALT2, "default": DEFAULT}


class CloseLook(NamedTuple):
    """How one place is searched, in a window around a box."""

    margin: float
    """How far around the box, as a share of its side."""
    side: int
    """The window is reduced until the face is about this large, in pixels."""
    sizes: tuple[float, float]
    """Sizes sought, in shares of the box."""
    step: float
    """Factor between two sizes."""
    neighbours: int
    """The fewest hits side by side that make a face."""


VERIFY = CloseLook(margin=0.35, side=30, sizes=(0.75, 1.35), step=1.05, neighbours=3)
"""A second look at what a first, coarse pass found: textures do not stand it.

Measured on 144 real faces of 40 to 80 pixels on six 800×600 canvases, and on 110 views of textures and clothes: one
pass at step 1.1 finds 0.951 of the faces and 3 faces in the textures in 150 ms; a coarse pass at 1.2 and this look
at what it found gives 0.965, none, and 129 ms.
"""

FOLLOW = CloseLook(margin=0.2, side=27, sizes=(0.85, 1.2), step=1.1, neighbours=1)
"""Where a face was a moment ago. On 1280×960 frames with camera motion and noise it finds 0.979 of the faces of the
frame before, in a third of the time of the look above; with that one where it fails, 0.996 in 0.4 of the time."""


class SearchSettings(NamedTuple):
    """How finely is searched."""

    step: float = 1.2
    """Factor between two sizes in the coarse pass over an image."""
    slack: float = 1.5
    """An image is reduced until the smallest face wanted is this much larger than the cascade's window: one that just
    filled it would have too few hits."""
    part_step: float = 1.3
    part_slack: float = 1.3
    """The same two where the search is spread over frames, and what is missed has another chance in the next round:
    0.99 of the faces in half of the time."""


_TOLERANCE = 0.85
"""Sizes are sought from this share of the smallest face on, as hits come in a range around a face's size."""


class HaarDetector:
    """One cascade with its settings. Not thread-safe, as OpenCV's classifier keeps its working images."""

    def __init__(self, cascade: Cascade = ALT2, search: SearchSettings | None = None) -> None:
        self._cascade, self._search = cascade, search or SearchSettings()
        self._classifier = cv2.CascadeClassifier(haarcascades + cascade.file)

    def detect(
        self, pixels: GrayImage, smallest: int, largest: int | None = None, known: Sequence[Box] = ()
    ) -> list[Detection]:
        """As in `FaceDetector`: a coarse pass for candidates, then a close look at each."""
        window, search = self._cascade.window, self._search
        step, slack = (search.step, search.slack) if largest is None else (search.part_step, search.part_slack)
        reduced = _reduce(pixels, window * slack / smallest)
        scale = reduced.shape[1] / pixels.shape[1]
        low = max(window, int(smallest * scale * _TOLERANCE))
        high = min(reduced.shape) if largest is None else max(low + 1, round(largest * scale / _TOLERANCE))
        if min(reduced.shape) < window:
            return []
        candidates = self._hits(reduced, (low, high), step, 1)
        boxes = [_scaled(hit.box, 1 / scale) for hit in candidates if hit.score >= -self._cascade.doubt]
        new = [box for box in boxes if not any(_same_place(box, other) for other in known)]
        looks = (self._look(pixels, box, VERIFY) for box in new)
        return distinct(found for found in looks if found is not None)

    def detect_near(self, pixels: GrayImage, box: Box) -> Detection | None:
        """As in `FaceDetector`."""
        return self._look(pixels, box, FOLLOW) or self._look(pixels, box, VERIFY)

    def _look(self, pixels: GrayImage, box: Box, how: CloseLook) -> Detection | None:
        """In a small window, reduced so that a large face costs no more than a small one."""
        rows, columns = pixels.shape
        margin = round(how.margin * box.width)
        left, top = max(0, box.x - margin), max(0, box.y - margin)
        window = pixels[top : min(rows, box.y + box.height + margin), left : min(columns, box.x + box.width + margin)]
        if min(window.shape) < self._cascade.window:
            return None
        reduced = _reduce(window, how.side / box.width)
        scale = reduced.shape[1] / window.shape[1]
        low, high = (share * box.width * scale for share in how.sizes)
        sizes = (max(self._cascade.window, int(low)), int(high) + 1)
        hits = self._hits(reduced, sizes, how.step, how.neighbours)
        best = max(hits, key=lambda hit: hit.score, default=None)
        if best is None or best.score < 0:
            return None
        x, y, width, height = _scaled(best.box, 1 / scale)
        return Detection(Box(x + left, y + top, width, height), best.score)

    def _hits(self, pixels: GrayImage, sizes: tuple[int, int], step: float, neighbours: int) -> list[Detection]:
        low, high = sizes
        boxes, _, weights = self._classifier.detectMultiScale3(
            pixels,
            scaleFactor=step,
            minNeighbors=neighbours,
            minSize=(low, low),
            maxSize=(high, high),
            outputRejectLevels=True,
        )
        threshold = self._cascade.threshold
        return [
            Detection(_box(box), float(weight) - threshold)
            for box, weight in zip(boxes, np.ravel(weights), strict=True)
        ]


def distinct(detections: Iterable[Detection]) -> list[Detection]:
    """Surest first, without those whose middle lies within the inner half of a surer one."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda detection: -detection.score):
        if not any(_same_place(detection.box, other.box) for other in kept):
            kept.append(detection)
    return kept


def _same_place(one: Box, other: Box) -> bool:
    reach = max(one.width, other.width) / 2
    across = abs(one.x + one.width / 2 - other.x - other.width / 2)
    down = abs(one.y + one.height / 2 - other.y - other.height / 2)
    return across < reach and down < reach


def _reduce(pixels: GrayImage, scale: float) -> GrayImage:
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def _box(values: Sequence[int]) -> Box:
    x, y, width, height = (int(value) for value in values)
    return Box(x, y, width, height)


def _scaled(box: Box, factor: float) -> Box:
    return Box(*(round(value * factor) for value in box))
