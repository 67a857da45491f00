"""Asks a cascade of many windows at once (Viola and Jones 2001; trees as of Lienhart et al. 2003).

Each weak classifier goes over all windows before the next one does, which a processor does for eight or sixteen of
them in one instruction; OpenCV takes a window through the cascade before it takes the next. Windows and weights are
OpenCV's.

A cascade is four arrays: index of each stage's first tree, and the number of trees [stages + 1]; the sum from which on
a window passes each stage [stages]; the trees [trees, 6]; across, down and weight of the corners of the rectangles of
their features [trees, 2, 9, 3]. A tree's numbers are the limits of both features, and what it adds where both are
below, the second is not, the first is not, neither is. Of a tree with one feature the corners of the second have no
weight.
"""

import numpy as np
from numba import njit

U = np.uint64
"""Indices are made unsigned: numba looks for negative ones otherwise."""
part = njit(nogil=True, _nrt=False, error_model="numpy")

GRID = 2
"""Every second place across and down is tried, as OpenCV does: to the eye of a cascade it is fine enough."""
_CORNERS = 9
"""Of the rectangles of a feature, at most; six at least."""
_FIELDS = 6
"""Numbers of a tree."""
_LEAST_DEVIATION = 10.0
"""Standard deviation of gray values below which a window shows nothing, as in OpenCV."""


@part
def integrate(pixels, start, rows, columns, sums, base, squares, height, width, lines):
    """The integral image of the pixels from `start` on as four planes [height, width] from `sums[base]` on.

    A plane has every second row and column: what neighbouring windows ask for lies side by side. Of the squares of the
    pixels, one plane: only those of odd rows and columns are asked for. All wrap around modulo 2³²; the sum of a
    window, a difference, fits.
    """
    plane = height * width
    for x in range(2 * (columns + 1)):
        lines[U(x)] = 0
    for x in range(width):
        sums[U(base + x)] = 0
        sums[U(base + plane + x)] = 0
    for row in range(1, rows + 1):
        line = start + (row - 1) * columns
        for x in range(columns):
            value = np.int32(pixels[U(line + x)])
            lines[U(x)] += value
            lines[U(columns + 1 + x)] += value * value
        even = base + row % 2 * 2 * plane + row // 2 * width
        odd = even + plane
        sums[U(even)] = 0
        total = np.int32(0)
        for x in range((columns + 1) // 2):
            total = np.int32(total + lines[U(2 * x)])
            sums[U(odd + x)] = total
            total = np.int32(total + lines[U(2 * x + 1)])
            sums[U(even + x + 1)] = total
        if row % 2:
            square = np.uint32(0)
            for x in range((columns + 1) // 2):
                square = np.uint32(square + lines[U(columns + 1 + 2 * x)])
                squares[U(row // 2 * width + x)] = square
                square = np.uint32(square + lines[U(columns + 2 + 2 * x)])


@part
def place_corners(corners, trees, height, width, offsets):
    """Where the corners of the features of these trees are, from the place of a window on."""
    for corner in range(trees * 2 * _CORNERS):
        x, y = corners[U(3 * corner)], corners[U(3 * corner + 1)]
        offsets[U(corner)] = ((y % 2 * 2 + x % 2) * height + y // 2) * width + x // 2


@part
def scale_row(sums, squares, odd, row, width, count, window, scales):
    """One by the area times the deviation of each window of a row, zero where it shows nothing; whether any does.

    A window's deviation is that of its inside, a pixel away from its edge, as in OpenCV. The plane of odd rows and
    columns begins at `odd`.
    """
    side = (window - 2) // GRID
    area = np.float64((window - 2) * (window - 2))
    least = (_LEAST_DEVIATION * area) * (_LEAST_DEVIATION * area)
    top, bottom = row * width, (row + side) * width
    shown = False
    for x in range(count):
        mean = np.float64(
            np.int32(
                sums[U(odd + top + x)]
                - sums[U(odd + top + side + x)]
                - sums[U(odd + bottom + x)]
                + sums[U(odd + bottom + side + x)]
            )
        )
        square = np.float64(
            np.uint32(
                np.int64(squares[U(top + x)])
                - np.int64(squares[U(top + side + x)])
                - np.int64(squares[U(bottom + x)])
                + np.int64(squares[U(bottom + side + x)])
            )
        )
        variance = area * square - mean * mean
        is_shown = variance > least
        scales[U(x)] = np.float32(1 / np.sqrt(variance)) if is_shown else np.float32(0)
        shown |= is_shown
    return shown


@part
def pass_row(sums, place, count, scales, cascade, offsets, stages, passing, weights, start, one, two):
    """Which of the windows side by side from `place` on are `passing` the first `stages`, and their last sums."""
    first, passes, trees, corners = cascade
    for x in range(count):
        passing[U(x)] = scales[U(x)] > 0
    for stage in range(stages):
        for x in range(count):
            weights[U(start + x)] = 0
        for tree in range(first[U(stage)], first[U(stage + 1)]):
            ask_row(sums, place, count, corners, offsets, 2 * tree, one)
            if corners[U(3 * _CORNERS * (2 * tree + 1) + 2)]:
                ask_row(sums, place, count, corners, offsets, 2 * tree + 1, two)
                add_leaves(one, two, scales, 0, count, trees, tree, weights, start)
            else:
                add_leaves(one, one, scales, 0, count, trees, tree, weights, start)
        for x in range(count):
            passing[U(x)] &= weights[U(start + x)] >= passes[U(stage)]


@part
def pass_places(sums, places, kept, weights, start, count, cascade, offsets, from_stage, to_stage, one, two):
    """Of `count` windows from `start` on, moves those that pass these stages to the front: how many they are."""
    first, passes, trees, corners = cascade
    for stage in range(from_stage, to_stage):
        for index in range(count):
            weights[U(start + index)] = 0
        for tree in range(first[U(stage)], first[U(stage + 1)]):
            ask_places(sums, places, start, count, corners, offsets, 2 * tree, one)
            if corners[U(3 * _CORNERS * (2 * tree + 1) + 2)]:
                ask_places(sums, places, start, count, corners, offsets, 2 * tree + 1, two)
                add_leaves(one, two, kept, start, count, trees, tree, weights, start)
            else:
                add_leaves(one, one, kept, start, count, trees, tree, weights, start)
        passing, least = 0, passes[U(stage)]
        for index in range(start, start + count):
            to = U(start + passing)
            places[to], kept[to], weights[to] = places[U(index)], kept[U(index)], weights[U(index)]
            passing += weights[U(index)] >= least
        count = passing
    return count


@part
def ask_row(sums, place, count, corners, offsets, feature, values):
    """A feature of windows side by side."""
    at, of = _CORNERS * feature, 3 * _CORNERS * feature + 2
    a, b, c = place + offsets[U(at)], place + offsets[U(at + 1)], place + offsets[U(at + 2)]
    d, e, f = place + offsets[U(at + 3)], place + offsets[U(at + 4)], place + offsets[U(at + 5)]
    of_a, of_b, of_c = corners[U(of)], corners[U(of + 3)], corners[U(of + 6)]
    of_d, of_e, of_f = corners[U(of + 9)], corners[U(of + 12)], corners[U(of + 15)]
    for x in range(count):
        values[U(x)] = (
            of_a * sums[U(a + x)]
            + of_b * sums[U(b + x)]
            + of_c * sums[U(c + x)]
            + of_d * sums[U(d + x)]
            + of_e * sums[U(e + x)]
            + of_f * sums[U(f + x)]
        )
    of_a, of_b, of_c = corners[U(of + 18)], corners[U(of + 21)], corners[U(of + 24)]
    if of_a:
        a, b, c = place + offsets[U(at + 6)], place + offsets[U(at + 7)], place + offsets[U(at + 8)]
        for x in range(count):
            values[U(x)] += of_a * sums[U(a + x)] + of_b * sums[U(b + x)] + of_c * sums[U(c + x)]


@part
def ask_places(sums, places, start, count, corners, offsets, feature, values):
    """A feature of the windows at `places`."""
    at, of = _CORNERS * feature, 3 * _CORNERS * feature + 2
    a, b, c = offsets[U(at)], offsets[U(at + 1)], offsets[U(at + 2)]
    d, e, f = offsets[U(at + 3)], offsets[U(at + 4)], offsets[U(at + 5)]
    of_a, of_b, of_c = corners[U(of)], corners[U(of + 3)], corners[U(of + 6)]
    of_d, of_e, of_f = corners[U(of + 9)], corners[U(of + 12)], corners[U(of + 15)]
    for index in range(count):
        place = places[U(start + index)]
        values[U(index)] = (
            of_a * sums[place + a]
            + of_b * sums[place + b]
            + of_c * sums[place + c]
            + of_d * sums[place + d]
            + of_e * sums[place + e]
            + of_f * sums[place + f]
        )
    of_a, of_b, of_c = corners[U(of + 18)], corners[U(of + 21)], corners[U(of + 24)]
    if of_a:
        a, b, c = offsets[U(at + 6)], offsets[U(at + 7)], offsets[U(at + 8)]
        for index in range(count):
            place = places[U(start + index)]
            values[U(index)] += of_a * sums[place + a] + of_b * sums[place + b] + of_c * sums[place + c]


@part
def add_leaves(one, two, scales, first, count, trees, tree, weights, start):
    """Adds what a tree says to the windows whose features are `one` and `two`."""
    at = _FIELDS * tree
    limit, second_limit = trees[U(at)], trees[U(at + 1)]
    below, below_above, above_below, above = trees[U(at + 2)], trees[U(at + 3)], trees[U(at + 4)], trees[U(at + 5)]
    for index in range(count):
        scale = scales[U(first + index)]
        is_second_below = np.float32(two[U(index)]) * scale < second_limit
        if_below = below if is_second_below else below_above
        if_above = above_below if is_second_below else above
        weights[U(start + index)] += if_below if np.float32(one[U(index)]) * scale < limit else if_above
