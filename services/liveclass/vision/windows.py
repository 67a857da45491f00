"""Which windows of an image pass a Haar cascade (Viola and Jones 2001; trees as of Lienhart et al. 2003).

The same windows with the same weights as OpenCV's, in less than half of its time. OpenCV takes a window through the
cascade before it takes the next; here each weak classifier goes over many windows, which a processor does for eight
or sixteen of them at once.
"""

# ruff: noqa: PLR0917  # what becomes machine code is given plain arrays, and many of them

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast
from xml.etree import ElementTree as ET

import cv2
import numba
import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import GrayImage

Kernel = TypeVar("Kernel", bound=Callable[..., Any])
Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.uint32]

GRID = 2
"""Every second place across and down is tried, as OpenCV does: to the eye of a cascade it is fine enough."""

_CORNERS = 12
"""Of the rectangles of a feature, at most."""
_AT_ONCE = 4
"""Corners that are summed at once. Features with fewer have some without weight."""
_LEAST_DEVIATION = 10.0
"""Standard deviation of gray values below which a window shows nothing, as in OpenCV."""
_ROUNDING = 1e-5
"""A stage's threshold is itself the sum of some leaves; rounded otherwise, it must still pass, as in OpenCV."""
_EVERYWHERE = 2
"""The stages that are asked of every window. The few that are left then are better asked one by one."""


class Stages(NamedTuple):
    """The first stages of a cascade. A stage adds up its trees; a tree asks two features, or twice the same."""

    window: int
    """Side of the windows, in pixels."""
    first: Ints
    """Index of each stage's first tree, and at the end the number of trees [stages + 1]."""
    passes: Floats
    """The sum from which on a window passes [stages]."""
    features: Ints
    """Both features of each tree [trees, 2]."""
    limits: Floats
    """What they are compared with [trees, 2]."""
    leaves: Floats
    """What a tree adds where both features are below, the second is not, the first is not, neither is [trees, 4]."""
    across: Ints
    """Place in the window of the corners of each feature's rectangles [features, 12]."""
    down: Ints
    weights: Ints
    """By how much each corner of the integral image counts [features, 12]."""
    quads: Ints
    """How many times four corners a feature has [features]."""


class Hit(NamedTuple):
    """A window that passed all stages."""

    x: int
    y: int
    weight: float
    """The sum of the last stage."""


def read_stages(file: str, count: int) -> Stages:
    """The first `count` stages of one of OpenCV's XML files. Raises `ValueError` for trees of more than two nodes."""
    root: Any = ET.parse(file).getroot()[0]  # noqa: S314  # it came with OpenCV
    corners = [_corners(feature) for feature in root.find("features")]
    shape = (len(corners), _CORNERS)
    across, down, weights = (np.zeros(shape, np.int32) for _ in range(3))
    for index, of_one in enumerate(corners):
        for corner, ((x, y), weight) in enumerate(of_one):
            across[index, corner], down[index, corner], weights[index, corner] = x, y, weight
    stages = root.find("stages")[:count]
    trees = [[_tree(tree) for tree in stage.find("weakClassifiers")] for stage in stages]
    features, limits, leaves = zip(*(tree for of_stage in trees for tree in of_stage), strict=True)
    return Stages(
        int(root.find("width").text),
        np.cumsum([0, *map(len, trees)], dtype=np.int32),
        np.array([float(stage.find("stageThreshold").text) - _ROUNDING for stage in stages], np.float32),
        np.array(features, np.int32),
        np.array(limits, np.float32),
        np.array(leaves, np.float32),
        across,
        down,
        weights,
        np.array([-(-len(of_one) // _AT_ONCE) for of_one in corners], np.int32),
    )


def search(pixels: GrayImage, stages: Stages) -> list[Hit]:
    """The windows of an image [H, W] that pass all `stages`."""
    rows, columns = ((side - stages.window) // GRID + 1 for side in pixels.shape)
    if min(rows, columns) < 1:
        return []
    total: Any
    squares: Any
    total, squares = cv2.integral2(pixels, sdepth=cv2.CV_32S, sqdepth=cv2.CV_64F)
    # A window's deviation is that of its inside, a pixel away from its edge, as in OpenCV.
    inside = stages.window - 2
    scales = _scales(total[1::GRID, 1::GRID].copy(), squares[1::GRID, 1::GRID].copy(), inside // GRID, inside**2)
    planes = _planes(total)
    _, height, width = planes.shape
    plane = stages.down % GRID * GRID + stages.across % GRID
    offsets = (plane * height + stages.down // GRID) * width + stages.across // GRID
    # Always in one piece: for arrays with gaps the machine code would be made anew, at some frame.
    scales = np.ascontiguousarray(scales[:rows, :columns])
    places, weights = _pass(planes.ravel(), width, scales, stages, offsets.astype(np.int32))
    return [
        Hit(place % width * GRID, place // width * GRID, weight)
        for place, weight in zip(places.tolist(), weights.tolist(), strict=True)
    ]


def _corners(feature: Any) -> list[tuple[tuple[int, int], int]]:
    """Of the rectangles of a feature: those that fall together count once, with the sum of their weights."""
    corners: dict[tuple[int, int], int] = {}
    for rectangle in feature.find("rects"):
        x, y, width, height, weight = (int(float(value)) for value in rectangle.text.split())
        signs = {(x, y): 1, (x + width, y): -1, (x, y + height): -1, (x + width, y + height): 1}
        for corner, sign in signs.items():
            corners[corner] = corners.get(corner, 0) + sign * weight
    return [(corner, weight) for corner, weight in corners.items() if weight]


def _tree(tree: Any) -> tuple[tuple[int, int], tuple[float, float], list[float]]:
    """The features, limits and leaves of a tree of one or two nodes."""
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
    return (int(feature[0]), int(feature[1])), (limit[0], limit[1]), every


def _planes(total: Ints) -> Ints:
    """An integral image [H, W] as GRID² of every GRIDth pixel: what neighbouring windows ask for lies side by side."""
    rows, columns = (-(-side // GRID) for side in total.shape)
    planes = np.zeros((GRID * GRID, rows, columns), np.int32)
    for index, plane in enumerate(planes):
        part = total[index // GRID :: GRID, index % GRID :: GRID]
        plane[: part.shape[0], : part.shape[1]] = part
    return planes


def _compiled(function: Kernel) -> Kernel:
    """Machine code, made at the first call, which takes seconds, and kept on disk for the next process.

    Other threads go on while it runs.
    """
    try:
        return cast("Kernel", numba.njit(nogil=True, cache=True)(function))
    except RuntimeError:  # nowhere to keep it: a container's file system is read-only
        return cast("Kernel", numba.njit(nogil=True)(function))


def _inlined(function: Kernel) -> Kernel:
    """A part of what is compiled."""
    return cast("Kernel", numba.njit(nogil=True, inline="always")(function))


@_compiled
def _scales(total: Ints, squares: Doubles, inside: int, area: int) -> Floats:
    """One by the area times the deviation of each window; zero where it shows nothing."""
    least = (_LEAST_DEVIATION * area) ** 2
    rows, columns = total.shape[0] - inside, total.shape[1] - inside
    scales = np.zeros((rows, columns), np.float32)
    for row in range(rows):
        top, bottom, top_squares, bottom_squares = total[row], total[row + inside], squares[row], squares[row + inside]
        for x in range(columns):
            # The sums of a large bright image wrap around; a window's own, their difference modulo 2³², fits.
            mean = np.float64(np.int32(top[x] - top[x + inside] - bottom[x] + bottom[x + inside]))
            square = top_squares[x] - top_squares[x + inside] - bottom_squares[x] + bottom_squares[x + inside]
            variance = area * square - mean * mean
            scales[row, x] = np.float32(1 / np.sqrt(variance)) if variance > least else np.float32(0)
    return scales


@_compiled
def _pass(sums: Ints, width: int, scales: Floats, stages: Stages, offsets: Ints) -> tuple[Places, Floats]:
    """The places in the first plane, and the last sums, of the windows that pass all stages."""
    everywhere = min(_EVERYWHERE, len(stages.passes))
    places, kept, weights = _pass_everywhere(sums, width, scales, stages, offsets, everywhere)
    count = len(places)
    one, two = np.empty(count, np.int32), np.empty(count, np.int32)
    for stage in range(everywhere, len(stages.passes)):
        weights[:count] = 0
        for tree in range(stages.first[stage], stages.first[stage + 1]):
            first, second = stages.features[tree]
            _ask_places(sums, places[:count], offsets[first], stages.weights[first], stages.quads[first], one)
            other = one
            if second != first:
                other = two
                _ask_places(sums, places[:count], offsets[second], stages.weights[second], stages.quads[second], two)
            _add_leaves(one, other, kept[:count], stages.limits[tree], stages.leaves[tree], weights)
        passing, least = 0, stages.passes[stage]
        for index in range(count):
            places[passing], kept[passing], weights[passing] = places[index], kept[index], weights[index]
            passing += weights[index] >= least
        count = passing
    return places[:count], weights[:count]


@_inlined
def _pass_everywhere(
    sums: Ints, width: int, scales: Floats, stages: Stages, offsets: Ints, count: int
) -> tuple[Places, Floats, Floats]:
    """The places, scales and sums of the windows that pass the first `count` stages."""
    rows, columns = scales.shape
    one, two = np.empty(columns, np.int32), np.empty(columns, np.int32)
    passes, weights = np.empty(columns, np.uint8), np.zeros(columns, np.float32)
    places = np.empty(rows * columns, np.uint32)
    kept, kept_weights = np.empty(rows * columns, np.float32), np.empty(rows * columns, np.float32)
    found = 0
    for row in range(rows):
        scale, start = scales[row], row * width
        for x in range(columns):
            passes[x] = scale[x] > 0
        if not passes.any():
            continue
        for stage in range(count):
            weights[:] = 0
            for tree in range(stages.first[stage], stages.first[stage + 1]):
                first, second = stages.features[tree]
                _ask_row(sums, start, offsets[first], stages.weights[first], stages.quads[first], one)
                other = one
                if second != first:
                    other = two
                    _ask_row(sums, start, offsets[second], stages.weights[second], stages.quads[second], two)
                _add_leaves(one, other, scale, stages.limits[tree], stages.leaves[tree], weights)
            for x in range(columns):
                passes[x] &= weights[x] >= stages.passes[stage]
        for x in range(columns):
            places[found], kept[found], kept_weights[found] = start + x, scale[x], weights[x]
            found += passes[x]
    return places[:found], kept[:found], kept_weights[:found]


@_inlined
def _ask_row(sums: Ints, start: int, offsets: Ints, weights: Ints, quads: int, values: Ints) -> None:
    """A feature of the windows of a row, one beside the other from `start`."""
    count = len(values)
    for corner in range(0, _AT_ONCE * quads, _AT_ONCE):
        a, b, c, d = (
            sums[start + offsets[corner] :][:count],
            sums[start + offsets[corner + 1] :][:count],
            sums[start + offsets[corner + 2] :][:count],
            sums[start + offsets[corner + 3] :][:count],
        )
        of_a, of_b, of_c, of_d = weights[corner], weights[corner + 1], weights[corner + 2], weights[corner + 3]
        if corner == 0:
            for x in range(count):
                values[x] = of_a * a[x] + of_b * b[x] + of_c * c[x] + of_d * d[x]
        else:
            for x in range(count):
                values[x] += of_a * a[x] + of_b * b[x] + of_c * c[x] + of_d * d[x]


@_inlined
def _ask_places(sums: Ints, places: Places, offsets: Ints, weights: Ints, quads: int, values: Ints) -> None:
    """A feature of the windows at `places`."""
    count = len(places)
    for corner in range(0, _AT_ONCE * quads, _AT_ONCE):
        a, b, c, d = (
            sums[offsets[corner] :],
            sums[offsets[corner + 1] :],
            sums[offsets[corner + 2] :],
            sums[offsets[corner + 3] :],
        )
        of_a, of_b, of_c, of_d = weights[corner], weights[corner + 1], weights[corner + 2], weights[corner + 3]
        if corner == 0:
            for index in range(count):
                place = places[index]
                values[index] = of_a * a[place] + of_b * b[place] + of_c * c[place] + of_d * d[place]
        else:
            for index in range(count):
                place = places[index]
                values[index] += of_a * a[place] + of_b * b[place] + of_c * c[place] + of_d * d[place]


@_inlined
def _add_leaves(one: Ints, two: Ints, scales: Floats, limits: Floats, leaves: Floats, weights: Floats) -> None:
    """Adds what a tree says to the windows whose features are `one` and `two`."""
    below, below_above, above_below, above = leaves[0], leaves[1], leaves[2], leaves[3]
    limit, second_limit = limits[0], limits[1]
    for index in range(len(scales)):
        is_second_below = two[index] * scales[index] < second_limit
        if_below = below if is_second_below else below_above
        if_above = above_below if is_second_below else above
        weights[index] += if_below if one[index] * scales[index] < limit else if_above
