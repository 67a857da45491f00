"""Before every call: who calls, and whether they may. Health is open to everybody."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import grpc
from prometheus_client import Counter

from liveclass.identity.caller import AUTHORIZATION, LOCAL_OPERATOR, Caller, set_current_caller
from liveclass.identity.methods import MethodRule
from liveclass.identity.permissions import Permission
from liveclass.runtime.drain import HEALTH_SERVICE, REFLECTION_SERVICE
from liveclass.runtime.errors import PermissionDeniedError, UnauthenticatedError
from liveclass.runtime.interceptors import Context, Handler, rebuilt
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
    """Checks each call against the rule of its method, before anything is done for it."""

    def __init__(self, authenticator: Authenticator, rules: Mapping[str, MethodRule], denied: Counter) -> None:
        """`rules` are by path. `denied` is counted by reason."""
        self._authenticator, self._rules, self._denied = authenticator, rules, denied

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        handler = await continuation(handler_call_details)
        service = handler_call_details.method.split("/")[1]
        if handler is None or service == HEALTH_SERVICE:
            return handler
        # A method without a rule is a defect: nobody may call it.
        rule = REFLECTION_RULE if service == REFLECTION_SERVICE else self._rules[handler_call_details.method]
        return rebuilt(handler, self._checked(handler, rule))

    def _checked(self, handler: Handler, rule: MethodRule) -> Callable[[Any, Context], Any]:
        kind = ("stream" if handler.request_streaming else "unary", "stream" if handler.response_streaming else "unary")
        behavior = getattr(handler, "_".join(kind))

        async def respond(request: Any, context: Context) -> Any:
            # The request is held by no frame of ours while it is answered: see CallInterceptor.
            handed_over = [request]
            del request
            _, permitted = await self._permitted(handed_over, rule, context)
            return await behavior(permitted.pop(), context)

        async def stream(request: Any, context: Context) -> AsyncIterator[Any]:
            caller, permitted = await self._permitted([request], rule, context)
            responses = _as_caller(caller, behavior(permitted.pop(), context))
            try:
                async for response in until(responses, caller.expires_at - time.time(), _expired):
                    yield response
            except UnauthenticatedError as error:
                self._denied.labels(error.failed_check).inc()
                raise

        return stream if handler.response_streaming else respond

    async def _permitted(self, requests: list[Any], rule: MethodRule, context: Context) -> tuple[Caller, list[Any]]:
        """The caller, and the request, or the requests of a stream of which the first was checked."""
        try:
            caller = await self._authenticator.caller(context.invocation_metadata() or ())
            set_current_caller(caller)
            request = requests.pop()
            if not hasattr(request, "__aiter__"):
                rule.check(request, caller)
                return caller, [request]
            messages = aiter(request)
            first = await asyncio.wait_for(anext(messages, None), _patience(caller))
            if first is not None:
                rule.check(first, caller)
            return caller, [_rejoined(first, messages)]
        except UnauthenticatedError as error:
            self._denied.labels(error.failed_check).inc()
            raise
        except PermissionDeniedError:
            self._denied.labels("permission").inc()
            raise
        except asyncio.TimeoutError:
            self._denied.labels("expired").inc()
            raise _expired() from None


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
