"""Timelines in protobuf's wire format are read by any parser as the messages that they stand for."""

import subprocess
import sys
from pathlib import Path

import google.api
import numpy as np
import pytest
from google.protobuf import text_format

from liveclass.names import SessionName
from liveclass.session import sums, timeline
from liveclass.session.encoding import encode_buckets, encode_timeline
from liveclass.session.model import FOREVER, Session
from liveclass.session.timeline import MAX_BUCKETS, Series
from liveclass.session.timeline_reader import View
from liveclass.v1 import emotion_pb2, session_pb2

ROOT = Path(__file__).parents[2]
GOOGLE = Path(next(iter(google.api.__path__))).parents[1]
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
"""What a gRPC client takes that sets no other limit."""


def view_of(count: int, largest: int, resolution: int = 10) -> View:
    """Buckets of which the first is suppressed and the second has no faces."""
    random = np.random.default_rng(0)
    people = np.full(count, 5)
    rows = np.zeros((count, sums.WIDTH), np.int64)
    rows[:, sums.FRAMES] = np.linspace(1, largest, count)
    rows[:, sums.FACES], rows[:, sums.SEEN], rows[:, sums.WEIGHT] = largest, largest, 5
    shares = random.dirichlet(np.ones(sums.EMOTIONS), count) * 5 * sums.SCALE
    rows[:, sums.SCORES], rows[:, sums.TOPS], rows[:, sums.SQUARES] = shares, shares, shares
    rows[0], rows[1, sums.FACES], rows[1, sums.WEIGHT], people[:2] = 0, 0, 0, 0
    starts = 1_800_000_000 + resolution * np.arange(count)
    session = Session(1, SessionName("default", "7b", "maths"), "", 0, None, 5, 10**9, 0, None, FOREVER)
    suppressed = np.arange(count) == 0
    return View(session, Series(resolution, starts, rows, people, people), suppressed, float(starts[-1]))


def message_of(view: View) -> session_pb2.Timeline:
    """The same timeline, made by protobuf field by field."""
    series, shares = view.series, timeline.shares(view.series, hides=True)
    made = session_pb2.Timeline(labels=emotion_pb2.LABELS_VOTES)
    for index, start in enumerate(series.starts.tolist()):
        frames, faces, seen = series.sums[index, :3].tolist()
        bucket = made.buckets.add(frames=frames, faces=faces, group_size=int(series.group[index]))
        bucket.start_time.seconds, bucket.duration.seconds = start, series.resolution
        bucket.suppressed, bucket.coverage = bool(view.suppressed[index]), faces / max(seen, 1)
        bucket.open = start + series.resolution > view.closed_before
        for emotion in range(7) if faces else ():
            mean, top, low, high = (of[index, emotion] for of in (shares.mean, shares.top, shares.low, shares.high))
            bucket.emotions.add(
                emotion=emotion + 1, mean_score=mean, top_share=top, mean_score_low=low, mean_score_high=high
            )
    return made


@pytest.mark.parametrize("largest", [1, 127, 128, 4_000_000_000_000])
def test_python_reads_what_protobuf_would_have_written(largest: int) -> None:
    view = view_of(4, largest)
    assert session_pb2.Timeline.FromString(encode_timeline(view, emotion_pb2.LABELS_VOTES)) == message_of(view)
    buckets = [session_pb2.TimelineBucket.FromString(data) for data in encode_buckets(view)]
    assert buckets == list(message_of(view).buckets)


def test_another_parser_reads_the_same() -> None:
    view = view_of(4, 300)
    includes = [f"-I{ROOT / 'proto'}", f"-I{GOOGLE}"]
    command = [sys.executable, "-m", "grpc_tools.protoc", *includes, "--decode=liveclass.v1.Timeline"]
    data = encode_timeline(view, emotion_pb2.LABELS_VOTES)
    decoded = subprocess.run([*command, "liveclass/v1/session.proto"], input=data, capture_output=True, check=True)
    assert text_format.Parse(decoded.stdout, session_pb2.Timeline()) == message_of(view)


def test_no_buckets_are_an_empty_timeline() -> None:
    view = view_of(4, 1)
    none = View(view.session, view.series.where(view.suppressed & False), np.zeros(0, np.bool_), 0)
    assert encode_timeline(none, emotion_pb2.LABELS_UNSPECIFIED) == b""
    assert encode_buckets(none) == []


def test_the_longest_timeline_is_not_longer_than_a_client_takes() -> None:
    assert len(encode_timeline(view_of(MAX_BUCKETS, 2_000_000, 86_400), emotion_pb2.LABELS_VOTES)) < MAX_MESSAGE_BYTES
