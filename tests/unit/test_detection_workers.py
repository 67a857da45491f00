"""Threads for the work on pixels, and what becomes of a job whose caller goes away."""

import asyncio
import gc
import threading
import weakref

import pytest

from liveclass.detection.workers import FrameTools, Workers


class Image:
    """Something that can be seen to be let go."""


class Busy:
    """One worker that is busy until it is told to go on."""

    def __init__(self) -> None:
        self.workers = Workers([FrameTools(None, None)])
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    async def begin(self) -> asyncio.Task:
        task = asyncio.create_task(self.workers.run(self._work))
        await asyncio.get_running_loop().run_in_executor(None, self.has_begun.wait, 10)
        return task

    def _work(self, tools: FrameTools) -> None:
        self.has_begun.set()
        self.may_end.wait(10)


async def turns(number: int = 10) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_job_that_has_begun_is_waited_for_though_its_caller_went_away() -> None:
    busy = Busy()
    task = await busy.begin()
    task.cancel()
    await turns()
    assert not task.done()
    busy.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    busy.workers.close()


async def test_a_job_whose_caller_went_away_before_it_began_never_begins_and_lets_its_image_go() -> None:
    busy = Busy()
    first = await busy.begin()
    image, analyzed = Image(), []
    kept = weakref.ref(image)
    queued = asyncio.create_task(busy.workers.run(lambda tools, image=image: analyzed.append(image)))
    await turns()
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    del image, queued
    await turns()  # the step of the loop in which it ended still knows it
    gc.collect()
    assert kept() is None
    busy.may_end.set()
    await first
    busy.workers.close()
    assert analyzed == []
