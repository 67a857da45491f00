"""Admission control: how much is in flight, what waits for how long, and what is refused.

The limit follows the latency, additively up and multiplicatively down (AIMD, Chiu and Jain 1989), as in TCP and
Netflix's concurrency-limits, so that it need not be configured. Work above the limit waits in a fair queue for as long
as it can still be finished before its deadline; otherwise it is refused at once.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

from liveclass.detection.requesters import EstablishedSources, Requester
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, ResourceExhaustedError
from liveclass.runtime.fair_queue import FairQueue, Path

Clock = Callable[[], float]

MAX_WAITING, MAX_WAITING_BYTES = 512, 256 * 1024 * 1024
"""Of the queue; the bytes are kept in memory."""

_SLOWDOWN = 2.5
"""Latency, in multiples of what the same work takes alone, above which the limit is lowered."""
_DECREASE = 0.9
_LEARNING = 0.1
_FORGETTING_SECONDS = 10.0
"""Half-life of an estimate that is not updated, so that a wrong one does not refuse work for ever."""
_MARGIN = 1.5
"""Factor by which a wait or a latency may exceed its estimate; where the deadline leaves less, work is refused."""
_RESERVE = 0.15
"""Share of the time left that is kept for a refusal to reach the caller before its deadline ends the call."""
_MAX_TURNS = 16
_MIN_RETRY, _MAX_RETRY = 0.05, 5.0


class Work(NamedTuple):
    """A piece of work to be admitted."""

    requester: Requester
    kind: str
    """Work of one kind takes about equally long: see `cost_class`."""
    size: int = 0
    """In bytes, kept while it waits."""
    max_wait: float = math.inf
    """In seconds, where something newer is worth more."""


@dataclass
class Ticket:
    """One admitted piece of work."""

    kind: str
    admitted_at: float
    seconds_worked: float | None = None
    """Seconds of work, waiting excluded; None where it failed."""


@dataclass
class _Estimate:
    """What a kind of work takes, in seconds."""

    typical: float
    best: float
    """The least that it takes, alone: falls at once, rises slowly."""
    updated_at: float
    latency: float
    """From its admission to its end, with other work in flight."""

    def learn(self, seconds: float, latency: float, now: float) -> None:
        self.typical += _LEARNING * (seconds - self.typical)
        self.latency += _LEARNING * (latency - self.latency)
        self.best = min(seconds, self.best + _LEARNING / 5 * (seconds - self.best))
        self.updated_at = now

    def expected(self, now: float) -> float:
        return self.typical * self._decay(now)

    def expected_latency(self, now: float) -> float:
        return self.latency * self._decay(now)

    def _decay(self, now: float) -> float:
        return math.pow(0.5, (now - self.updated_at) / _FORGETTING_SECONDS)


@dataclass(eq=False)
class _Waiter:
    """A piece of work in the queue."""

    work: Work
    turn: "asyncio.Future[bool]"
    """True: admitted. False: dropped from the queue for another requester."""


class Admission:
    """A limit on the work in flight, and the queue before it. Used from the event loop only."""

    def __init__(self, workers: int, max_in_flight: int, clock: Clock = time.monotonic) -> None:
        """`workers` pieces are processed in parallel; never more than `max_in_flight` are in flight."""
        self._workers, self._max_in_flight, self._clock = workers, max_in_flight, clock
        self._min_limit = min(max_in_flight, workers + 1)
        self._limit = float(min(max_in_flight, 2 * workers))
        self._lowered_at = -math.inf
        self._estimates: dict[str, _Estimate] = {}
        self._in_flight = 0
        self._queue: FairQueue[_Waiter] = FairQueue()
        self._waiting_bytes = 0
        self._sources = EstablishedSources(clock)

    @property
    def in_flight(self) -> int:
        return self._in_flight

    @property
    def waiting(self) -> int:
        return len(self._queue)

    @property
    def limit(self) -> int:
        return int(self._limit)

    @asynccontextmanager
    async def admit(self, work: Work, deadline: Deadline) -> AsyncIterator[Ticket]:
        """Room for one piece of work, as soon as it is its turn.

        Raises `DeadlineExceededError` where it could not be done in time even alone, and `ResourceExhaustedError`
        where that is because of others.
        """
        alone = self._expected(work.kind, self._clock())
        if deadline.remaining() < max(alone, 0.001):
            raise DeadlineExceededError(
                f"this takes about {alone * 1000:.0f} ms; "
                f"the deadline leaves {max(0.0, deadline.remaining()) * 1000:.0f} ms"
            )
        has_waited = bool(self._queue) or self._in_flight >= self.limit
        if has_waited:
            await self._wait_for_turn(work, deadline)
        else:
            self._in_flight += 1
        self._sources.note_admitted(work.requester)
        ticket = Ticket(work.kind, self._clock())
        try:
            yield ticket
        except DeadlineExceededError as error:
            if not has_waited:
                raise
            raise self._refusal(
                "too much was in flight to finish this in time", self._expected_wait(0, self._clock())
            ) from error
        finally:
            self._learn(ticket)
            self._release()

    async def _wait_for_turn(self, work: Work, deadline: Deadline) -> None:
        """Returns with a place in flight."""
        path, now = self._sources.path(work.requester), self._clock()
        expected = self._expected_wait(self._queue.ahead(path), now)
        known = self._estimates.get(work.kind)
        latency = _MARGIN * known.expected_latency(now) if known else 0.0
        longest_wait = min(work.max_wait, (1 - _RESERVE) * deadline.remaining() - latency)
        if longest_wait < _MARGIN * expected:
            raise self._refusal("too much is waiting to finish this before its deadline", expected)
        self._make_room(path, work, expected)
        waiter = _Waiter(work, asyncio.get_running_loop().create_future())
        self._queue.push(path, waiter)
        self._waiting_bytes += work.size
        try:
            await asyncio.wait([waiter.turn], timeout=longest_wait)
        except asyncio.CancelledError:
            if not waiter.turn.done():
                self._remove(path, waiter)
            elif waiter.turn.result():
                self._release()
            raise
        if not waiter.turn.done():
            self._remove(path, waiter)
            raise self._refusal("too much was in flight to begin this in time", expected)
        if not waiter.turn.result():
            raise self._refusal("too much is waiting, most of it yours", expected)

    def _make_room(self, path: Path, work: Work, expected: float) -> None:
        """Where the queue is full, drops the newest work of the requester with most of it."""
        while len(self._queue) >= MAX_WAITING or self._waiting_bytes + work.size > MAX_WAITING_BYTES:
            if not self._queue:
                raise self._refusal("this is too large to wait", expected)
            longest, waiter = self._queue.newest_of_the_longest()
            if longest == path:
                raise self._refusal("too much is waiting", expected)
            self._remove(longest, waiter)
            waiter.turn.set_result(False)

    def _remove(self, path: Path, waiter: _Waiter) -> None:
        self._queue.remove(path, waiter)
        self._waiting_bytes -= waiter.work.size

    def _release(self) -> None:
        """Ends a piece of work, and admits the next ones."""
        self._in_flight -= 1
        now = self._clock()
        while self._queue and self._in_flight < self.limit:
            path, waiter = self._queue.pop()
            self._waiting_bytes -= waiter.work.size
            self._queue.charge(path, self._turns(waiter.work.kind, now))
            self._in_flight += 1
            waiter.turn.set_result(True)

    def _turns(self, kind: str, now: float) -> int:
        """Turns in the fair queue that a piece of this kind costs: its cost in pieces of the cheapest kind."""
        cheapest = min((each.expected(now) for each in self._estimates.values()), default=0.0)
        return max(1, min(_MAX_TURNS, round(self._expected(kind, now) / cheapest))) if cheapest else 1

    def _expected(self, kind: str, now: float) -> float:
        estimate = self._estimates.get(kind)
        return estimate.expected(now) if estimate else 0.0

    def _expected_wait(self, before: int, now: float) -> float:
        """Seconds until work is admitted that has `before` others in the queue before it."""
        if not self._estimates:
            return 0.0
        typical = max(estimate.expected(now) for estimate in self._estimates.values())
        ahead = before + 1 + max(0, self._in_flight - self.limit)
        return typical * ahead / self._workers

    @staticmethod
    def _refusal(message: str, expected: float) -> ResourceExhaustedError:
        retry_after = min(_MAX_RETRY, max(_MIN_RETRY, expected))
        return ResourceExhaustedError(message, retry_after, Reason.TOO_MANY_FRAMES)

    def _learn(self, ticket: Ticket) -> None:
        if ticket.seconds_worked is None:
            return
        now = self._clock()
        latency = now - ticket.admitted_at
        estimate = self._estimates.setdefault(
            ticket.kind, _Estimate(ticket.seconds_worked, ticket.seconds_worked, now, latency)
        )
        estimate.learn(ticket.seconds_worked, latency, now)
        if latency > _SLOWDOWN * estimate.best:
            if now - self._lowered_at > latency:  # once for all that were in flight together
                self._limit, self._lowered_at = max(float(self._min_limit), self._limit * _DECREASE), now
        elif self._in_flight >= self.limit:
            self._limit = min(float(self._max_in_flight), self._limit + 1 / self._limit)


def cost_class(what: str, amount: float) -> str:
    """The kind of work of this amount, such as a frame's pixels: one for each power of two."""
    return f"{what}/{max(0, math.ceil(math.log2(max(amount, 1))))}"
