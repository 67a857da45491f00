"""Finding faces with Haar cascades (Viola and Jones 2001; features of Lienhart and Maydt 2002, as OpenCV has them)."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import numpy.typing as npt
from cv2.data import haarcascades

from liveclass.preprocessing import Box, GrayImage
from liveclass.vision.windows import Group, Region, WindowSearch, read_stages


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

    def detect_near(
        self, pixels: GrayImage, boxes: Sequence[Box], deadline: Deadline = NO_DEADLINE
    ) -> list[Detection | None]:
        """Of each of `boxes`, the highest-scoring face near it and of about its size. Raises as `detect` does."""


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
"""Maximum number of candidates in one search; each may cost two verifications."""
_REGIONS_AT_ONCE = 16
"""Verified in one call: enough to share what a call costs, and few enough that their pixels stay in the cache."""

_BORDER = 3
"""Pixels by which the image is extended, so that faces at its edge have windows."""


class HaarDetector:
    """One cascade with its settings. Not thread-safe, as the search keeps its working memory."""

    def __init__(self, cascade: Cascade = ALT2, settings: SearchSettings | None = None) -> None:
        self._cascade, self._search = cascade, settings or SearchSettings()
        self._windows = WindowSearch(read_stages(haarcascades + cascade.file))

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
        windows = list(self._candidates(pixels, smallest / slack, most, deadline))
        groups = group_windows(windows, self._cascade.coarse_threshold)
        places = _Places(known)
        new = [group for group in groups if not places.near(group[0].box).any()]
        least = _TOLERANCE * smallest
        return distinct(found for found in self._verified(pixels, new, deadline) if found.box.width >= least)

    def _candidates(self, pixels: GrayImage, low: float, high: float, deadline: Deadline) -> Iterator[Detection]:
        """The windows of a side from `low` to `high` pixels that pass the coarse stages of the cascade.

        All stages would miss faces between the windows of the coarse grid.
        """
        window, side, reduced = self._cascade.window, low, pixels
        while side <= high and min(reduced.shape) >= window:
            deadline.check("faces were being searched for")
            reduced = _next_level(reduced, window / side * pixels.shape[1] / reduced.shape[1])
            scale = pixels.shape[1] / reduced.shape[1]
            framed = cv2.copyMakeBorder(reduced, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_REPLICATE)
            for x, y, weight in self._windows.passing(np.asarray(framed, np.uint8), self._cascade.coarse_stages):
                yield Detection(_scaled(Box(x - _BORDER, y - _BORDER, window, window), scale), weight)
            side = max(side, window) * self._search.step

    def detect_near(
        self, pixels: GrayImage, boxes: Sequence[Box], deadline: Deadline = NO_DEADLINE
    ) -> list[Detection | None]:
        """As in `FaceDetector`."""
        found = self._search_near(pixels, boxes, FOLLOW, deadline)
        return self._second_try(pixels, found, boxes, deadline)

    def _verified(
        self, pixels: GrayImage, groups: Sequence[Sequence[Detection]], deadline: Deadline
    ) -> Iterator[Detection]:
        """The groups that are faces: verified at their highest-scoring window, then at the mean of their windows."""
        found = self._search_near(pixels, [group[0].box for group in groups], VERIFY, deadline)
        means = [None if len(group) == 1 else _mean(group) for group in groups]
        return (face for face in self._second_try(pixels, found, means, deadline) if face is not None)

    def _second_try(
        self,
        pixels: GrayImage,
        found: Sequence[Detection | None],
        boxes: Sequence[Box | None],
        deadline: Deadline,
    ) -> list[Detection | None]:
        """What was found, and what VERIFY finds at the box of those that were not."""
        left = [index for index, face in enumerate(found) if face is None and boxes[index] is not None]
        again = self._search_near(pixels, [box for index in left if (box := boxes[index])], VERIFY, deadline)
        return [
            again[left.index(index)] if index in left else face  # few are left
            for index, face in enumerate(found)
        ]

    def _search_near(
        self, pixels: GrayImage, boxes: Sequence[Box], local: LocalSearch, deadline: Deadline
    ) -> list[Detection | None]:
        """Searches around each of `boxes`, scaled down so that a large face costs no more than a small one."""
        found: list[Detection | None] = [None] * len(boxes)
        views = [_view(pixels, box, local, self._cascade.window) for box in boxes]
        large = [index for index, view in enumerate(views) if min(view.region.pixels.shape) >= self._cascade.window]
        for start in range(0, len(large), _REGIONS_AT_ONCE):
            deadline.check("faces were being searched for")
            part = large[start : start + _REGIONS_AT_ONCE]
            groups = self._windows.best([views[index].region for index in part], local.step, local.neighbours)
            for index, group in zip(part, groups, strict=True):
                if group is not None and group.weight >= self._cascade.threshold:
                    found[index] = Detection(views[index].box_of(group), group.weight - self._cascade.threshold)
        return found


class _View(NamedTuple):
    """The surroundings of a box, scaled down."""

    region: Region
    left: int
    top: int
    scale: float

    def box_of(self, group: Group) -> Box:
        """In pixels of the image."""
        x, y, side = (round(value / self.scale) for value in group[:3])
        return Box(x + self.left, y + self.top, side, side)


def _view(pixels: GrayImage, box: Box, local: LocalSearch, smallest: int) -> _View:
    rows, columns = pixels.shape
    margin = round(local.margin * box.width)
    left, top = max(0, box.x - margin), max(0, box.y - margin)
    window = pixels[top : min(rows, box.y + box.height + margin), left : min(columns, box.x + box.width + margin)]
    reduced = _reduce(window, local.side / box.width) if min(window.shape) >= smallest else window
    scale = reduced.shape[1] / max(1, window.shape[1])
    low, high = (share * box.width * scale for share in local.sizes)
    return _View(Region(reduced, max(smallest, int(low)), int(high) + 1), left, top, scale)


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


def _scaled(box: Box, factor: float) -> Box:
    return Box(*(round(value * factor) for value in box))
