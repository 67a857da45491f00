"""The face search, which `generate.py` compiles to `../face_search.ll`.

Nothing here allocates memory, so that the machine code needs neither Python nor numba: what is wanted for a time lies
in workspaces that the caller gives.
"""

import numpy as np
from cascade import GRID, U, integrate, part, pass_places, pass_row, place_corners, scale_row
from grouping import FIELDS, best_group
from numba import types

EVERYWHERE = 2
"""Stages that are asked of all windows of a row, side by side. The few that pass are then asked one by one."""
ALONE = 6
"""Stages that are asked of the windows of one region, while its pixels are in the cache; later ones of those of all."""
MOST_HITS = 400
"""Of a region. Around a face there are up to 40."""

_NUMBER = types.int64
_OCTETS, _INTS, _INDICES, _FLOATS = (kind[::1] for kind in (types.uint8, types.int32, types.uint32, types.float32))
_CASCADE = (_INTS, _FLOATS, _FLOATS, _INTS)
_WORKSPACES = (_OCTETS, _INTS, _INDICES, _FLOATS)
_SIZES = (_NUMBER, _NUMBER, _NUMBER)

ENTRIES = {
    "passing_windows": _NUMBER(_OCTETS, *_SIZES, *_CASCADE, _NUMBER, *_WORKSPACES),
    "best_windows": _NUMBER(
        *(_OCTETS, _INTS, _NUMBER, types.float64, _NUMBER, _NUMBER), *_CASCADE, *_SIZES, *_WORKSPACES
    ),
}
"""The functions that can be called, and their signatures."""


def passing_windows(pixels, rows, columns, window, first, passes, trees, corners, count, octets, ints, indices, floats):
    """How many windows of an image [rows, columns] pass `count` stages. Fills in their places and last sums.

    Places are in the beginning of `indices`: row by row of windows, (columns + 1) // 2 + 1 to a row. Sums are in the
    beginning of `floats`.
    """
    cascade = first, passes, trees, corners
    height, width = rows // 2 + 1, (columns + 1) // 2 + 1
    plane = height * width
    down, across = (rows - window) // GRID + 1, (columns - window) // GRID + 1
    sums, one, two = ints[: 4 * plane], ints[4 * plane : 5 * plane], ints[5 * plane : 6 * plane]
    lines = ints[6 * plane :]
    places, squares, offsets = indices[:plane], indices[plane : 2 * plane], indices[2 * plane :]
    weights, kept, scales = floats[:plane], floats[plane : 2 * plane], floats[2 * plane :]
    integrate(pixels, 0, rows, columns, sums, 0, squares, height, width, lines)
    place_corners(corners, first[count], height, width, offsets)
    everywhere = min(EVERYWHERE, count)
    found = 0
    for row in range(down):
        if not scale_row(sums, squares, 3 * plane, row, width, across, window, scales):
            continue
        place, start = row * width, found
        pass_row(sums, place, across, scales, cascade, offsets, everywhere, octets, weights, start, one, two)
        for x in range(across):
            places[U(found)], kept[U(found)], weights[U(found)] = place + x, scales[U(x)], weights[U(start + x)]
            found += octets[U(x)]
    return pass_places(sums, places, kept, weights, 0, found, cascade, offsets, everywhere, count, one, two)


# fmt: off
def best_windows(
    pixels, regions, count, step, neighbours, window, first, passes, trees, corners, height, width, tiles,
    octets, ints, indices, floats,
):
    # fmt: on
    """The best group of windows in each of `count` regions, searched at sizes a factor of `step` apart.

    A region is five of `regions`: index of its first pixel, rows, columns, smallest and largest side of a window. A
    group has more than `neighbours` windows. Fills in four `floats` a region: x, y, side and highest last sum; a side
    of 0 where there is none. `height` and `width` are those of a plane of the largest region. A tile is a region at one
    size; there are at most `tiles`.
    """
    cascade = first, passes, trees, corners
    plane, stages = height * width, len(passes)
    windows = tiles * plane
    sums, one, two = ints[: 4 * windows], ints[4 * windows : 5 * windows], ints[5 * windows : 6 * windows]
    owners, rest = ints[6 * windows : 6 * windows + tiles], 6 * windows + tiles
    hits, lines = ints[rest : rest + FIELDS * MOST_HITS], ints[rest + FIELDS * MOST_HITS :]
    places, squares, offsets = indices[:windows], indices[windows : windows + plane], indices[windows + plane :]
    best, weights = floats[: 4 * count], floats[4 * count : 4 * count + windows]
    kept, factors = floats[4 * count + windows : 4 * count + 2 * windows], floats[4 * count + 2 * windows :]
    place_corners(corners, first[stages], height, width, offsets)
    early = min(ALONE, stages)
    found = tile = 0
    for region in range(count):
        start, rows, columns = regions[U(5 * region)], regions[U(5 * region + 1)], regions[U(5 * region + 2)]
        low, high = regions[U(5 * region + 3)], min(regions[U(5 * region + 4)], rows, columns)
        own, factor, side = found, 1.0, window
        while side <= high:
            if side >= low:
                down, across = int(np.rint(rows / factor)), int(np.rint(columns / factor))
                shrink(pixels, start, rows, columns, octets, down, across, lines)
                integrate(octets, 0, down, across, sums, 4 * plane * tile, squares, height, width, lines)
                found = list_windows(sums, squares, plane, tile, width, down, across, window, places, kept, found)
                factors[U(tile)], owners[U(tile)] = factor, region
                tile += 1
            factor *= step
            side = int(np.rint(window * factor))
        own_count = found - own
        found = own + pass_places(sums, places, kept, weights, own, own_count, cascade, offsets, 0, early, one, two)
    found = pass_places(sums, places, kept, weights, 0, found, cascade, offsets, early, stages, one, two)
    index = 0
    for region in range(count):
        hit = 0
        while index < found and owners[U(places[U(index)] // U(4 * plane))] == region:
            if hit < MOST_HITS:
                place, factor = places[U(index)], factors[U(places[U(index)] // U(4 * plane))]
                inside = int(place % U(4 * plane))
                hits[U(FIELDS * hit)] = int(np.rint(inside % width * GRID * factor))
                hits[U(FIELDS * hit + 1)] = int(np.rint(inside // width * GRID * factor))
                hits[U(FIELDS * hit + 2)] = int(np.rint(window * factor))
                weights[U(hit)] = weights[U(index)]
                hit += 1
            index += 1
        best_group(hits, weights, hit, neighbours, best, 4 * region)
    return found


@part
def list_windows(sums, squares, plane, tile, width, rows, columns, window, places, kept, found):
    """Adds to `places` and `kept` the windows of a tile that show something: how many there are then."""
    length = (columns - window) // GRID + 1
    base = 4 * plane * tile
    for row in range((rows - window) // GRID + 1):
        scale_row(sums, squares, base + 3 * plane, row, width, length, window, kept[found:])
        start = found
        for x in range(length):
            places[U(found)], kept[U(found)] = base + row * width + x, kept[U(start + x)]
            found += kept[U(found)] > 0
    return found


@part
def shrink(pixels, start, rows, columns, to, to_rows, to_columns, lines):
    """Bilinear, in units of 1/256, as OpenCV's `INTER_LINEAR_EXACT`."""
    for x in range(to_columns):
        place = (x + 0.5) * columns / to_columns - 0.5
        left = min(int(place), columns - 2)
        lines[U(2 * x)], lines[U(2 * x + 1)] = left, int(np.rint((place - left) * 256))
    for y in range(to_rows):
        place = (y + 0.5) * rows / to_rows - 0.5
        above = min(int(place), rows - 2)
        down = int(np.rint((place - above) * 256))
        line = start + above * columns
        for x in range(to_columns):
            left, across = line + lines[U(2 * x)], lines[U(2 * x + 1)]
            upper = pixels[U(left)] * (256 - across) + pixels[U(left + 1)] * across
            lower = pixels[U(left + columns)] * (256 - across) + pixels[U(left + columns + 1)] * across
            to[U(y * to_columns + x)] = (upper * (256 - down) + lower * down + 32768) >> 16
