"""Group commit: writes that arrive while a commit is under way go to disk together in the next one.

One sync to disk then serves many callers, and each is still answered only when its own write is durable
(DeWitt et al., "Implementation techniques for main memory database systems", 1984).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from liveclass.runtime.errors import Reason, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.session.model import Recorded, Write

Commit = Callable[[Sequence[Write]], Awaitable[list[Recorded | ServiceError]]]
Waiting = tuple[Write, "asyncio.Future[Recorded]"]

MAX_COMMIT_COST = 10_000
"""Observations and faces in one commit, so that nobody waits for a very long one."""

RETRY_SECONDS = 0.5


class GroupCommitter:
    """Takes writes from many callers and commits them in groups, one group at a time."""

    def __init__(self, commit: Commit, max_waiting: int) -> None:
        """`max_waiting` is the most observations and faces, counted together, that may wait; more are refused."""
        self._commit = commit
        self._max_waiting = max_waiting
        self._waiting: deque[Waiting] = deque()
        self._cost = 0
        self._committing: asyncio.Task[None] | None = None
        self._closed = False
        self._log = structlog.get_logger()

    @property
    def waiting(self) -> int:
        """Observations that wait for the next commit, those of the one under way not among them."""
        return sum(len(write) for write, _ in self._waiting)

    async def submit(self, write: Write) -> Recorded:
        """Returns when the write is on disk.

        Raises what the commit found wrong with it, `ResourceExhaustedError` when too many are waiting, and
        `UnavailableError` after `close`.
        """
        if self._closed:
            raise UnavailableError("the service is shutting down", RETRY_SECONDS, Reason.SHUTTING_DOWN)
        if self._cost and self._cost + write.cost > self._max_waiting:
            raise ResourceExhaustedError("too many observations are waiting", RETRY_SECONDS, Reason.TOO_MANY_FRAMES)
        future: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, future))
        self._cost += write.cost
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        return await future

    async def close(self) -> None:
        """Takes no more writes, and returns when all that were taken are committed."""
        self._closed = True
        if self._committing is not None:
            await self._committing

    async def _commit_waiting(self) -> None:
        try:
            while self._waiting:
                if group := self._next_group():
                    await self._commit_group(group)
        finally:
            self._committing = None

    def _next_group(self) -> list[Waiting]:
        """The next writes to commit, without those whose callers went away: their deadline has passed."""
        group: list[Waiting] = []
        cost = 0
        while self._waiting and (not group or cost + self._waiting[0][0].cost <= MAX_COMMIT_COST):
            one = self._waiting.popleft()
            self._cost -= one[0].cost
            if not one[1].cancelled():
                group.append(one)
                cost += one[0].cost
        return group

    async def _commit_group(self, group: list[Waiting]) -> None:
        try:
            outcomes = await self._commit([write for write, _ in group])
        except ServiceError as error:
            for _, future in group:
                _settle(future, error)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with one write, it must not fail its neighbours
            await self._commit_one_by_one(group, error)
        else:
            for (_, future), outcome in zip(group, outcomes, strict=True):
                _settle(future, outcome)

    async def _commit_one_by_one(self, group: list[Waiting], error: Exception) -> None:
        if len(group) == 1:
            _settle(group[0][1], error)
            return
        self._log.error("commit failed, trying its writes one by one", writes=len(group), exc_info=error)
        for one in group:
            await self._commit_group([one])


def _settle(future: "asyncio.Future[Recorded]", outcome: Recorded | Exception) -> None:
    """Answers the caller, if it is still there."""
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
