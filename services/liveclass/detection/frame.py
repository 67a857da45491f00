"""What a frame is, and what was found in it: the words that all of the detection service speaks."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from google.rpc import status_pb2

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

    frame_id: str
    capture_time_ns: int
    """Since the Unix epoch."""
    source: str = ""
    session: SessionName | None = None
    """None: nothing is stored."""
    peer: str = ""
    """Address and port of the caller, for sharing what there is."""


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
    """How to look at a frame."""

    min_face_size: int | None = None
    """Side of the smallest face wanted, in pixels of the submitted image. None: the operator's default."""
    max_faces: int | None = None
    """None: the operator's default."""
    model_version: ModelChoice = field(default_factory=ModelChoice)


@dataclass(frozen=True)
class Classification:
    """What the model said."""

    scores: Scores
    version: str
    """The version that answered; empty where there was nothing to ask."""
    labels: Labels | None = None
    """Whose labels the scores are by; None where there was nothing to ask."""


@dataclass(frozen=True)
class Observation:
    """What was seen in one frame, as the timeline keeps it."""

    origin: Origin
    scores: Scores
    """Of the faces that count."""
    faces_seen: int
    model_version: str
    labels: Labels | None = None


@dataclass(frozen=True)
class Face:
    """A face with its scores."""

    scores: npt.NDArray[np.float32]
    """[7], in label order; in a stream smoothed over time."""
    emotion: int
    """Index of the emotion to show."""
    detection: Detection | None = None
    """None where the client cropped it."""
    quality: Quality | None = None
    """None where the client cropped it."""
    counts: bool = True
    """Whether it is good enough for the timeline."""
    track_id: str = ""
    """In a stream only."""
    raw_scores: npt.NDArray[np.float32] | None = None
    """[7], of this frame alone; in a stream only."""


@dataclass
class FrameResult:
    """What became of a frame."""

    origin: Origin
    faces: list[Face]
    model_version: str
    labels: Labels | None = None
    size: ImageSize | None = None
    """None where the client cropped the faces."""
    faces_seen: int = 0
    """Before those of the highest score were picked."""
    recorded: bool = False
    record_error: status_pb2.Status | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent in each stage that took place: decode, detect, crop, infer, record."""
