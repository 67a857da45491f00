"""Compares the cost and recall of detector settings on a folder of pictures."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from liveclass.detection.frame import AnalysisOptions
from liveclass.detection.frame_analysis import AnalysisSettings, smallest_face
from liveclass.detection.image import InProcessDecoder, check_image, decode_image
from liveclass.detection.tracking import overlap
from liveclass.preprocessing import Box, GrayImage
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.vision.faces import CASCADES, HaarDetector, SearchSettings

STEPS = (1.15, 1.3, 1.45)
SLACKS = (1.0, 1.1, 1.25)
REFERENCE = SearchSettings(step=1.05, slack=1.25)
"""The finest search; its detections are the reference for recall."""

_SAME_FACE = 0.3
"""Intersection over union."""


@dataclass(frozen=True)
class Candidate:
    """Detector settings and their measured result."""

    cascade: str
    step: float
    slack: float
    """The search starts at the minimum face size divided by this."""
    milliseconds: float
    """Per picture, on one thread."""
    recall: float
    """Fraction of the reference's faces that were found."""
    extra: float
    """Detections per picture that are not in the reference."""


def readable_pictures(folder: Path) -> tuple[list[tuple[GrayImage, int]], list[str]]:
    """The pictures below `folder`, each with its minimum face size, and for each skipped file the reason."""
    pictures, refused = [], []
    settings = AnalysisSettings()
    for path in sorted(path for path in folder.rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"}):
        data = path.read_bytes()
        try:
            header = check_image(data, settings.limits)
            smallest = smallest_face(header.size, AnalysisOptions(), settings)
            pictures.append((decode_image(data, header, InProcessDecoder()).pixels, smallest))
        except InvalidArgumentError as error:
            refused.append(f"{path.name} {error.description}")
    return pictures, refused


def compare(
    pictures: Sequence[tuple[GrayImage, int]], cascades: Sequence[str] = tuple(CASCADES)
) -> Iterator[Candidate]:
    """Measures every combination of settings."""
    reference, _ = _search(HaarDetector(CASCADES["alt2"], REFERENCE), pictures)
    for name in cascades:
        for step in STEPS:
            for slack in SLACKS:
                detector = HaarDetector(CASCADES[name], SearchSettings(step=step, slack=slack))
                found, seconds = _search(detector, pictures)
                recall, extra = _agreement(reference, found)
                yield Candidate(name, step, slack, 1000 * seconds / len(pictures), recall, extra)


def combinations(cascades: Sequence[str] = tuple(CASCADES)) -> int:
    """The number of candidates that `compare` yields."""
    return len(cascades) * len(STEPS) * len(SLACKS)


def best(candidates: Sequence[Candidate], min_relative_recall: float = 0.97) -> Candidate:
    """The fastest candidate whose recall is at least `min_relative_recall` of the highest recall."""
    most = max(candidate.recall for candidate in candidates)
    good = [candidate for candidate in candidates if candidate.recall >= min_relative_recall * most]
    return min(good, key=lambda candidate: (candidate.extra > 0.1, candidate.milliseconds))


def _search(detector: HaarDetector, pictures: Sequence[tuple[GrayImage, int]]) -> tuple[list[list[Box]], float]:
    start = time.perf_counter()
    found = [[face.box for face in detector.detect(pixels, smallest)] for pixels, smallest in pictures]
    return found, time.perf_counter() - start


def _agreement(reference: list[list[Box]], found: list[list[Box]]) -> tuple[float, float]:
    """(recall, extra faces per picture)."""
    total = recalled = extra = 0
    for wanted, got in zip(reference, found, strict=True):
        hits = overlap(wanted, got) > _SAME_FACE if wanted and got else None
        total += len(wanted)
        recalled += 0 if hits is None else int(hits.any(axis=1).sum())
        extra += len(got) if hits is None else int((~hits.any(axis=0)).sum())
    return (recalled / total if total else 1.0), extra / len(reference)
