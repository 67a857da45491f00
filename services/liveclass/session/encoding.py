"""The buckets of a timeline in protobuf's wire format, all at once, as numpy rows.

A timeline of three hours has more than a thousand buckets with seven EmotionShare messages each. Made as messages one
by one they take seven times as long. The bytes are not always the shortest that protobuf allows: all numbers of a
column take as many bytes as the largest, and zeros are written out. Every parser reads them.
"""

from typing import Any

import numpy as np

from liveclass.session import sums, timeline
from liveclass.session.sums import EMOTIONS, Ints
from liveclass.session.timeline import Shares
from liveclass.session.timeline_reader import View
from liveclass.v1 import emotion_pb2, session_pb2

_VARINT, _LENGTH, _FIXED32 = 0, 2, 5
"""Wire types of protobuf's encoding."""

_SCORES = ("mean_score", "top_share", "mean_score_low", "mean_score_high")


def _field(name: str, *content: Any) -> list[Any]:
    return [(f"{name}_tag", "u1"), (name, *content)]


_SHARE = np.dtype([*_field("emotion", "u1"), *(part for name in _SCORES for part in _field(name, "<f4"))])
_EMOTION = np.dtype([("tag", "u1"), ("length", "u1"), ("share", _SHARE)])
_PREFIX = np.dtype([("tag", "u1"), ("length", "u1", (2,))])
"""What a bucket begins with inside of a Timeline."""


def encode_timeline(view: View, labels: "emotion_pb2.Labels.ValueType") -> bytes:
    """A Timeline message."""
    rows, lengths = _rows(view)
    kept = np.arange(rows.shape[1]) < lengths[:, np.newaxis]
    buckets: bytes = rows.tobytes() if kept.all() else rows[kept].tobytes()
    return buckets + session_pb2.Timeline(labels=labels).SerializeToString()


def encode_buckets(view: View) -> list[bytes]:
    """A TimelineBucket message for each bucket."""
    rows, lengths = _rows(view)
    return [row[_PREFIX.itemsize : length].tobytes() for row, length in zip(rows, lengths.tolist(), strict=True)]


def _rows(view: View) -> tuple[Any, Ints]:
    """Buckets as fields of a Timeline [buckets, bytes], and how many bytes of each row count [buckets].

    `emotions` come last, as a bucket without faces has none.
    """
    series, bucket = view.series, session_pb2.TimelineBucket
    messages = {"start_time": series.starts, "duration": np.full(len(series), series.resolution)}
    numbers = {
        "frames": series.sums[:, sums.FRAMES],
        "faces": series.sums[:, sums.FACES],
        "group_size": series.group,
    }
    rows = np.zeros(len(series), _layout({name: _width(values) for name, values in (messages | numbers).items()}))
    for name, values in messages.items():
        rows[f"{name}_tag"] = _tag(bucket, name, _LENGTH)
        rows[name]["length"] = rows.dtype[name].itemsize - 1
        rows[name]["seconds_tag"] = 1 << 3 | _VARINT  # of Timestamp and Duration alike
        _put_varints(rows[name]["seconds"], values)
    for name, values in numbers.items():
        rows[f"{name}_tag"] = _tag(bucket, name, _VARINT)
        _put_varints(rows[name], values)
    is_open = series.starts + series.resolution > view.closed_before
    for name, values in (("suppressed", view.suppressed), ("open", is_open)):
        rows[f"{name}_tag"], rows[name] = _tag(bucket, name, _VARINT), values
    rows["coverage_tag"], rows["coverage"] = _tag(bucket, "coverage", _FIXED32), timeline.coverage(series.sums)
    _put_shares(rows["emotions"], timeline.shares(series, hides=view.session.hides))
    size = rows.dtype.itemsize
    lengths = np.where(numbers["faces"] > 0, size, size - rows.dtype["emotions"].itemsize)
    rows["prefix"]["tag"] = _tag(session_pb2.Timeline, "buckets", _LENGTH)
    _put_varints(rows["prefix"]["length"], lengths - _PREFIX.itemsize)
    return rows.view(np.uint8).reshape(len(series), size), lengths


def _layout(widths: dict[str, int]) -> "np.dtype[Any]":
    """A row, with the bytes of each whole number."""
    seconds = {
        name: np.dtype([("length", "u1"), *_field("seconds", "u1", (widths[name],))])
        for name in ("start_time", "duration")
    }
    return np.dtype(
        [
            ("prefix", _PREFIX),
            *(part for name, content in seconds.items() for part in _field(name, content)),
            *(part for name in ("frames", "faces", "group_size") for part in _field(name, "u1", (widths[name],))),
            *(part for name in ("suppressed", "open") for part in _field(name, "u1")),
            *_field("coverage", "<f4"),
            ("emotions", _EMOTION, (EMOTIONS,)),
        ]
    )


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


def _width(values: Ints) -> int:
    """The bytes that the largest of some whole numbers takes as a varint."""
    return max(1, -(-int(values.max(initial=0)).bit_length() // 7))


def _put_varints(rows: Any, values: Ints) -> None:
    """Writes whole numbers from zero on as varints [values, width], of which all bytes but the last say 'more'."""
    width = rows.shape[1]
    rows[:] = values[:, np.newaxis] >> np.arange(0, 7 * width, 7) & 0x7F
    rows[:, : width - 1] |= 0x80


def _tag(message: Any, field: str, wire_type: int) -> int:
    return int(message.DESCRIPTOR.fields_by_name[field].number << 3 | wire_type)
