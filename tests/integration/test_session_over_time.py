"""Watching, summing up, exporting, erasing and forgetting, the same on SQLite and on PostgreSQL."""

import asyncio
import csv
import gc
import io
import json
import time

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, NOON, SAD, RunningSession, observation, timeline_request

from liveclass.emotions import LABELS, Emotion
from liveclass.names import SessionName, parse_session
from liveclass.session.store import schema
from liveclass.session.store.clearing import add_pending_of
from liveclass.v1 import emotion_pb2, session_pb2

CSV, JSON_LINES = session_pb2.ExportTimelineRequest.FORMAT_CSV, session_pb2.ExportTimelineRequest.FORMAT_JSON_LINES


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


def watch(service: RunningSession, session: str, start: int | None = None, resolution: int = 10, **fields: object):
    request = session_pb2.WatchTimelineRequest(session=session, **fields)
    request.resolution.seconds = resolution
    if start is not None:
        request.start_time.seconds = start
    return service.stub.WatchTimeline(request)


async def until(call, wanted, seconds: float = 30.0):
    """Reads from a watch until a bucket is as wanted."""

    async def read():
        while not wanted(bucket := await call.read()):
            pass
        return bucket

    return await asyncio.wait_for(read(), seconds)


async def test_a_watch_shows_the_past_then_what_comes_and_ends_with_the_session(running):
    name = await running.create()
    await running.record(name, observation("a", NOON), observation("b", NOON + 20))
    call = watch(running, name, NOON)
    first, second = await call.read(), await call.read()
    assert [(b.start_time.seconds - NOON, b.frames, b.open) for b in (first, second)] == [(0, 1, False), (20, 1, False)]
    await running.record(name, observation("late", NOON + 1))
    assert (await until(call, lambda bucket: bucket.frames == 2)).start_time.seconds == NOON
    now = int(time.time()) // 10 * 10 + 20  # ahead, so that it is open however slow the machine is
    await running.record(name, observation("now", now))
    assert (await until(call, lambda bucket: bucket.open)).start_time.seconds == now // 10 * 10
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    last = await until(call, lambda bucket: bucket.start_time.seconds == now // 10 * 10 and not bucket.open)
    assert await call.read() is grpc.aio.EOF
    assert (last.start_time.seconds, last.open) == (now // 10 * 10, False)
    assert await call.code() == grpc.StatusCode.OK


async def test_a_watch_resumes_where_another_broke_off(running):
    name = await running.create()
    await running.record(name, *(observation(f"{s}", NOON + s) for s in (0, 10, 20)))
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    shown = [bucket.start_time.seconds - NOON async for bucket in watch(running, name, NOON + 10)]
    assert shown == [10, 20]


async def test_an_open_bucket_is_sent_as_it_changes(running):
    name = await running.create()
    call = watch(running, name, int(time.time()) - 5, resolution=3600)
    for frame in range(3):
        await running.record(name, observation(f"{frame}", time.time()))
        bucket = await asyncio.wait_for(call.read(), 30)
        assert (bucket.open, bucket.frames) == (True, frame + 1)
    call.cancel()


async def test_a_watch_gets_a_bucket_when_it_is_released_though_nobody_writes(running):
    name, now = await running.create(minimum_group_size=3), int(time.time())
    await running.record(name, observation("past", now - 60, [HAPPY] * 3), observation("a", now, [HAPPY] * 3))
    call = watch(running, name, now)
    running.ahead = 13 - (now % 10) - 1.0  # a second before it is due, at the latest
    bucket = await until(call, lambda bucket: not bucket.open)
    assert (bucket.start_time.seconds, bucket.group_size) == (now // 10 * 10, 3)
    call.cancel()


async def test_a_watch_of_nothing_is_refused(running):
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await watch(running, "classrooms/7b/sessions/none").read()
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_watches_end_at_once_when_the_service_drains(running):
    call = watch(running, await running.create(), NOON)
    await asyncio.sleep(0.3)
    draining = asyncio.ensure_future(running.server.stop())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.wait_for(call.read(), 30)
    await draining
    assert caught.value.code() == grpc.StatusCode.UNAVAILABLE


async def test_a_watcher_sees_what_another_replica_wrote(postgres):  # noqa: F811  # the fixture
    url = await asyncio.to_thread(postgres.new_database)
    async with RunningSession(url) as one, RunningSession(url) as other:
        name = await one.create()
        call = watch(one, name, NOON)
        await asyncio.sleep(0.5)
        for frame in range(3):
            await other.record(name, observation(f"{frame}", NOON + 10 * frame))
            assert (await until(call, lambda bucket: True)).start_time.seconds == NOON + 10 * frame
        call.cancel()


async def test_a_refusal_whose_caller_has_gone_is_not_logged_as_an_error(running, caplog):
    ending = asyncio.create_task(
        running.store.end_session(parse_session("classrooms/7b/sessions/none", "name", "default"), 0)
    )
    await asyncio.sleep(0)  # it has begun
    ending.cancel()
    await asyncio.wait([ending])
    del ending
    await running.create()  # after it, as there is one writer
    gc.collect()
    assert not [record.message for record in caplog.records if record.levelname == "ERROR"]


async def test_who_hangs_up_while_erasing_does_not_keep_watchers_from_hearing_of_it(running):
    name = parse_session(await running.create(), "name", "default")
    await running.record(str(name), observation("a", source="seat-1"))
    changes = running.feed.subscribe((await running.store.get_session(name)).id)
    erasing = asyncio.create_task(running.store.erase_source(name, "seat-1"))
    await asyncio.sleep(0)  # it has begun
    erasing.cancel()
    assert await changes.take(10)
    while await running.timeline(str(name)):  # that was the notice of the record, which can come late
        assert await changes.take(10)
    running.feed.unsubscribe(changes)


async def test_a_summary_tells_the_trend_the_changes_and_the_pairs(running):
    name = await running.create()
    frames = [observation(f"{i}", NOON + 10 * i, [HAPPY if i < 60 else SAD]) for i in range(120)]
    await running.record(name, *frames)
    summary = await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name))
    assert (summary.total.frames, summary.total.start_time.seconds, summary.total.duration.seconds) == (120, NOON, 1200)
    assert summary.total.group_size == 1
    slopes = {trend.emotion: trend.slope_per_hour for trend in summary.trends}
    assert slopes[emotion_pb2.EMOTION_HAPPINESS] < 0 < slopes[emotion_pb2.EMOTION_SADNESS]
    (change,) = summary.change_points
    assert (change.time.seconds, change.emotion) == (NOON + 600, emotion_pb2.EMOTION_HAPPINESS)
    assert (change.before, change.after) == pytest.approx((0.7, 0.0), abs=1e-5)
    first, second = summary.top_pairs
    assert {(p.first, p.second) for p in (first, second)} == {
        (Emotion.HAPPINESS + 1, Emotion.NEUTRAL + 1), (Emotion.SADNESS + 1, Emotion.NEUTRAL + 1)
    }  # fmt: skip
    assert first.share == second.share == 0.5


async def test_a_summary_of_too_few_tells_nothing(running):
    name = await running.create(minimum_group_size=5)
    empty = await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name))
    assert (empty.total.frames, empty.total.suppressed) == (0, False)
    await running.record(name, *(observation(f"{i}", NOON + 10 * i) for i in range(100)))
    summary = await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name))
    assert summary.total.suppressed
    told = [summary.trends, summary.change_points, summary.top_pairs, summary.total.emotions]
    assert not any(told)


async def exported(service: RunningSession, session: str, form) -> str:
    request = session_pb2.ExportTimelineRequest(timeline=timeline_request(session), format=form)
    return b"".join([chunk.data async for chunk in service.stub.ExportTimeline(request)]).decode()


async def test_an_export_says_what_the_timeline_says(running):
    name = await running.create(minimum_group_size=2)
    await running.record(
        name,
        observation("before", NOON - 60, [HAPPY] * 2),
        observation("a", NOON, [HAPPY] * 2),
        observation("b", NOON + 900),
    )
    (first, bucket, hidden) = await running.timeline(name)
    assert (first.suppressed, hidden.suppressed) == (True, True)
    lines = [json.loads(line) for line in (await exported(running, name, JSON_LINES)).splitlines()][1:]
    assert lines[0]["frames"] == bucket.frames
    assert lines[0]["emotions"]["happiness"]["mean_score"] == pytest.approx(0.7, abs=1e-5)
    assert list(lines[0]["emotions"]) == list(LABELS)
    assert (lines[1]["suppressed"], "emotions" in lines[1], "frames" in lines[1]) == (True, False, False)
    rows = list(csv.DictReader(io.StringIO(await exported(running, name, CSV))))[1:]
    assert [row["suppressed"] for row in rows] == ["false", "true"]
    assert float(rows[0]["happiness_mean_score"]) == pytest.approx(0.7, abs=1e-5)
    assert (rows[1]["frames"], rows[1]["happiness_mean_score"]) == ("", "")
    assert rows[0]["start_time"].endswith("T12:00:00Z")


async def test_a_long_export_comes_in_pieces(running):
    name = await running.create()
    await running.record(name, *(observation(f"{i}", NOON + 10 * i) for i in range(1000)))
    request = session_pb2.ExportTimelineRequest(timeline=timeline_request(name))
    chunks = [chunk.data async for chunk in running.stub.ExportTimeline(request)]
    assert len(chunks) > 1
    assert b"".join(chunks).count(b"\n") == 1001


async def test_erasing_a_source_leaves_what_would_be_there_without_it(running):
    kept = [observation(f"k{i}", NOON + 7 * i, [SAD] * (i % 3), "room") for i in range(50)]
    gone = [observation(f"g{i}", NOON + 5 * i, [HAPPY] * (1 + i % 2), "seat-1") for i in range(60)]
    with_both, with_one = await running.create("classrooms/7b/sessions/both"), await running.create()
    await running.record(with_both, *kept, *gone)
    await running.record(with_one, *kept)
    request = session_pb2.DeleteObservationsRequest(session=with_both, source="seat-1")
    erased = await running.stub.DeleteObservations(request)
    assert (erased.observations, erased.faces) == (60, 90)
    for resolution in (1, 7, 10, 60, 600, 1800):
        assert await running.timeline(with_both, resolution) == await running.timeline(with_one, resolution)
    assert await running.timeline(with_both, source="seat-1") == []
    summaries = [session_pb2.GetSummaryRequest(session=name) for name in (with_both, with_one)]
    assert await running.stub.GetSummary(summaries[0]) == await running.stub.GetSummary(summaries[1])
    again = await running.stub.DeleteObservations(request)
    assert (again.observations, again.faces) == (0, 0)
    for table in (schema.frames, schema.source_buckets, schema.sources):
        sources = sa.select(sa.func.count(table.c.source_key.distinct())).where(table.c.session_id == 1)
        assert await scalar(running, sources) == 1


async def test_no_table_holds_a_pseudonym_or_a_frame_id(running):
    name = await running.create()
    await running.record(name, observation("frame-of-jo", source="seat-of-jo"))
    tables = schema.metadata.sorted_tables
    rows = await running.store.read(lambda c: [tuple(row) for t in tables for row in c.execute(t.select())])
    assert rows
    assert "of-jo" not in repr(rows)


async def test_what_is_past_its_retention_is_not_shown_and_then_gone(running):
    now = int(time.time())
    name = await running.create(retention=Duration(seconds=3600), start_time=Timestamp(seconds=now - 3000))
    longer = await running.create("classrooms/7b/sessions/longer")
    for session in (name, longer):
        await running.record(session, observation("old", now - 3000), observation("new", now))
        await running.store.write(add_pending_of, SessionName("default", "7b", session.rpartition("/")[2]))
    assert sum(bucket.frames for bucket in await running.timeline(name, 1)) == 2
    running.ahead = 1000
    assert [bucket.start_time.seconds for bucket in await running.timeline(name, 1)] == [now]
    running.ahead = 3 * 86_400
    assert await running.timeline(name, 1) == []
    assert await running.store.sweep(int(running.clock()), 86_400 * 365) > 0
    assert (await rows_of(running, name), await rows_of(running, longer)) == (0, 2 + 2 * (2 + 2))
    assert len(await running.timeline(longer, 1)) == 2
    assert await running.store.sweep(int(running.clock()), 86_400 * 365) == 0
    await running.record(name, observation("next", running.clock()))


async def rows_of(service: RunningSession, name: str) -> int:
    """How many rows a session has in all tables that hold observations."""
    session = name.rpartition("/")[2]
    number = sa.select(schema.sessions.c.id).where(schema.sessions.c.session == session).scalar_subquery()
    counts = [sa.select(sa.func.count()).select_from(t).where(t.c.session_id == number) for t in schema.GROWING]
    return sum([await scalar(service, count) for count in counts])


async def scalar(service: RunningSession, query):
    return await service.store.read(lambda connection: connection.scalar(query))


async def test_on_postgresql_whole_partitions_are_dropped(postgres):  # noqa: F811  # the fixture
    url = await asyncio.to_thread(postgres.new_database)
    async with RunningSession(url) as service:
        name = await service.create(retention=Duration(seconds=86_400))
        await service.record(name, observation("a", time.time()))
        tables = sa.text("SELECT count(*) FROM pg_partition_tree('frames') WHERE isleaf")
        assert await scalar(service, tables) == 1
        assert await service.store.sweep(int(time.time()) + 4 * 86_400, 86_400) == 4
        assert await scalar(service, tables) == 0


async def test_who_read_exported_and_erased_is_on_record(running):
    name = await running.create()
    await running.record(name, observation("a", source="seat-1"))
    await running.stub.GetTimeline(timeline_request(name))
    await exported(running, name, CSV)
    await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=name, source="seat-1"))
    await running.auditor.flush()
    query = sa.select(schema.audit).order_by(schema.audit.c.id)
    rows = await running.store.read(lambda connection: connection.execute(query).all())
    assert {(row.action, row.resource, row.outcome) for row in rows} >= {
        ("CreateSession", "classrooms/7b", "OK"),
        ("DeleteObservations", name, "BEGUN"), ("DeleteObservations", name, "OK"),
        ("ExportTimeline", name, "BEGUN"), ("ExportTimeline", name, "OK"),
        ("GetTimeline", name, "OK"),
    }  # fmt: skip
    assert {(row.subject, row.tenant, row.client) for row in rows} == {("local-operator", "default", "ipv4:127.0.0.1")}
    assert "RecordObservations" not in {row.action for row in rows}
    assert "seat-1" not in repr(rows)


async def test_bad_requests_name_the_field_of_the_export(running):
    request = session_pb2.ExportTimelineRequest(timeline=timeline_request(await running.create()))
    request.timeline.end_time.CopyFrom(Timestamp(seconds=-5))
    with pytest.raises(grpc.aio.AioRpcError, match=r"timeline\.end_time"):
        await running.stub.ExportTimeline(request).read()
