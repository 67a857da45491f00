"""How heavy reads take turns."""

import asyncio
import threading

import pytest

from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, ResourceExhaustedError
from liveclass.session.admission import MOST_WAITING, HeavyWork


class Reads:
    """Reads that go on until they are let go."""

    def __init__(self, heavy: HeavyWork) -> None:
        self.heavy = heavy
        self.begun: list[str] = []
        self.let_go: dict[str, asyncio.Event] = {}

    def begin(self, name: str, seconds: float = 60) -> "asyncio.Task[None]":
        """`name` begins with its caller's."""
        self.let_go[name] = asyncio.Event()
        return asyncio.ensure_future(self._read(name, seconds))

    async def _read(self, name: str, seconds: float) -> None:
        async with self.heavy.admit(("", name[0]), Deadline.after(seconds)):
            self.begun.append(name)
            await self.let_go[name].wait()

    async def finish(self, name: str) -> None:
        self.let_go[name].set()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_caller_with_one_read_does_not_wait_for_all_of_another() -> None:
    reads = Reads(HeavyWork(at_once=1))
    tasks = [reads.begin(f"a{number}") for number in range(10)]
    await settle()
    tasks.append(reads.begin("b0"))
    await settle()
    for expected in ("a0", "a1", "b0", "a2"):
        assert reads.begun[-1] == expected
        await reads.finish(expected)
    for name in [f"a{number}" for number in range(3, 10)]:
        await reads.finish(name)
    await asyncio.gather(*tasks)


async def test_a_caller_is_not_refused_for_what_another_has_waiting() -> None:
    now = 0.0
    reads = Reads(HeavyWork(at_once=1, clock=lambda: now))
    first = reads.begin("a0")
    await settle()
    now = 5.0  # so long does a read take
    await reads.finish("a0")
    await first
    tasks = [reads.begin(f"a{number}") for number in range(1, 21)]
    await settle()
    tasks.append(reads.begin("b0", seconds=10))  # 100 seconds of the other's reads wait, of which one comes before
    await settle()
    await reads.finish("a1")
    await reads.finish("a2")
    assert reads.begun[-1] == "b0"
    for name in ("b0", *(f"a{number}" for number in range(3, 21))):
        await reads.finish(name)
    await asyncio.gather(*tasks)


async def test_no_more_than_the_limit_are_worked_on_at_once() -> None:
    reads = Reads(HeavyWork(at_once=2))
    tasks = [reads.begin(f"a{number}") for number in range(5)]
    await settle()
    assert (reads.begun, reads.heavy.waiting) == (["a0", "a1"], 3)
    tasks[2].cancel()  # who goes away gives up its turn
    await reads.finish("a1")
    assert reads.begun == ["a0", "a1", "a3"]
    for name in ("a0", "a3", "a4"):
        await reads.finish(name)
    assert len(await asyncio.gather(*tasks, return_exceptions=True)) == 5
    async with reads.heavy.admit(("", "b"), Deadline.after(0.1)), reads.heavy.admit(("", "b"), Deadline.after(0.1)):
        pass  # no place was lost


async def test_a_read_that_cannot_begin_before_its_deadline_is_told_when_to_come_back() -> None:
    reads = Reads(HeavyWork(at_once=1))
    running = reads.begin("a0")
    await settle()
    with pytest.raises(ResourceExhaustedError) as refused:
        await reads.begin("b0", seconds=0.05)
    assert refused.value.retry_after > 0
    with pytest.raises(DeadlineExceededError):
        await reads.begin("b1", seconds=-1)
    await reads.finish("a0")
    await running


async def test_what_reads_usually_take_is_known_and_too_near_a_deadline_is_refused_without_waiting() -> None:
    now = 0.0
    reads = Reads(HeavyWork(at_once=1, clock=lambda: now))
    slow = reads.begin("a0")
    await settle()
    now = 50.0
    await reads.finish("a0")
    await slow
    running = reads.begin("a1")
    await settle()
    with pytest.raises(ResourceExhaustedError):
        await reads.begin("b0", seconds=15)
    assert reads.heavy.waiting == 0
    await reads.finish("a1")
    await running


async def test_who_fills_the_queue_loses_its_newest_place_to_somebody_else() -> None:
    reads = Reads(HeavyWork(at_once=1))
    tasks = [reads.begin(f"a{number}") for number in range(MOST_WAITING + 1)]
    await settle()
    with pytest.raises(ResourceExhaustedError):
        await reads.begin("a-more")
    honest = reads.begin("b0")
    await settle()
    with pytest.raises(ResourceExhaustedError, match="most of them yours"):
        await tasks[-1]
    await reads.finish("a0")
    await reads.finish("a1")
    await reads.finish("b0")
    await honest
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_work_is_done_away_from_the_event_loop() -> None:
    assert await HeavyWork().run(threading.get_ident) != threading.get_ident()
