"""The command line, in process, against services that answer over real connections."""

import cv2
import numpy as np
import pytest
from client_fakes import SESSION, FakeServices
from typer.testing import CliRunner

from liveclass.cli import app


@pytest.fixture
def services(monkeypatch):
    services = FakeServices()
    monkeypatch.setenv("LIVECLASS_DETECTION_ADDRESS", services.addresses[0])
    monkeypatch.setenv("LIVECLASS_SESSION_ADDRESS", services.addresses[1])
    yield services
    services.stop()


@pytest.fixture
def run(services, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    runner = CliRunner()
    return lambda *arguments: runner.invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def session(run):
    run("session", "create", "7b", "--id", "geometry", "--title", "Geometry")
    return SESSION


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "class"
    (folder / "front").mkdir(parents=True)
    for name in ("a.jpg", "front/a.png", "front/b.bmp"):
        cv2.imwrite(str(folder / name), np.full((480, 640, 3), 120, np.uint8))
    (folder / "notes.txt").write_text("not a picture")
    return folder


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "lesson.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for level in range(30):
        writer.write(np.full((48, 64, 3), level * 8, np.uint8))
    writer.release()
    return path
