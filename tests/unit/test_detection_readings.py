"""Which faces of a frame are classified, and which keep the scores of an earlier frame."""

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.detection.frame import Classification, ModelChoice
from liveclass.detection.readings import Readings, of_another_model, with_carried_over
from liveclass.detection.tracking import Track
from liveclass.preprocessing import Box, crop_face

NEWEST = ModelChoice()
SURE, UNSURE = [0.05, 0.05, 0.05, 0.7, 0.05, 0.05, 0.05], [0.05, 0.05, 0.05, 0.4, 0.35, 0.05, 0.05]


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return crop_face(cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY), Box(177, 66, 96, 96))


def tracks(count: int) -> list[Track]:
    return [Track(Box(0, 0, 96, 96), 0.0, 1.0, track_id=str(index)) for index in range(count)]


def read(readings: Readings, crops: list[np.ndarray], now: float, scores=SURE, version: str = "3") -> list[int]:
    """The faces that are classified in a frame."""
    faces = tracks(len(crops))
    ids = [face.track_id for face in faces]
    chosen = readings.choose(faces, np.array(crops), now)
    kept = readings.carried_over(ids, chosen, NEWEST)
    wanted = [index for index in range(len(crops)) if index not in kept]
    answer = Classification(np.array([scores] * len(wanted), np.float32).reshape(-1, 7), version, "votes")
    readings.add([ids[index] for index in wanted], answer, NEWEST, now)
    return wanted


def times_read(readings: Readings, crop: np.ndarray, scores=SURE, rate: float = 10.0) -> list[float]:
    """When a still face is read in ten seconds, its first second left out."""
    times = [step / rate for step in range(round(10 * rate))]
    return [now for now in times if read(readings, [crop], now, scores) and now >= 1]


@pytest.mark.parametrize("rate", [10.0, 15.0, 30.0])
def test_a_still_face_is_read_twice_a_second_and_an_uncertain_one_up_to_four_times(astronaut, rate) -> None:
    still, uncertain = (times_read(Readings(0.5), astronaut, scores, rate) for scores in (SURE, UNSURE))
    assert 17 <= len(still) <= 19
    assert max(np.diff(still)) <= 0.5 + 1 / rate
    assert 26 <= len(uncertain) <= 36


def test_at_a_frame_a_second_every_face_is_read_in_every_frame(astronaut) -> None:
    assert len(times_read(Readings(0.5), astronaut, rate=1.0)) == 9


def test_with_no_time_to_carry_over_every_face_is_read_in_every_frame(astronaut) -> None:
    assert len(times_read(Readings(0), astronaut)) == 90


def test_a_face_that_looks_different_is_read_at_once_and_noise_is_no_difference(astronaut) -> None:
    readings, rng = Readings(0.5), np.random.default_rng(1)
    noisy = np.clip(astronaut + rng.normal(0, 4, astronaut.shape), 0, 255).astype(np.uint8)
    assert read(readings, [astronaut], 0.0) == [0]
    assert read(readings, [noisy], 0.1) == []
    assert read(readings, [cv2.convertScaleAbs(astronaut, alpha=0.8)[..., np.newaxis]], 0.2) == []  # the light changes
    assert read(readings, [astronaut[::-1]], 0.25) == [0]


def test_a_new_face_is_read_at_once_and_the_others_keep_their_scores(astronaut) -> None:
    readings = Readings(0.5)
    assert read(readings, [astronaut, astronaut], 0.0) == [0, 1]
    assert read(readings, [astronaut] * 3, 0.1) == [2]


def test_faces_that_need_not_be_read_yet_are_read_in_the_same_request(astronaut) -> None:
    """A request costs as much as two or three faces."""
    readings, frames = Readings(0.5), [step / 10 for step in range(40)]
    asked = [now for now in frames if read(readings, [astronaut] * (9 if now > 0.25 else 5), now)]
    assert len([now for now in asked if now >= 2]) == 4


def test_uncertain_faces_are_asked_for_together_whenever_each_of_them_came(astronaut) -> None:
    readings, frames = Readings(0.5), [step / 10 for step in range(50)]
    asked = [now for now in frames if read(readings, [astronaut] * min(9, 1 + round(10 * now)), now, UNSURE)]
    assert len([now for now in asked if now >= 2.5]) <= 10  # of 25 frames


def test_a_face_whose_classification_failed_is_read_in_the_next_frame(astronaut) -> None:
    readings = Readings(0.5)
    read(readings, [astronaut, astronaut], 0.0)
    readings.forget(["1"])
    assert read(readings, [astronaut, astronaut], 0.1) == [1]


def test_scores_are_carried_over_between_frames_of_one_model_only(astronaut) -> None:
    readings, ids = Readings(0.5), ["0", "1"]
    read(readings, [astronaut, astronaut], 0.0)
    kept = readings.carried_over(ids, [0], NEWEST)
    assert readings.carried_over(ids, [0], ModelChoice("2")) == {}
    one = Classification(np.array([UNSURE], np.float32), "3", "votes")
    assert not of_another_model(kept, one)
    assert of_another_model(kept, Classification(one.scores, "4", "votes"))
    assert of_another_model(kept, Classification(one.scores, "3", "fer2013"))
    whole = with_carried_over(2, [0], one, kept)
    assert whole.carried_over == [False, True]
    assert np.allclose(whole.classified.scores, [UNSURE, SURE])
    read(readings, [astronaut], 2.0, version="4")
    assert readings.carried_over(ids, [], NEWEST).keys() == {0}


def test_a_frame_of_which_nothing_is_read_says_which_model_its_scores_are_of(astronaut) -> None:
    readings = Readings(0.5)
    read(readings, [astronaut], 0.0)
    kept = readings.carried_over(["0"], [], NEWEST)
    whole = with_carried_over(1, [], Classification(np.empty((0, 7), np.float32), ""), kept)
    assert (whole.classified.version, whole.classified.labels, whole.carried_over) == ("3", "votes", [True])
