"""The request messages of a stream for the async client; `PacedRequests` is the blocking counterpart."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator

from liveclass.client import calls
from liveclass.client.frames import FrameLike
from liveclass.client.streams import StreamAnswers
from liveclass.v1 import detection_pb2

Frames = Iterable[FrameLike] | AsyncIterable[FrameLike]

Request = detection_pb2.ClassifyStreamRequest


class AsyncPacedRequests(StreamAnswers):
    """The config, then the frames, with at most `in_flight` unanswered; `error` is what `frames` raised."""

    def __init__(self, config: Request, frames: Frames, in_flight: int | None) -> None:
        super().__init__(resend=in_flight == 1)
        self.error: Exception | None = None
        self._config, self._in_flight = config, in_flight
        self._frames = _each(frames)
        self._reading: asyncio.Task[Request | None] | None = None
        self._unanswered: Request | None = None
        self._room = asyncio.Semaphore(0)

    def messages(self) -> AsyncIterator[Request]:
        """The messages of the next stream."""
        self._room = asyncio.Semaphore(self._in_flight or 0)
        return self._messages(self._room)

    async def _messages(self, room: asyncio.Semaphore) -> AsyncIterator[Request]:
        yield self._config
        while True:
            if self._in_flight:
                await room.acquire()
            request = self._unanswered or await self._next()
            if request is None:
                return
            if self._resend:
                self._unanswered = request
            yield request

    async def _next(self) -> Request | None:
        """The next frame; if the stream breaks while it is being read, the next stream starts with it."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        request = await asyncio.shield(self._reading)
        self._reading = None
        return request

    async def _read(self) -> Request | None:
        try:
            return await asyncio.to_thread(calls.stream_frame, await anext(self._frames))
        except StopAsyncIteration:
            return None
        except Exception as error:  # noqa: BLE001  gRPC would ignore an error of the caller's iterator
            self.error = error
            return None

    def answered(self) -> None:
        """A frame has its final answer: the next one may be sent."""
        self.done()
        self._unanswered = None
        self._room.release()

    def again(self) -> None:
        """The frame will be sent again."""
        self._room.release()

    async def close(self) -> None:
        """Ends the messages."""
        if self._reading is not None:
            await asyncio.wait([self._reading])
        await self._frames.aclose()


async def _each(frames: Frames) -> AsyncGenerator[FrameLike, None]:
    """The frames; those of an ordinary iterable (such as a camera) are read in a thread, to not block the loop."""
    if isinstance(frames, AsyncIterable):
        async for frame in frames:
            yield frame
        return
    iterator = iter(frames)
    while True:
        taken: FrameLike | None = await asyncio.to_thread(_next, iterator)
        if taken is None:
            return
        yield taken


def _next(frames: Iterator[FrameLike]) -> FrameLike | None:
    return next(frames, None)
