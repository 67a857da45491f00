"""How good a model is on labelled faces: its figures, its calibration, and how much the crop matters to it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from liveclass.training.faces import Faces
from liveclass.training.metrics import Figures
from liveclass.training.models import Classify, Progress
from liveclass.training.robustness import FACE_SIZES, MARGINS, from_size, real_margin, with_margin


@dataclass(frozen=True)
class Agreement:
    """How far two ways to ask the same model agree."""

    faces: int
    same_answer: int
    largest_difference: float  # of any score


@dataclass(frozen=True)
class Evaluation:
    """Everything measured of `model` on one split."""

    model: str
    data: str
    split: str
    fingerprint: str  # of the faces
    counts: dict[str, int]
    figures: Figures
    accuracy_by_margin: tuple[tuple[float, float], ...]  # (margin, accuracy); empty where it was not measured
    accuracy_by_face_size: tuple[tuple[float, float], ...]  # (pixels, accuracy); the same
    logits: npt.NDArray[np.float64]

    def to_dict(self) -> dict[str, Any]:
        """Plain values without the logits, for JSON."""
        values = asdict(self)
        del values["logits"]
        return values


def passes(*, robustness: bool) -> int:
    """How often every face is shown to the model."""
    return 1 + (len(MARGINS) + len(FACE_SIZES) - 2 if robustness else 0)


def evaluate(classify: Classify, faces: Faces, progress: Progress, *, robustness: bool, **names: str) -> Evaluation:
    """Measures `classify` on `faces`; `names` are `model`, `data` and `split`. Raises `ValueError` without faces."""
    logits = classify(faces.images, progress)
    plain = Figures.of(logits, faces.labels)

    def accuracy(images: npt.NDArray[np.uint8]) -> float:
        return float((classify(images, progress).argmax(axis=1) == faces.labels).mean())

    margins = [
        (real_margin(margin), accuracy(with_margin(faces.images, margin)) if margin else plain.accuracy)
        for margin in (MARGINS if robustness else ())
    ]
    sizes = [
        (float(size), accuracy(from_size(faces.images, size)) if size != 48 else plain.accuracy)
        for size in (FACE_SIZES if robustness else ())
    ]
    return Evaluation(
        **names,
        fingerprint=faces.fingerprint(),
        counts=faces.counts(),
        figures=plain,
        accuracy_by_margin=tuple(margins),
        accuracy_by_face_size=tuple(sizes),
        logits=logits,
    )


def agreement(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> Agreement:
    """Compares logarithms of scores [N, 7] of the same faces."""
    return Agreement(
        faces=len(one),
        same_answer=int((one.argmax(axis=1) == other.argmax(axis=1)).sum()),
        largest_difference=float(np.abs(np.exp(one) - np.exp(other)).max()),
    )
