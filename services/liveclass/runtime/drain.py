"""Graceful shutdown: admitted calls are finished, and new ones are refused as UNAVAILABLE, so that clients retry.

grpc's own `stop` cancels calls that it has received and not yet handed over, and no retry policy covers CANCELLED.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TypeVar

from liveclass.runtime.errors import Reason, UnavailableError
from liveclass.runtime.stream_limits import until_done

HEALTH_SERVICE = "grpc.health.v1.Health"
REFLECTION_SERVICE = "grpc.reflection.v1alpha.ServerReflection"
TOOL_SERVICES = (HEALTH_SERVICE, REFLECTION_SERVICE)
"""Called every few seconds by probes and tools: answered even while draining, and logged at debug level only."""

LAST_RESPONSES_SECONDS = 1.0
"""How long streams may go on once draining; then they end as UNAVAILABLE."""

QUIET_SECONDS = 0.2
"""Between the last call and the end: time for answers to be sent."""

Response = TypeVar("Response")


class Drain:
    """Counts the calls under way and, once draining, refuses new ones. One for each server."""

    def __init__(self) -> None:
        self._draining = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._in_flight = 0

    @contextmanager
    def admit(self, service: str) -> Iterator[None]:
        """Around a call. Raises `UnavailableError` when draining."""
        if service in TOOL_SERVICES:
            yield
            return
        if self._draining.is_set():
            raise _shutting_down()
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()

    async def until_draining(self, responses: AsyncIterator[Response]) -> AsyncIterator[Response]:
        """A stream's responses; raises `UnavailableError` soon after draining has begun, between two of them."""
        async for response in until_done(responses, self._streams_are_over(), _shutting_down):
            yield response

    async def _streams_are_over(self) -> None:
        await self._draining.wait()
        await asyncio.sleep(LAST_RESPONSES_SECONDS)

    async def finish(self, grace_seconds: float) -> None:
        """Refuses new calls and waits until none is left, for at most `grace_seconds`."""
        self._draining.set()
        try:
            await asyncio.wait_for(self._idle.wait(), grace_seconds)
        except asyncio.TimeoutError:
            return
        await asyncio.sleep(QUIET_SECONDS)


def _shutting_down() -> UnavailableError:
    return UnavailableError("this server is shutting down; another one will answer", 0.1, Reason.SHUTTING_DOWN)
