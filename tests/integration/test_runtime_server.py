"""What every service gets from the runtime, seen over a real connection."""

import asyncio
import gc
import json
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection

import grpc
import pytest
import structlog
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from prometheus_client import CollectorRegistry

from liveclass.rpc.server import PortInUseError, Server, ServerOptions, Service
from liveclass.runtime import errors
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.entry_point import configure_logging
from liveclass.runtime.errors import Reason
from liveclass.runtime.health import Dependency
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.settings import ServiceSettings
from liveclass.runtime.status_server import StatusServer
from liveclass.runtime.stream_limits import StreamLimits
from liveclass.v1 import session_pb2, session_pb2_grpc

NAME = "liveclass.v1.SessionService"


class Servicer(session_pb2_grpc.SessionServiceServicer):
    """Does what a test tells it to."""

    def __init__(self) -> None:
        self.behavior: Callable[[], object] = lambda: None
        self.context: object = None

    async def GetSession(self, request, context):
        self.context = context
        answer = self.behavior()
        if asyncio.iscoroutine(answer):
            await answer
        return session_pb2.Session(name=request.name)

    async def WatchTimeline(self, request, context):
        yield session_pb2.TimelineBucket(frames=1)
        answer = self.behavior()
        if asyncio.iscoroutine(answer):
            await answer

    async def ExportTimeline(self, request, context):
        while True:
            yield session_pb2.ExportChunk(data=b"more")
            await asyncio.sleep(0.02)


class Running:
    def __init__(self, dependencies=(), grace=5.0, **options: object) -> None:
        self.registry = CollectorRegistry()
        self.servicer = Servicer()
        service = Service(NAME, lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(self.servicer, s))
        server_options = ServerOptions(grace_seconds=grace, **options)
        self.server = Server([service], dependencies, server_options, GrpcMetrics(self.registry))

    async def __aenter__(self) -> "Running":
        self.port = await self.server.start()
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{self.port}")
        self.stub = session_pb2_grpc.SessionServiceStub(self.channel)
        self.health = health_pb2_grpc.HealthStub(self.channel)
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self.channel.close()
        await self.server.stop()

    async def status(self, service: str = NAME) -> str:
        answer = await self.health.Check(health_pb2.HealthCheckRequest(service=service))
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with Running() as running:
        yield running


def details(error: grpc.RpcError) -> dict[str, object]:
    """The details of a status by the name of their type."""
    status = rpc_status.from_call(error)
    found = {}
    for packed in status.details:
        kind = getattr(error_details_pb2, packed.type_url.rsplit(".", 1)[-1])
        message = kind()
        packed.Unpack(message)
        found[kind.DESCRIPTOR.name] = message
    return found


RAISED = [
    (errors.InvalidArgumentError("image", "is empty", Reason.IMAGE_EMPTY), "INVALID_ARGUMENT", "BadRequest"),
    (errors.NotFoundError("session", "classrooms/a/sessions/b"), "NOT_FOUND", "ResourceInfo"),
    (errors.AlreadyExistsError("session", "classrooms/a/sessions/b"), "ALREADY_EXISTS", "ResourceInfo"),
    (
        errors.FailedPreconditionError("classrooms/a/sessions/b", "has ended", Reason.SESSION_ENDED),
        "FAILED_PRECONDITION",
        "PreconditionFailure",
    ),
    (errors.ResourceExhaustedError("full", 0.25, Reason.TOO_MANY_FRAMES), "RESOURCE_EXHAUSTED", "RetryInfo"),
    (errors.UnavailableError("no model", 1.0, Reason.MODEL_UNAVAILABLE), "UNAVAILABLE", "RetryInfo"),
    (errors.DeadlineExceededError("too short"), "DEADLINE_EXCEEDED", None),
]


@pytest.mark.parametrize(("error", "code", "detail"), RAISED, ids=[code for _, code, _ in RAISED])
async def test_each_error_has_its_status_and_details(running: Running, error, code, detail) -> None:
    def fail() -> None:
        raise error

    running.servicer.behavior = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    assert caught.value.code().name == code
    found = details(caught.value)
    assert found["ErrorInfo"].domain == "liveclass"
    assert found["ErrorInfo"].reason == error.reason.value
    assert set(found) == {"ErrorInfo", detail} - {None}


async def test_retry_info_says_when(running: Running) -> None:
    def fail() -> None:
        raise errors.UnavailableError("no model", 1.5, Reason.MODEL_UNAVAILABLE)

    running.servicer.behavior = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    assert details(caught.value)["RetryInfo"].retry_delay.ToMilliseconds() == 1500


async def test_a_defect_is_internal_and_tells_nothing(running: Running) -> None:
    def fail() -> None:
        raise ValueError("password=hunter2")

    running.servicer.behavior = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "hunter2" not in str(caught.value)
    assert details(caught.value)["ErrorInfo"].reason == "INTERNAL"


async def test_a_stream_that_fails_says_so_after_what_it_sent(running: Running) -> None:
    def fail() -> None:
        raise errors.NotFoundError("session", "x")

    running.servicer.behavior = fail
    stream = running.stub.WatchTimeline(session_pb2.WatchTimelineRequest())
    assert (await stream.read()).frames == 1
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream.read()
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_calls_are_counted_by_method_and_code(running: Running) -> None:
    await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))

    def fail() -> None:
        raise errors.NotFoundError("session", "x")

    running.servicer.behavior = fail
    with pytest.raises(grpc.aio.AioRpcError):
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    metrics = StatusServer(running.registry, "127.0.0.1", 0)
    try:
        url = f"http://127.0.0.1:{metrics.port}/metrics"
        body = await asyncio.to_thread(lambda: urllib.request.urlopen(url).read().decode())
    finally:
        metrics.close()
    for code in ("OK", "NOT_FOUND"):
        line = f'liveclass_grpc_requests_total{{code="{code}",method="GetSession",service="{NAME}"}} 1.0'
        assert line in body
    assert f'liveclass_grpc_request_seconds_count{{method="GetSession",service="{NAME}"}} 2.0' in body


async def test_health_follows_the_dependencies() -> None:
    works = False

    async def check() -> bool:
        if not works:
            raise ConnectionError("not there")
        return True

    async with Running([Dependency("model", check)]) as running:
        assert await running.status() == "NOT_SERVING"
        assert await running.status("liveness") == "SERVING", "a missing dependency is no reason to restart"
        works = True
        for _ in range(50):
            if await running.status() == "SERVING":
                break
            await asyncio.sleep(0.1)
        assert await running.status() == "SERVING"
        assert await running.status("") == "SERVING"
        works = False
        for _ in range(50):
            if await running.status() == "NOT_SERVING":
                break
            await asyncio.sleep(0.1)
        assert await running.status() == "NOT_SERVING"


async def test_stopping_finishes_admitted_calls() -> None:
    async with Running() as running:
        admitted = asyncio.Event()

        async def slow() -> None:
            admitted.set()
            await asyncio.sleep(0.5)

        running.servicer.behavior = slow
        call = asyncio.ensure_future(running.stub.GetSession(session_pb2.GetSessionRequest(name="x")))
        await admitted.wait()
        stopping = asyncio.ensure_future(running.server.stop())
        assert (await call).name == "x"
        await stopping


async def test_a_draining_server_sends_new_calls_elsewhere_and_ends_its_streams() -> None:
    async with Running() as running:
        admitted, finish = asyncio.Event(), asyncio.Event()

        async def slow() -> None:
            admitted.set()
            await finish.wait()

        running.servicer.behavior = slow
        call = asyncio.ensure_future(running.stub.GetSession(session_pb2.GetSessionRequest(name="x")))
        await admitted.wait()
        stream = running.stub.WatchTimeline(session_pb2.WatchTimelineRequest())
        assert (await stream.read()).frames == 1
        stopping = asyncio.ensure_future(running.server.stop())
        for refused in (running.stub.GetSession(session_pb2.GetSessionRequest(name="y")), stream.read()):
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await refused
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
            assert details(caught.value)["ErrorInfo"].reason == "SHUTTING_DOWN"
        finish.set()
        assert (await call).name == "x"
        await stopping


async def test_a_draining_server_ends_a_stream_that_never_pauses() -> None:
    async with Running(grace=60.0) as running:
        stream = running.stub.ExportTimeline(session_pb2.ExportTimelineRequest())
        assert (await stream.read()).data == b"more"

        async def read_on() -> None:
            while await stream.read():
                pass

        stopping = asyncio.ensure_future(running.server.stop())
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await read_on()
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert details(caught.value)["ErrorInfo"].reason == "SHUTTING_DOWN"
        await stopping


async def test_a_port_in_use_is_said(running: Running) -> None:
    service = Service(NAME, lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(Servicer(), s))
    second = Server([service], [], ServerOptions(port=running.port), GrpcMetrics(CollectorRegistry()))
    with pytest.raises(PortInUseError, match=str(running.port)):
        await second.start()


def ask_health(status: StatusServer, name: str = "") -> int:
    with closing(HTTPConnection("127.0.0.1", status.port, timeout=5)) as connection:
        connection.request("GET", f"/health{name}")
        answer = connection.getresponse()
        assert answer.read() == {200: b"SERVING\n", 503: b"NOT_SERVING\n"}[answer.status]
        return answer.status


async def http_health(status: StatusServer, name: str = "") -> int:
    return await asyncio.to_thread(ask_health, status, name)


async def until(status: StatusServer, name: str, answer: int) -> None:
    for _ in range(100):
        if await http_health(status, name) == answer:
            return
        await asyncio.sleep(0.03)
    pytest.fail(f"/health{name} never answered {answer}")


async def test_probes_that_know_no_grpc_ask_over_http() -> None:
    works = True

    async def check() -> bool:
        return works

    with closing(StatusServer(CollectorRegistry(), "127.0.0.1", 0)) as status:
        assert await http_health(status) == 503  # nothing serves yet
        async with Running([Dependency("disk", check, "writes")]) as running:
            status.follow(running.server.health)
            await until(status, "", 200)
            assert await http_health(status, f"/{NAME}") == 200
            assert await http_health(status, "/liveness") == 200
            assert await http_health(status, "/unheard-of") == 503
            works = False
            await until(status, "/writes", 503)
            assert await http_health(status) == 200  # only writing is affected
        assert await http_health(status) == 503
        assert await http_health(status, "/liveness") == 200


async def test_an_event_loop_that_hangs_is_not_alive() -> None:
    with closing(StatusServer(CollectorRegistry(), "127.0.0.1", 0)) as status:
        async with Running() as running:
            status.follow(running.server.health)
            with ThreadPoolExecutor(1) as probe:
                assert probe.submit(ask_health, status, "/liveness").result() == 503  # which this loop waits for
            assert await http_health(status, "/liveness") == 200


def test_a_metrics_port_in_use_is_said() -> None:
    first = StatusServer(CollectorRegistry(), "127.0.0.1", 0)
    with pytest.raises(OSError, match=f"127.0.0.1:{first.port} for /metrics"):
        StatusServer(CollectorRegistry(), "127.0.0.1", first.port)
    first.close()


async def test_reflection_lists_the_service(running: Running) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(running.channel)
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    answers = [answer async for answer in stub.ServerReflectionInfo(iter([request]))]
    names = {service.name for service in answers[0].list_services_response.service}
    assert names >= {NAME, "grpc.health.v1.Health"}


async def test_the_deadline_of_the_call_is_known(running: Running) -> None:
    await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"), timeout=3_000)
    left = Deadline.of(running.servicer.context, reserve=1_000, default=100_000).remaining()
    assert 1_000 < left < 2_500  # neither the default nor without the reserve, however slow the machine is
    with pytest.raises(errors.DeadlineExceededError):
        Deadline.after(0.01).require(0.2, "finding faces")


async def test_a_call_without_a_deadline_gets_the_default(running: Running) -> None:
    await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    assert 6 < Deadline.of(running.servicer.context, default=7.0).remaining() <= 7


async def test_logs_are_json_lines(capsys) -> None:
    configure_logging(ServiceSettings(log_format="json"))
    try:
        async with Running() as running:
            await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    calls = [line for line in lines if line["event"] == "call"]
    assert calls[0]["method"] == "GetSession"
    assert calls[0]["code"] == "OK"


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_the_log_of_a_defect_holds_no_variables(capsys, log_format) -> None:
    configure_logging(ServiceSettings(log_format=log_format))

    def fail() -> None:
        source = "seat-" + "of-jo"
        raise RuntimeError(len(source))

    try:
        async with Running() as running:
            running.servicer.behavior = fail
            with pytest.raises(grpc.aio.AioRpcError):
                await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    finally:
        structlog.reset_defaults()
    log = capsys.readouterr().err
    assert "RuntimeError" in log
    assert "test_runtime_server" in log
    assert "seat-of-jo" not in log


async def test_a_refused_request_is_let_go_at_once(running: Running) -> None:
    """Its megabytes must not wait for the garbage collector, which counts objects and not bytes."""

    def refuse() -> None:
        raise errors.InvalidArgumentError("name", "is not one")

    running.servicer.behavior = refuse
    gc.disable()
    try:
        with pytest.raises(grpc.aio.AioRpcError):
            await running.stub.GetSession(session_pb2.GetSessionRequest(name="kept"))
        await asyncio.sleep(0.1)
        requests = [one for one in gc.get_objects() if isinstance(one, session_pb2.GetSessionRequest)]
    finally:
        gc.enable()
    assert [request.name for request in requests if request.name == "kept"] == []


LONG = "n" * 5_000


@pytest.mark.parametrize("echoed", [LONG, "é😀" * 2_500, "\x00" * 5_000])
@pytest.mark.parametrize(
    "make",
    [
        lambda text: errors.InvalidArgumentError("name", f"must not be {text}"),
        lambda text: errors.InvalidArgumentError(text, "must not be"),
        lambda text: errors.NotFoundError("session", text),
        lambda text: errors.FailedPreconditionError(text, text, Reason.SESSION_ENDED),
        lambda text: errors.UnavailableError(text, 1.0, Reason.MODEL_UNAVAILABLE),
    ],
)
async def test_an_error_that_echoes_thousands_of_characters_arrives_with_its_details(
    running: Running, make: Callable[[str], errors.ServiceError], echoed: str
) -> None:
    error = make(echoed)

    def fail() -> None:
        raise error

    running.servicer.behavior = fail
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    assert caught.value.code() is error.code
    assert caught.value.details().endswith(("…", "must not be", "already", "'"))
    assert details(caught.value)["ErrorInfo"].reason == error.reason.value


@pytest.mark.parametrize("method", ["GetSession", "WatchTimeline"])
async def test_bytes_that_are_no_message_are_the_callers_mistake_and_are_logged(capsys, method: str) -> None:
    configure_logging(ServiceSettings(log_format="json"))
    try:
        async with Running() as running:
            path, junk = f"/{NAME}/{method}", b"\xff\xff\xff"
            if method == "GetSession":
                await assert_unreadable(running.channel.unary_unary(path)(junk))
            else:
                await assert_unreadable(running.channel.unary_stream(path)(junk).read())
    finally:
        structlog.reset_defaults()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["code"] for line in lines if line["event"] == "call"] == ["INVALID_ARGUMENT"]


async def assert_unreadable(call: Awaitable[object]) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "not a valid protobuf message" in caught.value.details()


async def test_what_is_refused_for_no_fault_of_the_caller_is_logged_once_with_its_cause(capsys) -> None:
    configure_logging(ServiceSettings(log_format="json"))

    def fail() -> None:
        cause = ConnectionError("no such table: sessions\n[parameters: ('cam-7',)]")
        raise errors.UnavailableError("the database is away", 1.0, Reason.STORE_UNAVAILABLE) from cause

    try:
        async with Running() as running:
            running.servicer.behavior = fail
            for _ in range(5):
                with pytest.raises(grpc.aio.AioRpcError):
                    await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    finally:
        structlog.reset_defaults()
    log = capsys.readouterr().err
    refused = [json.loads(line) for line in log.splitlines() if '"refused"' in line]
    assert [line["cause"] for line in refused] == ["ConnectionError: no such table: sessions"]
    assert refused[0]["reason"] == "STORE_UNAVAILABLE"
    assert "cam-7" not in log


async def test_a_stream_ends_when_it_is_too_old_and_says_so() -> None:
    async with Running(streams=StreamLimits(most_age=0.2)) as running:
        stream = running.stub.ExportTimeline(session_pb2.ExportTimelineRequest())

        async def read_on() -> None:
            while await stream.read():
                pass

        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await read_on()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert caught.value.details() == "this stream has been open for 0.2 s; open another one"
    assert details(caught.value)["ErrorInfo"].reason == "STREAM_TOO_OLD"


async def test_connections_beyond_the_most_are_closed_at_once_and_those_before_them_are_served() -> None:
    async with Running(max_connections=20) as running:
        await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))
        mute = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(150)]
        answers = await asyncio.gather(*(said_at_once(reader) for reader, _ in mute))
        assert answers.count(b"") >= 130
        assert (await running.stub.GetSession(session_pb2.GetSessionRequest(name="x"))).name == "x"
        for _, writer in mute:
            writer.close()


async def said_at_once(reader: asyncio.StreamReader) -> bytes | None:
    """What comes soon: b"" where the connection is closed, None where it stays open and nothing is said."""
    try:
        return await asyncio.wait_for(reader.read(1), 1.0)
    except asyncio.TimeoutError:
        return None
    except ConnectionError:
        return b""
