"""The values that the SDK returns: frozen dataclasses without protobuf."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from liveclass.client.errors import ServiceError
from liveclass.emotions import Emotion


class Box(NamedTuple):
    """A rectangle in pixels of the submitted image; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


class ImageSize(NamedTuple):
    """Width and height in pixels."""

    width: int
    height: int


class EmotionScore(NamedTuple):
    """The probability of one emotion, in [0, 1]."""

    emotion: Emotion
    score: float


@dataclass(frozen=True)
class FaceQuality:
    """Quality of a face; each part in [0, 1], 1 is best."""

    score: float
    size: float
    sharpness: float
    exposure: float
    frontality: float
    reason: str = ""
    """Why the face is not counted in the timeline: "small", "blurred", "exposure" or "turned"; empty if counted."""


@dataclass(frozen=True)
class Face:
    """One face of a frame."""

    emotion: Emotion
    """The strongest emotion; in a stream it changes only if another one is clearly stronger."""
    emotions: tuple[EmotionScore, ...]
    """All seven scores, highest first; they sum to 1. In a stream they are smoothed over time."""
    box: Box | None = None
    """Position; None for a face cropped by the client."""
    detection_score: float = 0.0
    """The detector's confidence; comparable between frames, without an upper bound."""
    quality: FaceQuality | None = None
    track_id: str = ""
    """In a stream: identifies the same face in successive frames. Never the same in another stream."""
    raw_emotions: tuple[EmotionScore, ...] = ()
    """In a stream: the scores without smoothing, highest first."""
    carried_over: bool = False
    """Whether the scores were measured in an earlier frame of the source, as nothing pointed to a change."""

    def score(self, emotion: Emotion) -> float:
        """The score of one emotion."""
        return dict(self.emotions).get(emotion, 0.0)

    def top(self, count: int = 2) -> tuple[EmotionScore, ...]:
        """The strongest emotions."""
        return self.emotions[:count]


@dataclass(frozen=True)
class ClassifiedFrame:
    """The result of a frame."""

    frame_id: str
    faces: tuple[Face, ...]
    """The faces, highest score first; for cropped faces, in the order in which they were given."""
    image_size: ImageSize | None
    """Size of the submitted image; None for cropped faces."""
    model: str
    model_version: str
    recorded: bool
    """Whether the observation is stored in the session."""
    record_error: ServiceError | None
    """Why it is not stored, if a session was named. Resending the frame with the same `frame_id` is safe."""
    timings: Mapping[str, float]
    """Seconds spent in each stage: decode, detect, crop, infer, record."""
    labels: str = ""
    """The labels of the scores: "votes" (of ten annotators) or "fer2013"; empty without a face."""


@dataclass(frozen=True)
class StreamResult:
    """The answer to one frame of a stream: exactly one of `frame`, `skipped` and `error` is set."""

    frame_id: str
    frame: ClassifiedFrame | None = None
    skipped: str = ""
    """Why the frame was skipped: "newer_frame" or "overloaded"."""
    error: ServiceError | None = None


class SessionState(Enum):
    """Whether a session takes observations."""

    ACTIVE = "active"
    ENDED = "ended"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Marker:
    """A marked moment of a session."""

    time: datetime
    text: str


@dataclass(frozen=True)
class Session:
    """One lesson of one classroom."""

    name: str
    """ "classrooms/{classroom}/sessions/{session}"."""
    display_name: str
    state: SessionState
    start_time: datetime
    end_time: datetime | None
    minimum_group_size: int
    """Groups of fewer faces are suppressed."""
    retention: timedelta
    """How long observations are kept after capture."""
    markers: tuple[Marker, ...] = ()
    """In order of time. Empty in lists of sessions."""
    labels: str = ""
    """The labels of its scores: "votes" (of ten annotators) or "fer2013"; empty: no face was recorded yet."""


@dataclass(frozen=True)
class SessionPage:
    """A page of sessions, latest first."""

    sessions: tuple[Session, ...]
    next_page_token: str
    """Token of the next page; empty on the last page."""


@dataclass(frozen=True)
class Recorded:
    """Counts of recorded observations."""

    recorded: int
    duplicates: int


@dataclass(frozen=True)
class Erased:
    """Counts of what was erased of a source."""

    observations: int
    faces: int


@dataclass(frozen=True)
class EmotionShare:
    """One emotion in one bucket."""

    emotion: Emotion
    mean_score: float
    top_share: float
    """The fraction of people's faces in which it was the strongest."""
    mean_score_low: float
    """Lower end of the 95 % interval of `mean_score`."""
    mean_score_high: float


@dataclass(frozen=True)
class TimelineBucket:
    """An interval of a session."""

    start_time: datetime
    duration: timedelta
    frames: int
    faces: int
    group_size: int
    """The sum over sources of the largest number of faces at once."""
    emotions: tuple[EmotionShare, ...]
    """All seven in label order; empty if the bucket is suppressed or no face was seen."""
    suppressed: bool
    """The group was too small."""
    coverage: float
    """Classified faces as a fraction of faces seen."""
    open: bool
    """More observations are expected."""

    @property
    def end_time(self) -> datetime:
        return self.start_time + self.duration

    @property
    def top(self) -> EmotionShare | None:
        """The emotion with the highest mean score."""
        return max(self.emotions, key=lambda share: share.mean_score, default=None)


@dataclass(frozen=True)
class EmotionTrend:
    """How the mean score of one emotion changed over a session."""

    emotion: Emotion
    slope_per_hour: float


@dataclass(frozen=True)
class ChangePoint:
    """A change point of the session."""

    time: datetime
    emotion: Emotion
    """The emotion that changed most."""
    before: float
    """Its mean score since the previous change point."""
    after: float
    """Its mean score up to the next change point."""


@dataclass(frozen=True)
class EmotionPair:
    """The two strongest emotions in a cell of ten seconds, and the fraction of people and time with this pair."""

    first: Emotion
    second: Emotion
    share: float


@dataclass(frozen=True)
class SessionSummary:
    """A summary of a session."""

    total: TimelineBucket
    trends: tuple[EmotionTrend, ...]
    change_points: tuple[ChangePoint, ...]
    top_pairs: tuple[EmotionPair, ...]
    labels: str = ""
    """The labels of the session."""


@dataclass(frozen=True)
class Observation:
    """The content of one frame, to be recorded: only the scores of its faces."""

    frame_id: str
    """Identifies a retry; unique in its session."""
    capture_time: datetime
    faces: tuple[Mapping[Emotion, float], ...]
    """For each face all seven scores; they sum to 1."""
    source: str = ""
    """A pseudonym of the camera or participant, never a name."""
    faces_seen: int = 0
    """Number of faces seen, including those not classified. Zero: as many as `faces`."""
    model_version: str = field(default="", kw_only=True)
    labels: str = field(default="", kw_only=True)
    """The labels of the scores: "votes" or "fer2013" (if empty). A session takes one of them."""


def as_json(value: object) -> object:
    """`value` for the json module: emotions as labels, times as ISO 8601, durations in seconds."""
    if isinstance(value, tuple | list) and not hasattr(value, "_asdict"):
        return [as_json(part) for part in value]
    parts = _parts(value)
    if parts is not None:
        return {str(as_json(name)): as_json(part) for name, part in parts.items()}
    return _scalar(value)


def _parts(value: object) -> Mapping[object, object] | None:
    """The fields of a structured value; None for others."""
    if isinstance(value, ServiceError):
        return {"code": value.code.name, "reason": value.reason, "message": value.message}
    if is_dataclass(value):
        return {part.name: getattr(value, part.name) for part in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return dict(value._asdict())
    return value if isinstance(value, Mapping) else None


def _scalar(value: object) -> object:
    if isinstance(value, Emotion):
        return value.label
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return round(value, 6) if isinstance(value, float) else value
