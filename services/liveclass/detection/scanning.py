"""The search of a whole frame, cut into parts of about the same cost and spread over time. Pure: no pixels here."""

import math
from typing import NamedTuple

from liveclass.detection.frame import ImageSize
from liveclass.preprocessing import Box

_BAND = 1.5
"""Factor between the smallest and the largest face of a part."""
_STRIPS = 3
"""Parts of the smallest faces' band. A band's cost falls with the square of its faces' size, and so does its number."""


class ScanPart(NamedTuple):
    """Faces of these sizes in this region."""

    region: Box
    smallest: int
    largest: int


def scan_parts(size: ImageSize, smallest: int) -> list[ScanPart]:
    """Parts that together find every face of at least `smallest` pixels in an image of `size`."""
    parts: list[ScanPart] = []
    most = min(size)
    low = float(smallest)
    while low <= most:
        # The last bands together cost less than one part of the first.
        high = low * _BAND if round(_STRIPS * (smallest / low) ** 2) > 0 else float(most)
        strips = max(1, round(_STRIPS * (smallest / low) ** 2))
        parts += [ScanPart(region, int(low), math.ceil(high)) for region in _strips(size, strips, math.ceil(high))]
        low = high if high > low else most + 1.0
        if high >= most:
            break
    return parts


class ScanSchedule:
    """Which parts of the search are due, so that all have had their turn within the interval."""

    def __init__(self, interval: float) -> None:
        """`interval` in seconds."""
        self._interval = interval
        self._started: float | None = None
        self._done = 0

    def whole(self, now: float) -> None:
        """The whole frame has just been searched."""
        self._started, self._done = now, 0

    def due(self, parts: list[ScanPart], now: float) -> list[ScanPart]:
        """The parts to search in the frame of this time; all of them where the last frame is an interval ago."""
        if self._started is None or not parts:
            self.whole(now)
            return parts
        wanted = math.floor(max(0.0, now - self._started) / self._interval * len(parts))
        first, self._done = self._done, max(self._done, wanted)
        number = min(len(parts), self._done - first)
        return [parts[(first + index) % len(parts)] for index in range(number)]


def _strips(size: ImageSize, number: int, largest: int) -> list[Box]:
    """Horizontal strips that overlap by the largest face, so that none is cut in two."""
    step = size.height / number
    reach = math.ceil(largest * 1.1)
    tops = [round(index * step) for index in range(number)]
    return [Box(0, top, size.width, min(size.height - top, math.ceil(step) + reach)) for top in tops]
