"""What is too much is refused over gRPC with its field, and harms nobody."""

import base64
import threading
from contextlib import AsyncExitStack

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from session_running import HAPPY, NOON, RunningSession, observation

from liveclass.runtime.deadline import Deadline
from liveclass.session.admission import AT_ONCE, HeavyWork
from liveclass.v1 import session_pb2

MATHS = "classrooms/7b/sessions/maths"


@pytest.fixture
async def running(tmp_path):
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db") as service:
        yield service


async def refused(call) -> tuple[str, str]:
    """(code, field) of an error; the field is empty where gRPC itself refuses."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    status = rpc_status.from_call(raised.value)
    bad = error_details_pb2.BadRequest()
    named = status is not None and any(packed.Unpack(bad) for packed in status.details)
    return raised.value.code().name, bad.field_violations[0].field if named else ""


async def test_what_is_too_long_or_makes_no_sense_is_refused_with_its_field(running):
    await running.create(MATHS)

    def listed(**fields):
        return running.stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-", **fields))

    nested = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    long_mask = session_pb2.UpdateSessionRequest(
        session=session_pb2.Session(name=MATHS), update_mask=FieldMask(paths=["x" * 100] * 5_000)
    )
    cases = {
        "filter": [
            listed(filter="state=ACTIVE AND " * 50_000),
            listed(filter='start_time<"2026-01-01T00:00:00.9e999Z"'),
            listed(filter='classroom="\0"'),
        ],
        "page_token": [listed(page_token=nested), listed(page_token="x" * 900_000)],
        "parent": [running.stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/" * 80_000))],
        "update_mask": [running.stub.UpdateSession(long_mask)],
        "session.name": [running.stub.UpdateSession(session_pb2.UpdateSessionRequest())],
    }
    for field, calls in cases.items():
        for call in calls:
            assert await refused(call) == ("INVALID_ARGUMENT", field)


async def test_more_faces_than_one_request_may_hold_are_refused_and_as_many_as_it_may_are_recorded(running):
    name = await running.create(MATHS)
    most = [observation(f"{number}", faces=[HAPPY] * 1_000) for number in range(10)]
    assert await refused(running.record(name, *most, observation("more"))) == ("INVALID_ARGUMENT", "observations")
    assert await running.record(name, *most) == (10, 0)
    assert [bucket.faces for bucket in await running.timeline(name)] == [10_000]


async def test_a_request_of_more_than_a_mebibyte_is_refused_unread(running):
    request = session_pb2.ListSessionsRequest(parent="classrooms/-", filter="x" * 1_100_000)
    assert await refused(running.stub.ListSessions(request)) == ("RESOURCE_EXHAUSTED", "")


async def test_a_read_whose_turn_does_not_come_is_refused_in_time_and_other_calls_are_answered(running):
    name = await running.create(MATHS)
    await running.record(name, observation("a"))
    request = session_pb2.GetTimelineRequest(session=name)
    export = session_pb2.ExportTimelineRequest(timeline=request)
    async with AsyncExitStack() as others:
        for _ in range(AT_ONCE):
            await others.enter_async_context(running.servicer.heavy.admit(("", "other"), Deadline.after(60)))
        for call in (
            running.stub.GetTimeline(request, timeout=0.5),
            running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name), timeout=0.5),
            running.stub.ExportTimeline(export, timeout=0.5).read(),
            running.stub.WatchTimeline(session_pb2.WatchTimelineRequest(session=name), timeout=0.5).read(),
        ):
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await call
            assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            info, retry = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo()
            for packed in rpc_status.from_call(raised.value).details:
                packed.Unpack(info)
                packed.Unpack(retry)
            assert info.reason == "TOO_MANY_READS"
            assert retry.retry_delay.ToMilliseconds() > 0
        assert await running.record(name, observation("b")) == (1, 0)
        assert (await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))).name == name
    assert sum(bucket.frames for bucket in await running.timeline(name)) == 2


class NotedWork(HeavyWork):
    """Notes which functions are called, and on which threads."""

    def __init__(self) -> None:
        super().__init__()
        self.called: dict[str, set[int]] = {}
        self.turns = 0

    def admit(self, caller, deadline):
        self.turns += 1
        return super().admit(caller, deadline)

    async def run(self, function, *arguments):
        def work():
            self.called.setdefault(function.__name__, set()).add(threading.get_ident())
            return function(*arguments)

        return await super().run(work)


async def test_answers_are_put_together_away_from_the_event_loop(tmp_path):
    heavy = NotedWork()
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", heavy=heavy) as running:
        name = await running.create(MATHS)
        await running.record(name, *(observation(f"{second}", NOON + 10 * second) for second in range(1_000)))
        await running.timeline(name)
        await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=name))
        export = session_pb2.ExportTimelineRequest(timeline=session_pb2.GetTimelineRequest(session=name))
        before = heavy.turns
        chunks = [chunk async for chunk in running.stub.ExportTimeline(export)]
        assert heavy.turns - before == 1 + len(chunks) + 1  # reading, each chunk, and that there is no more
        assert len(chunks) > 1
    assert heavy.called.keys() == {"read_columns", "view", "encode_timeline", "_summary", "next"}
    assert threading.get_ident() not in set().union(*heavy.called.values())
