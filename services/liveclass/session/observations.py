"""Validates the observations of a request and turns them into columns.

Whole columns are checked at once, which is fast. Only if that fails, each observation is checked by itself to find the
first field that is wrong.
"""

from collections.abc import Collection
from itertools import chain
from operator import itemgetter, le

from liveclass import names
from liveclass.capture_time import CaptureTimeLimits
from liveclass.runtime.errors import InvalidArgumentError, Reason
from liveclass.session.messages import LABEL_SETS, NANOSECONDS, read_timestamp
from liveclass.session.model import Write
from liveclass.session.sums import EMOTIONS
from liveclass.v1 import emotion_pb2, session_pb2

MAX_OBSERVATIONS = 1_000
MAX_FACES = 10_000
"""The most faces in one request, and the most that can be seen in one frame."""
MAX_REQUEST_BYTES = 1024 * 1024
"""Of any request to this service. gRPC refuses longer ones without reading them."""
MAX_INLINE_BYTES = 16 * 1024
"""The longest request that is read on the event loop: of 256 faces, which takes a millisecond."""
SUM_TOLERANCE = 0.01
"""How far the sum of a face's seven scores may be from 1. Half-precision models are less exact."""

_UNSPECIFIED, _FER2013 = emotion_pb2.LABELS_UNSPECIFIED, emotion_pb2.LABELS_FER2013
_EMOTIONS = tuple(emotion_pb2.Emotion.ValueType(index + 1) for index in range(EMOTIONS))
_in_label_order = itemgetter(*_EMOTIONS)


def read_columns(request: session_pb2.RecordObservationsRequest, limits: CaptureTimeLimits, tenant: str) -> Write:
    """The observations of a request for a session of `tenant`.

    Raises `InvalidArgumentError` with the first field that is wrong.
    """
    name = names.parse_session(request.session, "session", tenant)
    observations, latest = request.observations, limits.now + limits.max_offset
    if not 1 <= len(observations) <= MAX_OBSERVATIONS:
        raise InvalidArgumentError("observations", f"must be 1 to {MAX_OBSERVATIONS}, not {len(observations)}")
    if sum(len(one.faces) for one in observations) > MAX_FACES:
        raise InvalidArgumentError("observations", f"must hold at most {MAX_FACES} faces in all; send fewer at a time")
    rows = [
        (one.frame_id, one.source, (time := one.capture_time).seconds, time.nanos, one.faces_seen, one.faces)
        for one in observations
    ]
    frame_ids, sources, seconds, nanos, faces_seen, faces_of = zip(*rows, strict=True)
    labels = [one.labels for one in observations]
    faces = [len(one) for one in faces_of]
    seen = [many or count for many, count in zip(faces_seen, faces, strict=True)]
    scores = [_scores(face) for one in faces_of for face in one]
    is_valid = (
        min(seconds) > 0 and max(seconds) <= latest  # zero may be a time that was not set
        and min(nanos) >= 0 and max(nanos) < NANOSECONDS
        and max(seen) <= MAX_FACES and all(map(le, faces, seen))
        and None not in scores and {*labels} <= {_UNSPECIFIED, *LABEL_SETS}
        and all(frame_ids) and _are_names(frame_ids)
        and _are_names(set(sources)) and not any("@" in one for one in set(sources))
    )  # fmt: skip  # a line for each column
    if not is_valid:
        for index, one in enumerate(observations):
            _check(one, f"observations[{index}]", limits)
    label_sets = {LABEL_SETS[one or _FER2013] for one, count in zip(labels, faces, strict=True) if count}
    if len(label_sets) > 1:
        raise InvalidArgumentError("observations", "must be scored by one set of labels; a session takes no others")
    flat = list(chain.from_iterable(filter(None, scores)))
    return Write(name, frame_ids, sources, seconds, seen, faces, flat, limits, next(iter(label_sets), None))


def is_short(request: session_pb2.RecordObservationsRequest) -> bool:
    """Whether `read_columns` takes so little time that it may run on the event loop."""
    return request.ByteSize() <= MAX_INLINE_BYTES


def _scores(face: session_pb2.ObservedFace) -> tuple[float, ...] | None:
    """The seven scores in label order; None where they are not valid."""
    emotions = face.emotions
    if len(emotions) != EMOTIONS:
        return None
    try:
        scores: tuple[float, ...] = _in_label_order({one.emotion: one.score for one in emotions})
    except KeyError:
        return None
    # NaN fails both comparisons.
    is_valid = min(scores) >= 0 and abs(sum(scores) - 1) <= SUM_TOLERANCE
    return scores if is_valid else None


def _are_names(texts: Collection[str]) -> bool:
    return max(map(len, texts)) <= names.MAX_ID_LENGTH and "".join(texts).isprintable()


def _check(value: session_pb2.Observation, field: str, limits: CaptureTimeLimits) -> None:
    """Raises `InvalidArgumentError` with the first field that is wrong, if one is."""
    if not value.HasField("capture_time"):
        raise InvalidArgumentError(f"{field}.capture_time", "must be set", Reason.INVALID_TIMESTAMP)
    second, _ = read_timestamp(value.capture_time, f"{field}.capture_time")
    limits.check_not_ahead(second, f"{field}.capture_time")
    for index, face in enumerate(value.faces):
        _check_face(face, f"{field}.faces[{index}].emotions")
    if not len(value.faces) <= (value.faces_seen or len(value.faces)) <= MAX_FACES:
        raise InvalidArgumentError(f"{field}.faces_seen", f"must be from the number of faces to {MAX_FACES}")
    if value.labels not in (_UNSPECIFIED, *LABEL_SETS):
        raise InvalidArgumentError(f"{field}.labels", "is none that this server knows")
    names.check_frame_id(value.frame_id, f"{field}.frame_id", required=True)
    names.check_source(value.source, f"{field}.source")


def _check_face(face: session_pb2.ObservedFace, field: str) -> None:
    if len(face.emotions) != EMOTIONS or sorted(one.emotion for one in face.emotions) != list(_EMOTIONS):
        raise InvalidArgumentError(field, "must hold each of the seven emotions once")
    if _scores(face) is None:
        raise InvalidArgumentError(field, "must be scores of at least 0 that sum to 1")
