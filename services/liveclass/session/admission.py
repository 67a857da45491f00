"""Expensive work: how many pieces at a time, in whose turn, and on threads instead of the event loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TypeAlias, TypeVar

from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, ResourceExhaustedError
from liveclass.runtime.fair_queue import FairQueue, Path

T = TypeVar("T")
Turn: TypeAlias = "asyncio.Future[bool]"
"""True: let in. False: another caller's work took the place."""

AT_ONCE = 2
"""Pieces of work at a time. They share the interpreter, so more would only use more memory."""

MOST_WAITING = 64

_LEARNING = 0.2
_RESERVE = 0.1
"""Share of the time left that is kept for a refusal to reach the caller before its deadline ends the call."""
_LEAST_RETRY, _MOST_RETRY = 0.1, 5.0


class HeavyWork:
    """Admits `at_once` pieces of work at a time, from each caller in turn. Used from the event loop only."""

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._threads = ThreadPoolExecutor(at_once, "session-work")
        self._busy = 0
        self._queue: FairQueue[Turn] = FairQueue()
        self._typical_seconds = 0.0

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """Calls `function` on a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    @asynccontextmanager
    async def admit(self, path: Path, deadline: Deadline) -> AsyncIterator[None]:
        """Room for one piece of work, as soon as it is its turn: `path` is the tenant and the caller.

        Raises `DeadlineExceededError` where the deadline is too near even alone, and `ResourceExhaustedError` where
        it cannot be met because of others.
        """
        if deadline.remaining() <= 0:
            raise DeadlineExceededError("the deadline has passed")
        if self._busy < self._at_once:
            self._busy += 1
        else:
            await self._wait_for_turn(path, deadline)
        begun = self._clock()
        try:
            yield
        finally:
            self._typical_seconds += _LEARNING * (self._clock() - begun - self._typical_seconds)
            self._leave()

    async def _wait_for_turn(self, path: Path, deadline: Deadline) -> None:
        expected = self._typical_seconds * (self._queue.ahead(path) + 1) / self._at_once
        if deadline.remaining() < expected + self._typical_seconds:
            raise _refusal("too many reads are waiting to finish this before its deadline", expected)
        self._make_room(path, expected)
        turn: Turn = asyncio.get_running_loop().create_future()
        self._queue.push(path, turn)
        try:
            await asyncio.wait([turn], timeout=(1 - _RESERVE) * deadline.remaining())
        except asyncio.CancelledError:
            if not turn.done():
                self._queue.remove(path, turn)
            elif turn.result():
                self._leave()
            raise
        if not turn.done():
            self._queue.remove(path, turn)
            raise _refusal("too many reads were in progress to begin this in time", expected)
        if not turn.result():
            raise _refusal("too many reads are waiting, most of them yours", expected)

    def _make_room(self, path: Path, expected: float) -> None:
        """Where too many wait, the newest piece of the caller with the most waiting is refused."""
        if self.waiting < MOST_WAITING:
            return
        longest, turn = self._queue.newest_of_the_longest()
        if longest == path:
            raise _refusal("too many reads are waiting", expected)
        self._queue.remove(longest, turn)
        turn.set_result(False)

    def _leave(self) -> None:
        """Gives the place to whoever is next."""
        if not self._queue:
            self._busy -= 1
            return
        _, turn = self._queue.pop()
        turn.set_result(True)


def _refusal(message: str, expected: float) -> ResourceExhaustedError:
    retry_after = min(_MOST_RETRY, max(_LEAST_RETRY, expected))
    return ResourceExhaustedError(message, retry_after, Reason.TOO_MANY_READS)
