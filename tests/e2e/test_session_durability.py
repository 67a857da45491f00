"""What was acknowledged is counted once, whatever is killed: the service, or PostgreSQL under two replicas of it."""

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from session_databases import postgres, start_postgres  # noqa: F401  # a fixture
from session_running import HAPPY, observed

from liveclass.v1 import session_pb2, session_pb2_grpc

FRAMES = 10_000
CLIENTS = 64
BATCH = 5
RETRIED = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.CANCELLED)


class Process:
    """The session service as a process that can be killed and started again."""

    def __init__(self, database_url: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = log
        self.environment = {
            **os.environ,
            "LIVECLASS_SESSION_PORT": str(self.port),
            "LIVECLASS_SESSION_METRICS_PORT": "0",
            "LIVECLASS_DATABASE_URL": database_url,
            "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
            "LIVECLASS_LOG_LEVEL": "warning",
        }
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "liveclass.session"]
            self.running = subprocess.Popen(command, env=self.environment, stderr=log)

    def kill(self) -> None:
        self.running.kill()
        self.running.wait()

    def end(self) -> None:
        self.running.terminate()
        self.running.wait(30)


class Class:
    """Clients that send frames until each was acknowledged, some of them with clocks that are five minutes off."""

    def __init__(self, ports: list[int], frames: int) -> None:
        options = [("grpc.max_reconnect_backoff_ms", 300), ("grpc.initial_reconnect_backoff_ms", 100)]
        self.channels = [grpc.aio.insecure_channel(f"127.0.0.1:{port}", options) for port in ports]
        self.stubs = [session_pb2_grpc.SessionServiceStub(channel) for channel in self.channels]
        self.frames = frames
        self.name = ""
        self.acknowledged = 0
        self.retries = 0

    async def create(self) -> None:
        request = session_pb2.CreateSessionRequest(
            parent="classrooms/7b", session=session_pb2.Session(minimum_group_size=1)
        )
        self.name = (await self.stubs[0].CreateSession(request, wait_for_ready=True, timeout=30)).name

    async def send_all(self) -> None:
        await asyncio.gather(*(self.client(number) for number in range(CLIENTS)))

    async def client(self, number: int) -> None:
        clock_error = (-300, 0, 300)[number % 3]
        for first in range(number * BATCH, self.frames, CLIENTS * BATCH):
            now = Timestamp(seconds=int(time.time()) + clock_error)
            observations = [
                session_pb2.Observation(
                    frame_id=f"{frame}", capture_time=now, source=f"seat-{number}", faces=[observed(HAPPY)]
                )
                for frame in range(first, min(first + BATCH, self.frames))
            ]
            await self.until_acknowledged(observations)

    async def until_acknowledged(self, observations: list[session_pb2.Observation]) -> None:
        request = session_pb2.RecordObservationsRequest(session=self.name, observations=observations)
        while True:
            try:
                answer = await random.choice(self.stubs).RecordObservations(request, timeout=5)
            except grpc.aio.AioRpcError as error:
                if error.code() not in RETRIED:
                    raise
                self.retries += 1
                await asyncio.sleep(0.1)
                continue
            assert answer.recorded + answer.duplicates == len(observations)
            self.acknowledged += len(observations)
            return

    async def counted(self) -> int:
        request = session_pb2.GetTimelineRequest(session=self.name)
        timeline = await self.stubs[0].GetTimeline(request, wait_for_ready=True, timeout=30)
        return sum(bucket.frames for bucket in timeline.buckets)

    async def after(self, acknowledged: int, sending: "asyncio.Task[None]") -> None:
        """Waits until so many frames were acknowledged."""
        while self.acknowledged < acknowledged:  # an event for each number would say no more
            if sending.done():
                sending.result()
            await asyncio.sleep(0.02)

    async def close(self) -> None:
        for channel in self.channels:
            await channel.close()


@pytest.fixture
def start(tmp_path):
    """Starts services, and ends them after the test."""
    services = []

    def started(database_url: str) -> Process:
        services.append(Process(database_url, tmp_path / f"session-{len(services)}.log"))
        return services[-1]

    yield started
    for service in services:
        service.end()


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
async def test_killing_the_service_loses_and_doubles_nothing(engine, start, request, tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    if engine == "postgresql":
        url = await asyncio.to_thread(request.getfixturevalue("postgres").new_database)
    service = start(url)
    clients = Class([service.port], FRAMES)
    await clients.create()
    sending = asyncio.create_task(clients.send_all())
    for killed_after in (FRAMES // 5, FRAMES // 2):
        await clients.after(killed_after, sending)
        service.kill()
        service.start()
    await sending
    assert clients.retries
    assert clients.acknowledged == FRAMES
    assert await clients.counted() == FRAMES
    await clients.close()


async def test_killing_postgresql_and_a_replica_loses_and_doubles_nothing(start):
    """Two replicas; the database is killed under both, then one of them."""
    database = await asyncio.to_thread(start_postgres, durable=True)
    url = await asyncio.to_thread(database.new_database)
    services = [start(url), start(url)]
    clients = Class([service.port for service in services], FRAMES)
    await clients.create()
    sending = asyncio.create_task(clients.send_all())
    await clients.after(FRAMES // 5, sending)
    await asyncio.to_thread(database.kill_and_restart)
    await clients.after(FRAMES // 2, sending)
    services[1].kill()
    services[1].start()
    await sending
    assert clients.retries
    assert clients.acknowledged == FRAMES
    assert await clients.counted() == FRAMES
    await clients.close()
    database.close()
