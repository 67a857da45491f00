"""A circuit breaker (Nygard, Release It!, 2007), so that callers do not wait for a service that hangs.

closed      Every call is made. The circuit opens when calls were waiting for a while and none was answered. Any answer
            counts, errors too: a service that refuses does not hang. A call that was given up early tells
            nothing: else one caller's short deadlines would open the circuit for all.
open        No call is made. The service is probed a few times a second.
half open   The probe was answered: one call at a time is made, and the first answer closes the circuit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum

import structlog
from prometheus_client import Gauge

_LEAST_WAIT = 0.25
"""Of the time of silence: a call that was given up earlier tells nothing."""

Probe = Callable[[], Awaitable[bool]]
"""True where the service answers; false, or any exception, where it does not."""


class State(IntEnum):
    """The value of the metric."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class CircuitOpenError(Exception):
    """The service hangs, and was not called."""


class Attempt:
    """One call under way."""

    def __init__(self, began: float) -> None:
        self.began, self.is_answered = began, False

    def answered(self) -> None:
        """The service has answered, be it with an error."""
        self.is_answered = True


class CircuitBreaker:
    """One for each service that is called. Used from the event loop only."""

    def __init__(
        self,
        name: str,
        probe: Probe,
        state: Gauge,
        *,
        silence_seconds: float = 2.0,
        probe_seconds: float = 0.25,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`name` is for the log. Opens after `silence_seconds` without an answer; `state` is set to the `State`."""
        self._name, self._probe, self._gauge, self._clock = name, probe, state, clock
        self._silence_seconds, self._probe_seconds = silence_seconds, probe_seconds
        self._state = State.CLOSED
        self._under_way = 0
        self._silent_since: float | None = None
        self._silent_last = 0.0
        self._probing: asyncio.Task[None] | None = None
        self._log = structlog.get_logger()
        state.set(self._state)

    @property
    def state(self) -> State:
        return self._state

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """Around one call. Raises `CircuitOpenError` where it must not be made."""
        if self._state is State.OPEN or (self._state is State.HALF_OPEN and self._under_way):
            raise CircuitOpenError(self._name)
        now = self._clock()
        if not self._under_way and now - self._silent_last > self._silence_seconds:
            self._silent_since = None  # long ago, and nothing was called since
        attempt = Attempt(now)
        self._under_way += 1
        try:
            yield attempt
        finally:
            self._under_way -= 1
            self._judge(attempt)

    async def close(self) -> None:
        """Stops probing."""
        if self._probing is not None:
            self._probing.cancel()
            with suppress(asyncio.CancelledError):
                await self._probing

    def _judge(self, attempt: Attempt) -> None:
        if attempt.is_answered:
            self._silent_since = None
            if self._state is State.HALF_OPEN:
                self._enter(State.CLOSED)
            return
        now = self._clock()
        if now - attempt.began < _LEAST_WAIT * self._silence_seconds:
            return
        self._silent_last = now
        if self._silent_since is None:
            self._silent_since = attempt.began
        if self._state is State.HALF_OPEN or self._silent_last - self._silent_since >= self._silence_seconds:
            self._open()

    def _open(self) -> None:
        if self._state is not State.OPEN:
            self._enter(State.OPEN)
            self._probing = asyncio.ensure_future(self._probe_until_answered())

    async def _probe_until_answered(self) -> None:
        while True:
            await asyncio.sleep(self._probe_seconds)
            with suppress(Exception):
                if await self._probe():
                    break
        self._silent_since = None
        self._enter(State.HALF_OPEN)

    def _enter(self, state: State) -> None:
        self._state = state
        self._gauge.set(state)
        write = self._log.info if state is State.CLOSED else self._log.warning
        write("circuit", dependency=self._name, state=state.name.lower())
