"""Traces over real connections: to an exporter when one is set, and nowhere when not."""

from concurrent.futures import ThreadPoolExecutor

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc
from opentelemetry.proto.trace.v1 import trace_pb2
from prometheus_client import CollectorRegistry

from liveclass.rpc.server import Server, ServerOptions, Service
from liveclass.runtime.errors import NotFoundError
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.tracing import configure_tracing
from liveclass.v1 import session_pb2, session_pb2_grpc

SECRET = "classrooms/7b/sessions/of-jo"


class Collector(trace_service_pb2_grpc.TraceServiceServicer):
    """Takes spans as an OpenTelemetry collector does."""

    def __init__(self) -> None:
        self.spans = []

    def Export(self, request, context):
        for resource in request.resource_spans:
            service = next(a.value.string_value for a in resource.resource.attributes if a.key == "service.name")
            self.spans += [(service, span) for scope in resource.scope_spans for span in scope.spans]
        return trace_service_pb2.ExportTraceServiceResponse()


class Sessions(session_pb2_grpc.SessionServiceServicer):
    def __init__(self, headers) -> None:
        self.headers, self.seen = headers, {}

    async def GetSession(self, request, context):
        self.seen = dict(self.headers())
        if request.name == SECRET:
            raise NotFoundError("session", request.name)
        return session_pb2.Session(name=request.name)


@pytest.fixture
def collector(monkeypatch):
    collector = Collector()
    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(collector, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    yield collector
    server.stop(None)


async def test_a_call_is_one_trace_from_client_to_server_and_on_to_triton(collector: Collector) -> None:
    server_side, client_side = configure_tracing("liveclass-session"), configure_tracing("liveclass-detection")
    sessions = Sessions(server_side.headers)
    service = Service(
        "liveclass.v1.SessionService", lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(sessions, s)
    )
    server = Server([service], [], ServerOptions(), GrpcMetrics(CollectorRegistry()), server_side)
    address = f"127.0.0.1:{await server.start()}"
    async with grpc.aio.insecure_channel(address, interceptors=client_side.client_interceptors) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        await stub.GetSession(session_pb2.GetSessionRequest(name="x"))
    await server.stop()
    client_side.close()
    server_side.close()
    spans = dict(collector.spans)
    assert set(spans) == {"liveclass-detection", "liveclass-session"}
    assert spans["liveclass-session"].trace_id == spans["liveclass-detection"].trace_id
    assert spans["liveclass-session"].parent_span_id == spans["liveclass-detection"].span_id
    # What is handed to Triton as metadata names the same trace.
    assert spans["liveclass-session"].trace_id.hex() in sessions.seen["traceparent"]


async def test_a_failed_call_has_a_failed_span_that_does_not_name_the_session(collector: Collector) -> None:
    server_side, client_side = configure_tracing("liveclass-session"), configure_tracing("liveclass-detection")
    sessions = Sessions(server_side.headers)
    service = Service(
        "liveclass.v1.SessionService", lambda s: session_pb2_grpc.add_SessionServiceServicer_to_server(sessions, s)
    )
    server = Server([service], [], ServerOptions(), GrpcMetrics(CollectorRegistry()), server_side)
    address = f"127.0.0.1:{await server.start()}"
    async with grpc.aio.insecure_channel(address, interceptors=client_side.client_interceptors) as channel:
        with pytest.raises(grpc.aio.AioRpcError, match="of-jo"):
            await session_pb2_grpc.SessionServiceStub(channel).GetSession(session_pb2.GetSessionRequest(name=SECRET))
    await server.stop()
    client_side.close()
    server_side.close()
    for _, span in collector.spans:
        assert span.status.code == trace_pb2.Status.STATUS_CODE_ERROR
        assert span.status.message == "NOT_FOUND"
        assert "of-jo" not in str(span)
    assert len(collector.spans) == 2


def test_without_an_exporter_nothing_is_traced() -> None:
    tracing = configure_tracing("liveclass-session", {})
    assert not tracing.server_interceptors
    assert not tracing.client_interceptors
    assert tracing.headers() == {}
