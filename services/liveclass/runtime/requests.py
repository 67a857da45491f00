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
from liveclass.runtime.errors import DeadlineExceededError, InvalidArgumentError, ResourceExhaustedError

MOST_BYTES_OF_CALLER = 256 * 1024 * 1024
"""Of the unary requests of one caller that are received at the same time."""

MOST_OF_STRANGERS = 16
"""Requests that are received at the same time of callers who need no token, such as probes."""

_RETRY_SECONDS = 0.1


@dataclass
class _Turns:
    """Of one caller."""

    free: asyncio.Semaphore
    users: int = 0


@dataclass
class Receiver:
    """Bounds how many unary requests are received at once, and for how long. One for each server."""

    message_bytes: int
    """The largest message."""
    most_seconds: float
    _of_callers: dict[Hashable, _Turns] = field(default_factory=dict)
    _of_strangers: dict["asyncio.Future[Any]", None] = field(default_factory=dict)
    """Those under way, the oldest first."""

    async def receive(self, context: Any, caller: Hashable | None) -> Any:
        """The message, or `grpc.aio.EOF`. `caller` is None for a stranger.

        Raises `DeadlineExceededError` where it does not arrive, and `ResourceExhaustedError` where it makes room for
        newer ones of strangers: they are small, and arrive at once where somebody means to send them.
        """
        if caller is None:
            reading = asyncio.ensure_future(context.read())
            self._make_room(reading)
        else:
            reading = asyncio.ensure_future(self._in_turn(context, caller))
        # Not wait_for: it gives the message in the place of a cancellation that comes with it (before Python 3.12).
        try:
            await asyncio.wait((reading,), timeout=self.most_seconds)
            if not reading.done():
                sentence = f"the request did not arrive within {self.most_seconds:g} s; send less at once"
                raise DeadlineExceededError(sentence, Reason.REQUEST_TOO_SLOW)
        finally:
            reading.cancel()
            self._of_strangers.pop(reading, None)
        if reading.cancelled():
            sentence = "too many requests without a token are arriving at once; send each whole"
            raise ResourceExhaustedError(sentence, _RETRY_SECONDS, Reason.TOO_MANY_CALLS)
        return reading.result()

    def _make_room(self, reading: "asyncio.Future[Any]") -> None:
        if len(self._of_strangers) >= MOST_OF_STRANGERS:
            oldest = next(iter(self._of_strangers))
            del self._of_strangers[oldest]
            oldest.cancel()
        self._of_strangers[reading] = None

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
