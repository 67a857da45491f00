"""Finding faces with Haar cascades (Viola and Jones 2001; features of Lienhart and Maydt 2002, as OpenCV has them)."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt
from cv2.data import haarcascades

from liveclass.preprocessing import Box, GrayImage
from liveclass.vision.windows import read_stages, search


class Detection(NamedTuple):
    """A face that was found."""

    box: Box
    score: float
    """The detector's confidence; at least zero."""


class Deadline(Protocol):
    """The time limit of a search."""

    def check(self, event: str) -> None:
        """Raises an error if the time is up; `event` describes the work, as a clause."""


class _NoDeadline:
    """No time limit."""

    def check(self, event: str) -> None:
        pass


NO_DEADLINE = _NoDeadline()


class FaceDetector(Protocol):
    """A port. An instance is used by one thread at a time."""

    def detect(
        self,
        pixels: GrayImage,
        smallest: int,
        largest: int | None = None,
        known: Sequence[Box] = (),
        deadline: Deadline = NO_DEADLINE,
    ) -> list[Detection]:
        """Upright faces with sides from `smallest` to `largest` pixels of `pixels` [H, W], highest score first.

        With `largest`, as a part of a search that is spread over frames. Faces at `known` places are left out, since
        they were found already. Raises what `deadline` does, between two steps of the search.
        """

    def detect_near(self, pixels: GrayImage, box: Box) -> Detection | None:
        """The highest-scoring face near `box` and of about its size."""


class Cascade(NamedTuple):
    """A cascade and its thresholds."""

    file: str
    window: int
    """Side of its window in pixels: the smallest face it can find."""
    threshold: float
    """Minimum last-stage weight of a face."""
    coarse_stages: int
    """Number of stages in the coarse pass; windows that pass them are verified."""
    coarse_threshold: float
    """Minimum weight after the coarse stages of the best window of a group to be verified."""


ALT2 = Cascade("haarcascade_frontalface_alt2.xml", window=20, threshold=54.8, coarse_stages=13, coarse_threshold=31.4)
"""With the search below it finds 0.984 of 692 real faces of 49 to 117 pixels on 1280×720 frames with none false, and
4 in 32 views of textures and things. The default cascade, searched with at step 1.1 and 5 neighbours as is usual, finds
0.973 in six times the time with 11 false ones, and 29 in those views."""

DEFAULT = Cascade(
    "haarcascade_frontalface_default.xml", window=24, threshold=3.0, coarse_stages=14, coarse_threshold=0.0
)

CASCADES = {"alt2": ALT2, "default": DEFAULT}


class LocalSearch(NamedTuple):
    """Parameters of a search around a box."""

    margin: float
    """Margin around the box, as a fraction of its side."""
    side: int
    """The region is scaled down until the face has about this side in pixels."""
    sizes: tuple[float, float]
    """Smallest and largest size searched, as fractions of the box."""
    step: float
    """Factor between two sizes."""
    neighbours: int
    """Minimum number of neighbouring hits of a face."""


VERIFY = LocalSearch(margin=0.35, side=30, sizes=(0.75, 1.35), step=1.05, neighbours=2)
"""Verifies a candidate of the coarse pass, which rejects textures."""

FOLLOW = LocalSearch(margin=0.2, side=27, sizes=(0.85, 1.2), step=1.1, neighbours=1)
"""Searches where a face was in the previous frame. On 1280×960 frames with camera motion and noise it finds 0.979 of
the faces of the frame before, in a third of the time of VERIFY; with VERIFY as fallback, 0.996 in 0.4 of the time."""


class SearchSettings(NamedTuple):
    """Granularity of the search."""

    step: float = 1.3
    """Factor between two sizes in the coarse pass over an image."""
    slack: float = 1.1
    """The search starts at the minimum face size divided by this, since a window responds to a range of face sizes."""


_TOLERANCE = 0.8
"""Minimum size of a result as a fraction of the minimum face size, since boxes vary around a face's size."""

_MAX_WINDOWS = 20_000
_MAX_GROUPS = 300
"""Maximum number of candidates in one search; each may cost two verifications of half a millisecond."""

_BORDER = 3
"""Pixels by which the image is extended, so that faces at its edge have windows."""


class HaarDetector:
    """One cascade with its settings. Not thread-safe, as OpenCV's classifier keeps its working images."""

    def __init__(self, cascade: Cascade = ALT2, settings: SearchSettings | None = None) -> None:
        self._cascade, self._search = cascade, settings or SearchSettings()
        self._classifier = cv2.CascadeClassifier(haarcascades + cascade.file)
        self._coarse = read_stages(haarcascades + cascade.file, cascade.coarse_stages)
        search(np.zeros((cascade.window, cascade.window), np.uint8), self._coarse)  # compiles it now

    def detect(
        self,
        pixels: GrayImage,
        smallest: int,
        largest: int | None = None,
        known: Sequence[Box] = (),
        deadline: Deadline = NO_DEADLINE,
    ) -> list[Detection]:
        """As in `FaceDetector`: a coarse pass finds candidates, and each is verified."""
        slack = self._search.slack
        most = float(min(pixels.shape)) if largest is None else largest * slack
        windows = list(self._windows(pixels, smallest / slack, most, deadline))
        groups = group_windows(windows, self._cascade.coarse_threshold)
        places = _Places(known)
        new = (group for group in groups if not places.near(group[0].box).any())
        verified = (self._verified(pixels, group, deadline) for group in new)
        least = _TOLERANCE * smallest
        return distinct(found for found in verified if found is not None and found.box.width >= least)

    def _windows(self, pixels: GrayImage, low: float, high: float, deadline: Deadline) -> Iterator[Detection]:
        """The windows of a side from `low` to `high` pixels that pass the coarse stages of the cascade.

        All stages would miss faces between the windows of the coarse grid.
        """
        window, side, reduced = self._coarse.window, low, pixels
        while side <= high and min(reduced.shape) >= window:
            deadline.check("faces were being searched for")
            reduced = _next_level(reduced, window / side * pixels.shape[1] / reduced.shape[1])
            scale = pixels.shape[1] / reduced.shape[1]
            framed = cv2.copyMakeBorder(reduced, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE)
            for x, y, weight in search(framed.astype(np.uint8, copy=False), self._coarse):
                yield Detection(_scaled(Box(x - _BORDER, y - _BORDER, window, window), scale), weight)
            side = max(side, window) * self._search.step

    def detect_near(self, pixels: GrayImage, box: Box) -> Detection | None:
        """As in `FaceDetector`."""
        return self._search_near(pixels, box, FOLLOW) or self._search_near(pixels, box, VERIFY)

    def _verified(self, pixels: GrayImage, group: Sequence[Detection], deadline: Deadline) -> Detection | None:
        """Verifies a group at its highest-scoring window, then at the mean of its windows."""
        deadline.check("faces were being searched for")
        places = dict.fromkeys((group[0].box, _mean(group)))
        return next((found for box in places if (found := self._search_near(pixels, box, VERIFY))), None)

    def _search_near(self, pixels: GrayImage, box: Box, region: LocalSearch) -> Detection | None:
        """Searches around `box`, scaled down so that a large face costs no more than a small one."""
        rows, columns = pixels.shape
        margin = round(region.margin * box.width)
        left, top = max(0, box.x - margin), max(0, box.y - margin)
        window = pixels[top : min(rows, box.y + box.height + margin), left : min(columns, box.x + box.width + margin)]
        if min(window.shape) < self._cascade.window:
            return None
        reduced = _reduce(window, region.side / box.width)
        scale = reduced.shape[1] / window.shape[1]
        low, high = (share * box.width * scale for share in region.sizes)
        sizes = (max(self._cascade.window, int(low)), int(high) + 1)
        hits = _hits(self._classifier, reduced, sizes, region.step, region.neighbours)
        best, weight = max(hits, key=lambda hit: hit[1], default=(None, 0.0))
        if best is None or weight < self._cascade.threshold:
            return None
        x, y, width, height = _scaled(best, 1 / scale)
        return Detection(Box(x + left, y + top, width, height), weight - self._cascade.threshold)


def _hits(
    classifier: cv2.CascadeClassifier, pixels: GrayImage, sizes: tuple[int, int], step: float, neighbours: int
) -> list[tuple[Box, float]]:
    """The windows that pass all stages, or their groups of more than `neighbours`, with their last-stage weights."""
    low, high = sizes
    boxes, _, weights = classifier.detectMultiScale3(
        pixels,
        scaleFactor=step,
        minNeighbors=neighbours,
        minSize=(low, low),
        maxSize=(high, high),
        outputRejectLevels=True,
    )
    return [(_box(box), float(weight)) for box, weight in zip(boxes, np.ravel(weights), strict=True)]


def distinct(detections: Iterable[Detection]) -> list[Detection]:
    """Highest score first, without detections whose centre is in the inner half of a better one."""
    return [group[0] for group in group_windows(list(detections))]


def group_windows(windows: Sequence[Detection], threshold: float = -math.inf) -> list[list[Detection]]:
    """Groups of windows at about the same place, highest score first.

    Each group consists of the best remaining window and the remaining windows near it; groups with a best score below
    `threshold` are left out. At most `_MAX_WINDOWS` windows and `_MAX_GROUPS` groups are made, which bounds the time.
    """
    order = np.argsort([-window.score for window in windows], kind="stable")[:_MAX_WINDOWS].tolist()
    left = [windows[index] for index in order]
    places, groups = _Places([window.box for window in left]), list[list[Detection]]()
    indices = np.arange(len(left))
    while len(indices) and len(groups) < _MAX_GROUPS and left[indices[0]].score >= threshold:
        near = places.near(left[indices[0]].box)
        groups.append([left[index] for index in indices[near].tolist()])
        places, indices = places.only(~near), indices[~near]
    return groups


class _Places:
    """Positions of boxes as arrays."""

    def __init__(self, boxes: Sequence[Box]) -> None:
        x, y, width, height = np.array(boxes, np.float64).reshape(-1, 4).T
        self._columns = np.stack([x + width / 2, y + height / 2, width / 2])

    def near(self, box: Box) -> npt.NDArray[np.bool_]:
        """Which boxes are near `box`: their centres are nearer than half the larger width."""
        across, down, reach = self._columns
        reach = np.maximum(reach, box.width / 2)
        is_near: npt.NDArray[np.bool_] = np.abs(across - (box.x + box.width / 2)) < reach
        is_near &= np.abs(down - (box.y + box.height / 2)) < reach
        return is_near

    def only(self, chosen: npt.NDArray[np.bool_]) -> "_Places":
        """The chosen boxes."""
        rest = _Places(())
        rest._columns = self._columns[:, chosen]  # its own class
        return rest


def _mean(group: Sequence[Detection]) -> Box:
    return Box(*np.rint(np.mean([window.box for window in group], axis=0)).astype(int).tolist())


def _next_level(pixels: GrayImage, scale: float) -> GrayImage:
    """The next level of an image pyramid; halves the size as often as possible, which is fastest."""
    while scale <= 1 / 2 and min(pixels.shape) >= 2:
        rows, columns = (side // 2 * 2 for side in pixels.shape)
        pixels, scale = _reduce(pixels[:rows, :columns], 1 / 2), scale * 2
    return _reduce(pixels, scale, cv2.INTER_LINEAR)


def _reduce(pixels: GrayImage, scale: float, interpolation: int = cv2.INTER_AREA) -> GrayImage:
    if scale >= 1:
        return pixels
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return cv2.resize(pixels, size, interpolation=interpolation).astype(np.uint8, copy=False)


def _box(values: Sequence[int]) -> Box:
    x, y, width, height = (int(value) for value in values)
    return Box(x, y, width, height)


def _scaled(box: Box, factor: float) -> Box:
    return Box(*(round(value * factor) for value in box))
