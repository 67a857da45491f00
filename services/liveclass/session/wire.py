"""The buckets of a timeline as protobuf bytes, all at once.

A timeline of three hours has more than a thousand buckets with seven EmotionShare messages each. Made one by one in
Python they cost more than everything else about it; here they are rows of an array, each as long as the others.
"""

from typing import Any

import numpy as np

from liveclass.session.figures import EMOTIONS, Floats, Ints
from liveclass.session.timeline import Shares
from liveclass.v1 import session_pb2

_VARINT, _LENGTH, _FIXED32 = 0, 2, 5
"""Wire types of protobuf's encoding."""

_VARINT_BYTES = 6
"""Of every whole number, which so has 42 bits at most. Readers take a number with zeros before it, too."""

_SCORES = ("mean_score", "top_share", "mean_score_low", "mean_score_high")


def _field(name: str, *content: Any) -> list[Any]:
    return [(f"{name}_tag", "u1"), (name, *content)]


_SHARE = np.dtype([*_field("emotion", "u1"), *(part for name in _SCORES for part in _field(name, "<f4"))])
_EMOTION = np.dtype([("tag", "u1"), ("length", "u1"), ("share", _SHARE)])
_NUMBER = ("u1", (_VARINT_BYTES,))
_SECONDS = np.dtype([("length", "u1"), *_field("seconds", *_NUMBER)])
_BUCKET = np.dtype(
    [
        *_field("start_time", _SECONDS),
        *_field("duration", _SECONDS),
        *_field("frames", *_NUMBER),
        *_field("faces", *_NUMBER),
        *_field("group_size", *_NUMBER),
        *_field("suppressed", "u1"),
        *_field("coverage", "<f4"),
        *_field("open", "u1"),
        ("emotions", _EMOTION, (EMOTIONS,)),
    ]
)
"""`emotions` comes last, as a bucket without faces has none."""

_WITHOUT_EMOTIONS = _BUCKET.itemsize - EMOTIONS * _EMOTION.itemsize


def encoded_buckets(
    numbers: dict[str, Ints], flags: dict[str, Any], coverage: Floats, shares: Shares, resolution: int
) -> list[bytes]:
    """Each bucket as a TimelineBucket's bytes.

    `numbers` are start_time, frames, faces and group_size, `flags` suppressed and open, each [buckets], as `coverage`;
    `shares` are of [buckets, 7]. Buckets without faces get none of them.
    """
    bucket = session_pb2.TimelineBucket
    rows = np.zeros(len(coverage), _BUCKET)
    for name, seconds in (("start_time", numbers["start_time"]), ("duration", np.full(len(rows), resolution))):
        rows[f"{name}_tag"] = _tag(bucket, name, _LENGTH)
        rows[name]["length"] = _SECONDS.itemsize - 1
        rows[name]["seconds_tag"] = 1 << 3 | _VARINT  # of Timestamp and Duration alike
        rows[name]["seconds"] = _varints(seconds)
    for name in ("frames", "faces", "group_size"):
        rows[f"{name}_tag"], rows[name] = _tag(bucket, name, _VARINT), _varints(numbers[name])
    for name in ("suppressed", "open"):
        rows[f"{name}_tag"], rows[name] = _tag(bucket, name, _VARINT), flags[name]
    rows["coverage_tag"], rows["coverage"] = _tag(bucket, "coverage", _FIXED32), coverage
    _put_shares(rows["emotions"], shares)
    data, size = rows.tobytes(), _BUCKET.itemsize
    lengths = np.where(numbers["faces"] > 0, size, _WITHOUT_EMOTIONS).tolist()
    return [data[index * size : index * size + length] for index, length in enumerate(lengths)]


def timeline(buckets: list[bytes]) -> session_pb2.Timeline:
    """The message that holds encoded buckets."""
    tag = bytes([_tag(session_pb2.Timeline, "buckets", _LENGTH)])
    prefixes = {length: tag + _varints(np.array([length])).tobytes() for length in {len(one) for one in buckets}}
    return session_pb2.Timeline.FromString(b"".join([prefixes[len(one)] + one for one in buckets]))


def _put_shares(rows: Any, shares: Shares) -> None:
    """Into rows [buckets, 7]."""
    share = session_pb2.EmotionShare
    rows["tag"] = _tag(session_pb2.TimelineBucket, "emotions", _LENGTH)
    rows["length"] = _SHARE.itemsize
    rows["share"]["emotion_tag"] = _tag(share, "emotion", _VARINT)
    rows["share"]["emotion"] = np.arange(1, EMOTIONS + 1)
    for name, values in zip(_SCORES, (shares.mean, shares.top, shares.low, shares.high), strict=True):
        rows["share"][f"{name}_tag"] = _tag(share, name, _FIXED32)
        rows["share"][name] = values


def _varints(values: Ints) -> Any:
    """Whole numbers from zero on as varints [values, _VARINT_BYTES], of which all bytes but the last say 'more'."""
    groups = values[:, np.newaxis] >> np.arange(0, 7 * _VARINT_BYTES, 7) & 0x7F
    return (groups | np.array([0x80] * (_VARINT_BYTES - 1) + [0])).astype(np.uint8)


def _tag(message: Any, field: str, wire_type: int) -> int:
    return int(message.DESCRIPTOR.fields_by_name[field].number << 3 | wire_type)
