"""How good are the answers: accuracy, per-class figures, confusion and calibration. NumPy and SciPy alone."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import softmax

from liveclass.emotions import LABELS

Floats = npt.NDArray[np.floating[Any]]
Labels = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class ClassFigures:
    """One emotion: of the faces that show it, and of those said to show it."""

    label: str
    faces: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ConfusedPair:
    """Faces that show `truth` and were said to show `answer`; `share` is of all that show `truth`."""

    truth: str
    answer: str
    faces: int
    share: float


@dataclass(frozen=True)
class Calibration:
    """How far confidence is from accuracy, and the temperature that brings them together.

    `error_after` is cross-fitted: each half is scaled by the temperature of the other, so that it says what
    unseen faces get. `temperature` is the one fitted on all faces.
    """

    error_before: float
    error_after: float
    temperature: float


@dataclass(frozen=True)
class Figures:
    """Everything measured on one set of faces. `confusion[truth][answer]` counts faces, in label order."""

    faces: int
    accuracy: float
    standard_error: float  # of the accuracy: one binomial standard deviation
    top2_accuracy: float
    macro_f1: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    confused_pairs: tuple[ConfusedPair, ...]  # worst first
    calibration: Calibration

    @classmethod
    def of(cls, logits: Floats, labels: Labels) -> "Figures":
        """Measures `logits` [N, 7] (or the logarithms of scores) against `labels` [N].

        Raises `ValueError` without faces, or where the shapes do not fit.
        """
        _check(logits, labels)
        confusion = confusion_matrix(logits.argmax(axis=1), labels)
        classes = class_figures(confusion)
        accuracy = float(np.trace(confusion) / len(labels))
        return cls(
            faces=len(labels),
            accuracy=accuracy,
            standard_error=float(np.sqrt(accuracy * (1 - accuracy) / len(labels))),
            top2_accuracy=top_k_accuracy(logits, labels, 2),
            macro_f1=float(np.mean([figures.f1 for figures in classes])),
            classes=classes,
            confusion=tuple(tuple(int(count) for count in row) for row in confusion),
            confused_pairs=confused_pairs(confusion),
            calibration=calibration(logits, labels),
        )

    def recall(self, label: str) -> float:
        """The share of faces of the emotion `label` that were named so."""
        return next(figures.recall for figures in self.classes if figures.label == label)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, lists and dictionaries, for JSON."""
        return asdict(self)


def confusion_matrix(answers: Labels, labels: Labels) -> npt.NDArray[np.int64]:
    """Counts [7, 7]: row the truth, column the answer."""
    matrix = np.zeros((len(LABELS), len(LABELS)), np.int64)
    np.add.at(matrix, (labels, answers), 1)
    return matrix


def class_figures(confusion: npt.NDArray[np.int64]) -> tuple[ClassFigures, ...]:
    """Precision, recall and F1 of every emotion; 0 where there was nothing to count."""
    shown, named, hits = confusion.sum(axis=1), confusion.sum(axis=0), np.diag(confusion)
    return tuple(
        ClassFigures(
            label=label,
            faces=int(shown[index]),
            precision=float(hits[index] / max(1, named[index])),
            recall=float(hits[index] / max(1, shown[index])),
            f1=float(2 * hits[index] / max(1, shown[index] + named[index])),
        )
        for index, label in enumerate(LABELS)
    )


def confused_pairs(confusion: npt.NDArray[np.int64], most: int = 10) -> tuple[ConfusedPair, ...]:
    """The `most` frequent mistakes by share of the true emotion, worst first."""
    shown = confusion.sum(axis=1)
    pairs = [
        ConfusedPair(truth, answer, int(confusion[row, column]), float(confusion[row, column] / shown[row]))
        for row, truth in enumerate(LABELS)
        for column, answer in enumerate(LABELS)
        if row != column and confusion[row, column]
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.share)[:most])


def top_k_accuracy(logits: Floats, labels: Labels, k: int) -> float:
    """The share of faces whose emotion is among the `k` highest of `logits` [N, 7]."""
    highest = np.argsort(-logits, axis=1, kind="stable")[:, :k]
    return float((highest == np.asarray(labels)[:, np.newaxis]).any(axis=1).mean())


def shares_of(truth: Floats | Labels) -> Floats:
    """`truth` as shares [N, 7]: labels [N] become one-hot rows, shares stay as they are."""
    return np.eye(len(LABELS))[truth] if np.ndim(truth) == 1 else np.asarray(truth)


def calibration_error(probabilities: Floats, truth: Floats | Labels, bins: int = 15) -> float:
    """Expected calibration error: the mean gap of `reliability`, weighted by faces (Guo et al., 2017)."""
    return float(
        sum(share * abs(confidence - right) for confidence, right, share in reliability(probabilities, truth, bins))
    )


def reliability(probabilities: Floats, truth: Floats | Labels, bins: int = 15) -> list[tuple[float, float, float]]:
    """(mean confidence, how often that was right, share of faces) of each bin of confidence with faces, lowest first.

    `probabilities` is [N, 7] with rows that sum to 1. `truth` is labels [N], or the shares [N, 7] of annotators, of
    whom those that chose the answer count as right.
    """
    confidence = probabilities.max(axis=1)
    right = shares_of(truth)[np.arange(len(probabilities)), probabilities.argmax(axis=1)]
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [
        (float(confidence[inside].mean()), float(right[inside].mean()), float(inside.mean()))
        for inside in (bin_of == index for index in range(bins))
        if inside.any()
    ]


def fit_temperature(logits: Floats, truth: Floats | Labels) -> float:
    """The T for which the mean confidence of softmax(logits / T) is how often the answers are right.

    This is expectation consistency (Clarté, Loureiro, Krzakala and Zdeborová, 2023): one number, and no answer changes.
    The T of the highest likelihood (Guo et al., 2017) is lower after label smoothing, which spreads a tenth of every
    answer over all emotions: it takes that back, and makes the answers too sure by it.

    `logits` is [N, 7], `truth` labels [N] or shares [N, 7]. T lies in 0.05…20, which keeps it usable where every face
    is answered rightly.
    """
    answers = logits.argmax(axis=1)
    right = float(shares_of(truth)[np.arange(len(logits)), answers].mean())

    def excess(log_temperature: float) -> float:
        return float(softmax(logits / np.exp(log_temperature), axis=1).max(axis=1).mean()) - right

    lowest, highest = np.log(0.05), np.log(20)
    if excess(lowest) <= 0:  # always right: as sure as can be
        return 0.05
    if excess(highest) >= 0:  # worse than guessing: as modest as can be
        return 20.0
    return float(np.exp(brentq(excess, lowest, highest, xtol=1e-6)))


def calibrating_temperature(logits: Floats, truth: Floats | Labels) -> float:
    """The fitted temperature where it lowers the calibration error, and 1 where it does not."""
    fitted = fit_temperature(logits, truth)
    errors = [calibration_error(softmax(logits / one, axis=1), truth) for one in (1.0, fitted)]
    return fitted if errors[1] < errors[0] else 1.0


def calibration(logits: Floats, labels: Labels) -> Calibration:
    """Calibration error before and after temperature scaling, the latter cross-fitted over two halves."""
    logits, labels = np.asarray(logits, np.float64), np.asarray(labels)
    # Every other face of each emotion in turn: both halves have all emotions, and no chance is involved.
    half = np.empty(len(labels), bool)
    half[np.argsort(labels, kind="stable")] = np.arange(len(labels)) % 2 == 0
    scaled = logits.copy()
    for part in (half, ~half):
        if part.any() and not part.all():
            scaled[part] = logits[part] / fit_temperature(logits[~part], labels[~part])
    return Calibration(
        error_before=calibration_error(softmax(logits, axis=1), labels),
        error_after=calibration_error(softmax(scaled, axis=1), labels),
        temperature=fit_temperature(logits, labels),
    )


def _check(logits: Floats, labels: Labels) -> None:
    if len(labels) == 0:
        raise ValueError("no faces to measure")
    if logits.shape != (len(labels), len(LABELS)):
        raise ValueError(f"logits are {logits.shape} instead of ({len(labels)}, {len(LABELS)})")
