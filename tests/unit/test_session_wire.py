"""Shares written as bytes are those that protobuf itself would write."""

import numpy as np

from liveclass.session.timeline import Shares
from liveclass.session.wire import encoded_shares
from liveclass.v1 import session_pb2


def test_bytes_parse_as_the_shares_that_they_hold():
    values = np.random.default_rng(0).random((4, 3, 7))
    values[:, 0, 0] = 0
    for index, data in enumerate(encoded_shares(Shares(*values))):
        bucket = session_pb2.TimelineBucket(frames=5)
        bucket.MergeFromString(data)
        mean, top, low, high = np.float32(values[:, index])
        assert bucket.frames == 5
        assert [share.emotion for share in bucket.emotions] == list(range(1, 8))
        assert [share.mean_score for share in bucket.emotions] == mean.tolist()
        assert [share.top_share for share in bucket.emotions] == top.tolist()
        assert [share.mean_score_low for share in bucket.emotions] == low.tolist()
        assert [share.mean_score_high for share in bucket.emotions] == high.tolist()
        rebuilt = session_pb2.TimelineBucket(frames=5, emotions=list(bucket.emotions))
        assert rebuilt == bucket


def test_no_buckets_are_no_bytes():
    assert encoded_shares(Shares(*np.zeros((4, 0, 7)))) == []
