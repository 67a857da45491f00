"""What is recorded is read at once, whether it is in the buckets already or still waits to be added to them."""

import time
from typing import Any

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, NOON, RULES, SAD, RunningSession, observation

from liveclass.names import SessionName
from liveclass.session.changes import ChangeFeed
from liveclass.session.store import schema
from liveclass.session.store.clearing import add_pending_of
from liveclass.session.store.opening import make_store
from liveclass.session.store.recording import MAX_PENDING
from liveclass.session.store.sql import StoreOptions
from liveclass.v1 import session_pb2

RESOLUTIONS = (1, 7, 10, 60, 600)


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


async def add_pending(running: RunningSession, name: str) -> None:
    _, classroom, _, session = name.split("/")
    await running.store.write(add_pending_of, SessionName("default", classroom, session))


async def answers(running: RunningSession, name: str) -> list[Any]:
    """All that can be read of a session."""
    timelines = [await running.timeline(name, one, source=source) for one in RESOLUTIONS for source in ("", "a", "b")]
    part = await running.timeline(name, 10, NOON + 10, NOON + 40)
    return [*timelines, part, await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name))]


async def test_a_bucket_is_the_same_however_many_commits_it_comes_from(running):
    parts = [
        [observation(f"{part}-{i}", NOON + 7 * i, [HAPPY, SAD][: i % 3], source, seen=i % 3 + part)
         for i in range(12) for source in (("a", "b", "c")[(i + part) % 3],)]
        for part in range(3)
    ]  # fmt: skip
    whole, waits, halves = [await running.create(f"classrooms/7b/sessions/{one}") for one in ("x", "y", "z")]
    await running.record(whole, *(one for part in parts for one in part))
    await add_pending(running, whole)
    for part in parts:
        await running.record(waits, *part)
        await running.record(halves, *part)
        if part is parts[1]:
            await add_pending(running, halves)
    expected = await answers(running, whole)
    assert await answers(running, waits) == expected
    assert await answers(running, halves) == expected
    await running.end(waits)
    assert [b.frames for b in await running.timeline(waits)] == [b.frames for b in expected[6]]


async def test_only_so_many_rows_wait(running):
    name = await running.create()
    each = 1000
    for call in range(MAX_PENDING // each + 1):
        second = NOON + call * each
        await running.record(name, *(observation(f"{second + i}", second + i, ()) for i in range(each)))
    pending = sa.select(schema.sessions.c.pending)
    assert await running.store.read(lambda connection: connection.scalar(pending)) == each
    assert sum(one.frames for one in await running.timeline(name, 600)) == MAX_PENDING + each


async def test_what_waits_is_deleted_with_its_session_and_after_its_retention(running):
    now = int(time.time())
    short, gone = (
        await running.create(retention=Duration(seconds=3600)),
        await running.create("classrooms/7b/sessions/x"),
    )
    await running.record(short, observation("a", now))
    await running.record(gone, observation("a", NOON))
    await running.stub.DeleteSession(session_pb2.DeleteSessionRequest(name=gone))
    assert await rows(running, schema.pending_buckets) == 1
    running.ahead = 3 * 86_400
    await running.store.sweep(int(running.clock()), 86_400 * 365)
    assert await rows(running, schema.pending_buckets) == await rows(running, schema.source_buckets) == 0


async def rows(running: RunningSession, table: sa.Table) -> int:
    return await running.store.read(lambda c: c.scalar(sa.select(sa.func.count()).select_from(table)))


async def test_a_source_that_is_erased_or_past_its_retention_makes_room_for_another(database_url):  # noqa: F811
    now = int(time.time())
    async with RunningSession(database_url, max_sources=2) as running:
        name = await running.create(retention=Duration(seconds=3600), start_time=Timestamp(seconds=now - 3000))
        await running.record(name, observation("a", now - 3000, source="a"), observation("b", now, source="b"))
        await running.record(name, observation("a2", now, (HAPPY, SAD), source="b"))
        assert await is_refused(running, name, observation("c", now, source="c"))
        await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=name, source="b"))
        await running.record(name, observation("c", now, source="c"))
        assert await is_refused(running, name, observation("d", now, source="d"))
        running.ahead = 2000
        await running.store.sweep(int(running.clock()), 86_400 * 365)
        await running.record(name, observation("d", now, source="d"))
        assert await is_refused(running, name, observation("e", now, source="e"))


async def is_refused(running: RunningSession, name: str, frame: session_pb2.Observation) -> bool:
    try:
        await running.record(name, frame)
    except grpc.aio.AioRpcError as error:
        assert "is one too many" in error.details()  # noqa: PT017  # some are recorded
        return True
    return False


async def test_the_sources_of_an_earlier_schema_are_counted(database_url):  # noqa: F811  # the fixture
    store = make_store(database_url, 1, StoreOptions(ChangeFeed(), RULES, time.time))
    await store.open("0009")
    await store.write(lambda begun: record_as_before(begun.connection))
    await store.close()
    async with RunningSession(database_url, max_sources=3) as running:
        name = "classrooms/7b/sessions/maths"
        await running.record(name, observation("c", NOON, source="c"))
        assert await is_refused(running, name, observation("d", NOON, source="d"))


def record_as_before(connection: sa.Connection) -> None:
    """A session with two sources, one of which showed different numbers of faces."""
    names = "id, classroom, session, display_name, start_time, minimum_group_size, retention_seconds, hash_key"
    insert = sa.text(
        f"INSERT INTO sessions ({names}, watermark) VALUES (1, '7b', 'maths', '', :start, 1, 7776000, :key, :open)"
    )
    connection.execute(insert, {"start": NOON * 1_000_000, "key": b"0123456789abcdef", "open": 2**40})
    for source, faces in ((77, 1), (77, 2), (78, 1)):
        connection.execute(sa.text(f"INSERT INTO sources VALUES (1, {source}, {faces}, {NOON}, {NOON})"))
