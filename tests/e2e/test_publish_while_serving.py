"""A new version is published while frames are being classified: nobody notices, but by the version's name."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.client import LiveClass
from liveclass.paths import model_repository
from liveclass.stack import Ports, Stack
from liveclass.training.repository import Repository

COMMAND = [sys.executable, "-m", "liveclass.cli"]
SECONDS = 180
"""Within which the new version must have answered."""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy with the newest version alone, as this test publishes to it."""
    copy = Path(shutil.copytree(model_repository(os.environ), tmp_path / "model_repository"))
    for older in Repository(copy).versions()[1:]:
        shutil.rmtree(copy / "emotion" / str(older))
    return copy


@pytest.fixture
def serving(tmp_path: Path, repository: Path) -> Iterator[Stack]:
    with Stack(tmp_path / "stack", Ports.free(), {"LIVECLASS_MODEL_REPOSITORY": str(repository)}) as running:
        yield running


def write_evaluation(file: Path, lc: LiveClass) -> None:
    """Faces to measure a version on, each with the label that the served model gives it: publishing refuses a model
    that is no better than chance."""
    faces = [cv2.resize((face * 255).astype(np.uint8), (48, 48)) for face in data.lfw_subset()[:60]]
    labels = [face.emotion for face in lc.classify_faces(faces).faces]
    assert len(set(labels)) > 1
    rows = [
        f"{int(label)},{' '.join(map(str, face.ravel()))},PublicTest" for label, face in zip(labels, faces, strict=True)
    ]
    file.write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")


@pytest.mark.timeout(400)
def test_no_call_fails_and_answers_begin_to_name_the_new_version(serving, repository, photograph, tmp_path):
    picture = tmp_path / "class.jpg"
    picture.write_bytes(photograph)
    environment = {**os.environ, **serving.ports.environment()}
    addresses = f"127.0.0.1:{serving.ports.detection}", f"127.0.0.1:{serving.ports.session}"
    evaluation = tmp_path / "fer2013.csv"
    old = Repository(repository).versions()[0]
    answered: list[int] = []
    stop = threading.Event()

    def keep_calling() -> None:
        """As a client that never pauses. A call that fails ends the test with its error."""
        with LiveClass(*addresses) as lc:
            while not stop.is_set():
                answered.append(int(lc.classify(photograph).model_version))

    def classify() -> int:
        """As a person who runs `liveclass classify` again and again."""
        command = [*COMMAND, "classify", str(picture), "--json"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return int(json.loads(done.stdout)["model_version"])

    with LiveClass(*addresses) as lc:
        write_evaluation(evaluation, lc)
    client = threading.Thread(target=keep_calling)
    client.start()
    try:
        assert classify() == old
        savedmodel = repository / "emotion" / str(old) / "model.savedmodel"
        publishing = subprocess.Popen(
            [*COMMAND, "publish", str(savedmodel), "--repository", str(repository), "--data", str(evaluation)],
            stdout=subprocess.DEVNULL,
        )
        named = [classify()]
        while named[-1] == old and client.is_alive() and len(named) < SECONDS:
            named.append(classify())
        assert publishing.wait(60) == 0
        assert client.is_alive(), "a call failed"
    finally:
        stop.set()
        client.join(30)

    assert named[-1] == old + 1
    assert sorted(answered) == answered, "once the new version answers, the old one does so no more"
    assert set(answered) == {old, old + 1}
