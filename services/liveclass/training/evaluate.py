"""How good a model is on labelled faces: its figures, its calibration, and how much the crop matters to it."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from liveclass.training.agreement import VotesFigures
from liveclass.training.corruptions import FACE_SIZES, MARGINS, from_size, real_margin, with_margin
from liveclass.training.faces import Faces
from liveclass.training.metrics import Figures
from liveclass.training.models import Classify, Logits, Progress
from liveclass.training.recipe import LabelSet


@dataclass(frozen=True)
class SameAnswers:
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
    label_sets: tuple[LabelSet, ...]  # that the model answers
    figures: Figures  # against FER2013's labels
    votes: VotesFigures | None  # against the votes of ten annotators; none where the data have none
    accuracy_by_margin: tuple[tuple[float, float], ...]  # (margin, accuracy); empty where it was not measured
    accuracy_by_face_size: tuple[tuple[float, float], ...]  # (pixels, accuracy); the same
    logits: npt.NDArray[np.float64]  # of `figures`

    def to_dict(self) -> dict[str, Any]:
        """Plain values without the logits, for JSON."""
        values = asdict(self)
        del values["logits"]
        return values


def logits_for(answers: Logits, label_set: LabelSet) -> npt.NDArray[np.float64]:
    """The answers [N, 7] to be compared with `label_set`: those learned from it, or the only ones that there are."""
    return answers[label_set] if label_set in answers else next(iter(answers.values()))


def passes(*, robustness: bool) -> int:
    """How often every face is shown to the model."""
    return 1 + (len(MARGINS) + len(FACE_SIZES) - 2 if robustness else 0)


def evaluate(classify: Classify, faces: Faces, progress: Progress, *, robustness: bool, **names: str) -> Evaluation:
    """Measures `classify` on `faces`; `names` are `model`, `data` and `split`. Raises `ValueError` without faces."""
    answers = classify(faces.images, progress)
    logits = logits_for(answers, "fer2013")
    plain = Figures.of(logits, faces.labels)

    def accuracy(images: npt.NDArray[np.uint8]) -> float:
        return float((logits_for(classify(images, progress), "fer2013").argmax(axis=1) == faces.labels).mean())

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
        label_sets=tuple(answers),
        figures=plain,
        votes=None if faces.votes is None else VotesFigures.of(logits_for(answers, "votes"), faces.votes),
        accuracy_by_margin=tuple(margins),
        accuracy_by_face_size=tuple(sizes),
        logits=logits,
    )


def same_answers(one: Logits, other: Logits) -> dict[LabelSet, SameAnswers]:
    """Compares logits [N, 7] of the same faces, for each label set that both answer."""
    return {label_set: _same_answers(one[label_set], other[label_set]) for label_set in one if label_set in other}


def _same_answers(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> SameAnswers:
    return SameAnswers(
        faces=len(one),
        same_answer=int((one.argmax(axis=1) == other.argmax(axis=1)).sum()),
        largest_difference=float(np.abs(softmax(one, axis=1) - softmax(other, axis=1)).max()),
    )
