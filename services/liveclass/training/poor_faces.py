"""How good a model's answers are to faces as a poor camera gives them, and whether a low quality says so."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from liveclass.training.corruptions import CORRUPTIONS, WIDTH, corrupted
from liveclass.training.evaluate import reading
from liveclass.training.faces import Faces
from liveclass.training.models import Classify, Logits, Progress
from liveclass.training.risk import Floor, RiskCurve, risk_curve
from liveclass.training.robustness import Images
from liveclass.training.votes import majority
from liveclass.vision.quality import DEFAULT_MIN_QUALITY, face_quality

PASSES = 1 + sum(len(strengths) for _, strengths in CORRUPTIONS.values())
"""How often every face is shown to the model."""


@dataclass(frozen=True)
class CorruptedFigures:
    """The answers to faces with one corruption of one strength."""

    corruption: str
    strength: float
    accuracy: float  # on FER2013's labels
    agreement: float | None  # with the majority of ten annotators; none where the data have no votes


@dataclass(frozen=True)
class Risk:
    """How well confidence and quality say which answers are wrong.

    An answer is wrong where it is not the annotators' majority, of the faces that have one; without votes, where it is
    not FER2013's label.
    """

    faces: str  # which ones
    answers: int
    wrong: float  # the share of all answers
    curves: tuple[RiskCurve, ...]
    floor: Floor


@dataclass(frozen=True)
class PoorFaces:
    """Everything measured of a model on corrupted faces."""

    corruptions: tuple[CorruptedFigures, ...]
    risk: tuple[Risk, ...]


@dataclass(frozen=True)
class _Signals:
    """Of the faces [N] whose answers can be right or wrong."""

    right: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
    parts: npt.NDArray[np.float64]  # [N, 4], as `Quality` has them


def measure_poor_faces(classify: Classify, faces: Faces, progress: Progress) -> PoorFaces:
    """Measures `classify` on `faces` as they are, and with every corruption of every strength."""
    plain = _signals(classify(faces.images, progress), faces, faces.images, faces.images.shape[1])
    figures, poor = [], []
    for name, strength, images in _corruptions(faces.images):
        answers = classify(images, progress)
        signals = _signals(answers, faces, images, int(strength) if name == WIDTH else images.shape[1])
        right = reading(answers, "fer2013").argmax(axis=1) == faces.labels
        agreement = None if faces.votes is None else float(signals.right.mean())
        figures.append(CorruptedFigures(name, strength, float(right.mean()), agreement))
        poor.append(signals)
    return PoorFaces(tuple(figures), (_risk("as they are", [plain]), _risk("corrupted", poor)))


def _corruptions(images: Images) -> Iterator[tuple[str, float, Images]]:
    for name, (_, strengths) in CORRUPTIONS.items():
        for strength in strengths:
            yield name, strength, corrupted(images, name, strength)


def _signals(answers: Logits, faces: Faces, images: Images, side: int) -> _Signals:
    scores = softmax(reading(answers, "fer2013" if faces.votes is None else "votes"), axis=1)
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
