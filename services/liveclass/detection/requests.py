"""Requests of the detection service: each field is checked, and becomes a type of `frame`."""

import re
import uuid
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from google.protobuf.duration_pb2 import Duration

from liveclass.capture_time import CaptureTimeLimits
from liveclass.detection.frame import AnalysisOptions, Crops, Labels, ModelChoice, Origin
from liveclass.names import SessionName, check_frame_id, check_source, parse_session
from liveclass.preprocessing import FACE_SIZE
from liveclass.runtime.errors import InvalidArgumentError, Reason
from liveclass.v1 import detection_pb2, emotion_pb2

MAX_CROPS = 64
SMALLEST_FACE = 20
MAX_FACES = 1000
MAX_SMOOTHING_SECONDS = 60.0
MAX_SCAN_SECONDS = 10.0
_CROP_BYTES = FACE_SIZE * FACE_SIZE
_VERSION = re.compile(r"[1-9][0-9]{0,17}")
_LABELS: "dict[emotion_pb2.Labels.ValueType, Labels | None]" = {
    emotion_pb2.LABELS_UNSPECIFIED: None,
    emotion_pb2.LABELS_FER2013: "fer2013",
    emotion_pb2.LABELS_VOTES: "votes",
}
_EARLIEST_NS = 946_684_800 * 10**9
"""2000-01-01. An earlier capture time comes from a clock that was never set."""


def frame_request(request: detection_pb2.ClassifyImageRequest) -> detection_pb2.ClassifyFrameRequest:
    """The same request, with the body of the HTTP request as its image."""
    return detection_pb2.ClassifyFrameRequest(
        image=request.image.data,
        session=request.session,
        frame_id=request.frame_id,
        capture_time=request.capture_time if request.HasField("capture_time") else None,
        source=request.source,
        options=request.options if request.HasField("options") else None,
    )


def origin_from(
    request: detection_pb2.ClassifyFrameRequest | detection_pb2.ClassifyFacesRequest,
    times: CaptureTimeLimits,
    tenant: str,
    peer: str = "",
) -> Origin:
    """Raises `InvalidArgumentError`."""
    session = parse_session(request.session, "session", tenant) if request.session else None
    frame_id = check_frame_id(request.frame_id, "frame_id") or new_frame_id()
    source = check_source(request.source, "source")
    return Origin(tenant, frame_id, _capture_time_ns(request, times, "capture_time"), source, session, peer)


def new_frame_id() -> str:
    return uuid.uuid4().hex


def _capture_time_ns(
    frame: detection_pb2.ClassifyFrameRequest | detection_pb2.ClassifyFacesRequest | detection_pb2.StreamFrame,
    times: CaptureTimeLimits,
    field: str,
) -> int:
    """When the frame was taken, or else arrived, in nanoseconds since the Unix epoch. Raises `InvalidArgumentError`."""
    if not frame.HasField("capture_time"):
        return round(times.now * 1e9)
    timestamp = frame.capture_time
    nanoseconds = timestamp.seconds * 10**9 + timestamp.nanos
    if not 0 <= timestamp.nanos < 10**9:
        raise InvalidArgumentError(field, "nanos must be from 0 to 999,999,999", Reason.INVALID_TIMESTAMP)
    if nanoseconds < _EARLIEST_NS:
        raise InvalidArgumentError(field, "must not be before the year 2000", Reason.INVALID_TIMESTAMP)
    times.check_not_ahead(nanoseconds / 1e9, field)
    return nanoseconds


class StreamDefaults(NamedTuple):
    """What a stream gets that does not set it, in seconds."""

    smoothing_seconds: float = 1.0
    full_scan_seconds: float = 5.0


class StreamOptions(NamedTuple):
    """How to treat a stream."""

    tenant: str
    peer: str
    """Who calls, read once: gRPC's context must not be asked when the caller has gone."""
    session: SessionName | None
    source: str
    smoothing_seconds: float
    full_scan_seconds: float
    analysis: AnalysisOptions


def stream_options_from(
    request: detection_pb2.ClassifyStreamRequest, defaults: StreamDefaults, tenant: str, peer: str = ""
) -> StreamOptions:
    """Reads the first message of a stream. Raises `InvalidArgumentError`."""
    if request.WhichOneof("request") != "config":
        raise InvalidArgumentError("config", "must be the first message of the stream")
    config = request.config
    if not 0 <= config.min_quality <= 1:  # also true of NaN
        raise InvalidArgumentError("config.min_quality", "must be from 0 to 1")
    smoothing, scan = defaults
    if config.HasField("smoothing_time"):
        smoothing = _seconds(config.smoothing_time, "config.smoothing_time", MAX_SMOOTHING_SECONDS)
    if config.HasField("full_scan_interval"):
        scan = _seconds(config.full_scan_interval, "config.full_scan_interval", MAX_SCAN_SECONDS) or scan
    analysis = options_from(config.options, "config.options", has_session=bool(config.session))
    return StreamOptions(
        tenant=tenant,
        peer=peer,
        session=parse_session(config.session, "config.session", tenant) if config.session else None,
        source=check_source(config.source, "config.source"),
        smoothing_seconds=smoothing,
        full_scan_seconds=scan,
        analysis=replace(analysis, min_quality=config.min_quality or None),
    )


def stream_frame_from(
    request: detection_pb2.ClassifyStreamRequest, options: StreamOptions, times: CaptureTimeLimits
) -> tuple[bytes, Origin]:
    """The image of a later message of a stream, and where it comes from; its `frame_id` was checked when it came.

    Raises `InvalidArgumentError`.
    """
    if request.WhichOneof("request") != "frame":
        raise InvalidArgumentError("frame", "must be every message of the stream but the first")
    frame = request.frame
    frame_id = frame.frame_id or new_frame_id()
    captured = _capture_time_ns(frame, times, "frame.capture_time")
    return frame.image, Origin(options.tenant, frame_id, captured, options.source, options.session, options.peer)


def _seconds(duration: Duration, field: str, most: float) -> float:
    seconds = duration.seconds + duration.nanos / 1e9
    if not 0 <= seconds <= most:
        raise InvalidArgumentError(field, f"must be from 0 to {most:g} seconds")
    return seconds


def options_from(
    options: detection_pb2.ClassifyOptions, field: str = "options", *, has_session: bool = False
) -> AnalysisOptions:
    """Raises `InvalidArgumentError`."""
    if options.min_face_size and options.min_face_size < SMALLEST_FACE:
        raise InvalidArgumentError(f"{field}.min_face_size", f"must be 0 or at least {SMALLEST_FACE}")
    if not 0 <= options.max_faces <= MAX_FACES:
        raise InvalidArgumentError(f"{field}.max_faces", f"must be from 0 to {MAX_FACES}")
    choice = model_choice_from(options, f"{field}.", has_session=has_session)
    return AnalysisOptions(options.min_face_size or None, options.max_faces or None, choice)


def model_choice_from(
    options: detection_pb2.ClassifyOptions | detection_pb2.ClassifyFacesRequest, prefix: str = "", *, has_session: bool
) -> ModelChoice:
    """Raises `InvalidArgumentError`."""
    number, field = options.model_version, f"{prefix}model_version"
    if number and _VERSION.fullmatch(number) is None:
        raise InvalidArgumentError(field, 'must be empty or a number such as "1"')
    if options.labels not in _LABELS:
        raise InvalidArgumentError(f"{prefix}labels", "is none that this server knows")
    if options.labels and has_session:
        raise InvalidArgumentError(f"{prefix}labels", "must be unset for a session: the operator chooses a timeline's")
    return ModelChoice(number, field, _LABELS[options.labels], f"{prefix}labels")


def crops_from(request: detection_pb2.ClassifyFacesRequest) -> Crops:
    """[n, 48, 48, 1]. Raises `InvalidArgumentError`."""
    if not 1 <= len(request.faces) <= MAX_CROPS:
        raise InvalidArgumentError("faces", f"must be from 1 to {MAX_CROPS}, and are {len(request.faces)}")
    for index, face in enumerate(request.faces):
        if len(face) != _CROP_BYTES:
            raise InvalidArgumentError(f"faces[{index}]", f"must have {_CROP_BYTES} bytes, and has {len(face)}")
    return np.frombuffer(b"".join(request.faces), np.uint8).reshape(-1, FACE_SIZE, FACE_SIZE, 1)
