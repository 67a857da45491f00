"""Converts between protobuf messages and the domain. `observations` and `encoding` do so for many rows at a time."""

import math
import secrets
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass import names
from liveclass.runtime.errors import InvalidArgumentError, Reason
from liveclass.session import timeline
from liveclass.session.encoding import encode_buckets
from liveclass.session.listing import MAX_ECHO
from liveclass.session.model import MICROSECONDS, LabelSet, Marker, NewSession, Session
from liveclass.session.settings import Limits
from liveclass.session.summary import Change, Pair
from liveclass.session.timeline import Series
from liveclass.session.timeline_reader import View, Window
from liveclass.v1 import emotion_pb2, session_pb2

MAX_DISPLAY_NAME = 200
MAX_MARKER_TEXT = 80
MAX_PATHS = 100
"""The most paths of an update_mask that are read."""
MAX_GROUP_SIZE = 10_000
MAX_RETENTION_SECONDS = 3_660 * 86_400
MAX_RESOLUTION_SECONDS = 86_400
_MAX_SECONDS = 253_402_300_799  # the end of the year 9999, as in timestamp.proto
NANOSECONDS = 1_000_000_000

LABEL_SETS: "dict[emotion_pb2.Labels.ValueType, LabelSet]" = {
    emotion_pb2.LABELS_FER2013: "fer2013",
    emotion_pb2.LABELS_VOTES: "votes",
}
_LABELS = {label_set: value for value, label_set in LABEL_SETS.items()}


def new_session(request: session_pb2.CreateSessionRequest, tenant: str, limits: Limits, now: float) -> NewSession:
    classroom = names.parse_classroom(request.parent, "parent") or ""  # it is None for a wildcard only
    session_id = request.session_id or secrets.token_hex(8)
    wanted = request.session
    if not 0 <= wanted.minimum_group_size <= MAX_GROUP_SIZE:
        raise InvalidArgumentError("session.minimum_group_size", f"must be from 0 to {MAX_GROUP_SIZE}")
    if 0 < wanted.minimum_group_size < limits.lowest_minimum:
        description = f"must be at least {limits.lowest_minimum}, the operator's minimum, or 0 for it"
        raise InvalidArgumentError("session.minimum_group_size", description)
    _check_display_name(wanted.display_name)
    retention = limits.retention_seconds
    if wanted.retention.seconds or wanted.retention.nanos:
        retention = whole_seconds(wanted.retention, "session.retention", MAX_RETENTION_SECONDS)
    return NewSession(
        name=names.SessionName(tenant, classroom, names.check_session_id(session_id, "session_id")),
        display_name=wanted.display_name,
        start_time=_start_time(wanted, retention, now),
        minimum_group_size=wanted.minimum_group_size or limits.minimum_group_size,
        retention_seconds=retention,
    )


def _start_time(wanted: session_pb2.Session, retention_seconds: int, now: float) -> int:
    """When a new session begins, in microseconds since the epoch."""
    if not wanted.HasField("start_time"):
        return int(now * MICROSECONDS)
    seconds, nanos = read_timestamp(wanted.start_time, "session.start_time")
    if seconds > now:
        description = "lies in the future; leave it out for a session that begins now"
        raise InvalidArgumentError("session.start_time", description, Reason.INVALID_TIMESTAMP)
    if seconds < now - retention_seconds:
        description = f"lies before the {retention_seconds} seconds that the session would keep"
        raise InvalidArgumentError("session.start_time", description, Reason.INVALID_TIMESTAMP)
    return seconds * MICROSECONDS + nanos // 1000


def new_display_name(request: session_pb2.UpdateSessionRequest) -> str | None:
    """What a session is to be called from now on; None where its name stays."""
    paths = request.update_mask.paths[:MAX_PATHS]
    unknown = sorted(set(paths) - {"display_name", "*"})
    if unknown:
        raise InvalidArgumentError("update_mask", f"may hold display_name only, and holds '{unknown[0][:MAX_ECHO]}'")
    _check_display_name(request.session.display_name)
    return request.session.display_name if paths or request.session.display_name else None


def _check_display_name(text: str) -> None:
    if len(text) > MAX_DISPLAY_NAME or not text.isprintable():
        raise InvalidArgumentError("session.display_name", f"must be at most {MAX_DISPLAY_NAME} printable characters")


def new_marker(wanted: session_pb2.Marker, now: float) -> Marker:
    if len(wanted.text) > MAX_MARKER_TEXT:
        raise InvalidArgumentError("marker.text", f"must be at most {MAX_MARKER_TEXT} characters")
    names.check_pseudonymous(wanted.text, "marker.text", "say what happened, and not who did it")
    second = read_timestamp(wanted.time, "marker.time")[0] if wanted.HasField("time") else int(now)
    return Marker(second, wanted.text.strip())


def listed_session(value: Session) -> session_pb2.Session:
    """A session without its markers."""
    return session(replace(value, markers=()))


def session(value: Session) -> session_pb2.Session:
    state = session_pb2.Session.STATE_ACTIVE if value.is_active else session_pb2.Session.STATE_ENDED
    return session_pb2.Session(
        name=str(value.name),
        display_name=value.display_name,
        state=state,
        start_time=timestamp(value.start_time),
        end_time=None if value.end_time is None else timestamp(value.end_time),
        minimum_group_size=value.minimum_group_size,
        retention=Duration(seconds=value.retention_seconds),
        markers=[session_pb2.Marker(time=Timestamp(seconds=one.second), text=one.text) for one in value.markers],
        labels=labels(value),
    )


def labels(value: Session) -> "emotion_pb2.Labels.ValueType":
    """Whose labels all scores of a session are by."""
    return emotion_pb2.LABELS_UNSPECIFIED if value.labels is None else _LABELS[value.labels]


def window(
    request: session_pb2.GetTimelineRequest | session_pb2.DownloadTimelineRequest | session_pb2.WatchTimelineRequest,
    field: str = "",
) -> Window:
    """Which part of a timeline is asked for. A watch has no end."""
    resolution = timeline.DEFAULT_RESOLUTION
    if request.HasField("resolution"):
        resolution = whole_seconds(request.resolution, f"{field}resolution", MAX_RESOLUTION_SECONDS)
    start = _second(request.start_time, f"{field}start_time") if request.HasField("start_time") else None
    end = None
    if not isinstance(request, session_pb2.WatchTimelineRequest) and request.HasField("end_time"):
        end = _second(request.end_time, f"{field}end_time", up=True)
    if start is not None and end is not None and end <= start:
        raise InvalidArgumentError(f"{field}end_time", "must be after start_time")
    return Window(start, end, resolution, names.check_source(request.source, f"{field}source"))


def _second(value: Timestamp, field: str, *, up: bool = False) -> int:
    seconds, nanos = read_timestamp(value, field)
    return seconds + 1 if up and nanos else seconds


def total(view: View, whole: Series) -> session_pb2.TimelineBucket:
    """All visible buckets of a view as one, which is open while the session is active."""
    if not len(whole):
        return session_pb2.TimelineBucket(suppressed=len(view.series) > 0, open=view.session.is_active)
    closed_before = -math.inf if view.session.is_active else math.inf
    data = encode_buckets(View(view.session, whole, np.array([False]), closed_before))[0]
    return session_pb2.TimelineBucket.FromString(data)


def summary(
    of: Session,
    whole: session_pb2.TimelineBucket,
    slopes: Sequence[float],
    changes: Sequence[Change],
    pairs: Sequence[Pair],
) -> session_pb2.SessionSummary:
    return session_pb2.SessionSummary(
        total=whole,
        trends=[
            session_pb2.EmotionTrend(emotion=emotion(index), slope_per_hour=slope) for index, slope in enumerate(slopes)
        ],
        change_points=[
            session_pb2.ChangePoint(
                time=Timestamp(seconds=one.second), emotion=emotion(one.emotion), before=one.before, after=one.after
            )
            for one in changes
        ],
        top_pairs=[
            session_pb2.EmotionPair(first=emotion(one.first), second=emotion(one.second), share=one.share)
            for one in pairs
        ],
        labels=labels(of),
    )


def emotion(index: int) -> "emotion_pb2.Emotion.ValueType":
    """The enum's value for a position in label order."""
    return emotion_pb2.Emotion.ValueType(index + 1)


def read_timestamp(value: Timestamp, field: str) -> tuple[int, int]:
    """(seconds, nanoseconds) since the epoch. Raises `InvalidArgumentError` for what is no time, or before 1970."""
    if not 0 <= value.seconds <= _MAX_SECONDS or not 0 <= value.nanos < NANOSECONDS:
        raise InvalidArgumentError(field, "must be a time between 1970 and 9999", Reason.INVALID_TIMESTAMP)
    return value.seconds, value.nanos


def whole_seconds(value: Duration, field: str, most: int) -> int:
    """A length of time that must be a whole number of seconds from 1 to `most`."""
    if value.nanos or not 1 <= value.seconds <= most:
        raise InvalidArgumentError(field, f"must be a whole number of seconds from 1 to {most}")
    return value.seconds


def timestamp(microseconds: int) -> Timestamp:
    seconds, rest = divmod(microseconds, MICROSECONDS)
    return Timestamp(seconds=seconds, nanos=rest * 1000)
