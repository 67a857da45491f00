"""Evaluation on corrupted faces, and how well confidence and quality predict wrong answers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from liveclass.training.corruptions import CORRUPTIONS, WIDTH, Images, corrupted
from liveclass.training.evaluate import logits_for
from liveclass.training.faces import Faces
from liveclass.training.models import Classify, Logits, Progress
from liveclass.training.risk import Floor, RiskCurve, risk_curve
from liveclass.training.votes import majority
from liveclass.vision.quality import DEFAULT_MIN_QUALITY, face_quality

PASSES = 1 + sum(len(strengths) for _, strengths in CORRUPTIONS.values())
"""How often every face is classified."""


@dataclass(frozen=True)
class CorruptionResult:
    """Results on faces with one corruption of one strength."""

    corruption: str
    strength: float
    accuracy: float  # on FER2013's labels
    agreement: float | None  # with the majority of ten annotators; None without votes


@dataclass(frozen=True)
class Risk:
    """How well confidence and quality predict which answers are wrong.

    An answer is wrong if it is not the annotators' majority (faces without a majority are left out), or, without
    votes, not FER2013's label.
    """

    faces: str  # which ones
    answers: int
    wrong: float  # as a fraction of all answers
    curves: tuple[RiskCurve, ...]
    floor: Floor


@dataclass(frozen=True)
class CorruptedEvaluation:
    """The results of a model on corrupted faces."""

    corruptions: tuple[CorruptionResult, ...]
    risk: tuple[Risk, ...]


@dataclass(frozen=True)
class _Signals:
    """Per face [N] with a known true answer."""

    right: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float64]  # [N, 4], as `Quality` has them


def evaluate_corrupted(classify: Classify, faces: Faces, progress: Progress) -> CorruptedEvaluation:
    """Evaluates `classify` on the unchanged `faces` and on every corruption of every strength."""
    plain = _signals(classify(faces.images, progress), faces, faces.images, faces.images.shape[1])
    results, corrupted = [], []
    for name, strength, images in _corruptions(faces.images):
        answers = classify(images, progress)
        signals = _signals(answers, faces, images, int(strength) if name == WIDTH else images.shape[1])
        right = logits_for(answers, "fer2013").argmax(axis=1) == faces.labels
        agreement = None if faces.votes is None else float(signals.right.mean())
        results.append(CorruptionResult(name, strength, float(right.mean()), agreement))
        corrupted.append(signals)
    return CorruptedEvaluation(tuple(results), (_risk("uncorrupted", [plain]), _risk("corrupted", corrupted)))


def _corruptions(images: Images) -> Iterator[tuple[str, float, Images]]:
    for name, (_, strengths) in CORRUPTIONS.items():
        for strength in strengths:
            yield name, strength, corrupted(images, name, strength)


def _signals(answers: Logits, faces: Faces, images: Images, side: int) -> _Signals:
    scores = softmax(logits_for(answers, "fer2013" if faces.votes is None else "votes"), axis=1)
    truth = faces.labels if faces.votes is None else majority(faces.votes)
    known = truth >= 0
    parts = np.array([face_quality(image, side) for image in images[known]], np.float64)
    return _Signals((scores.argmax(axis=1) == truth)[known], scores.max(axis=1)[known], parts)


def _risk(name: str, some: list[_Signals]) -> Risk:
    right = np.concatenate([one.right for one in some])
    confidence = np.concatenate([one.confidence for one in some])
    parts = np.concatenate([one.parts for one in some])
    quality = parts.min(axis=1)
    signals = {
        "confidence": confidence,
        "quality": quality,
        "sharpness": parts[:, 1],
        "exposure": parts[:, 2],
        "confidence × quality": confidence * quality,
    }
    curves = tuple(risk_curve(signal, values, right) for signal, values in signals.items())
    return Risk(name, len(right), float(1 - right.mean()), curves, Floor.of(quality, right, DEFAULT_MIN_QUALITY))
