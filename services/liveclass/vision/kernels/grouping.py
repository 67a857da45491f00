"""Groups windows that found the same face, as OpenCV's `groupRectangles` does."""

import numpy as np
from cascade import U, part

_SIMILAR = 0.2
"""How far apart the sides of two windows of a group are at most, as a share of their sides, as in OpenCV."""
FIELDS = 8
"""Numbers of a hit: x, y, side and group of the window; the sums of x, y and side, and the number, of its group."""


@part
def best_group(hits, weights, count, neighbours, best, at):
    """The group of `hits` (x, y, side, group, and four for sums) of the highest weight, as OpenCV groups them.

    Hits are in one group that are similar, or similar to one that is. A small group within a larger one of more hits
    does not count.
    """
    for hit in range(count):
        hits[U(8 * hit + 3)] = hit
        for other in range(hit):
            new, old = hits[U(8 * other + 3)], hits[U(8 * hit + 3)]
            if new != old and are_similar(hits, hit, other):
                for each in range(hit + 1):
                    if hits[U(8 * each + 3)] == old:
                        hits[U(8 * each + 3)] = new
    for hit in range(count):
        for field in range(4, 8):
            hits[U(8 * hit + field)] = 0
    for hit in range(count):
        group = hits[U(8 * hit + 3)]
        hits[U(8 * group + 4)] += hits[U(8 * hit)]
        hits[U(8 * group + 5)] += hits[U(8 * hit + 1)]
        hits[U(8 * group + 6)] += hits[U(8 * hit + 2)]
        hits[U(8 * group + 7)] += 1
        weights[U(group)] = max(weights[U(group)], weights[U(hit)])
    for field in range(4):
        best[U(at + field)] = 0
    for group in range(count):
        number = hits[U(8 * group + 7)]
        if (
            number > neighbours
            and weights[U(group)] > best[U(at + 3)]
            and not is_inside_another(hits, count, group, neighbours)
        ):
            for field in range(3):
                best[U(at + field)] = np.rint(hits[U(8 * group + 4 + field)] / number)
            best[U(at + 3)] = weights[U(group)]


@part
def are_similar(hits, one, other):
    """Whether no side of two hits is further apart than a share of the smaller one."""
    x, y, side = hits[U(8 * one)], hits[U(8 * one + 1)], hits[U(8 * one + 2)]
    other_x, other_y, other_side = hits[U(8 * other)], hits[U(8 * other + 1)], hits[U(8 * other + 2)]
    reach = _SIMILAR * min(side, other_side)
    return (
        abs(x - other_x) <= reach
        and abs(y - other_y) <= reach
        and abs(x + side - other_x - other_side) <= reach
        and abs(y + side - other_y - other_side) <= reach
    )


@part
def is_inside_another(hits, count, group, neighbours):
    """Whether a group of more hits is around this one."""
    number = hits[U(8 * group + 7)]
    x, y = np.rint(hits[U(8 * group + 4)] / number), np.rint(hits[U(8 * group + 5)] / number)
    side = np.rint(hits[U(8 * group + 6)] / number)
    for other in range(count):
        others = hits[U(8 * other + 7)]
        if other == group or others <= neighbours or (others <= max(3, number) and number >= 3):
            continue
        other_side = np.rint(hits[U(8 * other + 6)] / others)
        left, top = np.rint(hits[U(8 * other + 4)] / others), np.rint(hits[U(8 * other + 5)] / others)
        reach = np.rint(_SIMILAR * other_side)
        if (
            x >= left - reach
            and y >= top - reach
            and x + side <= left + other_side + reach
            and y + side <= top + other_side + reach
        ):
            return True
    return False
