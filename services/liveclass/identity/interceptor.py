"""Before every call: who calls, and whether they may. Health is open to everybody."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import grpc
from prometheus_client import Counter

from liveclass.identity.audit import AuditedCall, Auditor, client_of
from liveclass.identity.caller import AUTHORIZATION, LOCAL_OPERATOR, NOBODY, Caller, set_current_caller
from liveclass.identity.methods import Audited, MethodRule
from liveclass.identity.permissions import Permission
from liveclass.runtime.drain import HEALTH_SERVICE, REFLECTION_SERVICE
from liveclass.runtime.errors import PermissionDeniedError, ServiceError, UnauthenticatedError
from liveclass.runtime.interceptors import Context, Handler, rebuilt
from liveclass.runtime.requests import UnaryRequest
from liveclass.runtime.stream_limits import until

REFLECTION_RULE = MethodRule(Permission.ADMIN, ())

Metadata = Sequence[tuple[str, str | bytes]]


class Authenticator(Protocol):
    """Tells who calls."""

    async def caller(self, metadata: Metadata) -> Caller:
        """Raises `UnauthenticatedError`, and `UnavailableError` where it cannot be told at the moment."""


class LocalOperator:
    """Everybody is the local operator. For servers that only this machine can reach."""

    async def caller(self, metadata: Metadata) -> Caller:  # noqa: ARG002  # whatever it says
        return LOCAL_OPERATOR


class LocalOperatorOrToken:
    """A call without a token is the local operator's. What carries one, as all that comes through the edge does, may do
    what the token says.
    """

    def __init__(self, tokens: Authenticator) -> None:
        self._tokens = tokens

    async def caller(self, metadata: Metadata) -> Caller:
        has_token = any(key == AUTHORIZATION for key, _ in metadata)
        return await self._tokens.caller(metadata) if has_token else LOCAL_OPERATOR


class AccessInterceptor(grpc.aio.ServerInterceptor):  # type: ignore[type-arg]  # generic in the stubs, not in grpc
    """Checks each call against the rule of its method, before anything is done for it, and audits it."""

    def __init__(
        self, authenticator: Authenticator, rules: Mapping[str, MethodRule], denied: Counter, auditor: Auditor
    ) -> None:
        """`rules` are by path. `denied` is counted by reason."""
        self._authenticator, self._rules = authenticator, rules
        self._denied, self._auditor = denied, auditor

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        _, service, method = handler_call_details.method.split("/")
        if handler is None:
            return None
        if service == HEALTH_SERVICE:
            return rebuilt(handler, _open_to_all(handler))
        # A method without a rule is a defect: nobody may call it.
        rule = REFLECTION_RULE if service == REFLECTION_SERVICE else self._rules[handler_call_details.method]
        return rebuilt(handler, self._checked(handler, rule, method))

    def _checked(self, handler: Handler, rule: MethodRule, method: str) -> Callable[[Any, Context], Any]:
        kind = ("stream" if handler.request_streaming else "unary", "stream" if handler.response_streaming else "unary")
        behavior = getattr(handler, "_".join(kind))

        async def respond(request: Any, context: Context) -> Any:
            admitted = await self._admitted([request], rule, method, context)
            if rule.audited is Audited.WHEN_DENIED:
                return await behavior(admitted.requests.pop(), context)
            async with self._auditor.recorded(admitted.caller, admitted.call(), rule.audited):
                return await behavior(admitted.requests.pop(), context)

        async def stream(request: Any, context: Context) -> AsyncIterator[Any]:
            admitted = await self._admitted([request], rule, method, context)
            caller = admitted.caller
            call, requests = admitted.call(), admitted.requests
            async with self._auditor.recorded(caller, call, rule.audited, is_stream=True):
                responses = _as_caller(caller, behavior(requests.pop(), context))
                try:
                    async for response in until(responses, caller.expires_at - time.time(), _expired):
                        yield response
                except UnauthenticatedError as error:
                    self._denied.labels(error.failed_check).inc()
                    raise

        return stream if handler.response_streaming else respond

    async def _admitted(self, requests: list[Any], rule: MethodRule, method: str, context: Context) -> "_Admitted":
        """Raises `UnauthenticatedError` and `PermissionDeniedError`, which are counted and audited."""
        # Asked for before anything is waited for: of a call whose caller has gone, grpc cannot tell, and crashes.
        admitted = _Admitted(NOBODY, requests, method, client_of(context))
        try:
            if rule.permission is not None:
                admitted.caller = await self._authenticator.caller(context.invocation_metadata() or ())
            set_current_caller(admitted.caller)
            await self._check(admitted, rule)
        except UnauthenticatedError as error:
            self._deny(admitted, error.failed_check, error)
            raise
        except PermissionDeniedError as error:
            self._deny(admitted, "permission", error)
            raise
        return admitted

    @staticmethod
    async def _check(admitted: "_Admitted", rule: MethodRule) -> None:
        """Receives and checks the request, or the first of a stream's, which is put before the others again."""
        request = admitted.requests[0]
        if isinstance(request, UnaryRequest):
            message = await request.received(_identity(admitted.caller))
            admitted.requests[0] = message
            admitted.resource = rule.resource_of(message)
            rule.check(message, admitted.caller)
            return
        messages = aiter(request)
        # Not wait_for: it gives the message in the place of a cancellation that comes with it (before Python 3.12).
        reading = asyncio.ensure_future(anext(messages, None))
        try:
            await asyncio.wait((reading,), timeout=_patience(admitted.caller))
            if not reading.done():
                raise _expired()
        finally:
            reading.cancel()
        first = reading.result()
        if first is not None:
            admitted.resource = rule.resource_of(first)
            rule.check(first, admitted.caller)
        admitted.requests[0] = _rejoined(first, messages)

    def _deny(self, admitted: "_Admitted", reason: str, error: ServiceError) -> None:
        self._denied.labels(reason).inc()
        self._auditor.note(admitted.caller, admitted.call(), error.code.name)


@dataclass
class _Admitted:
    """A call that is being checked."""

    caller: Caller
    requests: list[Any]
    """The request, or the requests of a stream: one item, taken out when it is answered, so that no frame holds it."""
    method: str
    client: str
    resource: str = ""

    def call(self) -> AuditedCall:
        return AuditedCall(self.client, self.method, self.resource)


def _identity(caller: Caller) -> tuple[str, ...] | None:
    """Of whom the requests that are received are counted together; None for strangers."""
    return None if caller is NOBODY else (caller.issuer, caller.tenant, caller.subject)


def _open_to_all(handler: Handler) -> Callable[[Any, Context], Any]:
    """For a method that needs no token."""

    async def respond(request: UnaryRequest, context: Context) -> Any:
        return await handler.unary_unary(await request.received(None), context)

    async def stream(request: UnaryRequest, context: Context) -> AsyncIterator[Any]:
        async for response in handler.unary_stream(await request.received(None), context):
            yield response

    return stream if handler.response_streaming else respond


def _patience(caller: Caller) -> float | None:
    """For how many seconds the first message of a stream may be waited for."""
    return None if caller is LOCAL_OPERATOR else max(0.0, caller.expires_at - time.time())


def _expired() -> UnauthenticatedError:
    return UnauthenticatedError("expired")


async def _as_caller(caller: Caller, responses: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The same. Each response may be asked for in another task, which does not know the caller yet."""
    set_current_caller(caller)
    async for response in responses:
        yield response
        set_current_caller(caller)


async def _rejoined(first: Any, messages: AsyncIterator[Any]) -> AsyncIterator[Any]:
    if first is not None:
        yield first
    async for message in messages:
        yield message
