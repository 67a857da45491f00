"""Limits on the age of a stream and on its caller's silence. A stream that exceeds one ends with a status."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import TypeVar

from liveclass.reasons import Reason
from liveclass.runtime.errors import ServiceError, UnavailableError

Message = TypeVar("Message")

_RETRY_SECONDS = 0.1


@dataclass(frozen=True)
class StreamLimits:
    """In seconds. UNAVAILABLE is the status that clients answer by opening another stream."""

    most_age: float = 1800.0
    most_idle: float = 300.0

    async def requests(self, requests: AsyncIterator[Message]) -> AsyncIterator[Message]:
        """The same; raises `UnavailableError` where none comes for too long."""
        messages = aiter(requests)
        while True:
            try:
                message = await asyncio.wait_for(anext(messages), self.most_idle)
            except StopAsyncIteration:
                return
            except asyncio.TimeoutError as error:
                sentence = f"nothing was sent for {self.most_idle:g} s; open another stream when there is something"
                raise UnavailableError(sentence, _RETRY_SECONDS, Reason.STREAM_IDLE) from error
            yield message

    async def responses(self, responses: AsyncIterator[Message]) -> AsyncIterator[Message]:
        """The same; raises `UnavailableError` between two of them once the stream is too old."""
        async for response in until(responses, self.most_age, self._too_old):
            yield response

    def _too_old(self) -> UnavailableError:
        sentence = f"this stream has been open for {self.most_age:g} s; open another one"
        return UnavailableError(sentence, _RETRY_SECONDS, Reason.STREAM_TOO_OLD)


async def until(
    responses: AsyncIterator[Message], seconds: float, error: Callable[[], ServiceError]
) -> AsyncIterator[Message]:
    """The same; after `seconds` raises `error`, between two of them."""
    if seconds == math.inf:
        async for response in responses:
            yield response
        return
    async for response in until_done(responses, asyncio.sleep(max(0.0, seconds)), error):
        yield response


async def until_done(
    responses: AsyncIterator[Message], over: Coroutine[None, None, None], error: Callable[[], ServiceError]
) -> AsyncIterator[Message]:
    """The same; once `over` has ended raises `error`, between two of them."""
    ending = asyncio.ensure_future(over)
    try:
        while True:
            following: asyncio.Future[Message] = asyncio.ensure_future(anext(responses))
            try:
                await asyncio.wait((following, ending), return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                _abandon(following)
                raise
            if not following.done():
                _abandon(following)
                raise error()
            try:
                response = following.result()
            except StopAsyncIteration:
                return
            yield response
    finally:
        ending.cancel()


def _abandon(following: "asyncio.Future[Message]") -> None:
    """Cancels a response that nobody waits for any more. A refusal in its place is no error; all else is reported."""
    following.cancel()
    following.add_done_callback(_report_unexpected)


def _report_unexpected(following: "asyncio.Future[Message]") -> None:
    error = None if following.cancelled() else following.exception()
    if error is not None and not isinstance(error, (ServiceError, StopAsyncIteration)):
        context = {"message": "a stream failed after its caller had gone", "exception": error, "future": following}
        following.get_loop().call_exception_handler(context)
