"""Exponential smoothing of a face's scores, and hysteresis of its label, against flicker. Pure."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Probabilities = npt.NDArray[np.float32]

LEAD = 0.08
"""By how much another emotion must lead the current label, in smoothed probability, to replace it."""


class Smoothed(NamedTuple):
    """A face's state between two frames."""

    scores: Probabilities
    """[7], summing to 1."""
    label: int
    """Index of the emotion to show."""
    time: float
    """In seconds."""


def smooth(before: Smoothed | None, scores: Probabilities, now: float, time_constant: float) -> Smoothed:
    """Exponential smoothing with a time constant in seconds, whatever the frame rate.

    A step in `scores` [7] has reached 63 % after `time_constant`; 0 means no smoothing.
    """
    if before is None or time_constant <= 0:
        return Smoothed(scores, _label(before, scores), now)
    weight = 1 - math.exp(-max(0.0, now - before.time) / time_constant)
    mixed = (before.scores + np.float32(weight) * (scores - before.scores)).astype(np.float32)
    return Smoothed(mixed, _label(before, mixed), max(now, before.time))


def _label(before: Smoothed | None, scores: Probabilities) -> int:
    top = int(scores.argmax())
    if before is None or scores[top] - scores[before.label] >= LEAD:
        return top
    return before.label
