"""The interceptor around every call: access, audit, drain, metrics and logs, and errors as statuses."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import grpc
import structlog
from grpc_status import rpc_status

from liveclass.identity.access import Access, IncomingCall, as_caller, expired
from liveclass.identity.audit import Auditor
from liveclass.identity.caller import NOBODY
from liveclass.runtime.drain import TOOL_SERVICES, Drain
from liveclass.runtime.errors import InternalError, ServiceError, to_status
from liveclass.runtime.metrics import GrpcMetrics
from liveclass.runtime.refusals import LimitedLines, RefusalLog
from liveclass.runtime.requests import Receiver, UnaryRequest, lenient, readable_messages
from liveclass.runtime.stream_limits import StreamLimits, until

Context = Any  # grpc.aio.ServicerContext, whose stubs lack abort_with_status
Handler = Any  # grpc.RpcMethodHandler, whose stubs know only the blocking kind of behaviour

DENIED_LINES_PER_SECOND, MOST_DENIED_LINES = 1.0, 20
"""In the log, of each kind of denied call: in the long run, and at once. Anybody can make such calls."""


@dataclass
class Observers:
    """What records every call."""

    metrics: GrpcMetrics
    auditor: Auditor
    log: Any = field(default_factory=structlog.get_logger)
    refusals: RefusalLog = field(default_factory=RefusalLog)
    denied_lines: LimitedLines = field(default_factory=lambda: LimitedLines(DENIED_LINES_PER_SECOND, MOST_DENIED_LINES))


@dataclass(frozen=True)
class CallInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs, not in grpc
    """Lets in who may call, translates `ServiceError`, hides everything else behind INTERNAL, and records each call."""

    access: Access
    observers: Observers
    drain: Drain
    streams: StreamLimits
    receiver: Receiver

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        path = handler_call_details.method
        # Every method takes a stream, which is the same on the wire: see `UnaryRequest`.
        constructor, behavior = (
            (grpc.stream_stream_rpc_method_handler, self._streaming(handler, path))
            if handler.response_streaming
            else (grpc.stream_unary_rpc_method_handler, self._unary(handler, path))
        )
        return constructor(behavior, lenient(handler.request_deserializer), _bytes_or(handler.response_serializer))

    def _unary(self, handler: Handler, path: str) -> Callable[[Any, Context], Awaitable[Any]]:
        behavior = handler.stream_unary if handler.request_streaming else handler.unary_unary
        rule = self.access.rule_of(path)

        async def call(requests: Any, context: Context) -> Any:
            async with _WatchedCall(self.observers, path, context) as incoming:
                with self.drain.admit(incoming.service):
                    admitted = await self.access.admit(incoming, rule, self._request(handler, requests, incoming))
                    async with self.observers.auditor.recorded(incoming.caller, incoming.audited(), rule.audited):
                        return await behavior(admitted.pop(), context)

        return call

    def _streaming(self, handler: Handler, path: str) -> Callable[[Any, Context], AsyncIterator[Any]]:
        behavior = handler.stream_stream if handler.request_streaming else handler.unary_stream
        rule = self.access.rule_of(path)

        async def answer(requests: Any, incoming: IncomingCall) -> AsyncIterator[Any]:
            admitted = await self.access.admit(incoming, rule, self._request(handler, requests, incoming))
            caller = incoming.caller
            async with self.observers.auditor.recorded(caller, incoming.audited(), rule.audited, is_stream=True):
                responses = as_caller(caller, behavior(admitted.pop(), incoming.context))
                async for response in until(responses, caller.expires_at - time.time(), expired):
                    yield response

        async def call(requests: Any, context: Context) -> AsyncIterator[Any]:
            async with _WatchedCall(self.observers, path, context) as incoming:
                with self.drain.admit(incoming.service):
                    responses = answer(requests, incoming)
                    if incoming.service not in TOOL_SERVICES:  # health may be watched for ever
                        responses = self.streams.responses(responses)
                    async for response in self.drain.until_draining(responses):
                        yield response

        return call

    def _request(self, handler: Handler, requests: Any, incoming: IncomingCall) -> Any:
        """The `UnaryRequest`, or the iterator of a stream's requests."""
        if handler.request_streaming:
            return readable_messages(self.streams.requests(requests), incoming.method)
        # Not from the iterator, which would hold the message for as long as it is answered.
        return UnaryRequest(self.receiver, incoming.context, incoming.method)


class _WatchedCall:
    """One call from arrival to answer."""

    def __init__(self, observers: Observers, path: str, context: Context) -> None:
        self._observers, self._metrics = observers, observers.metrics
        self._incoming = IncomingCall(path, context)
        self._code = grpc.StatusCode.OK
        self._error: ServiceError | None = None

    async def __aenter__(self) -> IncomingCall:
        self._start = time.perf_counter()
        self._metrics.in_flight.labels(self._incoming.service).inc()
        return self._incoming

    async def __aexit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        del traceback  # its frames hold the request: see `_abort`
        try:
            await self._translate(error)
        finally:
            self._report(time.perf_counter() - self._start)

    async def _translate(self, error: BaseException | None) -> None:
        context = self._incoming.context
        if error is None:
            # Servicers of libraries (reflection) set their code on the context.
            self._code = _status_code(context.code()) or grpc.StatusCode.OK
            return
        if isinstance(error, ServiceError):
            self._observers.refusals.note(error)
            await self._abort(error)
        if isinstance(error, grpc.aio.AbortError):
            self._code = _status_code(context.code()) or grpc.StatusCode.UNKNOWN
            return
        if not isinstance(error, Exception):  # the caller went away, or the server stops
            self._code = grpc.StatusCode.CANCELLED
            return
        self._observers.log.error(
            "call failed", service=self._incoming.service, method=self._incoming.method, exc_info=error
        )
        await self._abort(InternalError())

    async def _abort(self, error: ServiceError) -> None:
        self._code, self._error = error.code, error
        # grpc keeps the exception, which keeps its frames: the request, which may be megabytes of a frame, must not
        # wait in them for the next garbage collection.
        error.__traceback__ = None
        context = self._incoming.context
        context.set_code(error.code)  # tracing sees no other sign of the failure
        await context.abort_with_status(rpc_status.to_status(to_status(error)))

    def _report(self, seconds: float) -> None:
        call, error = self._incoming, self._error
        self._metrics.in_flight.labels(call.service).dec()
        self._metrics.requests.labels(call.service, call.method, self._code.name).inc()
        self._metrics.seconds.labels(call.service, call.method).observe(seconds)
        if error and error.failed_check:
            self._metrics.denied.labels(error.failed_check).inc()
            self._observers.auditor.note(call.caller, call.audited(), self._code.name)
        self._log(seconds)

    def _log(self, seconds: float) -> None:
        call, error = self._incoming, self._error
        fields: dict[str, Any] = {"reason": error.reason.value} if error else {}
        if error and (error.failed_check or call.caller is NOBODY):
            left_out = self._observers.denied_lines.take(error.reason.value)
            if left_out is None:
                return
            fields |= {"since_the_last_line": left_out} if left_out else {}
        write = self._observers.log.debug if call.service in TOOL_SERVICES else self._observers.log.info
        write("call", service=call.service, method=call.method, code=self._code.name,
              seconds=round(seconds, 4), **fields)  # fmt: skip  # one line a call here too


def _bytes_or(serialize: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
    """Sends an answer that is a message's bytes already as it is."""
    return lambda response: response if isinstance(response, bytes) else serialize(response)


def _status_code(code: Any) -> grpc.StatusCode | None:
    """The context gives the code as an enum, an integer, or nothing, depending on who set it."""
    if code is None or isinstance(code, grpc.StatusCode):
        return code
    return next((known for known in grpc.StatusCode if known.value[0] == code), None)
