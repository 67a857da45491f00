"""What is past its retention, or erased, leaves the disk, and gives nothing away as it goes."""

import time

import pytest
import sqlalchemy as sa
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, NOON, SAD, RunningSession, observation

from liveclass.names import parse_session
from liveclass.session.model import Erased
from liveclass.session.ports import SessionQuery
from liveclass.session.store import schema
from liveclass.session.store.clearing import STEP_CELLS
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
    return sum([await service.store.read(lambda c, query=query: c.scalar(query)) for query in counts])


async def test_a_sweeper_that_comes_by_often_leaves_nothing_behind(running):
    name = await running.create(retention=Duration(seconds=HOUR))
    await running.record(name, observation("a", time.time() - 500), observation("b", time.time()))
    assert await rows(running)
    for running.ahead in (HOUR - 600, HOUR + 5, HOUR + 700, HOUR + 1400, 86_400, 3 * 86_400):
        await sweep(running)
    assert await rows(running) == 0
    assert (await running.store.list_sessions(SessionQuery("default", None, (), 1)))[0].first_second is None


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
    start = (int(time.time()) - 600) // 600 * 600
    settings = {"start_time": Timestamp(seconds=start), "minimum_group_size": 3}
    name = await running.create(retention=Duration(seconds=HOUR), **settings)
    await running.record(
        name,
        observation("newcomers", start, (HAPPY,) * 3),
        observation("two", start + 60, (SAD, SAD)),
        observation("three", start + 120, (HAPPY,) * 3),
    )
    running.settle()

    async def suppressed(resolution: int) -> list[bool]:
        return [bucket.suppressed for bucket in await running.timeline(name, resolution)]

    assert (await suppressed(600), await suppressed(60)) == ([False], [True, True, False])
    running.ahead = start + 65 + HOUR - time.time()
    await sweep(running)
    assert (await suppressed(600), await suppressed(60)) == ([False], [True, False])


async def test_a_source_is_erased_from_more_cells_than_at_once(running):
    name, other = await running.create(), await running.create("classrooms/7b/sessions/other")
    kept = (observation("a", source="seat-1"), observation("b", NOON + 5, (SAD,), source="seat-1"))
    await running.record(other, *kept)
    seconds = range(0, 10 * (2 * STEP_CELLS + 1), 5)
    erased = [observation(str(second), NOON + second, source="seat-2") for second in seconds]
    await running.record(name, *kept, *erased)
    session = parse_session(name, "name", "default")
    assert await running.store.erase_source(session, "seat-2") == Erased(len(erased), len(erased))
    for resolution in (1, 10, 60, 600):
        assert await running.timeline(name, resolution) == await running.timeline(other, resolution)
