"""Frames from arrays, files and cameras."""

from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest

from liveclass.client import Camera, Frame, UnreadableFrameError, frames
from liveclass.client.channel import service_config, target
from liveclass.client.frames import as_frame, encode

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)


class FakeCapture:
    """A camera that gives `count` frames and then dies."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.released = False

    def isOpened(self) -> bool:
        return True

    def get(self, _property: int) -> float:
        return 0.0

    def grab(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def retrieve(self):
        return True, np.zeros((4, 6, 3), np.uint8)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "lesson.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in range(30):
        writer.write(np.full((48, 64, 3), level * 8, np.uint8))
    writer.release()
    return path


def test_a_frame_keeps_its_id_and_what_is_given_wins():
    frame = Frame(b"x", capture_time=NOON)

    assert as_frame(frame) == frame
    assert as_frame(frame, frame_id="f7").frame_id == "f7"
    assert as_frame(b"x").frame_id != as_frame(b"x").frame_id


def test_png_keeps_every_pixel():
    pixels = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)

    decoded = cv2.imdecode(np.frombuffer(encode(pixels, "png"), np.uint8), cv2.IMREAD_COLOR)

    assert (decoded == pixels).all()
    with pytest.raises(ValueError, match="'jpeg' or 'png'"):
        encode(pixels, "gif")


@pytest.mark.parametrize(("content", "complaint"), [(b"", "is empty"), (b"hello", "is not a picture")])
def test_a_file_without_a_picture_says_why(tmp_path, content, complaint):
    (tmp_path / "x.jpg").write_bytes(content)

    with pytest.raises(UnreadableFrameError, match=complaint):
        encode(tmp_path / "x.jpg")
    with pytest.raises(UnreadableFrameError, match="is a folder"):
        encode(tmp_path)


def test_a_video_gives_as_many_frames_as_asked_for_with_their_times(video):
    with Camera(video, frames_per_second=5, start=NOON) as camera:
        taken = list(camera)

    assert len(taken) == camera.length == 15
    assert [frame.capture_time - NOON for frame in taken[:3]] == [timedelta(seconds=index / 5) for index in range(3)]
    assert taken[-1].image.mean() > taken[0].image.mean()


def test_every_frame_of_a_video(video):
    with Camera(video) as camera:
        assert len(list(camera)) == camera.length == 30


def test_a_camera_is_paced_and_its_death_is_said(monkeypatch):
    capture = FakeCapture(1000)
    monkeypatch.setattr(frames, "_open", lambda device: capture)
    before = datetime.now(timezone.utc)

    taken = []
    with Camera(0, frames_per_second=1) as camera, pytest.raises(UnreadableFrameError, match="camera 0 gives no more"):
        taken.extend(camera)

    assert camera.length is None
    # All thousand were grabbed at once, so that none waits in the driver, and hardly any was due.
    assert capture.left == -1
    assert 1 <= len(taken) < 20
    assert before <= taken[0].capture_time <= datetime.now(timezone.utc)
    assert capture.released


def test_what_is_not_there_cannot_be_opened(tmp_path):
    with pytest.raises(UnreadableFrameError, match="does not exist"):
        Camera(tmp_path / "none.mp4")


def test_an_address_is_looked_up_so_that_all_replicas_are_found():
    assert target("detection.liveclass.svc:50051") == "dns:///detection.liveclass.svc:50051"
    assert target("dns:///detection:50051") == "dns:///detection:50051"
    assert target("unix:/run/detection") == "unix:/run/detection"
    assert service_config()["loadBalancingConfig"] == [{"round_robin": {}}]
