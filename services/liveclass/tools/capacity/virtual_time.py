"""Discrete-event simulation on asyncio: an event loop whose clock jumps to what happens next, and shared processors.

So the services' own asynchronous code can be simulated, unchanged, hours in seconds.
"""

import asyncio
import heapq
import itertools
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _NoWaiting(selectors.SelectSelector):
    """Does not wait for files: what would be waited is added to the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen: everything waits for something else")
        self.now += max(0.0, timeout)
        return []


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Its `time()` begins at 0 and jumps from one event to the next."""

    def __init__(self) -> None:
        self._clock = _NoWaiting()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, on a loop of its own."""
    loop = VirtualTimeLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


class Cores:
    """Processors that are shared equally among what wants them; one piece of work uses one at most."""

    def __init__(self, count: float) -> None:
        self._count = count
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._served = 0.0
        """Seconds of a processor that each piece of work has had which was there all the time."""
        self._at = self._loop.time()
        self._timer: asyncio.TimerHandle | None = None
        self.busy_seconds = 0.0

    async def use(self, seconds: float) -> None:
        """Returns when so much has been worked."""
        if seconds <= 0:
            return
        self._advance()
        done = self._loop.create_future()
        heapq.heappush(self._waiting, (self._served + seconds, next(self._numbers), done))
        self._schedule()
        await done

    def _rate(self) -> float:
        return min(1.0, self._count / len(self._waiting)) if self._waiting else 0.0

    def _advance(self) -> None:
        now = self._loop.time()
        passed, self._at = now - self._at, now
        self._served += passed * self._rate()
        self.busy_seconds += passed * self._rate() * len(self._waiting)

    def _schedule(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if self._waiting:
            left = max(0.0, self._waiting[0][0] - self._served)
            self._timer = self._loop.call_later(left / self._rate(), self._finish)

    def _finish(self) -> None:
        self._advance()
        while self._waiting and self._waiting[0][0] <= self._served + 1e-9:
            _, _, done = heapq.heappop(self._waiting)
            if not done.done():
                done.set_result(None)
        self._schedule()
