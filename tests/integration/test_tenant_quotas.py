"""What a tenant is told, and what the SDK raises, when it has used up what it may have. Others go on."""

import asyncio
from pathlib import Path
from typing import Any

import generated_images as images
import grpc
import pytest
from detection_fakes import DetectionService
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status
from identity_tokens import Issuer, bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import NOON, RunningSession, observation

from liveclass.client import LiveClass, QuotaExceededError
from liveclass.v1 import detection_pb2, session_pb2

LIMITS = """
[tenants.north]
frames_per_second = 5
open_streams = 2
stored_sessions = 3
"""
FRAME = images.encoded("jpeg")
SESSION = "classrooms/7b/sessions/maths"


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
def settings(tmp_path: Path, issuer: Issuer) -> dict[str, Any]:
    file = tmp_path / "limits.toml"
    file.write_text(LIMITS, "utf-8")
    return {**issuer.settings(), "tenant_limits": file}


@pytest.fixture
def north(issuer: Issuer):
    return bearer(issuer.token("classrooms/*:admin", tenant="north"))


@pytest.fixture
def south(issuer: Issuer):
    return bearer(issuer.token("classrooms/*:admin", tenant="south"))


async def create(running: RunningSession, metadata, name: str = "") -> session_pb2.Session:
    new = session_pb2.Session()
    new.start_time.seconds = NOON
    request = session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id=name, session=new)
    return await running.stub.CreateSession(request, metadata=metadata)


def quota_of(status: status_pb2.Status | None) -> str:
    """Checks that a status is that of a quota, with a time to retry. Gives the quota and whose it is."""
    assert status is not None
    assert status.code == code_pb2.RESOURCE_EXHAUSTED
    found: dict[str, Any] = {}
    for message in (error_details_pb2.QuotaFailure, error_details_pb2.RetryInfo, error_details_pb2.ErrorInfo):
        found[message.__name__] = message()
        assert any(packed.Unpack(found[message.__name__]) for packed in status.details)
    assert found["RetryInfo"].retry_delay.ToMilliseconds() > 0
    assert found["ErrorInfo"].reason == "QUOTA_EXCEEDED"
    (violation,) = found["QuotaFailure"].violations
    return f"{violation.subject} {violation.quota_id}"


async def test_a_tenant_stores_no_more_sessions_than_it_may(database_url, settings, north, south) -> None:  # noqa: F811
    async with RunningSession(database_url, **settings) as running:
        answers = await asyncio.gather(*(create(running, north) for _ in range(8)), return_exceptions=True)
        refused = [one for one in answers if isinstance(one, grpc.aio.AioRpcError)]
        stored = [one for one in answers if isinstance(one, session_pb2.Session)]
        assert len(stored) == 3
        assert {quota_of(rpc_status.from_call(one)) for one in refused} == {"tenants/north stored_sessions"}
        for _ in range(4):
            await create(running, south)
        await running.stub.DeleteSession(session_pb2.DeleteSessionRequest(name=stored[0].name), metadata=north)
        await create(running, north)


async def test_a_session_that_is_there_already_is_said_to_be_there_though_no_more_may_be_stored(
    tmp_path: Path, settings, north
) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **settings) as running:
        for name in ("maths", "art", "music"):
            await create(running, north, name)
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await create(running, north, "art")
        assert refused.value.code() is grpc.StatusCode.ALREADY_EXISTS


async def test_a_tenant_records_at_its_rate(tmp_path: Path, settings, north, south) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **settings) as running:
        seen = [observation(f"frame-{number}", NOON + number) for number in range(50)]
        request = session_pb2.RecordObservationsRequest(session=SESSION, observations=seen)
        for metadata in (north, south):
            await create(running, metadata, "maths")
            assert (await running.stub.RecordObservations(request, metadata=metadata)).recorded == 50
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await running.stub.RecordObservations(request, metadata=north)
        assert quota_of(rpc_status.from_call(refused.value)) == "tenants/north frames_per_second"
        assert (await running.stub.RecordObservations(request, metadata=south)).duplicates == 50


async def test_a_tenant_watches_as_often_as_it_may(tmp_path: Path, settings, north, south) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **settings) as running:
        request = session_pb2.WatchTimelineRequest(session=SESSION)

        async def watch(metadata) -> Any:
            """A watch that is open; it is answered with nothing so far."""
            call = running.stub.WatchTimeline(request, metadata=metadata)
            reading = asyncio.ensure_future(call.read())
            await asyncio.wait([reading], timeout=0.2)
            return call, reading

        for metadata in (north, south):
            await create(running, metadata, "maths")
        opened = [await watch(north) for _ in range(2)]
        assert not any(reading.done() for _, reading in opened)
        _, reading = await watch(north)
        assert quota_of(rpc_status.from_call(reading.exception())) == "tenants/north open_streams"
        of_the_south = [await watch(south) for _ in range(3)]
        assert not any(reading.done() for _, reading in of_the_south)
        opened[0][0].cancel()
        await asyncio.wait([opened[0][1]])
        again = await watch(north)
        assert not again[1].done()
        for call, reading in (*opened, *of_the_south, again):
            call.cancel()
            await asyncio.wait([reading])


async def test_a_tenant_has_frames_classified_at_its_rate(settings, north, south) -> None:
    async with DetectionService(**settings) as service:
        request = detection_pb2.ClassifyFrameRequest(image=FRAME)

        async def refusals(metadata) -> list[grpc.aio.AioRpcError]:
            calls = [service.stub.ClassifyFrame(request, metadata=metadata, timeout=20) for _ in range(8)]
            answers = [await asyncio.gather(call, return_exceptions=True) for call in calls]
            return [one for (one,) in answers if isinstance(one, grpc.aio.AioRpcError)]

        refused = await refusals(north)
        assert {quota_of(rpc_status.from_call(one)) for one in refused} == {"tenants/north frames_per_second"}
        assert await refusals(south) == []

        stream = [detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig())]
        stream += [detection_pb2.ClassifyStreamRequest(frame=detection_pb2.StreamFrame(image=FRAME))] * 20
        answers = [one async for one in service.stub.ClassifyStream(iter(stream), metadata=north)]
        errors = [one.error for one in answers if one.HasField("error")]
        assert {quota_of(error) for error in errors} == {"tenants/north frames_per_second"}


async def test_a_tenant_has_as_many_streams_as_it_may(settings, north, south) -> None:
    async with DetectionService(**settings) as service:
        config = detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig())

        async def stream(metadata) -> Any:
            call = service.stub.ClassifyStream(metadata=metadata)
            await call.write(config)
            reading = asyncio.ensure_future(call.read())
            await asyncio.wait([reading], timeout=0.2)
            return call, reading

        opened = [await stream(north) for _ in range(2)]
        _, refused = await stream(north)
        assert quota_of(rpc_status.from_call(refused.exception())) == "tenants/north open_streams"
        other = await stream(south)
        await opened[0][0].done_writing()
        assert await opened[0][1] is grpc.aio.EOF
        again = await stream(north)
        assert not any(reading.done() for _, reading in (opened[1], other, again))
        for call, reading in (opened[1], other, again):
            call.cancel()
            await asyncio.wait([reading])


async def test_the_sdk_says_which_quota_is_used_up(tmp_path: Path, settings, issuer: Issuer) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **settings) as running:
        token = issuer.token("classrooms/*:admin", tenant="north")

        def use() -> QuotaExceededError:
            with LiveClass("127.0.0.1:1", f"127.0.0.1:{running.port}", token=token) as client:
                for _ in range(3):
                    client.create_session("7b")
                with pytest.raises(QuotaExceededError) as raised:
                    client.create_session("7b")
                return raised.value

        error = await asyncio.to_thread(use)
        assert (error.quota, error.reason, error.retry_after) == ("stored_sessions", "QUOTA_EXCEEDED", 60)
        assert str(error) == "tenant 'north' may store 3 sessions; delete one first"
