"""The SDK: sessions, timelines and summaries."""

import json
from datetime import timedelta

import cv2
import pytest
from client_fakes import AWAY, NOON, PNG, SESSION, bucket

from liveclass import client
from liveclass.client import Emotion
from liveclass.runtime import errors
from liveclass.v1 import emotion_pb2


def test_a_session_from_creation_to_deletion(lc):
    created = lc.create_session(
        "classrooms/7b", "geometry", display_name="Geometry", minimum_group_size=3, retention=timedelta(days=7)
    )
    assert (created.name, created.display_name, created.state) == (SESSION, "Geometry", client.SessionState.ACTIVE)
    assert (created.minimum_group_size, created.retention, created.start_time) == (3, timedelta(days=7), NOON)
    assert created.end_time is None
    with pytest.raises(client.AlreadyExistsError):
        lc.create_session("classrooms/7b", "geometry")

    ended = lc.end_session(SESSION)
    assert ended.state is client.SessionState.ENDED
    assert ended.end_time == NOON + timedelta(hours=1)

    lc.delete_session(SESSION)
    with pytest.raises(client.NotFoundError, match="there is no session"):
        lc.get_session(SESSION)


def test_a_classroom_may_be_named_by_its_last_part(lc, services):
    created = lc.create_session("7b", "geometry")

    assert created.name == SESSION
    assert [session.name for session in lc.list_sessions("7b")] == [SESSION]


def test_listing_follows_the_pages(lc, services):
    for index in range(5):
        lc.create_session("classrooms/7b", f"s{index}")

    names = [session.name for session in lc.list_sessions("classrooms/7b", page_size=2)]

    assert names == [f"classrooms/7b/sessions/s{index}" for index in range(5)]
    assert services.session.faults.calls.count("ListSessions") == 3


def test_a_timeline_as_values_and_as_a_pandas_frame(lc):
    lc.create_session("classrooms/7b", "geometry")

    timeline = lc.timeline(SESSION, resolution=10)

    assert [b.suppressed for b in timeline.buckets] == [False, True, False]
    assert timeline.buckets[0].top.emotion is Emotion.HAPPINESS
    assert timeline.buckets[1].top is None
    frame = timeline.to_pandas()
    assert frame.index[0] == NOON
    assert frame["happiness"].tolist()[::2] == pytest.approx([0.6, 0.3])
    assert frame["happiness"].isna().tolist() == [False, True, False]
    assert frame["group_size"].tolist() == [6, 0, 6]


def test_an_empty_timeline_is_an_empty_frame(lc, services):
    lc.create_session("classrooms/7b", "geometry")
    services.session.buckets = []

    timeline = lc.timeline(SESSION)

    assert len(timeline.to_pandas()) == 0
    with pytest.raises(client.LiveClassError, match="empty"):
        timeline.plot("nowhere.png")


def test_a_plot_is_a_picture(lc, tmp_path):
    lc.create_session("classrooms/7b", "geometry")

    path = lc.timeline(SESSION).plot(tmp_path / "class.png")

    assert cv2.imread(str(path)).shape[1] > 1000


def test_a_watch_goes_on_where_it_broke_off(lc, services):
    services.session.faults.next["WatchTimeline.bucket"] = [AWAY]
    services.session.buckets = [bucket(second) for second in (0, 10, 20)]

    starts = [b.start_time - NOON for b in lc.watch(SESSION)]

    # The first bucket was the last thing seen before the connection broke, and comes again.
    assert starts == [timedelta(seconds=second) for second in (0, 0, 10, 20)]
    assert services.session.requests[1].start_time.ToDatetime() == NOON.replace(tzinfo=None)


def test_a_watch_of_nothing_says_so_at_once(lc, services):
    services.session.faults.next["WatchTimeline"] = [errors.NotFoundError("session", SESSION)]

    with pytest.raises(client.NotFoundError):
        list(lc.watch(SESSION))


def test_summary_export_and_erasure(lc):
    summary = lc.summary(SESSION)
    assert summary.change_points[0].emotion is Emotion.HAPPINESS
    assert [trend.emotion for trend in summary.trends] == list(Emotion)
    assert summary.top_pairs[0].share == pytest.approx(0.4)
    assert b"".join(lc.export(SESSION, format="csv")) == b"start_time,frames\n"
    with pytest.raises(ValueError, match="csv"):
        list(lc.export(SESSION, format="xlsx"))
    assert lc.delete_observations(SESSION, "front") == client.Erased(4, 9)


def test_recording_what_was_classified_elsewhere(lc, services):
    faces = (dict.fromkeys(Emotion, 1 / 7),)
    observation = client.Observation("f1", NOON, faces, source="front", faces_seen=2, labels="votes")

    assert lc.record(SESSION, [observation]) == client.Recorded(1, 0)

    sent = services.session.requests[0].observations[0]
    assert (sent.frame_id, sent.source, sent.faces_seen) == ("f1", "front", 2)
    assert sent.labels == emotion_pb2.LABELS_VOTES
    assert sorted(score.emotion for score in sent.faces[0].emotions) == list(range(1, 8))


def test_a_session_and_its_timeline_say_whose_labels_the_scores_are_by(lc, services):
    session = lc.create_session("classrooms/7b", "geometry")
    assert session.labels == ""
    services.session.sessions[session.name].labels = emotion_pb2.LABELS_FER2013

    assert lc.get_session(session.name).labels == "fer2013"
    assert lc.timeline(session.name).labels == "votes"  # as the fake says


def test_results_are_json(lc):
    lc.create_session("classrooms/7b", "geometry")

    frame = json.loads(json.dumps(client.as_json(lc.classify(PNG))))
    timeline = json.loads(json.dumps(client.as_json(lc.timeline(SESSION))))

    assert frame["faces"][0]["emotion"] == "happiness"
    assert frame["faces"][0]["box"] == {"x": 10, "y": 20, "width": 60, "height": 60}
    assert timeline["buckets"][0]["start_time"] == "2026-03-02T12:00:00+00:00"
    assert timeline["resolution"] == 10
