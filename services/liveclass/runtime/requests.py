"""How requests are received and read.

grpc receives the request of a unary call whole before any handler is called, so that a stranger could make the server
hold many large ones. Here every method takes a stream, which is the same on the wire, and a `UnaryRequest` is received
when its caller is known.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from liveclass.reasons import Reason
from liveclass.runtime.errors import DeadlineExceededError, InvalidArgumentError, ResourceExhaustedError, ServiceError

MOST_BYTES_OF_CALLER = 256 * 1024 * 1024
"""Of the unary requests of one caller that are received at the same time."""

MOST_OF_STRANGERS = 16
"""Requests that are received at the same time of callers who need no token, such as probes."""

_RETRY_SECONDS = 0.1
_GONE_SECONDS = 0.01


@dataclass
class _Turns:
    """Of one caller."""

    free: asyncio.Semaphore
    users: int = 0


class _Arrival:
    """A request that is being received by the current task."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self.error: ServiceError | None = None

    def give_up(self, error: ServiceError) -> None:
        self.error = error
        if self._task:
            self._task.cancel()


@dataclass
class Receiver:
    """Bounds how many unary requests are received at once, and for how long. One for each server."""

    message_bytes: int
    """The largest message."""
    most_seconds: float
    _of_callers: dict[Hashable, _Turns] = field(default_factory=dict)
    _of_strangers: dict[_Arrival, None] = field(default_factory=dict)
    """Those under way, the oldest first."""

    async def receive(self, context: Any, caller: Hashable | None) -> Any:
        """The message, or `grpc.aio.EOF`. `caller` is None for a stranger.

        Raises `DeadlineExceededError` where it does not arrive, and `ResourceExhaustedError` where it makes room for
        newer ones of strangers: they are small, and arrive at once where somebody means to send them.
        """
        arrival = _Arrival()
        timer = asyncio.get_running_loop().call_later(self.most_seconds, self._too_slow, arrival)
        try:
            if caller is not None:
                return await self._in_turn(context, caller)
            self._make_room(arrival)
            return await context.read()
        except asyncio.CancelledError:
            if arrival.error is None:
                raise
            raise arrival.error from None
        finally:
            timer.cancel()
            self._of_strangers.pop(arrival, None)

    def _too_slow(self, arrival: _Arrival) -> None:
        sentence = f"the request did not arrive within {self.most_seconds:g} s; send less at once"
        arrival.give_up(DeadlineExceededError(sentence, Reason.REQUEST_TOO_SLOW))

    def _make_room(self, arrival: _Arrival) -> None:
        if len(self._of_strangers) >= MOST_OF_STRANGERS:
            oldest = next(iter(self._of_strangers))
            del self._of_strangers[oldest]
            sentence = "too many requests without a token are arriving at once; send each whole"
            oldest.give_up(ResourceExhaustedError(sentence, _RETRY_SECONDS, Reason.TOO_MANY_CALLS))
        self._of_strangers[arrival] = None

    async def _in_turn(self, context: Any, caller: Hashable) -> Any:
        turns = self._of_callers.get(caller)
        if turns is None:
            turns = _Turns(asyncio.Semaphore(max(1, MOST_BYTES_OF_CALLER // self.message_bytes)))
            self._of_callers[caller] = turns
        turns.users += 1
        try:
            async with turns.free:
                return await context.read()
        finally:
            turns.users -= 1
            if not turns.users:
                del self._of_callers[caller]


@dataclass
class UnaryRequest:
    """The request of one unary call, still to be received."""

    receiver: Receiver
    context: Any
    method: str

    async def received(self, caller: Hashable | None) -> Any:
        """The message. Raises as `Receiver.receive` does, and `InvalidArgumentError` where none comes or it is none."""
        message = await self.receiver.receive(self.context, caller)
        if message is grpc.aio.EOF:  # type: ignore[attr-defined]  # missing in the stubs
            # The same is read of a caller who has gone; that it has is said, by cancelling, a moment later.
            await asyncio.sleep(_GONE_SECONDS)
            raise InvalidArgumentError("request", f"is missing: {self.method} takes one message")
        return readable(message, self.method)


class _Unreadable:
    """Stands for a message that is not valid protobuf."""


def lenient(deserialize: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
    """Gives what `readable` refuses instead of raising, which grpc would answer by itself and not log."""

    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return _Unreadable()

    return read


def readable(request: Any, method: str) -> Any:
    """The request. Raises `InvalidArgumentError` for one that is no message."""
    if isinstance(request, _Unreadable):
        raise InvalidArgumentError("request", f"is not a valid protobuf message of the type that {method} takes")
    return request


async def readable_messages(requests: AsyncIterator[Any], method: str) -> AsyncIterator[Any]:
    """The requests of a stream, checked as by `readable`."""
    async for request in requests:
        yield readable(request, method)
