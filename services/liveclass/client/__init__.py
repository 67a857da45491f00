"""The Python SDK: `with LiveClass("localhost:50051", "localhost:50052") as lc: lc.classify("class.jpg")`."""

from liveclass.client.aio import AsyncLiveClass
from liveclass.client.calls import ClassifyOptions
from liveclass.client.camera import Camera
from liveclass.client.errors import (
    AlreadyExistsError,
    DeadlineExceededError,
    FailedPreconditionError,
    InvalidArgumentError,
    LiveClassError,
    MissingPackageError,
    NotFoundError,
    PermissionDeniedError,
    ResourceExhaustedError,
    ServiceError,
    TokenError,
    UnauthenticatedError,
    UnavailableError,
    UnreadableFrameError,
)
from liveclass.client.frames import Frame
from liveclass.client.live import LiveFrames
from liveclass.client.results import (
    Box,
    ChangePoint,
    ClassifiedFrame,
    EmotionPair,
    EmotionScore,
    EmotionShare,
    EmotionTrend,
    Erased,
    Face,
    FaceQuality,
    ImageSize,
    Marker,
    Observation,
    Recorded,
    Session,
    SessionPage,
    SessionState,
    SessionSummary,
    StreamResult,
    TimelineBucket,
    as_json,
)
from liveclass.client.sender import BackgroundSender, SenderReport
from liveclass.client.sync import LiveClass
from liveclass.client.timeline import Timeline
from liveclass.client.tokens import TokenSource
from liveclass.emotions import Emotion
from liveclass.tls import Tls, TlsError

__all__ = [
    "AlreadyExistsError",
    "AsyncLiveClass",
    "BackgroundSender",
    "Box",
    "Camera",
    "ChangePoint",
    "ClassifiedFrame",
    "ClassifyOptions",
    "DeadlineExceededError",
    "Emotion",
    "EmotionPair",
    "EmotionScore",
    "EmotionShare",
    "EmotionTrend",
    "Erased",
    "Face",
    "FaceQuality",
    "FailedPreconditionError",
    "Frame",
    "ImageSize",
    "InvalidArgumentError",
    "LiveClass",
    "LiveClassError",
    "LiveFrames",
    "Marker",
    "MissingPackageError",
    "NotFoundError",
    "Observation",
    "PermissionDeniedError",
    "Recorded",
    "ResourceExhaustedError",
    "SenderReport",
    "ServiceError",
    "Session",
    "SessionPage",
    "SessionState",
    "SessionSummary",
    "StreamResult",
    "Timeline",
    "TimelineBucket",
    "Tls",
    "TlsError",
    "TokenError",
    "TokenSource",
    "UnauthenticatedError",
    "UnavailableError",
    "UnreadableFrameError",
    "as_json",
]
