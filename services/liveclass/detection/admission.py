"""How much is let in at once: learned from how long it takes, aware of deadlines, and fair between sources.

The limit follows the latency, additively up and multiplicatively down (AIMD, Chiu and Jain 1989), as TCP and Netflix's
concurrency-limits do: admitted calls stay quick, whatever is offered, and nobody has to know the machine.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, ResourceExhaustedError

Clock = Callable[[], float]

_SLOWDOWN = 2.5
"""Latency, in multiples of what the same work takes alone, above which less is let in."""
_DECREASE = 0.9
_LEARNING = 0.1
_FORGETTING_SECONDS = 10.0
"""Half-life of an estimate that nothing confirms, so that a bad one refuses nobody for ever."""
_STARVING_SECONDS = 1.0
"""For so long after it was refused, a source has others held to their share."""
_LEAST_RETRY, _MOST_RETRY = 0.05, 5.0


@dataclass
class Ticket:
    """One admitted piece of work."""

    source: str
    kind: str
    admitted_at: float
    busy: float | None = None
    """Seconds that were worked on it, waiting excluded; None where it came to nothing."""


@dataclass
class _Estimate:
    """What a kind of work takes, in seconds."""

    typical: float
    best: float
    """Follows `typical` only slowly upwards: what it takes alone."""
    updated_at: float

    def learn(self, busy: float, now: float) -> None:
        self.typical += _LEARNING * (busy - self.typical)
        self.best = min(busy, self.best + _LEARNING / 5 * (busy - self.best))
        self.updated_at = now

    def expected(self, now: float) -> float:
        return self.typical * math.pow(0.5, (now - self.updated_at) / _FORGETTING_SECONDS)


class Admission:
    """A limit on the work in flight. Used from the event loop only."""

    def __init__(self, workers: int, most: int, clock: Clock = time.monotonic) -> None:
        """`workers` pieces are worked on at once; never are more than `most` in flight."""
        self._workers, self._most, self._clock = workers, most, clock
        self._least = min(most, workers + 1)
        self._limit = float(min(most, 2 * workers))
        self._lowered_at = -math.inf
        self._estimates: dict[str, _Estimate] = {}
        self._in_flight: Counter[str] = Counter()
        self._refused_at: dict[str, float] = {}

    @property
    def in_flight(self) -> int:
        return self._in_flight.total()

    @property
    def limit(self) -> int:
        return int(self._limit)

    @contextmanager
    def admit(self, source: str, kind: str, deadline: Deadline) -> Iterator[Ticket]:
        """Room for one piece of work of a `kind`, whose pieces take about as long as each other.

        Raises `DeadlineExceededError` where it could not be done in time even alone, and `ResourceExhaustedError`
        where that is because of others.
        """
        now = self._clock()
        self._check_deadline(source, kind, deadline, now)
        self._check_room(source, now)
        ticket = Ticket(source, kind, now)
        self._in_flight[source] += 1
        try:
            yield ticket
        finally:
            self._in_flight[source] -= 1
            self._in_flight += Counter()  # drops the zeros
            self._learn(ticket)

    def _check_deadline(self, source: str, kind: str, deadline: Deadline, now: float) -> None:
        alone, wait = self._expected(kind, now), self._wait(now)
        left = deadline.remaining()
        if left < max(alone, 0.001):
            raise DeadlineExceededError(
                f"this takes about {alone * 1000:.0f} ms; the deadline leaves {max(0.0, left) * 1000:.0f} ms"
            )
        if left < alone + wait:
            raise self._refusal(source, now, "too much is in flight to finish this before its deadline")

    def _check_room(self, source: str, now: float) -> None:
        is_full = self.in_flight >= self.limit
        if is_full or (self._in_flight[source] >= self._share(source, now) and self._others_starve(source, now)):
            raise self._refusal(source, now, "too much is in flight")

    def _share(self, source: str, now: float) -> int:
        claimants = {source, *self._in_flight, *self._starving(now)}
        return max(1, self.limit // len(claimants))

    def _others_starve(self, source: str, now: float) -> bool:
        return any(other != source and not self._in_flight[other] for other in self._starving(now))

    def _starving(self, now: float) -> list[str]:
        self._refused_at = {
            source: refused for source, refused in self._refused_at.items() if now - refused < _STARVING_SECONDS
        }
        return list(self._refused_at)

    def _expected(self, kind: str, now: float) -> float:
        estimate = self._estimates.get(kind)
        return estimate.expected(now) if estimate else 0.0

    def _wait(self, now: float) -> float:
        """Seconds until a worker is free for one more."""
        ahead = self.in_flight + 1 - self._workers
        if ahead <= 0 or not self._estimates:
            return 0.0
        typical = max(estimate.expected(now) for estimate in self._estimates.values())
        return typical * ahead / self._workers

    def _refusal(self, source: str, now: float, message: str) -> ResourceExhaustedError:
        """Notes who is refused because of others, so that they are held to their share."""
        self._refused_at[source] = now
        retry_after = min(_MOST_RETRY, max(_LEAST_RETRY, self._wait(now)))
        return ResourceExhaustedError(message, retry_after, Reason.TOO_MANY_FRAMES)

    def _learn(self, ticket: Ticket) -> None:
        if ticket.busy is None:
            return
        now = self._clock()
        latency = now - ticket.admitted_at
        estimate = self._estimates.setdefault(ticket.kind, _Estimate(ticket.busy, ticket.busy, now))
        estimate.learn(ticket.busy, now)
        if latency > _SLOWDOWN * estimate.best:
            if now - self._lowered_at > latency:  # once for all that were in flight together
                self._limit, self._lowered_at = max(float(self._least), self._limit * _DECREASE), now
        elif self.in_flight + 1 >= self.limit:
            self._limit = min(float(self._most), self._limit + 1 / self._limit)


def cost_class(what: str, amount: float) -> str:
    """A kind of work by its amount, in powers of two."""
    return f"{what}/{max(0, math.ceil(math.log2(max(amount, 1))))}"
