"""What only PostgreSQL has: notices between replicas, and partitions that others may hold locked."""

import asyncio
import time

import pytest
import sqlalchemy as sa
from session_databases import Postgres, postgres  # noqa: F401  # a fixture
from session_running import NOON, RunningSession, observation
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from liveclass.v1 import session_pb2

PATIENCE_SECONDS = 30

LISTENERS = "datname = current_database() AND pid <> pg_backend_pid() AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"


@pytest.fixture
async def url(postgres: Postgres) -> str:  # noqa: F811  # the fixture
    return await asyncio.to_thread(postgres.new_database)


async def cut_off_listeners(engine: AsyncEngine) -> int:
    """Ends the connections on which replicas listen; gives their number."""
    async with engine.connect() as connection:
        ended = await connection.execute(
            sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LISTENERS}")
        )
        return len(ended.all())


async def test_a_watcher_misses_nothing_while_its_replica_does_not_hear_the_others(url: str) -> None:
    engine = create_async_engine(url)
    async with RunningSession(url) as one, RunningSession(url) as other:
        name = await one.create()
        request = session_pb2.WatchTimelineRequest(session=name)
        request.start_time.seconds, request.resolution.seconds = NOON, 10
        call = one.stub.WatchTimeline(request)
        await other.record(name, observation("before", NOON))
        assert (await asyncio.wait_for(call.read(), PATIENCE_SECONDS)).start_time.seconds == NOON
        for second in (10, 20):  # the second time shows that it listens again
            assert await cut_off_listeners(engine)
            await other.record(name, observation(f"{second}", NOON + second))
            assert (await asyncio.wait_for(call.read(), PATIENCE_SECONDS)).start_time.seconds == NOON + second
        call.cancel()
    await engine.dispose()


async def test_a_sweep_that_meets_a_lock_gives_up_and_blocks_nobody(url: str) -> None:
    engine = create_async_engine(url)
    async with RunningSession(url) as running:
        name = await running.create(retention={"seconds": 86_400})
        await running.record(name, observation("a", time.time()))
        in_four_days = int(time.time()) + 4 * 86_400
        async with engine.begin() as reader:  # a long report of somebody's
            await reader.execute(sa.text("SELECT count(*) FROM frames"))
            sweep = asyncio.ensure_future(running.store.sweep(in_four_days, 86_400))
            with pytest.raises(DBAPIError, match="lock timeout"):
                await asyncio.wait_for(sweep, PATIENCE_SECONDS)
            assert [bucket.frames for bucket in await running.timeline(name)] == [1]
            assert await running.record(name, observation("b", time.time())) == (1, 0)
        assert await running.store.sweep(in_four_days, 86_400) == 4
    await engine.dispose()
