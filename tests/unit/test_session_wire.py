"""Buckets written as bytes are those that protobuf itself would write."""

import numpy as np
import pytest

from liveclass.session import wire
from liveclass.session.timeline import Shares
from liveclass.v1 import session_pb2

SHARES = Shares(*np.random.default_rng(0).random((4, 3, 7)))
NUMBERS = {
    "start_time": np.array([0, 1_800_000_000, 4_000_000_000]),
    "frames": np.array([0, 127, 4_000_000_000_000]),
    "faces": np.array([0, 128, 3_000_000_000_000]),
    "group_size": np.array([0, 5, 2_000_000_000]),
}
FLAGS = {"suppressed": np.array([True, False, False]), "open": np.array([False, False, True])}
COVERAGE = np.array([0, 0.5, 1])


def expected(index: int) -> session_pb2.TimelineBucket:
    """The same bucket, made by protobuf field by field."""
    bucket = session_pb2.TimelineBucket(
        frames=int(NUMBERS["frames"][index]),
        faces=int(NUMBERS["faces"][index]),
        group_size=int(NUMBERS["group_size"][index]),
        suppressed=bool(FLAGS["suppressed"][index]),
        coverage=COVERAGE[index],
        open=bool(FLAGS["open"][index]),
    )
    bucket.start_time.seconds = int(NUMBERS["start_time"][index])
    bucket.start_time.SetInParent()
    bucket.duration.seconds = 10
    for emotion in range(7) if bucket.faces else ():
        mean, top, low, high = (values[index, emotion] for values in (SHARES.mean, SHARES.top, SHARES.low, SHARES.high))
        bucket.emotions.add(
            emotion=emotion + 1, mean_score=mean, top_share=top, mean_score_low=low, mean_score_high=high
        )
    return bucket


@pytest.mark.parametrize("index", range(3))
def test_bytes_parse_as_the_bucket_that_they_hold(index: int) -> None:
    data = wire.encoded_buckets(NUMBERS, FLAGS, COVERAGE, SHARES, 10)[index]
    bucket = session_pb2.TimelineBucket.FromString(data)
    assert bucket == expected(index)
    assert bucket.SerializeToString() == expected(index).SerializeToString()


def test_a_timeline_holds_them_in_order() -> None:
    encoded = wire.encoded_buckets(NUMBERS, FLAGS, COVERAGE, SHARES, 10)
    assert list(wire.timeline(encoded).buckets) == [expected(index) for index in range(3)]


def test_no_buckets_are_no_bytes() -> None:
    none = np.zeros(0, np.int64)
    numbers, flags = dict.fromkeys(NUMBERS, none), dict.fromkeys(FLAGS, none)
    assert wire.encoded_buckets(numbers, flags, np.zeros(0), Shares(*np.zeros((4, 0, 7))), 10) == []
    assert wire.timeline([]) == session_pb2.Timeline()
