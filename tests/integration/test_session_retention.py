"""What is past its retention leaves the disk, however often the sweeper comes by, and gives nothing away as it goes."""

import time

import pytest
import sqlalchemy as sa
from google.protobuf.duration_pb2 import Duration
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, SAD, RunningSession, observation

from liveclass.session.store import schema
from liveclass.session.store.port import SessionQuery
from liveclass.v1 import session_pb2

HOUR = 3600


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


async def sweep(service: RunningSession) -> None:
    await service.store.sweep(int(service.clock()), 365 * 86_400)


async def rows(service: RunningSession) -> int:
    """How many rows all tables that hold observations have."""
    counts = [sa.select(sa.func.count()).select_from(table) for table in schema.GROWING]
    return sum([await service.store._engine.read(lambda c, query=query: c.scalar(query)) for query in counts])


async def test_a_sweeper_that_comes_by_often_leaves_nothing_behind(running):
    name = await running.create(retention=Duration(seconds=HOUR))
    await running.record(name, observation("a", time.time() - 900), observation("b", time.time()))
    assert await rows(running)
    for running.ahead in (HOUR - 600, HOUR + 5, HOUR + 700, HOUR + 1400, 86_400, 3 * 86_400):
        await sweep(running)
    assert await rows(running) == 0
    assert (await running.store.list_sessions(SessionQuery(None, (), 1)))[0].first_second is None


async def test_a_session_whose_time_is_past_is_empty_and_not_suppressed(running):
    name = await running.create(retention=Duration(seconds=HOUR), minimum_group_size=5)
    await running.record(name, observation("a", time.time()))
    request = session_pb2.GetSummaryRequest(session=name)
    assert (await running.stub.GetSummary(request)).total.suppressed
    running.ahead = HOUR + 1400
    for _ in range(2):
        summary = await running.stub.GetSummary(request)
        assert not summary.total.suppressed
        assert not summary.total.frames
        await sweep(running)


async def test_what_was_hidden_stays_hidden_while_its_neighbours_expire(running):
    name = await running.create(retention=Duration(seconds=HOUR), minimum_group_size=3)
    start = (int(time.time()) - 600) // 600 * 600
    await running.record(name, observation("two", start, (SAD, SAD)), observation("three", start + 60, (HAPPY,) * 3))

    async def suppressed(resolution: int) -> list[bool]:
        return [bucket.suppressed for bucket in await running.timeline(name, resolution)]

    # Three faces may be shown, but not beside the whole: what is left of that is two.
    assert (await suppressed(600), await suppressed(60)) == ([False], [True, True])
    running.ahead = start + 90 + HOUR - time.time()
    await sweep(running)
    assert (await suppressed(600), await suppressed(60)) == ([False], [True])
