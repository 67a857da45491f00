"""Observations out of a request: as columns, or refused with the first field that is wrong."""

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from liveclass.capture_time import CaptureTimeLimits
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session.observations import is_short, read_columns
from liveclass.v1 import emotion_pb2, session_pb2

NOW = 1_700_000_000.0
SCORES = (0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.1)


def face(scores=SCORES, emotions=range(1, 8)) -> session_pb2.ObservedFace:
    each = zip(emotions, scores, strict=False)
    return session_pb2.ObservedFace(emotions=[emotion_pb2.EmotionScore(emotion=e, score=s) for e, s in each])


def observation(number: int, **changes) -> session_pb2.Observation:
    fields = {"frame_id": f"f{number}", "capture_time": Timestamp(seconds=1_600_000_000), "source": "seat-1"}
    return session_pb2.Observation(**{**fields, "faces": [face()], **changes})


def write(*observations: session_pb2.Observation):
    request = session_pb2.RecordObservationsRequest(session="classrooms/7b/sessions/x", observations=observations)
    return read_columns(request, CaptureTimeLimits(NOW, 600), "default")


def test_faces_are_put_in_label_order_one_observation_after_another():
    turned = face(SCORES[::-1], range(7, 0, -1))
    columns = write(observation(0, faces=[turned, face()]), observation(1, faces=[], faces_seen=3), observation(2))
    assert columns.scores == pytest.approx(SCORES * 3)
    assert (list(columns.faces), list(columns.seen)) == ([2, 0, 1], [2, 3, 1])
    assert list(columns.frame_ids) == ["f0", "f1", "f2"]


def test_some_of_the_columns_are_those_of_some_of_the_observations():
    others = [face((0, 0, 0, 1, 0, 0, 0)), face((1, 0, 0, 0, 0, 0, 0))]
    columns = write(observation(0), observation(1, faces=others), observation(2, faces=[])).only([1, 2])
    assert list(columns.frame_ids) == ["f1", "f2"]
    assert (list(columns.faces), list(columns.seen)) == ([2, 0], [2, 0])
    assert columns.scores == [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_scores_are_by_fer2013_s_labels_where_nothing_else_is_said():
    votes = emotion_pb2.LABELS_VOTES
    nothing = observation(1, faces=[])
    assert write(observation(0), nothing).labels == "fer2013"
    assert write(observation(0, labels=votes), nothing).labels == "votes"
    assert write(nothing).labels is None


def test_faces_of_one_request_are_scored_by_one_set_of_labels():
    with pytest.raises(InvalidArgumentError, match=r"^observations: must be scored by one set of labels"):
        write(observation(0, labels=emotion_pb2.LABELS_VOTES), observation(1))


@pytest.mark.parametrize(
    "right",
    [
        {"capture_time": Timestamp()},
        {"frame_id": "jo@school.org"},
        {"source": "seat@4"},
        {"source": ""},
        {"faces": [face((0.1, 0.0, 0.1, 0.7, 0.05, 0.05, 0.009))]},
        {"faces_seen": 10_000},
    ],
)
def test_what_is_unusual_and_allowed_is_taken(right):
    assert len(write(observation(0), observation(1, **right))) == 2


WRONG = {
    "capture_time": [None, Timestamp(seconds=-1), Timestamp(seconds=1, nanos=-1), Timestamp(seconds=1_700_000_601)],
    "faces_seen": [-1, 10_001],
    "frame_id": ["", "x" * 129, "a\nb"],
    "source": ["jo@school.org", "x" * 129, "\x00"],
    "labels": [-1, 3],
    "faces": [[face(), one] for one in (
        face(()), face(SCORES, [1, 1, 3, 4, 5, 6, 7]), face(SCORES, range(8)), face((*SCORES, 0.0), [*range(1, 8), 7]),
        face(SCORES, range(995, 1002)), face((0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.2)),
        face((-0.1, 0.1, 0.1, 0.7, 0.05, 0.05, 0.1)), face((float("nan"), 0, 0, 0.7, 0.1, 0.1, 0.1)),
    )],
}  # fmt: skip  # a line for each field
ORDER = ("capture_time", "faces", "faces_seen", "labels", "frame_id", "source")
wrong = st.sampled_from([(name, value) for name in ORDER for value in WRONG[name]])


@given(st.dictionaries(st.integers(0, 4), st.lists(wrong, min_size=1, max_size=2), min_size=1, max_size=2))
def test_the_first_wrong_field_is_named(mistakes):
    changes = {at: dict(fields) for at, fields in mistakes.items()}
    first = min(changes)
    field = min(changes[first], key=ORDER.index)
    with pytest.raises(InvalidArgumentError) as refused:
        write(*(observation(number, **changes.get(number, {})) for number in range(5)))
    assert refused.value.field == f"observations[{first}].{'faces[1].emotions' if field == 'faces' else field}"


def test_an_observation_may_lie_as_far_ahead_of_our_clock_as_the_operator_allows():
    assert len(write(observation(0, capture_time=Timestamp(seconds=int(NOW) + 600)))) == 1
    with pytest.raises(InvalidArgumentError, match="is 14 h 3 min ahead of the server's clock; at most 10 min 0 s"):
        write(observation(0, capture_time=Timestamp(seconds=int(NOW) + 14 * 3600 + 180)))


class Counted:
    """A message that says which of its fields were read, and how often."""

    def __init__(self, message, reads: list[str]) -> None:
        self._message, self._reads = message, reads

    def __getattr__(self, name: str):
        self._reads.append(name)
        value = getattr(self._message, name)
        return value if name != "observations" else [Counted(one, self._reads) for one in value]


def test_too_many_faces_are_refused_before_any_is_looked_at():
    full = observation(0, faces=[face()] * 10_000)
    assert len(write(full).scores) == 7 * 10_000
    reads: list[str] = []
    request = session_pb2.RecordObservationsRequest(
        session="classrooms/7b/sessions/x", observations=[full, observation(1)]
    )
    with pytest.raises(InvalidArgumentError, match="at most 10000 faces") as refused:
        read_columns(Counted(request, reads), CaptureTimeLimits(NOW, 600), "default")
    assert refused.value.field == "observations"
    assert reads == ["session", "observations", "faces", "faces"]


def test_a_face_with_too_many_scores_is_refused_without_reading_them():
    many = session_pb2.ObservedFace(emotions=[emotion_pb2.EmotionScore()] * 1000)
    with pytest.raises(InvalidArgumentError, match="each of the seven") as refused:
        write(observation(0, faces=[face(), many]))
    assert refused.value.field == "observations[0].faces[1].emotions"


@pytest.mark.parametrize(("faces", "observations", "quick"), [(30, 1, True), (300, 1, False), (0, 1000, False)])
def test_what_takes_long_to_read_is_known_beforehand(faces, observations, quick):
    given = [observation(number, faces=[face()] * faces) for number in range(observations)]
    request = session_pb2.RecordObservationsRequest(observations=given)
    assert is_short(request) is quick
