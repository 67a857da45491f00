"""What tests of every tier share: the photograph, and the whole system as real processes."""

import signal
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from skimage import data

from liveclass.stack import Ports, Stack

# A shell starts background jobs with Ctrl-C ignored, children inherit that, and tests send it to some.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def photograph() -> bytes:
    """One smiling face (NASA, public domain): a JPEG of 512×512 pixels."""
    encoded, jpeg = cv2.imencode(".jpg", cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    assert encoded
    return jpeg.tobytes()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Triton, both services and the edge, running. A test that stops a part must start it again."""
    settings = {"LIVECLASS_LOG_FORMAT": "json", "LIVECLASS_GRAFANA_URL": "https://grafana.school.example"}
    directory: Path = tmp_path_factory.mktemp("stack")
    with Stack(directory, Ports.free(), settings, has_edge=True) as running:
        yield running
