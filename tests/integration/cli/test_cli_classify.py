"""`liveclass classify`: pictures, videos and cameras, and what it prints."""

import os
from datetime import timedelta, timezone

import cv2
import numpy as np
import pytest
from client_fakes import NOON, SESSION, json_lines

from liveclass.runtime import errors


def test_a_folder_is_classified_with_all_below_it(run, services, pictures):
    answer = run("classify", pictures)

    assert answer.exit_code == 0
    assert all(name in answer.stdout for name in ("a.jpg", "front/a.png", "front/b.bmp", "happiness 0.80"))
    assert "notes.txt" not in answer.output
    assert len(services.detection.requests) == 3


def test_hidden_folders_and_files_are_not_searched(run, services, pictures):
    (pictures / ".thumbnails" / "large").mkdir(parents=True)
    for name in (".thumbnails/a.png", ".thumbnails/large/b.png", "._a.jpg"):
        cv2.imwrite(str(pictures / name), np.full((48, 64, 3), 120, np.uint8))

    answer = run("classify", pictures)

    assert answer.exit_code == 0
    assert "thumbnails" not in answer.output
    assert len(services.detection.requests) == 3


def test_json_lines_hold_everything(run, pictures):
    answer = run("classify", pictures, "--json")

    lines = json_lines(answer)
    assert [line["path"] for line in lines] == [
        str(pictures / name) for name in ("a.jpg", "front/a.png", "front/b.bmp")
    ]
    assert len(lines[0]["faces"][0]["emotions"]) == 7
    assert lines[0]["recorded"] is False


def test_what_cannot_be_read_is_said_and_the_rest_goes_on(run, pictures):
    answer = run("classify", pictures / "notes.txt", pictures / "none.jpg", pictures / "a.jpg")

    assert answer.exit_code == 1
    assert "notes.txt is not a picture" in answer.stderr
    assert "none.jpg cannot be read" in answer.stderr
    assert "1 of 3 frames classified; 2 refused: is not a picture (1), cannot be read" in answer.stderr
    assert "happiness" in answer.stdout


def test_a_picture_that_the_service_refuses_is_said_and_the_rest_goes_on(run, services, pictures):
    refusal = errors.InvalidArgumentError("image", "is truncated", errors.Reason.IMAGE_TRUNCATED)
    services.detection.faults.next["ClassifyFrame"] = [refusal]

    answer = run("classify", pictures, "--json")

    assert answer.exit_code == 1
    refused = [line for line in json_lines(answer) if "error" in line]
    assert [line["error"]["reason"] for line in refused] == ["IMAGE_TRUNCATED"]
    assert len(json_lines(answer)) == 3


def test_what_would_meet_every_frame_is_said_once(run, services, pictures):
    refusal = errors.InvalidArgumentError("source", "looks like an e-mail address", errors.Reason.INVALID_FIELD)
    services.detection.faults.next["ClassifyFrame"] = [refusal] * 3

    answer = run("classify", pictures, "--source", "a@b.org")

    assert answer.exit_code == 1
    assert answer.stderr.count("error:") == 1
    assert "source: looks like an e-mail address" in answer.stderr


@pytest.mark.parametrize("track", [(), ("--track",)])
@pytest.mark.parametrize("end", [True, False])
def test_a_session_that_takes_nothing_is_said_before_the_first_frame(run, services, video, track, end):
    if end:
        run("session", "create", "7b", "--id", "geometry")
        run("session", "end", SESSION)

    answer = run("classify", video, "--session", SESSION, *track)

    assert answer.exit_code == 1
    expected = f"{SESSION} has ended: it takes no more observations" if end else f"there is no session '{SESSION}'"
    assert answer.stderr == f"error: {expected}\n"
    assert services.detection.faults.calls == []


@pytest.mark.parametrize("track", [(), ("--track",)])
def test_a_session_that_ends_midway_stops_the_recording_with_a_sentence(run, services, video, session, track):
    services.detection.recorded = False
    services.detection.record_error = errors.FailedPreconditionError(session, "has ended", errors.Reason.SESSION_ENDED)

    answer = run("classify", video, "--fps", "10", "--session", session, *track)

    assert answer.exit_code == 1
    assert answer.stderr.splitlines()[-1] == f"error: {session}: has ended"
    assert answer.stderr.count("has ended") == 1
    assert len(services.detection.requests) <= 17  # of 30


def test_frames_are_sent_until_they_are_recorded(run, services, pictures, session):
    away = errors.UnavailableError("no store", 0.01, errors.Reason.SESSION_SERVICE_UNAVAILABLE)
    busy = errors.ResourceExhaustedError("too much is in flight", 0.01, errors.Reason.TOO_MANY_FRAMES)
    services.detection.faults.next["ClassifyFrame"] = [away, busy, away, busy, away]
    services.detection.recorded = False  # the next one is not recorded, and is when it comes again

    answer = run("classify", pictures, "--session", session)

    assert answer.exit_code == 0
    assert "3 of 3 frames classified, 3 recorded." in answer.stderr
    assert answer.stderr.count("Waiting, and trying again: no store") == 1
    assert len({request.frame_id for request in services.detection.requests}) == 3


def test_a_busy_service_loses_no_picture_and_no_frame(run, services, pictures, video):
    services.detection.limit, services.detection.seconds = 2, 0.003
    for number in range(60):
        cv2.imwrite(str(pictures / f"p{number}.png"), np.full((8, 8), number, np.uint8))

    answer = run("classify", pictures, video, "--fps", "10", "--json")

    assert answer.exit_code == 0
    assert len(json_lines(answer)) == 93
    assert "93 of 93 frames classified." in answer.stderr
    assert services.detection.refused > 0


def test_a_service_that_is_not_there_is_said_at_once(run, pictures, monkeypatch):
    monkeypatch.setenv("LIVECLASS_DETECTION_ADDRESS", "127.0.0.1:1")

    answer = run("classify", pictures)

    assert answer.exit_code == 1
    assert answer.stderr.startswith("error: cannot reach the detection service at 127.0.0.1:1 (Connection refused).")
    assert len(answer.stderr.splitlines()) == 1


def test_hidden_folders_are_not_searched(run, pictures):
    (pictures / ".thumbnails").mkdir()
    cv2.imwrite(str(pictures / ".thumbnails" / "c.jpg"), np.zeros((8, 8), np.uint8))
    (pictures / "._a.jpg").write_bytes(b"what macOS leaves on other disks")

    assert "3 of 3 frames classified." in run("classify", pictures).stderr


def test_recording_carries_the_source(run, services, pictures, session):
    answer = run("classify", pictures / "a.jpg", "--session", session, "--source", "front")

    assert answer.exit_code == 0
    assert "yes" in answer.stdout
    assert (services.detection.requests[0].session, services.detection.requests[0].source) == (session, "front")


def test_a_frame_that_was_not_recorded_is_a_failure(run, services, pictures, session):
    services.detection.recorded = False
    services.detection.record_error = errors.InternalError()

    answer = run("classify", pictures / "a.jpg", "--session", session)

    assert answer.exit_code == 1
    assert "a.jpg: not recorded: internal error" in answer.stderr
    assert "1 of 1 frame classified, 0 recorded; 1 not recorded: internal error (1)." in answer.stderr


def test_saved_pictures_keep_their_folders_and_have_boxes_drawn(run, pictures, tmp_path):
    answer = run("classify", pictures, "--save", tmp_path / "saved")

    assert "3 picture(s) saved" in answer.stderr
    for name in ("a.jpg", "front/a.png", "front/b.bmp"):
        saved = cv2.imread(str(tmp_path / "saved" / name))
        assert saved.shape == (480, 640, 3)
        assert saved[20:80, 10].std() > 0 or (saved[50, 10] != saved[300, 300]).any()


def test_saving_never_takes_the_place_of_what_was_given(run, pictures):
    before = (pictures / "a.jpg").read_bytes()

    answer = run("classify", pictures / "a.jpg", "--save", pictures)

    assert answer.exit_code == 2
    assert "would be overwritten" in answer.stderr
    assert (pictures / "a.jpg").read_bytes() == before


def test_two_pictures_of_one_name_are_both_saved(run, pictures, tmp_path):
    cv2.imwrite(str(pictures / "front" / "a.jpg"), np.zeros((480, 640, 3), np.uint8))

    run("classify", pictures / "a.jpg", pictures / "front" / "a.jpg", "--save", tmp_path / "saved")

    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == ["a-2.jpg", "a.jpg"]


def test_a_video_is_sampled_and_its_frames_carry_their_times(run, services, video):
    answer = run("classify", video, "--fps", "2", "--json")

    assert [line["path"] for line in json_lines(answer)] == [f"{video}#{number}" for number in range(1, 7)]
    times = sorted(request.capture_time.ToDatetime() for request in services.detection.requests)
    assert (times[-1] - times[0]).total_seconds() == pytest.approx(2.5)


def test_a_file_that_cannot_be_written_is_said(run, session, tmp_path):
    answer = run("timeline", session, "--csv", tmp_path / "none" / "lesson.csv")

    assert answer.exit_code == 1
    assert "lesson.csv: No such file or directory" in answer.stderr.replace("\n", "")


def test_a_video_can_be_tracked(run, services, video):
    answer = run("classify", video, "--fps", "2", "--track", "--json")

    lines = json_lines(answer)
    assert services.detection.faults.calls.count("ClassifyStream") == 1
    assert lines[0]["faces"][0]["track_id"] == "t1"
    # The fake passes over the second frame, which comes again, and refuses it then.
    assert [line["path"].rpartition("#")[2] for line in lines] == ["1", "2", "3", "4", "5", "6"]
    assert [line["error"]["reason"] for line in lines if "error" in line] == ["IMAGE_TRUNCATED"]
    assert "5 of 6 frames classified; 1 refused: image: is truncated (1)." in answer.stderr
    assert answer.exit_code == 1


def test_a_video_is_summed_up_and_told_frame_by_frame_only_on_request(run, video):
    answer = run("classify", video, "--fps", "10")

    lines = answer.stdout.splitlines()
    assert lines[0].endswith("lesson.avi: at most 1 person at once; on the whole happiness 0.80, surprise 0.05")
    assert [line.split()[:3] for line in lines[2:]] == [
        ["00:00", "10", "1.0"],
        ["00:01", "10", "1.0"],
        ["00:02", "10", "1.0"],
    ]
    assert "30 of 30 frames classified." in answer.stderr
    assert "lesson.avi#30" in run("classify", video, "--fps", "10", "--verbose").stdout


def test_a_recorded_lesson_is_given_its_time(run, services, video):
    answer = run("classify", video, "--fps", "1", "--start", "2026-03-02T12:00:00Z")

    assert answer.exit_code == 0
    times = sorted(request.capture_time.ToDatetime(timezone.utc) for request in services.detection.requests)
    assert times == [NOON + timedelta(seconds=second) for second in range(3)]


def test_a_recorded_lesson_has_its_file_s_time_and_so_has_the_session_made_for_it(run, services, video):
    os.utime(video, (NOON.timestamp() + 3,) * 2)

    answer = run("classify", video, "--fps", "1", "--classroom", "7b")

    assert answer.exit_code == 0
    (name,) = services.session.sessions
    assert f"Recording into {name}" in answer.stderr
    created = services.session.requests[0]
    assert created.session.start_time.ToDatetime(timezone.utc) == NOON
    assert services.session.faults.calls == ["CreateSession", "EndSession"]
    assert {request.session for request in services.detection.requests} == {name}
    assert min(request.capture_time.ToDatetime(timezone.utc) for request in services.detection.requests) == NOON


@pytest.mark.parametrize("track", [(), ("--track",)])
def test_a_time_that_the_session_does_not_take_is_said_once_with_what_to_do(run, services, video, session, track):
    services.detection.recorded = False
    services.detection.record_error = errors.InvalidArgumentError(
        "observations[0].capture_time", "lies before the session", errors.Reason.INVALID_TIMESTAMP
    )

    answer = run("classify", video, "--session", session, *track)

    assert answer.exit_code == 1
    assert answer.stderr.count("lies before the session") == 1
    assert "--start" in answer.stderr
    assert "--classroom" in answer.stderr


@pytest.mark.parametrize("start", ["soon", "2026-03-02T12:00"])
def test_a_start_is_a_time_and_one_video_s(run, pictures, start):
    answer = run("classify", pictures, "--start", start)

    assert answer.exit_code == 2
    assert ("is not a time" if start == "soon" else "give a single video") in answer.stderr


def test_a_video_that_is_none(run, tmp_path):
    (tmp_path / "lesson.mp4").write_bytes(b"no video")

    answer = run("classify", tmp_path / "lesson.mp4")

    assert answer.exit_code == 1
    assert "not a video that OpenCV reads" in answer.stderr


def test_a_camera_that_is_not_there(run):
    answer = run("classify", "--camera", "63")

    assert answer.exit_code == 1
    assert "camera 63 cannot be opened: is it connected" in answer.stderr


@pytest.mark.parametrize("arguments", [(), ("a.jpg", "--camera", "0")])
def test_either_files_or_a_camera(run, arguments):
    answer = run("classify", *arguments)

    assert answer.exit_code == 2
    assert "--camera N" in answer.stderr


def test_an_empty_folder(run, tmp_path):
    assert run("classify", tmp_path).exit_code == 2
