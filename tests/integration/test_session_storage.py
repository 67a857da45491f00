"""A full or read-only disk is named, reading goes on, nothing that was acknowledged is lost, and it mends itself."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
import sqlalchemy as sa
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from session_databases import Postgres, postgres, run_apart  # noqa: F401  # a fixture among them
from session_running import NOON, RunningSession, observation
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING


class SmallDisk:
    """A file system in memory that holds a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount("size=6m")

    def grow(self) -> None:
        self._mount("remount,size=40m")

    def close(self) -> None:
        subprocess.run(["umount", self.folder], check=True, capture_output=True)

    def _mount(self, options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True, capture_output=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    try:
        disk = SmallDisk(tmp_path / "disk")
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI") == "true" and os.geteuid() == 0:
            raise
        pytest.skip(f"mounting takes root: {error}")
    yield disk
    disk.close()


@asynccontextmanager
async def logged(url: str, lines: list) -> AsyncIterator[RunningSession]:
    with capture_logs() as captured:
        async with RunningSession(url) as running:
            yield running
    lines += captured


async def health(running: RunningSession, name: str) -> int:
    stub = health_pb2_grpc.HealthStub(running.channel)
    return (await stub.Check(health_pb2.HealthCheckRequest(service=name))).status


async def until(check: Callable, expected: int) -> None:
    for _ in range(50):
        if await check() == expected:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("health did not change")


async def refusal(call) -> tuple[str, str, float]:
    """(reason, message, seconds after which to retry) of what must be UNAVAILABLE."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    assert raised.value.code() is grpc.StatusCode.UNAVAILABLE
    info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
    for packed in rpc_status.from_call(raised.value).details:
        packed.Unpack(info)
        packed.Unpack(retry)
    return info.reason, raised.value.details(), retry.retry_delay.ToSeconds()


async def record_until_refused(running: RunningSession, name: str) -> tuple[int, list[object]]:
    """How many observations were acknowledged, and those that were not."""
    acknowledged = 0
    for number in range(400):
        frames = [observation(f"{number}-{one}", NOON + 10 * number, source=f"s{one}") for one in range(100)]
        try:
            acknowledged += (await running.record(name, *frames))[0]
        except grpc.aio.AioRpcError:
            return acknowledged, frames
    raise AssertionError("the disk never filled up")


def written(running: RunningSession) -> float | None:
    return running.registry.get_sample_value("liveclass_storage_writable")


async def test_a_full_disk_is_named_and_reading_goes_on_until_there_is_room_again(small_disk):
    lines: list = []
    async with logged(f"sqlite+aiosqlite:///{small_disk.folder}/liveclass.db", lines) as running:
        name = await running.create()
        await until(lambda: health(running, "writes"), SERVING)
        assert written(running) == 1
        acknowledged, frames = await record_until_refused(running, name)
        reason, message, retry = await refusal(running.record(name, *frames))
        assert (reason, retry) == ("STORE_FULL", 5)
        assert "the disk of the database is full" in message
        await until(lambda: health(running, "writes"), NOT_SERVING)
        assert written(running) == 0
        assert running.registry.get_sample_value("liveclass_disk_free_bytes") < 1_000_000
        assert await health(running, "") == SERVING
        assert sum(bucket.frames for bucket in await running.timeline(name, 600)) == acknowledged
        small_disk.grow()
        await until(lambda: health(running, "writes"), SERVING)
        assert written(running) == 1
        assert await running.record(name, *frames) == (100, 0)
        assert sum(bucket.frames for bucket in await running.timeline(name, 600)) == acknowledged + 100
    told = [line["event"] for line in lines if line["event"] in ("nothing can be recorded", "recording goes on")]
    assert told == ["nothing can be recorded", "recording goes on"]


def execute(postgres: Postgres, statement: str) -> None:  # noqa: F811  # the fixture
    async def run() -> None:
        engine = create_async_engine(postgres.url("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(sa.text(statement))
        await engine.dispose()

    run_apart(run())


async def test_a_server_that_can_only_be_read_is_named_and_reading_goes_on(postgres):  # noqa: F811  # the fixture
    lines: list = []
    url = postgres.new_database()
    async with logged(url, lines) as running:
        name = await running.create()
        assert await running.record(name, observation("a")) == (1, 0)
        database = sa.make_url(url).database
        execute(postgres, f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        await running.store.on_its_loop(running.store.pool.dispose())  # the setting is for new connections
        reason, message, _ = await refusal(running.record(name, observation("b")))
        assert reason == "STORE_READ_ONLY"
        assert "can only be read" in message
        await until(lambda: health(running, "writes"), NOT_SERVING)
        assert await health(running, "") == SERVING
        assert len(await running.timeline(name)) == 1
        execute(postgres, f"ALTER DATABASE {database} RESET default_transaction_read_only")
        await running.store.on_its_loop(running.store.pool.dispose())
        await until(lambda: health(running, "writes"), SERVING)
        assert await running.record(name, observation("b")) == (1, 0)
    assert "nothing can be recorded" in [line["event"] for line in lines]


async def test_one_connection_is_enough_though_one_more_listens(postgres):  # noqa: F811  # the fixture
    async with RunningSession(postgres.new_database(), connections=1) as running:
        name = await running.create()
        assert await running.record(name, observation("a")) == (1, 0)
        assert len(await running.timeline(name)) == 1


async def test_a_missing_table_is_logged_with_its_name_and_seen_in_health(tmp_path):
    lines: list = []
    async with logged(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", lines) as running:
        await until(lambda: health(running, ""), SERVING)
        await running.store.write(lambda begun: begun.connection.execute(sa.text("DROP TABLE sessions")))
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await running.create()
        assert raised.value.code() is grpc.StatusCode.INTERNAL
        assert "table" not in raised.value.details()
        await until(lambda: health(running, ""), NOT_SERVING)
    (failed,) = [line for line in lines if line["event"] == "call failed"]
    assert "no such table: sessions" in str(failed["exc_info"])
