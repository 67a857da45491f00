"""Group commit: writes that arrive during a commit go to disk together in the next one.

One sync to disk then serves many callers, and each is still answered only when its own write is durable
(DeWitt et al., "Implementation techniques for main memory database systems", 1984).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Sequence

import structlog

from liveclass.runtime.errors import Reason, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.runtime.fair_queue import FairQueue, Path
from liveclass.session.model import Recorded, Write

Commit = Callable[[Sequence[Write]], Awaitable[list[Recorded | ServiceError]]]
Waiting = tuple[Write, "asyncio.Future[Recorded]"]

MAX_COMMIT_COST = 6_000
"""A commit with this many observations and faces is full, so that nobody waits for a very long one."""

SHARED_COMMIT_COST = 2_000
"""The same while several tenants write: one with few callers has them all waiting for one commit, or for the next."""

COST_OF_A_TURN = 100
"""Observations and faces for which a caller is charged one more turn."""

RETRY_SECONDS = 0.5


class GroupCommitter:
    """Takes writes from many callers and commits them in groups, one group at a time."""

    def __init__(self, commit: Commit, max_waiting: int) -> None:
        """`max_waiting` is how many observations and faces, counted together, may wait.

        Beyond it each tenant, and in it each caller, may still have its share of that, so that one cannot take all.
        """
        self._commit = commit
        self._max_waiting = max_waiting
        self._queue: FairQueue[Waiting] = FairQueue()
        self._costs: Counter[Path] = Counter()
        """Observations and faces that wait, of each caller of whom something does."""
        self._cost = 0
        """Of all callers."""
        self._last_tenants: set[Hashable] = set()
        """Of the last group: their callers may be about to write again."""
        self._observations = 0
        self._committing: asyncio.Task[None] | None = None
        self._closed = False
        self._log = structlog.get_logger()

    @property
    def waiting(self) -> int:
        """Observations that wait for the next commit, without those of the current one."""
        return self._observations

    async def submit(self, write: Write, caller: Path = ("", "")) -> Recorded:
        """Returns when the write is on disk. Tenants take turns, and callers in each: `caller` is (tenant, name).

        Raises what the commit found wrong with it, `ResourceExhaustedError` when too many are waiting, and
        `UnavailableError` after `close`.
        """
        if self._closed:
            raise UnavailableError("the service is shutting down", RETRY_SECONDS, Reason.SHUTTING_DOWN)
        if not self._has_room(write, caller):
            raise ResourceExhaustedError("too many observations are waiting", RETRY_SECONDS, Reason.TOO_MANY_FRAMES)
        future: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._queue.push(caller, (write, future))
        self._costs[caller] += write.cost
        self._cost += write.cost
        self._observations += len(write)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        return await future

    async def close(self) -> None:
        """Takes no more writes, and returns when all that were taken are committed."""
        self._closed = True
        if self._committing is not None:
            await self._committing

    async def _commit_waiting(self) -> None:
        """Commits one group after another, and answers their callers, until nothing waits."""
        alone: list[Waiting] = []  # the writes of a group that failed: whatever is wrong with one, the others are fine
        try:
            while self._queue or alone:
                group = [alone.pop()] if alone else self._next_group()
                outcomes: Sequence[Recorded | Exception]
                try:
                    outcomes = await self._commit([write for write, _ in group]) if group else []
                except Exception as error:  # noqa: BLE001  # it is the callers' answer
                    if len(group) > 1 and not isinstance(error, ServiceError):
                        self._log.exception("commit failed, trying its writes one by one", writes=len(group))
                        alone = group[::-1]
                        continue
                    outcomes = [error] * len(group)
                for (_, future), outcome in zip(group, outcomes, strict=True):
                    _settle(future, outcome)
        finally:
            self._committing = None

    def _has_room(self, write: Write, caller: Path) -> bool:
        if not self._queue or self._cost + write.cost <= self._max_waiting:
            return True
        waiting = self._costs.keys() | {caller}
        of_tenant = sum(one[0] == caller[0] for one in waiting)
        share = self._max_waiting / len({one[0] for one in waiting}) / of_tenant
        return self._costs[caller] + write.cost <= share

    def _next_group(self) -> list[Waiting]:
        """The next writes to commit, without those whose callers have hung up or passed their deadline."""
        group: list[Waiting] = []
        cost = 0
        tenants = self._last_tenants | {path[0] for path in self._costs}
        most = SHARED_COMMIT_COST if len(tenants) > 1 else MAX_COMMIT_COST
        self._last_tenants = set()
        while self._queue and cost < most:
            path, (write, future) = self._queue.pop()
            self._last_tenants.add(path[0])
            self._queue.charge(path, 1 + write.cost // COST_OF_A_TURN)
            self._costs[path] -= write.cost
            if not self._costs[path]:
                del self._costs[path]
            self._cost -= write.cost
            self._observations -= len(write)
            if not future.cancelled():
                group.append((write, future))
                cost += write.cost
        return group


def _settle(future: "asyncio.Future[Recorded]", outcome: Recorded | Exception) -> None:
    """Answers the caller, if it is still there."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
