"""The calls of the SDK: request, method and conversion of the answer. Shared by both clients."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message

from liveclass.client import messages
from liveclass.client.errors import UnreadableFrameError
from liveclass.client.frames import FrameLike, as_frame, encode, new_frame_id
from liveclass.client.results import (
    ClassifiedFrame,
    Erased,
    Observation,
    Recorded,
    Session,
    SessionPage,
    SessionSummary,
)
from liveclass.client.timeline import Timeline
from liveclass.v1 import detection_pb2, session_pb2

T = TypeVar("T")

CroppedFace = bytes | npt.NDArray[np.uint8]
"""48×48 gray pixels: 2,304 bytes, or uint8 [48, 48] or [48, 48, 1] as `liveclass.preprocessing.crop_face` gives it."""

Seconds = timedelta | float
"""A duration: a timedelta, or a number of seconds."""

DEFAULT_RESOLUTION = 10.0


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call to `service` ("detection" or "session")."""

    service: str
    method: str
    request: Message
    read: Callable[[Any], T]


@dataclass(frozen=True)
class ClassifyOptions:
    """Options of classification; zero or empty: the operator's default."""

    min_face_size: int = 0
    """Minimum side of a face in pixels of the submitted image; at least 20."""
    max_faces: int = 0
    """Maximum number of faces to return; those with the highest scores are kept."""
    model_version: str = ""
    """The model version, such as "1"."""
    labels: str = ""
    """The labels of the scores: "votes" or "fer2013". Only without a session."""

    def message(self) -> detection_pb2.ClassifyOptions:
        return detection_pb2.ClassifyOptions(
            min_face_size=self.min_face_size,
            max_faces=self.max_faces,
            model_version=self.model_version,
            labels=messages.write_labels(self.labels),
        )


DEFAULTS = ClassifyOptions()


def classify(
    frame: FrameLike,
    *,
    session: str,
    source: str,
    frame_id: str | None,
    capture_time: datetime | None,
    options: ClassifyOptions,
) -> Call[ClassifiedFrame]:
    given = as_frame(frame, capture_time, frame_id)
    request = detection_pb2.ClassifyFrameRequest(
        image=encode(given.image),
        session=session,
        frame_id=given.frame_id,
        capture_time=messages.write_time(given.capture_time),
        source=source,
        options=options.message(),
    )
    return Call("detection", "ClassifyFrame", request, messages.read_frame)


def classify_faces(
    faces: Iterable[CroppedFace],
    *,
    session: str,
    source: str,
    frame_id: str | None,
    capture_time: datetime | None,
    model_version: str,
) -> Call[ClassifiedFrame]:
    request = detection_pb2.ClassifyFacesRequest(
        faces=[_face_bytes(face) for face in faces],
        session=session,
        frame_id=frame_id or new_frame_id(),
        capture_time=messages.write_time(capture_time),
        source=source,
        model_version=model_version,
    )
    return Call("detection", "ClassifyFaces", request, messages.read_frame)


def _face_bytes(face: CroppedFace) -> bytes:
    if isinstance(face, bytes):
        return face
    if face.dtype != np.uint8 or face.shape not in ((48, 48), (48, 48, 1)):
        raise UnreadableFrameError(f"a face must be uint8 [48, 48], not {face.dtype} {list(face.shape)}")
    return face.tobytes()


def stream_config(
    *,
    session: str,
    source: str,
    options: ClassifyOptions,
    smoothing_time: Seconds | None,
    full_scan_interval: Seconds | None,
    min_quality: float,
) -> detection_pb2.ClassifyStreamRequest:
    """The first message of a stream."""
    return detection_pb2.ClassifyStreamRequest(
        config=detection_pb2.StreamConfig(
            session=session,
            source=source,
            options=options.message(),
            smoothing_time=messages.write_duration(smoothing_time),
            full_scan_interval=messages.write_duration(full_scan_interval),
            min_quality=min_quality,
        )
    )


def stream_frame(source: FrameLike) -> detection_pb2.ClassifyStreamRequest:
    """A further message of a stream."""
    frame = as_frame(source)
    return detection_pb2.ClassifyStreamRequest(
        frame=detection_pb2.StreamFrame(
            image=encode(frame.image),
            frame_id=frame.frame_id,
            capture_time=messages.write_time(frame.capture_time),
        )
    )


def _classroom(parent: str) -> str:
    """Expands the short form "7b" to "classrooms/7b"."""
    return parent if parent.startswith("classrooms/") else f"classrooms/{parent}"


def create_session(
    parent: str,
    session_id: str,
    display_name: str,
    minimum_group_size: int,
    retention: Seconds | None,
    *,
    start_time: datetime | None,
) -> Call[Session]:
    settings = session_pb2.Session(
        display_name=display_name,
        minimum_group_size=minimum_group_size,
        retention=messages.write_duration(retention),
        start_time=messages.write_time(start_time),
    )
    request = session_pb2.CreateSessionRequest(parent=_classroom(parent), session_id=session_id, session=settings)
    return Call("session", "CreateSession", request, messages.read_session)


def get_session(name: str) -> Call[Session]:
    return Call("session", "GetSession", session_pb2.GetSessionRequest(name=name), messages.read_session)


def list_sessions(parent: str, filter_text: str, page_size: int, page_token: str) -> Call[SessionPage]:
    request = session_pb2.ListSessionsRequest(
        parent=_classroom(parent), filter=filter_text, page_size=page_size, page_token=page_token
    )
    return Call("session", "ListSessions", request, messages.read_sessions)


def rename_session(name: str, display_name: str) -> Call[Session]:
    request = session_pb2.UpdateSessionRequest(
        session=session_pb2.Session(name=name, display_name=display_name),
        update_mask=FieldMask(paths=["display_name"]),
    )
    return Call("session", "UpdateSession", request, messages.read_session)


def mark_session(name: str, text: str, time: datetime | None) -> Call[Session]:
    marker = session_pb2.Marker(time=messages.write_time(time), text=text)
    return Call(
        "session", "MarkSession", session_pb2.MarkSessionRequest(name=name, marker=marker), messages.read_session
    )


def end_session(name: str) -> Call[Session]:
    return Call("session", "EndSession", session_pb2.EndSessionRequest(name=name), messages.read_session)


def delete_session(name: str) -> Call[None]:
    return Call("session", "DeleteSession", session_pb2.DeleteSessionRequest(name=name), lambda _: None)


def record(session: str, observations: Iterable[Observation]) -> Call[Recorded]:
    request = session_pb2.RecordObservationsRequest(
        session=session, observations=[messages.write_observation(observation) for observation in observations]
    )
    return Call("session", "RecordObservations", request, lambda answer: Recorded(answer.recorded, answer.duplicates))


def timeline_request(
    session: str, start: datetime | None, end: datetime | None, resolution: Seconds, source: str
) -> session_pb2.GetTimelineRequest:
    return session_pb2.GetTimelineRequest(
        session=session,
        start_time=messages.write_time(start),
        end_time=messages.write_time(end),
        resolution=messages.write_duration(resolution),
        source=source,
    )


def timeline(request: session_pb2.GetTimelineRequest) -> Call[Timeline]:
    def read(answer: session_pb2.Timeline) -> Timeline:
        buckets = tuple(messages.read_bucket(bucket) for bucket in answer.buckets)
        labels = messages.read_labels(answer.labels)
        return Timeline(request.session, request.resolution.ToTimedelta(), request.source, buckets, labels)

    return Call("session", "GetTimeline", request, read)


def watch_request(
    session: str, start: datetime | None, resolution: Seconds, source: str
) -> session_pb2.WatchTimelineRequest:
    return session_pb2.WatchTimelineRequest(
        session=session,
        start_time=messages.write_time(start),
        resolution=messages.write_duration(resolution),
        source=source,
    )


def summary(session: str) -> Call[SessionSummary]:
    return Call("session", "GetSummary", session_pb2.GetSummaryRequest(session=session), messages.read_summary)


def export_request(timeline: session_pb2.GetTimelineRequest, format: str) -> session_pb2.ExportTimelineRequest:  # noqa: A002  as in the SDK
    formats = {
        "csv": session_pb2.ExportTimelineRequest.FORMAT_CSV,
        "jsonl": session_pb2.ExportTimelineRequest.FORMAT_JSON_LINES,
    }
    if format not in formats:
        raise ValueError(f"format must be 'csv' or 'jsonl', not {format!r}")
    return session_pb2.ExportTimelineRequest(timeline=timeline, format=formats[format])


def delete_observations(session: str, source: str) -> Call[Erased]:
    request = session_pb2.DeleteObservationsRequest(session=session, source=source)
    return Call("session", "DeleteObservations", request, lambda answer: Erased(answer.observations, answer.faces))
