"""Threads for the work on pixels, so that the event loop never waits for OpenCV."""

import asyncio
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from liveclass.detection.image import ImageDecoder
from liveclass.runtime.deadline import Deadline
from liveclass.vision.faces import FaceDetector

T = TypeVar("T")

_LEAST_SECONDS = 0.002
"""What even a small frame takes."""


class FrameTools(NamedTuple):
    """What a job on a frame has to itself while it runs."""

    decoder: ImageDecoder
    detector: FaceDetector


class Workers:
    """As many threads as tools."""

    def __init__(self, tools: Sequence[FrameTools]) -> None:
        self.count = len(tools)
        self._idle: queue.SimpleQueue[FrameTools] = queue.SimpleQueue()
        for tool in tools:
            self._idle.put(tool)
        self._threads = ThreadPoolExecutor(len(tools), thread_name_prefix="look")

    async def run(self, job: Callable[[FrameTools], T], deadline: Deadline) -> T:
        """Runs `job` on a thread. Where the caller goes away before it has begun, it never begins.

        A job that has begun is waited for even then: until its end it takes a thread, and what it works on is in use.
        Raises `DeadlineExceededError` where its turn comes too late.
        """
        turn: Future[T] = Future()
        # The threads' queue knows the job by this list alone: emptied, it holds no image, whoever went away.
        waiting = [(job, deadline, turn)]
        self._threads.submit(self._take, waiting)
        done = asyncio.wrap_future(turn)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            try:
                waiting.pop()
            except IndexError:  # a thread has it
                await asyncio.wait([done])
            raise

    def close(self) -> None:
        """Waits for running jobs."""
        self._threads.shutdown()

    def _take(self, waiting: list[tuple[Callable[[FrameTools], T], Deadline, "Future[T]"]]) -> None:
        try:
            job, deadline, turn = waiting.pop()
        except IndexError:  # its caller went away
            return
        try:
            turn.set_result(self._with_tools(job, deadline))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is the caller's to see
            turn.set_exception(error)

    def _with_tools(self, job: Callable[[FrameTools], T], deadline: Deadline) -> T:
        deadline.require(_LEAST_SECONDS, "a frame")
        tools = self._idle.get()
        try:
            return job(tools)
        finally:
            self._idle.put(tools)
