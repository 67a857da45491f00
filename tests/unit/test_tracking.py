"""Tracks, without any image: how they begin and end, assignment, and where faces are looked for."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from liveclass.detection.frame import ImageSize
from liveclass.detection.scanning import ScanSchedule, scan_parts
from liveclass.detection.scene import is_cut
from liveclass.detection.smoothing import smooth
from liveclass.detection.tracking import Tracker, TrackingSettings, overlap
from liveclass.preprocessing import Box
from liveclass.vision.faces import Detection


def face(x: int, y: int = 100, side: int = 50, score: float = 1.0) -> Detection:
    return Detection(Box(x, y, side, side), score)


def test_a_face_is_believed_at_the_second_sighting() -> None:
    tracker = Tracker()
    assert tracker.update([face(100)], 0.0) == []
    (track,) = tracker.update([face(102)], 0.1)
    assert track.box.x == 102


def test_after_a_search_of_the_whole_frame_it_is_believed_at_once() -> None:
    assert len(Tracker().update([face(100), face(300)], 0.0, certain=True)) == 2


def test_what_is_seen_once_is_no_face() -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    tracker.update([], 0.1)
    assert tracker.expected_at(0.2) == []


def test_a_face_keeps_its_id_while_others_come_and_go() -> None:
    tracker = Tracker()
    first = {track.box.x: track.track_id for track in tracker.update([face(100), face(300)], 0.0, certain=True)}
    tracker.update([face(305)], 0.1)
    later = {track.box.x: track.track_id for track in tracker.update([face(310), face(104)], 0.2)}
    assert later == {104: first[100], 310: first[300]}


def test_a_track_ends_a_second_after_its_face_was_last_seen() -> None:
    tracker = Tracker()
    (old,) = tracker.update([face(100)], 0.0, certain=True)
    assert tracker.update([], 0.9) == []
    assert len(tracker.expected_at(0.9)) == 1
    tracker.update([], 1.0)
    assert tracker.expected_at(1.0) == []
    (new,) = tracker.update([face(100)], 1.1, certain=True)
    assert new.track_id != old.track_id


def test_a_moving_face_is_expected_further_on() -> None:
    tracker = Tracker()
    for step in range(5):
        tracker.update([face(100 + 10 * step)], step / 10, certain=True)
    (expected,) = tracker.expected_at(0.5)
    assert abs(expected.x - 150) <= 2


def test_a_box_that_jitters_within_milliseconds_has_no_speed() -> None:
    tracker = Tracker()
    tracker.update([face(100)], 0.0)
    tracker.update([face(102)], 0.002)
    (expected,) = tracker.expected_at(0.3)
    assert overlap([expected], [face(102).box])[0, 0] > 0.3


def test_a_face_that_is_out_of_sight_is_expected_where_the_camera_has_turned() -> None:
    """And so it is found again when the camera turns back."""
    tracker = Tracker()
    tracker.update([face(500), face(700), face(20)], 0.0, certain=True)
    for step, turned in enumerate((-15, -30, -30, -15), start=1):
        tracker.update([face(500 + turned), face(700 + turned)], step / 10)
    expected = sorted(box.x for box in tracker.expected_at(0.4))
    assert expected == [5, 485, 685]


def test_two_faces_side_by_side_are_not_mixed_up() -> None:
    tracker = Tracker()
    ids = [track.track_id for track in tracker.update([face(100, score=2), face(140, score=1)], 0.0, certain=True)]
    tracks = tracker.update([face(110, score=2), face(150, score=1)], 0.1)
    assert [track.track_id for track in tracks] == ids


def test_the_highest_scoring_faces_come_first() -> None:
    scores = [track.score for track in Tracker(TrackingSettings(min_hits=1)).update([face(1), face(200, score=3)], 0.0)]
    assert scores == [3, 1]


def test_overlap_is_intersection_over_union() -> None:
    boxes = [Box(0, 0, 10, 10), Box(5, 0, 10, 10), Box(50, 50, 10, 10)]
    assert np.allclose(overlap(boxes[:1], boxes), [[1, 1 / 3, 0]])


@given(st.integers(60, 3000), st.integers(60, 3000), st.integers(20, 200), st.data())
def test_the_parts_of_a_search_leave_no_face_out(width: int, height: int, smallest: int, data: st.DataObject) -> None:
    side = data.draw(st.integers(smallest, max(smallest, min(width, height))))
    if side > min(width, height):
        return
    x, y = data.draw(st.integers(0, width - side)), data.draw(st.integers(0, height - side))
    assert any(
        part.smallest <= side <= part.largest
        and part.region.y <= y
        and y + side <= part.region.y + part.region.height
        and x + side <= part.region.width
        for part in scan_parts(ImageSize(width, height), smallest)
    )


def test_every_part_has_its_turn_within_the_interval_and_none_pays_for_all() -> None:
    parts = scan_parts(ImageSize(1280, 960), 40)
    schedule = ScanSchedule(2.0)
    assert schedule.due(parts, 0.0) == parts
    rounds = [schedule.due(parts, step / 10) for step in range(1, 21)]
    assert sorted(part for due in rounds for part in due) == sorted(parts)
    assert max(len(due) for due in rounds) <= 1


def test_after_a_pause_the_whole_frame_is_searched() -> None:
    parts = scan_parts(ImageSize(640, 480), 40)
    schedule = ScanSchedule(2.0)
    schedule.due(parts, 0.0)
    assert len(schedule.due(parts, 2.5)) == len(parts)


def test_a_cut_is_told_from_camera_motion_and_from_light() -> None:
    rng = np.random.default_rng(0)
    scene, other = (rng.uniform(0, 255, (12, 16)).astype(np.float32) for _ in range(2))
    assert not is_cut(scene, scene * 0.5 + 20)
    assert not is_cut(scene, scene + rng.normal(0, 20, scene.shape).astype(np.float32))
    assert is_cut(scene, other)
    assert not is_cut(np.zeros_like(scene), np.ones_like(scene))


SURE = np.array([0.01, 0.01, 0.01, 0.94, 0.01, 0.01, 0.01], np.float32)
SAD = np.array([0.01, 0.01, 0.01, 0.01, 0.94, 0.01, 0.01], np.float32)


@given(st.integers(1, 60))
def test_smoothing_depends_on_time_and_not_on_the_frame_rate(rate: int) -> None:
    state = smooth(None, SURE, 0.0, 1.0)
    for step in range(1, rate + 1):
        state = smooth(state, SAD, step / rate, 1.0)
    assert abs(float(state.scores[4]) - (0.94 - 0.93 * np.exp(-1))) < 1e-3
    assert abs(float(state.scores.sum()) - 1) < 1e-4


def test_without_a_time_constant_scores_are_each_frames_own() -> None:
    assert smooth(smooth(None, SURE, 0, 0), SAD, 0.1, 0).scores is SAD


def test_the_label_changes_only_when_another_clearly_leads() -> None:
    near = np.array([0.1, 0.1, 0.1, 0.22, 0.27, 0.11, 0.1], np.float32)
    state = smooth(None, near[[0, 1, 2, 4, 3, 5, 6]], 0.0, 0.0)
    assert state.label == 3
    for step in range(20):
        state = smooth(state, near if step % 2 else near[[0, 1, 2, 4, 3, 5, 6]], step / 10, 0.0)
        assert state.label == 3
    assert smooth(state, SAD, 5.0, 0.0).label == 4
