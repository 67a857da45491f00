"""Frames from arrays, files and cameras."""

import os
import struct
import time
from datetime import datetime, timedelta, timezone
from itertools import islice

import cv2
import numpy as np
import pytest

from liveclass.client import Camera, Frame, LiveFrames, UnreadableFrameError
from liveclass.client.camera import device_name, recording_start
from liveclass.client.channel import service_config
from liveclass.client.frames import as_frame, encode
from liveclass.secure_channel import target

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)


class FakeCapture:
    """A camera that gives `count` frames and then dies, or with `then_closes` waits."""

    def __init__(self, count: int, *, opens: bool = True, then_closes: bool = False) -> None:
        self.left = count
        self.opens, self.then_closes = opens, then_closes
        self.released = False

    def isOpened(self) -> bool:
        return self.opens

    def get(self, _property: int) -> float:
        return 0.0

    def grab(self) -> bool:
        if self.then_closes and self.left <= 0:
            time.sleep(0.01)
            return False
        self.left -= 1
        return self.left >= 0

    def retrieve(self):
        return True, np.zeros((4, 6, 3), np.uint8)

    def release(self) -> None:
        self.released = True


def box(kind: bytes, content: bytes) -> bytes:
    """A box of an MP4 file."""
    return struct.pack(">I4s", 8 + len(content), kind) + content


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


@pytest.mark.parametrize(("content", "error_message"), [(b"", "is empty"), (b"hello", "is not a picture")])
def test_a_file_without_a_picture_says_why(tmp_path, content, error_message):
    (tmp_path / "x.jpg").write_bytes(content)

    with pytest.raises(UnreadableFrameError, match=error_message):
        encode(tmp_path / "x.jpg")
    with pytest.raises(UnreadableFrameError, match="is a folder"):
        encode(tmp_path)


def test_a_video_gives_as_many_frames_as_asked_for_with_their_times(video):
    with Camera(video, frames_per_second=5, start=NOON) as camera:
        taken = list(camera)

    assert len(taken) == camera.length == 15
    assert [frame.capture_time - NOON for frame in taken[:3]] == [timedelta(seconds=index / 5) for index in range(3)]
    assert taken[-1].image.mean() > taken[0].image.mean()


@pytest.mark.parametrize(("asked", "given"), [(4, 12), (3, 9), (7, 21), (0.5, 2), (30, 30)])
def test_a_rate_that_does_not_divide_the_video_s_is_kept_on_average(video, asked, given):
    with Camera(video, frames_per_second=asked, start=NOON) as camera:
        taken = list(camera)

    assert len(taken) == camera.length == given


def test_every_frame_of_a_video(video):
    with Camera(video) as camera:
        assert len(list(camera)) == camera.length == 30


def test_a_camera_is_paced_and_its_death_is_said():
    capture = FakeCapture(1000)
    before = datetime.now(timezone.utc)

    taken = []
    with (
        Camera(0, frames_per_second=1, opener=lambda _: capture) as camera,
        pytest.raises(UnreadableFrameError, match="camera 0 gives no more"),
    ):
        taken.extend(camera)

    assert camera.length is None
    # All thousand were grabbed at once, so that none waits in the driver, and hardly any was due.
    assert capture.left == -1
    assert 1 <= len(taken) < 20
    assert before <= taken[0].capture_time <= datetime.now(timezone.utc)
    assert capture.released


def test_a_network_camera_that_breaks_off_is_connected_again():
    captures = [FakeCapture(2), FakeCapture(0, opens=False), FakeCapture(3)]
    given, said = list(captures), []

    with Camera("rtsp://u:secret@cam/1", on_event=said.append, opener=lambda _: given.pop(0)) as camera:
        taken = list(islice(camera, 5))

    assert len(taken) == 5
    assert said[0] == "rtsp://cam/1 broke off; connecting again"
    assert said[1].startswith("rtsp://cam/1 is back after")
    assert all(capture.released for capture in captures)


def test_the_password_of_a_network_camera_is_not_shown():
    assert device_name("rtsp://user:secret@cam.school:8554/front?x=1") == "rtsp://cam.school:8554/front?x=1"


def test_of_a_live_camera_the_oldest_frames_are_dropped_and_counted():
    with LiveFrames(Camera("rtsp://cam/1", opener=lambda _: FakeCapture(100, then_closes=True)), 4) as live:
        while live.dropped < 96:  # as long as nobody takes them
            time.sleep(0.001)
        live.stop()
        taken = list(live)

    assert len(taken) == 4
    assert live.dropped == 96
    assert [frame.capture_time for frame in taken] == sorted(frame.capture_time for frame in taken)


def test_a_camera_that_dies_is_said_after_its_last_frame():
    with LiveFrames(Camera(0, opener=lambda _: FakeCapture(3))) as live:
        frames = iter(live)
        assert len([next(frames) for _ in range(3)]) == 3
        with pytest.raises(UnreadableFrameError, match="gives no more frames"):
            next(frames)


def test_a_video_has_its_file_s_time(video):
    ended = datetime(2026, 3, 2, 12, 0, 3, tzinfo=timezone.utc).timestamp()
    os.utime(video, (ended, ended))

    with Camera(video, frames_per_second=1) as camera:
        assert camera.start == NOON
        assert [frame.capture_time for frame in camera][:2] == [NOON, NOON + timedelta(seconds=1)]


def test_no_frame_of_a_video_lies_in_the_future(video):
    os.utime(video, (time.time() + 86400,) * 2)
    with Camera(video) as camera:
        assert [frame.capture_time for frame in camera][-1] < datetime.now(timezone.utc)


@pytest.mark.parametrize("version", [0, 1])
def test_the_creation_time_of_an_mp4_wins_over_the_file_s(tmp_path, version):
    seconds = int((NOON - datetime(1904, 1, 1, tzinfo=timezone.utc)).total_seconds())
    times = struct.pack(">Q" if version else ">I", seconds)
    header = box(b"mvhd", bytes([version, 0, 0, 0]) + times + bytes(88))
    path = tmp_path / "lesson.mp4"
    path.write_bytes(box(b"ftyp", b"isom") + box(b"mdat", bytes(1000)) + box(b"moov", box(b"free", b"") + header))

    assert recording_start(path, timedelta(minutes=1)) == NOON


def test_an_mp4_without_a_creation_time_has_the_file_s(video, tmp_path):
    for content in (box(b"moov", box(b"mvhd", bytes(96))), box(b"ftyp", b"isom"), b"\x00\x00\x00\x04junk", b""):
        path = tmp_path / "lesson.mp4"
        path.write_bytes(content)
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
        assert recording_start(path, timedelta(minutes=1)) == NOON - timedelta(minutes=1)


def test_what_is_not_there_cannot_be_opened(tmp_path):
    with pytest.raises(UnreadableFrameError, match="does not exist"):
        Camera(tmp_path / "none.mp4")


def test_an_address_is_looked_up_so_that_all_replicas_are_found():
    assert target("detection.liveclass.svc:50051") == "dns:///detection.liveclass.svc:50051"
    assert target("dns:///detection:50051") == "dns:///detection:50051"
    assert target("ipv4:127.0.0.1:1,127.0.0.1:2") == "ipv4:127.0.0.1:1,127.0.0.1:2"
    assert target("unix:/run/detection") == "unix:/run/detection"
    assert service_config()["loadBalancingConfig"] == [{"round_robin": {}}]
