"""A release: each service of a pair is restarted in turn, under load, behind a client that spreads its calls."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from session_databases import Postgres, postgres

from liveclass.client import LiveClass, ServiceError
from liveclass.stack import Ports, Stack

__all__ = ["postgres"]  # a fixture

pytestmark = pytest.mark.timeout(600)

SENDERS = 3
PAUSE_SECONDS = 0.05
SETTLE_SECONDS = 7.0
"""A rollout waits between replicas (`minReadySeconds`); so long at most does a client wait before it connects again."""

CALL_TIMEOUT_SECONDS = 20


def both(ports: list[int]) -> str:
    """gRPC's name for two addresses of one service, as a headless Service's DNS would give them."""
    return "ipv4:" + ",".join(f"127.0.0.1:{port}" for port in ports)


@pytest.fixture(scope="module")
def pair(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Stack]]:
    """Two of everything on one PostgreSQL; each detection knows both Tritons and both session services."""
    database = {"LIVECLASS_DATABASE_URL": postgres.new_database(), "LIVECLASS_LOG_FORMAT": "json"}
    folder: Path = tmp_path_factory.mktemp("pair")
    ports = Ports.free(), Ports.free()
    stacks = Stack(folder / "first", ports[0], database), Stack(folder / "second", ports[1], database)
    for stack in stacks:
        stack.environment["LIVECLASS_TRITON_ADDRESS"] = both([each.triton_grpc for each in ports])
        stack.environment["LIVECLASS_SESSION_ADDRESS"] = both([each.session for each in ports])
    with stacks[0], stacks[1]:
        yield stacks


class Senders:
    """Send frames, each with a name of its own, until told to stop; and remember what became of them."""

    def __init__(self, pair: tuple[Stack, Stack], photograph: bytes) -> None:
        addresses = (both([getattr(stack.ports, name) for stack in pair]) for name in ("detection", "session"))
        self.client = LiveClass(*addresses, timeout=CALL_TIMEOUT_SECONDS)
        self.photograph = photograph
        self.session = self.client.create_session("rolling", f"s{uuid.uuid4().hex[:12]}", minimum_group_size=1).name
        self.acknowledged: list[str] = []
        self.kept_back: list[str] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(SENDERS)]

    def __enter__(self) -> "Senders":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def pause(self) -> None:
        self._stop.wait(PAUSE_SECONDS)

    def send(self, frame_id: str) -> bool:
        frame = self.client.classify(self.photograph, session=self.session, frame_id=frame_id, source="camera-1")
        return frame.recorded

    def recorded_frames(self) -> int:
        return sum(bucket.frames for bucket in self.client.timeline(self.session).buckets)

    def _run(self, number: int) -> None:
        count = 0
        while not self._stop.wait(PAUSE_SECONDS):
            count += 1
            frame_id = f"sender-{number}-frame-{count}"
            try:
                (self.acknowledged if self.send(frame_id) else self.kept_back).append(frame_id)
            except ServiceError as error:
                self.failures.append(f"{frame_id}: {error}")


@pytest.mark.parametrize("name", ["detection", "session", "triton"])
def test_a_rolling_restart_loses_no_frame_and_fails_no_call(pair, photograph, name):
    with Senders(pair, photograph) as senders:
        for stack in pair:
            before = len(senders.acknowledged)
            stack.restart(name)
            time.sleep(SETTLE_SECONDS)
            while len(senders.acknowledged) < before + 5 and not senders.failures:
                senders.pause()
    assert senders.failures == []
    # What was not acknowledged is the client's to send again; then everything is there, and once.
    assert all(senders.send(frame_id) for frame_id in senders.kept_back)
    assert senders.recorded_frames() == len(senders.acknowledged) + len(senders.kept_back)
    senders.client.close()
