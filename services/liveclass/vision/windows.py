"""Which windows of an image pass a Haar cascade: the compiled search, given pictures, answering with boxes."""

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import GrayImage
from liveclass.vision.machine_code import face_search

_GRID, _CORNERS, _MOST_HITS = 2, 9, 400
"""As in kernels/face_search.py: the step between windows, corners of a feature, and hits of a region at most."""
_ROUNDING = 1e-5
"""A stage's threshold is itself the sum of some leaves; rounded otherwise, it must still pass, as in OpenCV."""


class Stages(NamedTuple):
    """A cascade, or its first stages. A stage adds up its trees; a tree asks two features, or one."""

    window: int
    """Side of the windows, in pixels."""
    first: npt.NDArray[np.int32]
    """Index of each stage's first tree, and at the end the number of trees [stages + 1]."""
    passes: npt.NDArray[np.float32]
    """The sum from which on a window passes [stages]."""
    trees: npt.NDArray[np.float32]
    """What both features are compared with, and what a tree adds where both are below, the second is not, the first is
    not, neither is [trees × 6]."""
    corners: npt.NDArray[np.int32]
    """Across, down and weight of the corners of the rectangles of both features [trees × 2 × 9 × 3]."""


class Hit(NamedTuple):
    """A window that passed all stages."""

    x: int
    y: int
    weight: float
    """The sum of the last stage."""


class Region(NamedTuple):
    """A part of an image that is searched."""

    pixels: GrayImage
    low: int
    high: int
    """Smallest and largest side of a window."""


class Group(NamedTuple):
    """The middle of similar windows that passed all stages, and the highest of their last sums."""

    x: int
    y: int
    side: int
    weight: float


def read_stages(file: str, count: int | None = None) -> Stages:
    """The first `count` stages of one of OpenCV's XML files. Raises `ValueError` for trees of more than two nodes."""
    root: Any = ET.parse(file).getroot()[0]  # noqa: S314  # it came with OpenCV
    features = [_corners(feature) for feature in root.find("features")]
    stages = root.find("stages")[:count]
    trees = [[_tree(tree) for tree in stage.find("weakClassifiers")] for stage in stages]
    flat = list(itertools.chain.from_iterable(trees))
    corners = np.zeros((len(flat), 2, _CORNERS, 3), np.int32)
    for index, (pair, _) in enumerate(flat):
        for place, feature in enumerate(dict.fromkeys(pair)):
            corners[index, place, : len(features[feature])] = features[feature]
    return Stages(
        int(root.find("width").text),
        np.cumsum([0, *map(len, trees)], dtype=np.int32),
        np.array([float(stage.find("stageThreshold").text) - _ROUNDING for stage in stages], np.float32),
        np.array([numbers for _, numbers in flat], np.float32).ravel(),
        corners.ravel(),
    )


class WindowSearch:
    """A cascade's search, with the memory that it works in. Not thread-safe; other threads go on while it runs."""

    def __init__(self, stages: Stages) -> None:
        code = face_search()
        self._passing = code.function("passing_windows", "aiii" + "aaaa" + "i" + "aaaa")
        self._best = code.function("best_windows", "aaifii" + "aaaa" + "iii" + "aaaa")
        self._stages = stages
        self._octets, self._ints = np.empty(0, np.uint8), np.empty(0, np.int32)
        self._indices, self._floats = np.empty(0, np.uint32), np.empty(0, np.float32)

    def passing(self, pixels: GrayImage, count: int | None = None) -> list[Hit]:
        """The windows of an image [H, W] that pass the first `count` stages."""
        window, first, *tables = self._stages
        rows, columns = pixels.shape
        if min(rows, columns) < window:
            return []
        height, width = _plane(rows, columns)
        plane = height * width
        count = len(tables[0]) if count is None else count
        workspaces = self._workspaces(columns, 6 * plane + 2 * (columns + 1), 2 * plane + self._offsets, 3 * plane)
        flat = np.ascontiguousarray(pixels).ravel()
        found = self._passing(flat, rows, columns, window, first, *tables, count, *workspaces)
        places, weights = self._indices[:found].tolist(), self._floats[:found].tolist()
        return [
            Hit(place % width * _GRID, place // width * _GRID, weight)
            for place, weight in zip(places, weights, strict=True)
        ]

    def best(self, regions: Sequence[Region], step: float, neighbours: int) -> list[Group | None]:
        """The best group of more than `neighbours` windows of each region, at sizes a factor of `step` apart."""
        window, first, *tables = self._stages
        sides = [(region.pixels.shape[0], region.pixels.shape[1]) for region in regions]
        height, width = _plane(max(rows for rows, _ in sides), max(columns for _, columns in sides))
        levels = 2 + math.floor(math.log(max(1, max(region.high for region in regions) / window), step))
        count, tiles, plane = len(regions), levels * len(regions), height * width
        windows = tiles * plane
        workspaces = self._workspaces(
            4 * plane,
            6 * windows + tiles + 8 * _MOST_HITS + 4 * width,
            windows + plane + self._offsets,
            4 * count + 2 * windows + tiles,
        )
        starts = np.cumsum([0, *(rows * columns for rows, columns in sides)])
        table = np.array(
            [
                (start, *side, region.low, region.high)
                for start, side, region in zip(starts, sides, regions, strict=False)
            ],
            np.int32,
        )
        flat = np.concatenate([region.pixels.ravel() for region in regions])
        self._best(
            flat, table.ravel(), count, step, neighbours, window, first, *tables, height, width, tiles, *workspaces
        )
        found = self._floats[: 4 * count].reshape(count, 4).tolist()
        return [Group(int(x), int(y), int(side), weight) if side else None for x, y, side, weight in found]

    @property
    def _offsets(self) -> int:
        """The number of corners, whose places depend on the width of what is searched."""
        return len(self._stages.corners) // 3

    def _workspaces(self, octets: int, ints: int, indices: int, floats: int) -> tuple[Any, ...]:
        """Arrays of at least these lengths. Kept, as new memory costs more than the search of a small image."""
        self._octets, self._ints = _grown(self._octets, octets), _grown(self._ints, ints)
        self._indices, self._floats = _grown(self._indices, indices), _grown(self._floats, floats)
        return self._octets, self._ints, self._indices, self._floats


def search(pixels: GrayImage, stages: Stages) -> list[Hit]:
    """The windows of one image [H, W] that pass all `stages`."""
    return WindowSearch(stages).passing(pixels)


def _grown(array: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    return array if len(array) >= length else np.empty(length, array.dtype)


def _plane(rows: int, columns: int) -> tuple[int, int]:
    """Rows and columns of every second row and column of an integral image, as the search has them."""
    return rows // 2 + 1, (columns + 1) // 2 + 1


def _corners(feature: Any) -> list[tuple[int, int, int]]:
    """Of the rectangles of a feature: those that fall together count once, with the sum of their weights."""
    corners: dict[tuple[int, int], int] = {}
    for rectangle in feature.find("rects"):
        x, y, width, height, weight = (int(float(value)) for value in rectangle.text.split())
        signs = {(x, y): 1, (x + width, y): -1, (x, y + height): -1, (x + width, y + height): 1}
        for corner, sign in signs.items():
            corners[corner] = corners.get(corner, 0) + sign * weight
    return [(*corner, weight) for corner, weight in corners.items() if weight]


def _tree(tree: Any) -> tuple[tuple[int, int], list[float]]:
    """The features of a tree of one or two nodes, and its limits and leaves."""
    values = tree.find("internalNodes").text.split()
    leaves = [float(value) for value in tree.find("leafValues").text.split()]
    nodes = [values[start : start + 4] for start in range(0, len(values), 4)]
    if len(nodes) > 2:
        raise ValueError(f"a cascade with trees of {len(nodes)} nodes; it can be of two at most")

    def leaf(*above: bool) -> float:
        node = 0
        while True:
            node = int(nodes[node][above[node]])
            if node <= 0:  # that many leaves on
                return leaves[-node]

    feature, limit = ([kind(nodes[index][part]) for index in (0, -1)] for kind, part in ((int, 2), (float, 3)))
    every = [leaf(*above) for above in ((False, False), (False, True), (True, False), (True, True))]
    return (int(feature[0]), int(feature[1])), [*limit, *every]
