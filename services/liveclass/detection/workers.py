"""Threads for the work on pixels, so that the event loop never waits for OpenCV."""

import asyncio
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from liveclass.detection.faces import FaceDetector
from liveclass.runtime.deadline import Deadline

T = TypeVar("T")

_LEAST_SECONDS = 0.002
"""What even a small frame takes."""


class Workers:
    """As many threads as detectors; each job has one detector to itself."""

    def __init__(self, detectors: Sequence[FaceDetector]) -> None:
        self.count = len(detectors)
        self._idle: queue.SimpleQueue[FaceDetector] = queue.SimpleQueue()
        for detector in detectors:
            self._idle.put(detector)
        self._threads = ThreadPoolExecutor(len(detectors), thread_name_prefix="look")

    async def run(self, job: Callable[[FaceDetector], T], deadline: Deadline) -> T:
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

    def _take(self, waiting: list[tuple[Callable[[FaceDetector], T], Deadline, "Future[T]"]]) -> None:
        try:
            job, deadline, turn = waiting.pop()
        except IndexError:  # its caller went away
            return
        try:
            turn.set_result(self._with_detector(job, deadline))
        except BaseException as error:  # noqa: BLE001  # whatever it is, it is the caller's to see
            turn.set_exception(error)

    def _with_detector(self, job: Callable[[FaceDetector], T], deadline: Deadline) -> T:
        deadline.require(_LEAST_SECONDS, "a frame")
        detector = self._idle.get()
        try:
            return job(detector)
        finally:
            self._idle.put(detector)
