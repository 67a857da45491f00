"""A whole session at a glance: its trend, the moments at which it changed, and which emotions led."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from liveclass.session import sums, timeline
from liveclass.session.sums import Floats, Ints
from liveclass.session.timeline import Series, merge

MAX_CHANGE_POINTS = 8
SHORTEST_SEGMENT = 3
"""Buckets between two changes, at least: less than that is noise."""

PENALTY = 3.0
"""By how many times the gain of a change must exceed what the Bayesian information criterion asks for. Successive
buckets are alike, as the same people are in them, and the criterion takes them for independent."""

_MEDIAN_TO_SIGMA = 1.4826 / np.sqrt(2)
"""From the median absolute difference of neighbours to the standard deviation, for normal noise."""


@dataclass(frozen=True)
class Change:
    """A moment at which a class changed."""

    second: int
    emotion: int
    before: float
    after: float


@dataclass(frozen=True)
class Pair:
    """The two highest emotions of a class, and for which share of the session they were."""

    first: int
    second: int
    share: float


SHORTEST_TREND_SECONDS = 60
"""A line through less than this says nothing about an hour."""


def slopes_per_hour(series: Series) -> list[float]:
    """The slope of each emotion's mean score [7], of a straight line through the buckets, each weighted by its people.

    Empty where the buckets with faces span less than `SHORTEST_TREND_SECONDS`.
    """
    means, weights, starts = _with_faces(series)
    if len(starts) < 2 or starts[-1] - starts[0] < SHORTEST_TREND_SECONDS:
        return []
    hours = (starts - starts[0]) / 3600
    middle = np.average(hours, weights=weights)
    spread = np.average((hours - middle) ** 2, weights=weights)
    mean = np.average(means, axis=0, weights=weights)
    covariance = np.average((hours - middle)[:, None] * (means - mean), axis=0, weights=weights)
    slopes: list[float] = (covariance / spread).tolist()
    return slopes


def changes(series: Series) -> list[Change]:
    """The moments at which the means of all seven emotions together changed most, in order of time.

    Optimal partitioning by least squares (Jackson et al. 2005; pruned as in PELT, Killick et al. 2012), each emotion
    in units of its own noise, each bucket weighted by its people.
    """
    means, weights, starts = _with_faces(series)
    if len(starts) < 2 * SHORTEST_SEGMENT:
        return []
    noise = np.maximum(np.median(np.abs(np.diff(means, axis=0)), axis=0) * _MEDIAN_TO_SIGMA, 0.005)
    weights = weights / weights.mean()
    cuts = _partition(means / noise, weights)
    bounds = [0, *cuts, len(starts)]
    parts = [np.average(means[a:b], axis=0, weights=weights[a:b]) for a, b in pairwise(bounds)]
    found = []
    for cut, (before, after) in zip(cuts, pairwise(parts), strict=True):
        emotion = int(np.abs(after - before).argmax())
        found.append(Change(int(starts[cut]), emotion, float(before[emotion]), float(after[emotion])))
    largest = sorted(found, key=lambda one: -abs(one.after - one.before))[:MAX_CHANGE_POINTS]
    return sorted(largest, key=lambda one: one.second)


def pairs(series: Series) -> list[Pair]:
    """The pairs of emotions with the highest means, by how often they were, each bucket weighted by its people."""
    means, weights, _ = _with_faces(series)
    order = np.argsort(-means, axis=1, kind="stable")
    counts = np.bincount(order[:, 0] * sums.EMOTIONS + order[:, 1], weights, sums.EMOTIONS**2)
    most = np.argsort(-counts, kind="stable")
    return [
        Pair(*divmod(int(pair), sums.EMOTIONS), float(counts[pair] / counts.sum())) for pair in most if counts[pair]
    ]


def finest(series: Series, most: int) -> Series:
    """The series, or longer buckets made of it, so that there are at most about `most`."""
    seconds = int(series.starts[-1] - series.starts[0]) if len(series) else 0
    factor = next(factor for factor in (1, 6, 60, 360, 2**30) if seconds <= factor * series.resolution * most)
    return merge(series, series.resolution * factor)


def _with_faces(series: Series) -> tuple[Floats, Floats, Ints]:
    """Mean scores [buckets, 7], people [buckets] and starts [buckets] where there are faces."""
    seen = series.where(series.sums[:, sums.WEIGHT] > 0)
    return timeline.shares(seen).mean, seen.sums[:, sums.WEIGHT].astype(np.float64), seen.starts


def _partition(values: Floats, weights: Floats) -> list[int]:
    """The indices at which new segments of `values` [buckets, n] begin, for the least cost in all."""
    count = len(values)
    penalty = PENALTY * (values.shape[1] + 1) * np.log(count)
    weight = np.concatenate(([0.0], np.cumsum(weights)))
    linear = np.concatenate((np.zeros((1, values.shape[1])), np.cumsum(values * weights[:, None], axis=0)))
    square = np.concatenate(([0.0], np.cumsum((values**2).sum(axis=1) * weights)))
    best = np.full(count + 1, np.inf)
    best[0] = -penalty
    last = np.zeros(count + 1, np.intp)
    candidates = np.array([0])
    for end in range(SHORTEST_SEGMENT, count + 1):
        sums = linear[end] - linear[candidates]
        cost = square[end] - square[candidates] - (sums**2).sum(axis=1) / (weight[end] - weight[candidates])
        total = best[candidates] + cost
        best[end], last[end] = total.min() + penalty, candidates[total.argmin()]
        # What is worse already, without a penalty, can never become the best.
        candidates = np.append(candidates[total <= best[end]], end - SHORTEST_SEGMENT + 1)
    cuts: list[int] = []
    at = int(last[count])
    while at:
        cuts.insert(0, at)
        at = int(last[at])
    return cuts
