"""Threads for the work on pixels, so that the event loop never waits for OpenCV."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from liveclass.detection.image import ImageDecoder
from liveclass.vision.faces import FaceDetector

T = TypeVar("T")


class FrameTools(NamedTuple):
    """What a job on a frame has to itself while it runs."""

    decoder: ImageDecoder
    detector: FaceDetector


class Workers:
    """As many threads as tools."""

    def __init__(self, tools: Sequence[FrameTools]) -> None:
        self._idle: asyncio.Queue[FrameTools] = asyncio.Queue()
        for each in tools:
            self._idle.put_nowait(each)
        self._threads = ThreadPoolExecutor(len(tools), thread_name_prefix="frame")

    async def run(self, job: Callable[[FrameTools], T]) -> T:
        """Runs `job` on a thread. A job whose caller goes away before it has begun never begins.

        A job that has begun is waited for even then: until its end it takes a thread, and what it works on is in use.
        """
        tools = await self._idle.get()
        running = asyncio.get_running_loop().run_in_executor(self._threads, job, tools)
        running.add_done_callback(lambda _: self._idle.put_nowait(tools))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise

    def close(self) -> None:
        """Waits for running jobs."""
        self._threads.shutdown()
