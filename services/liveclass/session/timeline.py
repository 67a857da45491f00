"""Series of buckets: merging them to any length, and reading shares, intervals and coverage off their figures."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from liveclass.session import figures
from liveclass.session.figures import Floats, Ints
from liveclass.session.rollup import RESOLUTIONS, floor

DEFAULT_RESOLUTION = 10
"""Seconds."""

MAX_BUCKETS = 20_000

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Series:
    """Buckets of one length in order of time. All are [buckets], `figures` is [buckets, WIDTH]."""

    resolution: int
    starts: Ints
    figures: Ints
    group: Ints
    """The sum over sources of the most faces seen at once."""
    shown: Ints
    """The sum over sources of the most faces classified at once. These are the people that a bucket's emotions tell of,
    so the minimum group size is held against them; never more than `group`."""

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, mask: "np.typing.NDArray[np.bool_]") -> "Series":
        """Only the buckets in `mask` [buckets]."""
        return Series(self.resolution, self.starts[mask], self.figures[mask], self.group[mask], self.shown[mask])


@dataclass(frozen=True)
class Groups:
    """The people in some buckets. All are [buckets]."""

    starts: Ints
    group: Ints
    shown: Ints


@dataclass(frozen=True)
class Shares:
    """What the figures of buckets say about each emotion. All are [buckets, 7]; zero where no face was classified."""

    mean: Floats
    top: Floats
    low: Floats
    high: Floats


def base_resolution(resolution: int) -> int:
    """The longest buckets kept of which buckets of `resolution` seconds can be put together."""
    return max(kept for kept in RESOLUTIONS if resolution % kept == 0)


def merge(series: Series, resolution: int, groups: Groups | None) -> Series:
    """Puts buckets together to `resolution` seconds, a multiple of theirs.

    How many people a longer bucket holds cannot be told from the shorter ones' sums: `groups` says it, for each
    bucket that comes out. None: the series is of one source alone, and its maximum is the answer.
    """
    starts = floor(series.starts, resolution)
    firsts = np.flatnonzero(np.diff(starts, prepend=starts[:1] - 1))
    if not len(firsts):
        return Series(resolution, series.starts, series.figures, series.group, series.shown)
    sums = np.add.reduceat(series.figures, firsts)
    if groups is None:
        group, shown = np.maximum.reduceat(series.group, firsts), np.maximum.reduceat(series.shown, firsts)
    else:
        at = np.searchsorted(groups.starts, starts[firsts])
        group, shown = groups.group[at], groups.shown[at]
    return Series(resolution, starts[firsts], sums, group, shown)


def shares(rows: Ints) -> Shares:
    """Means, shares and intervals of rows of figures [buckets, WIDTH].

    The interval is Student's t for the mean of the faces, cut to [0, 1]; of a single face it is all of [0, 1]. It takes
    the faces for independent. Those of one person in successive frames are not, so it is a lower bound of the doubt.
    """
    count = rows[:, figures.FACES, np.newaxis].astype(np.float64)
    present = np.maximum(count, 1)
    mean = rows[:, figures.SCORES] / figures.SCALE / present
    top = rows[:, figures.TOPS] / present
    # Squares are counted in whole parts: what is less than half of one may be there all the same.
    spread = np.maximum(rows[:, figures.SQUARES] / figures.SCALE / present - mean * mean, 0.5 / figures.SCALE)
    freedom = np.maximum(count - 1, 1)
    error = stdtrit(freedom, (1 + CONFIDENCE) / 2) * np.sqrt(spread / freedom)
    error = np.where(count == 1, 1.0, error)
    low, high = np.clip(mean - error, 0, 1), np.clip(mean + error, 0, 1)
    return Shares(mean, top, np.where(count > 0, low, 0), np.where(count > 0, high, 0))


def coverage(rows: Ints) -> Floats:
    """Faces classified of faces seen [buckets]; zero where none was seen."""
    share: Floats = rows[:, figures.FACES] / np.maximum(rows[:, figures.SEEN], 1)
    return share
