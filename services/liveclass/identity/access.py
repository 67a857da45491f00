"""Before every call: who calls, and whether they may. Health is open to everybody."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from liveclass.identity.audit import AuditedCall, client_of
from liveclass.identity.caller import AUTHORIZATION, LOCAL_OPERATOR, NOBODY, Caller, set_current_caller
from liveclass.identity.methods import MethodRule
from liveclass.identity.permissions import Permission
from liveclass.runtime.certificates import AllowedClients
from liveclass.runtime.drain import HEALTH_SERVICE, REFLECTION_SERVICE
from liveclass.runtime.errors import UnauthenticatedError
from liveclass.runtime.requests import UnaryRequest

Context = Any  # grpc.aio.ServicerContext, generic in the stubs only

_RULES_OF_TOOLS = {HEALTH_SERVICE: MethodRule(None, ()), REFLECTION_SERVICE: MethodRule(Permission.ADMIN, ())}

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


class IncomingCall:
    """A call, and what is known of it so far."""

    def __init__(self, path: str, context: Context) -> None:
        """`path` is such as "/liveclass.v1.SessionService/GetSession"."""
        _, self.service, self.method = path.split("/")
        self.context = context
        # Asked for before anything is waited for: of a call whose caller has gone, grpc cannot tell, and crashes.
        self.client = client_of(context)
        self.caller, self.resource = NOBODY, ""

    def audited(self) -> AuditedCall:
        return AuditedCall(self.client, self.method, self.resource)


@dataclass(frozen=True)
class Access:
    """Who may call which methods."""

    authenticator: Authenticator
    rules: Mapping[str, MethodRule]
    """By path."""
    clients: AllowedClients

    def rule_of(self, path: str) -> MethodRule:
        """Raises `KeyError` for a method without a rule, which is a defect: nobody may call it."""
        return _RULES_OF_TOOLS.get(path.split("/")[1]) or self.rules[path]

    async def admit(self, call: IncomingCall, rule: MethodRule, request: Any) -> list[Any]:
        """The request, or the requests of a stream: one item, taken out when it is answered, so that no frame holds it.

        A unary request is received once its caller is known. Tells `call` who calls, and for what. Raises
        `ClientNotAllowedError`, `UnauthenticatedError` and `PermissionDeniedError`.
        """
        self.clients.require(call.context)
        if rule.permission is not None:
            call.caller = await self.authenticator.caller(call.context.invocation_metadata() or ())
        set_current_caller(call.caller)
        if not isinstance(request, UnaryRequest):
            return [await _checked_stream(call, rule, request)]
        received = [await request.received(_identity(call.caller))]
        _check(call, rule, received[0])
        return received


def _check(call: IncomingCall, rule: MethodRule, message: Any) -> None:
    call.resource = rule.resource_of(message)
    rule.check(message, call.caller)


async def _checked_stream(call: IncomingCall, rule: MethodRule, requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The same requests, the first of which is checked."""
    messages = aiter(requests)
    # Not wait_for: it gives the message in the place of a cancellation that comes with it (before Python 3.12).
    reading = asyncio.ensure_future(anext(messages, None))
    try:
        await asyncio.wait((reading,), timeout=_patience(call.caller))
        if not reading.done():
            raise expired()
    finally:
        reading.cancel()
    first = reading.result()
    if first is not None:
        _check(call, rule, first)
    return _rejoined(first, messages)


def _identity(caller: Caller) -> tuple[str, ...] | None:
    """Of whom the requests that are received are counted together; None for strangers."""
    return None if caller is NOBODY else (caller.issuer, caller.tenant, caller.subject)


def _patience(caller: Caller) -> float | None:
    """For how many seconds the first message of a stream may be waited for."""
    return None if caller is LOCAL_OPERATOR else max(0.0, caller.expires_at - time.time())


def expired() -> UnauthenticatedError:
    return UnauthenticatedError("expired")


async def as_caller(caller: Caller, responses: AsyncIterator[Any]) -> AsyncIterator[Any]:
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
