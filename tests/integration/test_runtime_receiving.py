"""How requests are received, over real connections: after who sends them is known, within a time, and let go early."""

import asyncio
import gc
from collections.abc import AsyncIterator
from itertools import islice
from pathlib import Path

import grpc
import pytest
from detection_fakes import DetectionService
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from identity_tokens import Issuer, bearer
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from liveclass.rpc.interceptor import MOST_DENIED_LINES
from liveclass.rpc.server import Server, ServerOptions, Service
from liveclass.runtime.health import MOST_WATCHES, Dependency
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.requests import MOST_OF_STRANGERS
from liveclass.v1 import detection_pb2, session_pb2, session_pb2_grpc

NAME = "liveclass.v1.SessionService"
GET, WATCH = f"/{NAME}/GetSession", f"/{NAME}/WatchTimeline"
CHECK, WATCH_HEALTH = "/grpc.health.v1.Health/Check", "/grpc.health.v1.Health/Watch"


def held(name: str) -> int:
    """How many requests of that name are in memory."""
    return sum(isinstance(one, session_pb2.GetSessionRequest) and one.name == name for one in gc.get_objects())


class Servicer(session_pb2_grpc.SessionServiceServicer):
    """Says how many requests are held, before and after its own is let go."""

    async def GetSession(self, request, context):
        name = str(request.name)
        before = held(name)
        del request
        await asyncio.sleep(0.05)
        return session_pb2.Session(name=f"{before} {held(name)}")

    async def WatchTimeline(self, request, context):
        yield session_pb2.TimelineBucket(frames=1)


class Running:
    """A server, and a channel of a client that sends what it wants."""

    def __init__(self, *dependencies: Dependency, receive_seconds: float = 30.0) -> None:
        service = Service(
            NAME, lambda server: session_pb2_grpc.add_SessionServiceServicer_to_server(Servicer(), server)
        )
        options = ServerOptions(grace_seconds=0.1, receive_seconds=receive_seconds)
        self.server = Server([service], dependencies, options, GrpcMetrics(CollectorRegistry()))

    async def __aenter__(self) -> "Running":
        self.address = f"127.0.0.1:{await self.server.start()}"
        self.channel = grpc.aio.insecure_channel(self.address)
        self.health = health_pb2_grpc.HealthStub(self.channel)
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.channel.close()
        await self.server.stop()

    def unfinished(self, path: str, metadata=()) -> grpc.aio.StreamUnaryCall:
        """A unary call of which the message is still to come."""
        return unfinished(self.channel, path, metadata)


def unfinished(channel: grpc.aio.Channel, path: str, metadata=()) -> grpc.aio.StreamUnaryCall:
    """The same on any channel."""
    return channel.stream_unary(path)(metadata=metadata)


async def test_a_request_that_grows_when_it_is_unpacked_is_refused_unread():
    """A thousandth of the largest message on the wire, and many fields in it: the event loop would read them."""
    many_fields = bytes([10 << 3, 0]) * 5_000_000
    async with Running() as running:
        call = running.channel.unary_unary(CHECK)
        with pytest.raises(grpc.aio.AioRpcError, match="gzip") as raised:
            await call(many_fields, compression=grpc.Compression.Gzip, timeout=10)
        assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert (await running.health.Check(health_pb2.HealthCheckRequest(), timeout=10)).status


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with Running() as running:
        yield running


async def refusal(call) -> tuple[str, str]:
    """The code and the reason."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await asyncio.wait_for(call, 5)
    info = error_details_pb2.ErrorInfo()
    assert any(packed.Unpack(info) for packed in rpc_status.from_call(caught.value).details)
    return caught.value.code().name, info.reason


async def test_a_stranger_is_refused_before_the_request_is_received(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path / "jwks.json")
    async with DetectionService(**issuer.settings()) as service:
        path = "/liveclass.v1.DetectionService/ClassifyFrame"
        stranger = unfinished(service.channel, path)
        assert await refusal(stranger) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
        known = unfinished(service.channel, path, bearer(issuer.token("classrooms/*:admin")))
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(known), 0.3)
        known.cancel()


async def test_a_flood_of_strangers_fills_no_log(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path / "jwks.json")
    async with DetectionService(**issuer.settings()) as service:
        calls = 5 * MOST_DENIED_LINES
        with capture_logs() as logs:
            for _ in range(calls):
                await refusal(service.stub.ClassifyFrame(detection_pb2.ClassifyFrameRequest()))
        lines = [line for line in logs if line["event"] == "call"]
        assert MOST_DENIED_LINES <= len(lines) < calls / 2
        assert {(line["code"], line["reason"]) for line in lines} == {("UNAUTHENTICATED", "UNAUTHENTICATED")}
        assert service.metric("liveclass_denied_calls_total", reason="no_token") == calls


@pytest.mark.parametrize("path", [GET, WATCH, CHECK, WATCH_HEALTH])
async def test_a_call_without_a_message_is_the_callers_mistake(running: Running, path: str) -> None:
    call = running.unfinished(path)
    await call.done_writing()
    assert await refusal(call) == ("INVALID_ARGUMENT", "INVALID_FIELD")


async def test_of_two_messages_the_first_is_answered(running: Running) -> None:
    call = running.unfinished(GET)
    for name in ("first", "second"):
        await call.write(session_pb2.GetSessionRequest(name=name).SerializeToString())
    assert session_pb2.Session.FromString(await call).name == "1 0"


@pytest.mark.parametrize("path", [GET, WATCH, CHECK])
async def test_a_request_that_does_not_arrive_is_given_up(path: str) -> None:
    async with Running(receive_seconds=0.2) as running:
        assert await refusal(running.unfinished(path)) == ("DEADLINE_EXCEEDED", "REQUEST_TOO_SLOW")


@pytest.mark.parametrize("end", ["deadline", "cancelled"])
async def test_a_caller_who_goes_before_the_request_is_there_is_no_error(running: Running, end: str) -> None:
    with capture_logs() as logs:
        call = running.channel.stream_unary(GET)(timeout=0.2 if end == "deadline" else None)
        await asyncio.sleep(0.1)
        if end == "cancelled":
            call.cancel()
        with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
            await call
        await asyncio.sleep(0.1)
    assert [line["code"] for line in logs if line["event"] == "call"] == ["CANCELLED"]
    assert [line for line in logs if line["log_level"] == "error"] == []


async def test_a_request_is_held_by_nothing_while_it_is_answered(running: Running) -> None:
    wanted = session_pb2.GetSessionRequest(name="kept").SerializeToString()
    answer = await running.channel.unary_unary(GET)(wanted)
    assert session_pb2.Session.FromString(answer).name == "1 0"


async def test_strangers_who_send_nothing_keep_no_probe_out(running: Running) -> None:
    waiting = [running.unfinished(CHECK) for _ in range(2 * MOST_OF_STRANGERS)]
    await asyncio.gather(*(call.wait_for_connection() for call in waiting))
    answers = [asyncio.ensure_future(refusal(call)) for call in waiting]
    for answer in islice(asyncio.as_completed(answers), MOST_OF_STRANGERS):
        assert await answer == ("RESOURCE_EXHAUSTED", "TOO_MANY_CALLS")
    await running.health.Check(health_pb2.HealthCheckRequest(), timeout=5)
    for answer in answers:
        answer.cancel()


def serving(answer: health_pb2.HealthCheckResponse) -> str:
    return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


async def test_a_health_watch_follows_what_happens_also_when_another_has_ended() -> None:
    works = False

    async def check() -> bool:
        return works

    async with Running(Dependency("model", check)) as running:
        first, second = (running.health.Watch(health_pb2.HealthCheckRequest(service=NAME)) for _ in range(2))
        assert [serving(await watch.read()) for watch in (first, second)] == ["NOT_SERVING"] * 2
        first.cancel()
        works = True
        assert serving(await asyncio.wait_for(second.read(), 5)) == "SERVING"
        unknown = running.health.Watch(health_pb2.HealthCheckRequest(service="no.such.Service"))
        assert serving(await unknown.read()) == "SERVICE_UNKNOWN"


async def test_health_watches_are_limited_and_checks_go_on(running: Running) -> None:
    channels = [
        grpc.aio.insecure_channel(running.address, options=[("grpc.use_local_subchannel_pool", 1)]) for _ in range(3)
    ]

    def watch(number: int):
        stub = health_pb2_grpc.HealthStub(channels[number % len(channels)])
        return stub.Watch(health_pb2.HealthCheckRequest())

    watches = [watch(number) for number in range(MOST_WATCHES)]
    assert {serving(await one.read()) for one in watches} == {"SERVING"}
    assert await refusal(watch(0).read()) == ("RESOURCE_EXHAUSTED", "TOO_MANY_CALLS")
    await running.health.Check(health_pb2.HealthCheckRequest())
    watches[0].cancel()
    await asyncio.sleep(0.1)
    assert serving(await watch(0).read()) == "SERVING"
    for channel in channels:
        await channel.close()
