"""Conversion between protobuf messages and the values of results.py."""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2

from liveclass.client.errors import ServiceError, error_from_status
from liveclass.client.results import (
    Box,
    ChangePoint,
    ClassifiedFrame,
    EmotionPair,
    EmotionScore,
    EmotionShare,
    EmotionTrend,
    Face,
    FaceQuality,
    ImageSize,
    Marker,
    Observation,
    Session,
    SessionPage,
    SessionState,
    SessionSummary,
    StreamResult,
    TimelineBucket,
)
from liveclass.emotions import Emotion
from liveclass.v1 import detection_pb2, emotion_pb2, session_pb2

_LABELS: "dict[emotion_pb2.Labels.ValueType, str]" = {
    emotion_pb2.LABELS_FER2013: "fer2013",
    emotion_pb2.LABELS_VOTES: "votes",
}
_STAGES = ("decode", "detect", "crop", "infer", "record")


def read_emotion(value: int) -> Emotion:
    """Emotions in messages start at 1. A value unknown to this version becomes neutral."""
    return Emotion(value - 1) if 1 <= value <= len(Emotion) else Emotion.NEUTRAL


def write_emotion(emotion: Emotion) -> "emotion_pb2.Emotion.ValueType":
    return emotion_pb2.Emotion.ValueType(emotion + 1)


def read_labels(labels: "emotion_pb2.Labels.ValueType") -> str:
    """Empty for unspecified labels and for those unknown to this version."""
    return _LABELS.get(labels, "")


def write_labels(labels: str) -> "emotion_pb2.Labels.ValueType":
    """Raises `ValueError` for unknown labels."""
    if not labels:
        return emotion_pb2.LABELS_UNSPECIFIED
    for value, name in _LABELS.items():
        if name == labels:
            return value
    raise ValueError(f"labels must be one of {', '.join(_LABELS.values())}, or empty, not {labels!r}")


def read_time(time: Timestamp) -> datetime:
    return time.ToDatetime(tzinfo=timezone.utc)


def write_time(time: datetime | None) -> Timestamp | None:
    """A time without a zone is local time."""
    if time is None:
        return None
    message = Timestamp()
    message.FromDatetime(time.astimezone(timezone.utc).replace(tzinfo=None))
    return message


def write_duration(duration: timedelta | float | None) -> Duration | None:
    """From a timedelta, or from seconds."""
    if duration is None:
        return None
    message = Duration()
    message.FromTimedelta(duration if isinstance(duration, timedelta) else timedelta(seconds=duration))
    return message


def _scores(emotions: Iterable[emotion_pb2.EmotionScore]) -> tuple[EmotionScore, ...]:
    return tuple(EmotionScore(read_emotion(score.emotion), score.score) for score in emotions)


def _quality(quality: detection_pb2.FaceQuality) -> FaceQuality:
    reason = ""
    if quality.reason:
        reason = detection_pb2.FaceQuality.Reason.Name(quality.reason).removeprefix("REASON_").lower()
    return FaceQuality(quality.score, quality.size, quality.sharpness, quality.exposure, quality.frontality, reason)


def read_face(face: detection_pb2.Face) -> Face:
    emotions = _scores(face.emotions)
    strongest = emotions[0].emotion if emotions else Emotion.NEUTRAL
    box = face.box
    return Face(
        emotion=read_emotion(face.emotion) if face.emotion else strongest,
        emotions=emotions,
        box=Box(box.x, box.y, box.width, box.height) if face.HasField("box") else None,
        detection_score=face.detection_score,
        quality=_quality(face.quality) if face.HasField("quality") else None,
        track_id=face.track_id,
        raw_emotions=_scores(face.raw_emotions),
        carried_over=face.carried_over,
    )


def read_frame(response: detection_pb2.ClassifyFrameResponse | detection_pb2.ClassifyFacesResponse) -> ClassifiedFrame:
    size = None
    if isinstance(response, detection_pb2.ClassifyFrameResponse) and response.HasField("image_size"):
        size = ImageSize(response.image_size.width, response.image_size.height)
    timings: Any = response.timings  # read by field name
    return ClassifiedFrame(
        frame_id=response.frame_id,
        faces=tuple(read_face(face) for face in response.faces),
        image_size=size,
        model=response.model.name,
        model_version=response.model.version,
        labels=read_labels(response.model.labels),
        recorded=response.recorded,
        record_error=read_error(response.record_error) if response.HasField("record_error") else None,
        timings={stage: _seconds(getattr(timings, stage)) for stage in _STAGES if timings.HasField(stage)},
    )


def _seconds(duration: Duration) -> float:
    return duration.seconds + duration.nanos / 1e9


def read_error(status: status_pb2.Status) -> ServiceError:
    return error_from_status(status)


def read_stream(response: detection_pb2.ClassifyStreamResponse) -> StreamResult:
    kind = response.WhichOneof("result")
    if kind == "frame":
        return StreamResult(response.frame_id, frame=read_frame(response.frame))
    if kind == "error":
        return StreamResult(response.frame_id, error=read_error(response.error))
    reason = detection_pb2.SkippedFrame.Reason.Name(response.skipped.reason)
    return StreamResult(response.frame_id, skipped=reason.removeprefix("REASON_").lower())


def read_session(session: session_pb2.Session) -> Session:
    states = {
        session_pb2.Session.STATE_ACTIVE: SessionState.ACTIVE,
        session_pb2.Session.STATE_ENDED: SessionState.ENDED,
    }
    return Session(
        name=session.name,
        display_name=session.display_name,
        state=states.get(session.state, SessionState.UNKNOWN),
        start_time=read_time(session.start_time),
        end_time=read_time(session.end_time) if session.HasField("end_time") else None,
        minimum_group_size=session.minimum_group_size,
        retention=session.retention.ToTimedelta(),
        markers=tuple(Marker(read_time(marker.time), marker.text) for marker in session.markers),
        labels=read_labels(session.labels),
    )


def read_sessions(response: session_pb2.ListSessionsResponse) -> SessionPage:
    return SessionPage(tuple(read_session(session) for session in response.sessions), response.next_page_token)


def read_bucket(bucket: session_pb2.TimelineBucket) -> TimelineBucket:
    return TimelineBucket(
        start_time=read_time(bucket.start_time),
        duration=bucket.duration.ToTimedelta(),
        frames=bucket.frames,
        faces=bucket.faces,
        group_size=bucket.group_size,
        emotions=tuple(
            EmotionShare(
                read_emotion(share.emotion),
                share.mean_score,
                share.top_share,
                share.mean_score_low,
                share.mean_score_high,
            )
            for share in bucket.emotions
        ),
        suppressed=bucket.suppressed,
        coverage=bucket.coverage,
        open=bucket.open,
    )


def read_summary(summary: session_pb2.SessionSummary) -> SessionSummary:
    return SessionSummary(
        total=read_bucket(summary.total),
        trends=tuple(EmotionTrend(read_emotion(trend.emotion), trend.slope_per_hour) for trend in summary.trends),
        change_points=tuple(
            ChangePoint(read_time(point.time), read_emotion(point.emotion), point.before, point.after)
            for point in summary.change_points
        ),
        top_pairs=tuple(
            EmotionPair(read_emotion(pair.first), read_emotion(pair.second), pair.share) for pair in summary.top_pairs
        ),
        labels=read_labels(summary.labels),
    )


def write_observation(observation: Observation) -> session_pb2.Observation:
    return session_pb2.Observation(
        frame_id=observation.frame_id,
        capture_time=write_time(observation.capture_time),
        source=observation.source,
        faces=[
            session_pb2.ObservedFace(
                emotions=[
                    emotion_pb2.EmotionScore(emotion=write_emotion(emotion), score=score)
                    for emotion, score in face.items()
                ]
            )
            for face in observation.faces
        ],
        faces_seen=observation.faces_seen,
        model_version=observation.model_version,
        labels=write_labels(observation.labels),
    )
