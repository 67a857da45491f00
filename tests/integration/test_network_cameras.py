"""Network cameras: a real RTSP server that plays a file, and JPEGs over HTTP as cameras send them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage
from client_fakes import SESSION, FakeServices
from deploy_helpers import ROOT

from liveclass.client import Camera, LiveClass

RTSP_SERVER = shutil.which("rtsp-server")
PICTURE = Path(skimage.__file__).parent / "data" / "astronaut.png"


def until(is_so, seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


class RtspCamera:
    """A camera that shows the photograph for a few seconds at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        python = Path(RTSP_SERVER).parent / "python"
        script = ROOT / "tests" / "data" / "picture_to_video.py"
        subprocess.run([python, script, PICTURE, folder / "class.mp4", "8"], check=True, timeout=60)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    @property
    def address(self) -> str:
        return f"rtsp://viewer:secret@127.0.0.1:{self.port}/class.mp4"

    def start(self) -> None:
        command = [RTSP_SERVER, "--dir", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with (self.folder / "rtsp.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        until(self.listens)

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def rtsp_camera(tmp_path):
    if RTSP_SERVER is None:
        if os.environ.get("CI"):
            pytest.fail("rtsp-server is missing: .ci/run installs it")
        pytest.skip("needs rtsp-server: pip install 'aio-rtsp-toolkit[server]' in an environment of its own")
    camera = RtspCamera(tmp_path)
    yield camera
    camera.kill()


@pytest.fixture
def services():
    services = FakeServices()
    with LiveClass(*services.addresses) as lc:
        lc.create_session("7b", "geometry")
    yield services
    services.stop()


def test_a_network_camera_is_recorded_through_a_restart_of_it(rtsp_camera, services):
    detection, session = services.addresses
    variables = {**os.environ, "LIVECLASS_DETECTION_ADDRESS": detection, "LIVECLASS_SESSION_ADDRESS": session}
    command = [sys.executable, "-m", "liveclass", "classify", rtsp_camera.address, "--fps", "2", "--session", SESSION]
    requests = services.detection.requests
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: len(requests) >= 3)
        rtsp_camera.kill()
        rtsp_camera.start()
        before = len(requests)
        until(lambda: len(requests) >= before + 3)
        process.send_signal(signal.SIGINT)
        shown, said = process.communicate(timeout=30)

    assert process.returncode == 0, said
    name = f"rtsp://127.0.0.1:{rtsp_camera.port}/class.mp4"
    assert f"{name} broke off; connecting again" in said
    assert f"{name} is back after" in said
    assert re.search(rf"Stopped\. {len(requests)} of \d+ frames classified, {len(requests)} recorded", said)
    assert f"{name}: at most 1 person at once" in shown
    assert "secret" not in shown + said
    frame = cv2.imdecode(np.frombuffer(requests[-1].image, np.uint8), cv2.IMREAD_COLOR)
    assert frame.shape == (512, 512, 3)
    times = [request.capture_time.ToDatetime() for request in requests]
    assert (times[1] - times[0]).total_seconds() > 0.3  # two a second, whatever the camera gives


class MotionJpeg(BaseHTTPRequestHandler):
    """What an HTTP camera answers: one JPEG after another, here for a while and then no more."""

    frames = 40

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        jpeg = cv2.imencode(".jpg", cv2.imread(str(PICTURE)))[1].tobytes()
        for _ in range(self.frames):
            self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg))
            self.wfile.write(jpeg + b"\r\n")
            time.sleep(0.02)

    def log_message(self, *_: object) -> None:
        """Tests print nothing."""


def test_an_http_camera_is_connected_again():
    server = ThreadingHTTPServer(("127.0.0.1", 0), MotionJpeg)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    said = []
    try:
        with Camera(f"http://127.0.0.1:{server.server_port}/video", on_event=said.append) as camera:
            frames = list(islice(camera, MotionJpeg.frames + 5))
    finally:
        server.shutdown()
        server.server_close()

    assert camera.is_live
    assert {frame.image.shape for frame in frames} == {(512, 512, 3)}
    assert len(said) == 2


def test_a_network_camera_that_is_not_there_is_said_at_once():
    command = [sys.executable, "-m", "liveclass", "classify", "rtsp://viewer:secret@127.0.0.1:9/front"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "error: rtsp://127.0.0.1:9/front cannot be opened: is the address right, and does it send video?"
    )
    assert "secret" not in done.stderr
