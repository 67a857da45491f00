"""Series of buckets: merging them to any length, and their shares, confidence intervals and coverage."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from liveclass.session import privacy, sums
from liveclass.session.sums import RESOLUTIONS, Floats, Ints, SourceRows, floor

DEFAULT_RESOLUTION = 10
"""Seconds."""

MAX_BUCKETS = 20_000

CONFIDENCE = 0.95

INTERVAL_STEP = 0.05
"""Where small groups are hidden, half an interval is rounded up to a multiple of this. From exact intervals, somebody
who knows all people but two could compute these two."""


@dataclass(frozen=True)
class Series:
    """Released buckets of one length in order of time. All are [buckets], `sums` is [buckets, WIDTH]."""

    resolution: int
    starts: Ints
    sums: Ints
    group: Ints
    """The sum over sources of the most faces seen at once."""
    people: Ints
    """How many people the emotions are of, at least (see `privacy`)."""

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, mask: "np.typing.NDArray[np.bool_]") -> "Series":
        """Only the buckets in `mask` [buckets]."""
        return Series(self.resolution, self.starts[mask], self.sums[mask], self.group[mask], self.people[mask])

    def plus(self, others: "Series") -> "Series":
        """These buckets and others, which begin at other times."""
        order = np.argsort(np.concatenate((self.starts, others.starts)))
        names = ("starts", "sums", "group", "people")
        columns = (np.concatenate((getattr(self, name), getattr(others, name)))[order] for name in names)
        return Series(self.resolution, *columns)


def empty(resolution: int, starts: Ints | None = None) -> Series:
    """Buckets in which nothing was recorded."""
    starts = np.zeros(0, np.int64) if starts is None else starts
    zeros = np.zeros(len(starts), np.int64)
    return Series(resolution, starts, np.zeros((len(starts), sums.WIDTH), np.int64), zeros, zeros.copy())


def released(rows: SourceRows, resolution: int) -> Series:
    """What the rows of sources, in order of time, are together as they are released: each weighted by its people."""
    faces = rows.sums[:, sums.FACES, np.newaxis]
    people = privacy.people(faces, rows.sums[:, sums.FRAMES_WITH_FACES, np.newaxis], rows.at_once[:, 1:])
    weighted = rows.sums * people
    weighted[:, sums.TOPS] *= sums.SCALE
    weighted = (weighted + faces // 2) // np.maximum(faces, 1)
    weighted[:, : sums.SCORES.start] = rows.sums[:, : sums.SCORES.start]
    weighted[:, sums.WEIGHT] = people[:, 0]
    firsts = np.flatnonzero(np.diff(rows.starts, prepend=rows.starts[:1] - 1))
    if not len(firsts):
        return empty(resolution)
    added = np.add.reduceat(np.column_stack((weighted, rows.at_once[:, :1], people)), firsts)
    return Series(resolution, rows.starts[firsts], added[:, : sums.WIDTH], added[:, -2], added[:, -1])


@dataclass(frozen=True)
class Shares:
    """Mean score, top share and interval of each emotion. All are [buckets, 7]; zero where no face was classified."""

    mean: Floats
    top: Floats
    low: Floats
    high: Floats


def base_resolution(resolution: int) -> int:
    """The longest buckets kept of which buckets of `resolution` seconds can be put together."""
    return max(kept for kept in RESOLUTIONS if resolution % kept == 0)


def merge(series: Series, resolution: int) -> Series:
    """Puts buckets together to `resolution` seconds, a multiple of theirs.

    The number of people in a merged bucket is not known from its parts: the largest group of them is taken.
    """
    starts = floor(series.starts, resolution)
    firsts = np.flatnonzero(np.diff(starts, prepend=starts[:1] - 1))
    if not len(firsts):
        return empty(resolution)
    return Series(
        resolution,
        starts[firsts],
        np.add.reduceat(series.sums, firsts),
        np.maximum.reduceat(series.group, firsts),
        np.maximum.reduceat(series.people, firsts),
    )


def shares(series: Series, *, hides: bool = False) -> Shares:
    """Means, shares and intervals, these widened where the session `hides` small groups.

    The interval is Student's t for the mean of so many people as are certain to be there, cut to [0, 1]; of one person
    it is all of [0, 1]. How scores differ is taken from all faces, so that it counts how people differ from one another
    and how each varies.
    """
    rows = series.sums
    weight = np.maximum(rows[:, sums.WEIGHT, np.newaxis].astype(np.float64), 1)
    people = series.people[:, np.newaxis].astype(np.float64)
    mean = rows[:, sums.SCORES] / sums.SCALE / weight
    top = rows[:, sums.TOPS] / sums.SCALE / weight
    # Squares are counted in whole parts: what is less than half of one may be there all the same.
    spread = np.maximum(rows[:, sums.SQUARES] / sums.SCALE / weight - mean * mean, 0.5 / sums.SCALE)
    freedom = np.maximum(people - 1, 1)
    error = stdtrit(freedom, (1 + CONFIDENCE) / 2) * np.sqrt(spread / freedom)
    if hides:
        error = np.ceil(error / INTERVAL_STEP) * INTERVAL_STEP
    error = np.where(people == 1, 1.0, error)
    low, high = np.clip(mean - error, 0, 1), np.clip(mean + error, 0, 1)
    return Shares(mean, top, np.where(people > 0, low, 0), np.where(people > 0, high, 0))


def coverage(rows: Ints) -> Floats:
    """Faces classified of faces seen [buckets]; zero where none was seen."""
    share: Floats = rows[:, sums.FACES] / np.maximum(rows[:, sums.SEEN], 1)
    return share
