"""The interceptor around every call: metrics, logs, drain, and errors as statuses."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import grpc
import structlog
from grpc_status import rpc_status

from liveclass.runtime.certificates import AllowedClients
from liveclass.runtime.drain import TOOL_SERVICES, Drain
from liveclass.runtime.errors import InternalError, ServiceError, to_status
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.refusals import RefusalLog
from liveclass.runtime.requests import Receiver, UnaryRequest, lenient, readable_messages
from liveclass.runtime.stream_limits import StreamLimits

Context = Any  # grpc.aio.ServicerContext, whose stubs lack abort_with_status
Handler = Any  # grpc.RpcMethodHandler, whose stubs know only the blocking kind of behaviour


@dataclass
class CallRecord:
    """The outcome of a call."""

    code: grpc.StatusCode = grpc.StatusCode.OK
    reason: str = ""


class _Observers(NamedTuple):
    """What records every call."""

    metrics: GrpcMetrics
    log: Any
    refusals: RefusalLog


class CallInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs, not in grpc
    """Translates `ServiceError`, hides everything else behind INTERNAL, and counts, times and logs each call.

    What is inside of it takes a `UnaryRequest` in the place of the message of a unary call.
    """

    def __init__(
        self,
        metrics: GrpcMetrics,
        drain: Drain,
        streams: StreamLimits,
        clients: AllowedClients,
        receiver: Receiver,
    ) -> None:
        self._observers, self._drain = _Observers(metrics, structlog.get_logger(), RefusalLog()), drain
        self._streams, self._clients, self._receiver = streams, clients, receiver

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        _, service, method = handler_call_details.method.split("/")
        behavior = self._streaming if handler.response_streaming else self._unary
        return rebuilt(handler, behavior(handler, service, method), request_streaming=True)

    def _unary(self, handler: Handler, service: str, method: str) -> Callable[[Any, Context], Awaitable[Any]]:
        behavior = handler.stream_unary if handler.request_streaming else handler.unary_unary

        async def call(requests: Any, context: Context) -> Any:
            async with self._watched(service, method, context):
                self._clients.require(context, method)
                with self._drain.admit(service):
                    return await behavior(self._request(handler, requests, method, context), context)

        return call

    def _streaming(self, handler: Handler, service: str, method: str) -> Callable[[Any, Context], AsyncIterator[Any]]:
        behavior = handler.stream_stream if handler.request_streaming else handler.unary_stream

        async def call(requests: Any, context: Context) -> AsyncIterator[Any]:
            async with self._watched(service, method, context):
                self._clients.require(context, method)
                with self._drain.admit(service):
                    responses = behavior(self._request(handler, requests, method, context), context)
                    if service not in TOOL_SERVICES:  # health may be watched for ever
                        responses = self._streams.responses(responses)
                    async for response in self._drain.until_draining(responses):
                        yield response

        return call

    def _request(self, handler: Handler, requests: Any, method: str, context: Context) -> Any:
        """The `UnaryRequest`, or the iterator of a stream's requests."""
        if handler.request_streaming:
            return readable_messages(self._streams.requests(requests), method)
        # Not from the iterator, which would hold the message for as long as it is answered.
        return UnaryRequest(self._receiver, context, method)

    def _watched(self, service: str, method: str, context: Context) -> "_WatchedCall":
        return _WatchedCall(self._observers, service, method, context)


class _WatchedCall:
    """One call from arrival to answer."""

    def __init__(self, observers: _Observers, service: str, method: str, context: Context) -> None:
        self._metrics, self._log, self._refusals = observers
        self._context = context
        self._service, self._method = service, method
        self._record = CallRecord()

    async def __aenter__(self) -> None:
        self._start = time.perf_counter()
        self._metrics.in_flight.labels(self._service).inc()

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        del traceback  # its frames hold the request: see `_abort`
        try:
            await self._translate(error)
        finally:
            self._report(time.perf_counter() - self._start)

    async def _translate(self, error: BaseException | None) -> None:
        if error is None:
            # Servicers of libraries (health, reflection) set their code on the context.
            self._record.code = _status_code(self._context.code()) or grpc.StatusCode.OK
            return
        if isinstance(error, ServiceError):
            self._refusals.note(error)
            await self._abort(error)
        if isinstance(error, grpc.aio.AbortError):
            self._record.code = _status_code(self._context.code()) or grpc.StatusCode.UNKNOWN
            return
        if not isinstance(error, Exception):  # the caller went away, or the server stops
            self._record.code = grpc.StatusCode.CANCELLED
            return
        self._log.error("call failed", service=self._service, method=self._method, exc_info=error)
        await self._abort(InternalError())

    async def _abort(self, error: ServiceError) -> None:
        self._record.code, self._record.reason = error.code, error.reason.value
        # grpc keeps the exception, which keeps its frames: the request, which may be megabytes of a frame, must not
        # wait in them for the next garbage collection.
        error.__traceback__ = None
        self._context.set_code(error.code)  # tracing sees no other sign of the failure
        await self._context.abort_with_status(rpc_status.to_status(to_status(error)))

    def _report(self, seconds: float) -> None:
        self._metrics.in_flight.labels(self._service).dec()
        self._metrics.requests.labels(self._service, self._method, self._record.code.name).inc()
        self._metrics.seconds.labels(self._service, self._method).observe(seconds)
        write = self._log.debug if self._service in TOOL_SERVICES else self._log.info
        reason = {"reason": self._record.reason} if self._record.reason else {}
        write("call", service=self._service, method=self._method, code=self._record.code.name,
              seconds=round(seconds, 4), **reason)  # fmt: skip  # one line a call here too


def _bytes_or(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Sends an answer that is a message's bytes already as it is."""
    return lambda response: response if isinstance(response, bytes) else serialize(response)


def rebuilt(handler: Handler, behavior: Any, *, request_streaming: bool | None = None) -> Handler:
    """The same method with another behaviour. grpc has a constructor for each of the four kinds."""
    constructors: dict[tuple[bool, bool], Callable[..., Handler]] = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    streaming = handler.request_streaming if request_streaming is None else request_streaming
    constructor = constructors[streaming, handler.response_streaming]
    serializer = _bytes_or(handler.response_serializer)
    return constructor(behavior, lenient(handler.request_deserializer), serializer)


def _status_code(code: Any) -> grpc.StatusCode | None:
    """The context gives the code as an enum, an integer, or nothing, depending on who set it."""
    if code is None or isinstance(code, grpc.StatusCode):
        return code
    return next((known for known in grpc.StatusCode if known.value[0] == code), None)
