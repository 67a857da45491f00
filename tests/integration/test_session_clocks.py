"""Clocks that are off: a camera's, against the session's start and the server's time; and recorded lessons."""

import re
import time

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import RunningSession, observation

from liveclass.v1 import session_pb2

HOUR = 3600


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


async def refusal(call) -> tuple[str, str]:
    """(field, description) of what must be an INVALID_ARGUMENT."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    for packed in rpc_status.from_call(raised.value).details:
        bad = error_details_pb2.BadRequest()
        if packed.Unpack(bad):
            return bad.field_violations[0].field, bad.field_violations[0].description
    raise AssertionError("no field is named")


async def begin(running: RunningSession, start_time: float | None = None, **settings: object) -> str:
    given = {} if start_time is None else {"start_time": Timestamp(seconds=int(start_time))}
    session = session_pb2.Session(minimum_group_size=1, **given, **settings)
    request = session_pb2.CreateSessionRequest(parent="classrooms/7b", session=session)
    return (await running.stub.CreateSession(request)).name


async def test_a_camera_whose_clock_is_off_is_told_by_how_much_and_the_lesson_keeps_its_length(running):
    name, now = await begin(running), time.time()
    assert await running.record(name, observation("a", now - 590), observation("b", now + 590)) == (2, 0)
    for offset, expected in (
        (14 * HOUR + 150, r"is 14 h [12] min ahead of the server's clock; at most 10 min 0 s are accepted"),
        (-2 * HOUR - 330, r"is 2 h 5 min before the session's start_time; at most 10 min 0 s are accepted"),
        (-86_400 * 10950 - HOUR, r"is 10950 d \d h before"),
    ):
        field, description = await refusal(running.record(name, observation("c", now), observation("d", now + offset)))
        assert field == "observations[1].capture_time"
        assert re.match(expected, description)
    buckets = await running.timeline(name)
    assert sum(bucket.frames for bucket in buckets) == 2


async def test_a_recorded_lesson_is_given_the_time_at_which_it_was_recorded(running):
    last_week = int(time.time()) - 7 * 86_400
    name = await begin(running, last_week)
    session = await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))
    assert session.start_time.seconds == last_week
    assert await running.record(name, observation("a", last_week), observation("b", last_week + 2700)) == (2, 0)
    field, _ = await refusal(running.record(name, observation("c", last_week - 700)))
    assert field == "observations[0].capture_time"


async def test_a_session_cannot_begin_in_the_future_or_before_what_it_keeps(running):
    for start, settings in ((time.time() + 60, {}), (time.time() - 2 * HOUR, {"retention": Duration(seconds=HOUR)})):
        field, _ = await refusal(begin(running, start, **settings))
        assert field == "session.start_time"
