"""The SDK's examples, run as people run them, and the SDK itself against the real services."""

import re
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest

from liveclass.client import AsyncLiveClass, BackgroundSender, Camera, Emotion, LiveClass, Observation
from liveclass.preprocessing import Box, crop_face


@pytest.fixture
def lc(stack):
    with LiveClass(stack.detection_address, stack.session_address, timeout=60) as lc:
        yield lc


@pytest.fixture
def picture(photograph, tmp_path):
    path = tmp_path / "astronaut.jpg"
    path.write_bytes(photograph)
    return path


@pytest.fixture
def video(photograph, tmp_path):
    """Two seconds of the photograph, a little brighter from frame to frame."""
    pixels = cv2.imdecode(np.frombuffer(photograph, np.uint8), cv2.IMREAD_COLOR)
    path = tmp_path / "lesson.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, pixels.shape[1::-1])
    for index in range(20):
        writer.write(cv2.convertScaleAbs(pixels, alpha=0.9 + index / 100))
    writer.release()
    return path


def run(example: str, *arguments: object) -> str:
    command = [sys.executable, "-m", f"liveclass.client.examples.{example}", *map(str, arguments)]
    answer = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_classify_file(stack, picture):
    output = run("classify_file", picture, "--detection", stack.detection_address)

    assert "face(s), model version" in output
    assert re.search(r"Box\(x=\d+, y=\d+, width=\d+, height=\d+\): \w+ [01]\.\d\d, \w+ 0\.\d\d", output)


def test_camera_to_session(stack, video):
    addresses = ("--detection", stack.detection_address, "--session", stack.session_address)
    output = run("camera_to_session", "--video", video, "--minimum-group-size", 1, *addresses)

    assert "4 of 4 frames recorded, 0 dropped" in output
    assert re.search(r"recording into classrooms/example/sessions/\S+", output)
    assert re.search(r"\d\d:\d\d:\d\d +\d+ faces  \w+ [01]\.\d\d", output)


def test_watch_class(stack, lc, photograph):
    session = lc.create_session("classrooms/example", minimum_group_size=1)
    command = [sys.executable, "-m", "liveclass.client.examples.watch_class", session.name]
    command += ["--session", stack.session_address, "--resolution", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as watch:
        first = threading.Event()
        lines: list[str] = []

        def read() -> None:
            for line in watch.stdout:
                lines.append(line)
                first.set()

        reader = threading.Thread(target=read)
        reader.start()
        while not first.wait(0.5):  # the class goes on, until the watch shows it
            assert lc.classify(photograph, session=session.name, source="front").recorded
        lc.end_session(session.name)
        assert watch.wait(60) == 0
        reader.join()

    assert re.search(r"\d\d:\d\d:\d\d  \w+ [01]\.\d\d of \d+ faces \((so far|final)\)", lines[0])
    assert "final" in lines[-1]


def test_a_face_cropped_here_scores_as_one_that_the_service_crops(lc, photograph):
    found = lc.classify(photograph).faces[0]
    gray = cv2.imdecode(np.frombuffer(photograph, np.uint8), cv2.IMREAD_GRAYSCALE)

    cropped = lc.classify_faces([crop_face(gray, Box(*found.box))]).faces[0]

    assert cropped.emotion is found.emotion
    assert [cropped.score(e) for e in Emotion] == pytest.approx([found.score(e) for e in Emotion], abs=0.02)


def test_frames_of_a_video_in_the_background(lc, video):
    session = lc.create_session("classrooms/sdk", minimum_group_size=1)
    with Camera(video, frames_per_second=5) as camera:
        sender = BackgroundSender(lc, session=session.name, source="front", when_full="wait")
        for frame in camera:
            sender.submit(frame)
        report = sender.close(60)

    assert (report.submitted, report.recorded, report.dropped, report.failed) == (10, 10, 0, 0)
    timeline = lc.timeline(session.name, resolution=1)
    assert sum(bucket.frames for bucket in timeline.buckets) == 10
    assert timeline.to_pandas()["frames"].sum() == 10


@pytest.mark.parametrize("part", ["session", "detection"])
def test_what_the_sender_has_room_for_outlives_the_restart_of_a_service(stack, lc, photograph, part):
    session = lc.create_session("classrooms/sdk", minimum_group_size=1)
    sender = BackgroundSender(lc, session=session.name, source="front", capacity=44)
    for number in range(44):
        if number == 8:
            stack.kill(part)
        if number == 36:
            stack.restart(part)
        sender.submit(photograph)
        time.sleep(0.02)
    report = sender.close(60)

    assert (report.submitted, report.recorded, report.dropped, report.failed) == (44, 44, 0, 0)
    assert sum(bucket.frames for bucket in lc.timeline(session.name, resolution=60).buckets) == 44


def test_a_stream_follows_a_face(lc, video):
    with Camera(video) as camera:
        results = list(lc.classify_stream(camera, in_flight=1))

    assert len(results) == 20
    assert all(result.frame is not None for result in results)
    tracks = {result.frame.faces[0].track_id for result in results}
    assert len(tracks) == 1
    assert tracks != {""}


def test_observations_of_ones_own(lc):
    session = lc.create_session("classrooms/sdk", minimum_group_size=1)
    start = datetime.now(timezone.utc).replace(microsecond=0)
    happy = {emotion: 0.88 if emotion is Emotion.HAPPINESS else 0.02 for emotion in Emotion}
    observations = [
        Observation(f"f{index}", start + timedelta(seconds=index), (happy, happy), source="front") for index in range(5)
    ]

    assert lc.record(session.name, observations).recorded == 5
    assert lc.record(session.name, observations).duplicates == 5

    timeline = lc.timeline(session.name, resolution=60)
    assert sum(bucket.faces for bucket in timeline.buckets) == 10
    assert timeline.buckets[0].top.emotion is Emotion.HAPPINESS
    assert timeline.buckets[0].top.mean_score == pytest.approx(0.88, abs=0.001)
    assert lc.summary(session.name).total.faces == 10
    assert b"happiness" in b"".join(lc.export(session.name))
    assert lc.delete_observations(session.name, "front").observations == 5
    assert lc.timeline(session.name).buckets == ()


async def test_watching_a_class_as_it_happens(stack, photograph):
    async with AsyncLiveClass(stack.detection_address, stack.session_address, timeout=60) as lc:
        session = await lc.create_session("classrooms/sdk", minimum_group_size=1)
        before = datetime.now(timezone.utc) - timedelta(seconds=5)
        frame = await lc.classify(photograph, session=session.name, source="front")
        assert frame.recorded
        await lc.end_session(session.name)

        buckets = [bucket async for bucket in lc.watch(session.name, start=before, resolution=1, timeout=60)]

        assert sum(bucket.frames for bucket in {b.start_time: b for b in buckets}.values()) == 1
        assert not buckets[-1].open
