"""The shares of many buckets as protobuf bytes, all at once.

A timeline of three hours has more than seven thousand EmotionShare messages. Made one by one in Python they cost more
than everything else about it; here they are rows of an array. Each is the same 24 bytes but for its numbers.
"""

import numpy as np

from liveclass.session.figures import EMOTIONS
from liveclass.session.timeline import Shares
from liveclass.v1 import session_pb2

_VARINT, _LENGTH, _FIXED32 = 0, 2, 5
"""Wire types of protobuf's encoding."""

_SCORES = ("mean_score", "top_share", "mean_score_low", "mean_score_high")

_NUMBERS = [(f"{name}{part}", kind) for name in _SCORES for part, kind in (("_tag", "u1"), ("", "<f4"))]
_MESSAGE = [("emotion_tag", "u1"), ("emotion", "u1"), *_NUMBERS]
_FIELD = np.dtype([("tag", "u1"), ("length", "u1"), *_MESSAGE])


def encoded_shares(shares: Shares) -> list[bytes]:
    """For each bucket its field `emotions`, to be merged into a TimelineBucket."""
    rows = np.zeros(shares.mean.shape, _FIELD)
    rows["tag"] = _tag(session_pb2.TimelineBucket, "emotions", _LENGTH)
    rows["length"] = np.dtype(_MESSAGE).itemsize
    rows["emotion_tag"] = _tag(session_pb2.EmotionShare, "emotion", _VARINT)
    rows["emotion"] = np.arange(1, EMOTIONS + 1)
    for name, values in zip(_SCORES, (shares.mean, shares.top, shares.low, shares.high), strict=True):
        rows[f"{name}_tag"] = _tag(session_pb2.EmotionShare, name, _FIXED32)
        rows[name] = values
    data, size = rows.tobytes(), EMOTIONS * _FIELD.itemsize
    return [data[first : first + size] for first in range(0, len(data), size)]


def _tag(message: type[session_pb2.TimelineBucket | session_pb2.EmotionShare], field: str, wire_type: int) -> int:
    return message.DESCRIPTOR.fields_by_name[field].number << 3 | wire_type
