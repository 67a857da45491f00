"""`liveclass classify` as a process: how it ends."""

import os
import re
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from client_fakes import SESSION, FakeServices

from liveclass.client import LiveClass
from liveclass.runtime import errors


@pytest.fixture
def services():
    services = FakeServices()
    with LiveClass(*services.addresses) as lc:
        lc.create_session("7b", "geometry")
    yield services
    services.stop()


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    """Half a minute of large frames, which take a moment to read."""
    path = tmp_path_factory.mktemp("video") / "lesson.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 4, (1280, 720))
    frame = np.random.default_rng(0).integers(0, 256, (720, 1280, 3)).astype(np.uint8)
    for _ in range(120):
        writer.write(frame)
    writer.release()
    return path


def start(services: FakeServices, *arguments: object) -> "subprocess.Popen[str]":
    detection, session = services.addresses
    variables = {**os.environ, "LIVECLASS_DETECTION_ADDRESS": detection, "LIVECLASS_SESSION_ADDRESS": session}
    command = [sys.executable, "-m", "liveclass", "classify", *map(str, arguments)]
    return subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("track", [(), ("--track",)])
def test_ctrl_c_says_how_much_was_recorded(services, video, track):
    services.detection.seconds = 0.02
    process = start(services, video, "--fps", "4", "--session", SESSION, *track)
    while len(services.detection.requests) < 10:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)

    assert process.returncode == 130
    account = re.search(r"Stopped\. (\d+) of \d+ frames classified, (\d+) recorded", said)
    assert account, said
    answered = len({getattr(r, "frame_id", "") or r.frame.frame_id for r in services.detection.requests} - {""})
    refused = 1 if track else 0  # the fake refuses the third frame of a stream
    assert int(account[1]) == int(account[2]) == answered - refused < 100
    assert "Traceback" not in said


def test_a_stream_that_is_refused_ends_in_a_sentence(services, video):
    """Also while grpc's thread still reads the video: an interpreter that ended under it used to be aborted."""
    for _ in range(3):
        refusal = errors.FailedPreconditionError(SESSION, "has ended", errors.Reason.SESSION_ENDED)
        services.detection.faults.next["ClassifyStream"] = [refusal]
        process = start(services, video, "--fps", "0.2", "--session", SESSION, "--track")
        _, said = process.communicate(timeout=30)

        assert said.splitlines()[-1] == f"error: {SESSION}: has ended"
        assert "terminate called" not in said
        assert process.returncode == 1


def test_the_camera_example_stops_with_a_sentence_when_its_session_ends(services, video):
    services.detection.recorded = False
    services.detection.record_error = errors.FailedPreconditionError(SESSION, "has ended", errors.Reason.SESSION_ENDED)
    detection, session = services.addresses
    command = [sys.executable, "-m", "liveclass.client.examples.camera_to_session", "--video", str(video)]
    command += ["--detection", detection, "--session", session]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stderr) == (1, f"error: {SESSION}: has ended\n")
    assert len(services.detection.requests) < 10
