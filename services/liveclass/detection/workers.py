"""Threads for the work on pixels, so that the event loop never waits for OpenCV."""

import asyncio
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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

        Raises `DeadlineExceededError` where its turn comes too late.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._with_detector, job, deadline)

    def close(self) -> None:
        """Waits for running jobs."""
        self._threads.shutdown()

    def _with_detector(self, job: Callable[[FaceDetector], T], deadline: Deadline) -> T:
        deadline.require(_LEAST_SECONDS, "a frame")
        detector = self._idle.get()
        try:
            return job(detector)
        finally:
            self._idle.put(detector)
