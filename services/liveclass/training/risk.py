"""Whether something known of a face says beforehand that its answer is wrong: risk against coverage."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

POINTS = 20
"""Of a curve, evenly spaced in coverage."""

Right = npt.NDArray[np.bool_]
"""[N]: whether each answer is right."""


@dataclass(frozen=True)
class RiskCurve:
    """The share of wrong answers among those that are kept, when the faces with the lowest signal go first.

    El-Yaniv and Wiener, 2010. A signal that says nothing has the same risk at every coverage. `area` is under the
    curve, the mean risk over all coverages (AURC; Geifman et al., 2019): the lower the better the signal.
    """

    signal: str
    area: float
    points: tuple[tuple[float, float], ...]  # (coverage, risk)


def risk_curve(name: str, signal: npt.NDArray[np.floating[Any]], right: Right) -> RiskCurve:
    """The curve of `signal` [N], higher meaning better. Faces of equal signal are taken in random order, on average."""
    groups = np.unique(-signal, return_inverse=True)[1].ravel()
    wrong_share = np.bincount(groups, ~right) / np.bincount(groups)
    risk = wrong_share[np.sort(groups)].cumsum() / np.arange(1, len(right) + 1)
    kept = [max(1, round(len(right) * point / POINTS)) for point in range(1, POINTS + 1)]
    points = tuple((count / len(right), float(risk[count - 1])) for count in kept)
    return RiskCurve(name, float(risk.mean()), points)


@dataclass(frozen=True)
class Floor:
    """Answers to faces above and below the least quality that is counted in a timeline."""

    min_quality: float
    share_below: float
    risk_below: float | None  # none where there are no such faces
    risk_above: float | None

    @classmethod
    def of(cls, quality: npt.NDArray[np.floating[Any]], right: Right, min_quality: float) -> "Floor":
        """Of faces with `quality` [N]."""
        below = quality < min_quality
        risks = [float(1 - right[some].mean()) if some.any() else None for some in (below, ~below)]
        return cls(min_quality, float(below.mean()), *risks)
