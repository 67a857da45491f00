"""The types that the parts of the detection service share: a frame, its faces, and their scores."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from google.rpc import status_pb2

from liveclass.emotions import LABELS
from liveclass.names import SessionName
from liveclass.vision.faces import Detection
from liveclass.vision.quality import Quality

Crops = npt.NDArray[np.uint8]
"""Faces as the network takes them: [n, 48, 48, 1]."""
Scores = npt.NDArray[np.float32]
"""Scores of the seven emotions in label order: [n, 7], each row summing to 1."""


Labels = Literal["fer2013", "votes"]
"""Whose labels scores are by: FER2013's, or the shares of ten annotators (FER+)."""


class ImageSize(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


@dataclass(frozen=True)
class Origin:
    """Where a frame comes from, and where its observation goes."""

    tenant: str
    """The caller's."""
    frame_id: str
    capture_time_ns: int
    """Since the Unix epoch."""
    source: str = ""
    session: SessionName | None = None
    """None: nothing is stored."""
    peer: str = ""
    """Address and port of the caller, for sharing the service between callers."""

    @property
    def source_key(self) -> tuple[str, SessionName | None, str]:
        """What tells its source from those of other tenants and sessions."""
        return (self.tenant, self.session, self.source)


class ModelChoice(NamedTuple):
    """The model version that a client asks for, and whose labels it is to answer by."""

    number: str = ""
    """Empty: the newest one that is being served."""
    field: str = "model_version"
    """Where in the request the version stands, for errors."""
    labels: Labels | None = None
    """None: the operator's choice, or FER2013's where the version answers by no others."""
    labels_field: str = "labels"


@dataclass(frozen=True)
class AnalysisOptions:
    """How a caller wants a frame to be analyzed."""

    min_face_size: int | None = None
    """Side of the smallest face wanted, in pixels of the submitted image. None: the operator's default."""
    max_faces: int | None = None
    """None: the operator's default."""
    model: ModelChoice = field(default_factory=ModelChoice)
    min_quality: float | None = None
    """Faces of a lower quality are not counted. None: the operator's default."""


@dataclass(frozen=True)
class Classification:
    """The model's answer."""

    scores: Scores
    version: str
    """The version that answered; empty where there were no faces."""
    labels: Labels | None = None
    """Whose labels the scores are by; None where there were no faces."""


@dataclass(frozen=True)
class Observation:
    """The part of a frame's result that the timeline keeps."""

    origin: Origin
    scores: Scores
    """Of the faces that count."""
    faces_seen: int
    model_version: str
    carried_over: Sequence[bool]
    """Of each of these faces, whether its scores were measured in an earlier frame."""
    labels: Labels | None = None


@dataclass(frozen=True)
class DetectedFace:
    """A face before it is classified."""

    detection: Detection
    """In pixels of the submitted image."""
    quality: Quality
    counts: bool
    """Whether it is good enough for the timeline."""
    track_id: str
    """The same from frame to frame."""


@dataclass(frozen=True)
class Face:
    """A face with its scores."""

    scores: npt.NDArray[np.float32]
    """[7], in label order; in a stream smoothed over time."""
    emotion: int
    """Index of the emotion to show."""
    detected: DetectedFace | None = None
    """None where the client cropped it."""
    track_id: str = ""
    """In a stream only."""
    raw_scores: npt.NDArray[np.float32] | None = None
    """[7], not smoothed; in a stream only."""
    carried_over: bool = False
    """Whether its scores were measured in an earlier frame."""

    @property
    def counts(self) -> bool:
        """Whether it is counted in the timeline."""
        return self.detected is None or self.detected.counts


@dataclass
class FrameResult:
    """What a frame is answered with."""

    origin: Origin
    faces: list[Face]
    classified: Classification
    faces_seen: int
    """Before those of the highest score were picked."""
    seconds: dict[str, float]
    """Time spent in each stage that took place: decode, detect, crop, infer, record."""
    size: ImageSize | None = None
    """None where the client cropped the faces."""
    record_error: status_pb2.Status | None = None
    """Why the observation was not recorded."""

    @property
    def recorded(self) -> bool:
        """Whether the observation is on disk."""
        return "record" in self.seconds and self.record_error is None

    def observation(self) -> Observation:
        """What the timeline keeps of it."""
        counted = [face for face in self.faces if face.counts]
        scores = np.array([face.scores for face in counted], np.float32).reshape(-1, len(LABELS))
        return Observation(
            self.origin,
            scores,
            self.faces_seen,
            self.classified.version,
            [face.carried_over for face in counted],
            self.classified.labels,
        )


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Writes the time spent inside to `seconds[stage]`."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = time.perf_counter() - start
