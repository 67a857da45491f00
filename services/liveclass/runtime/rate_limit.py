"""A rate with bursts (GCRA, ITU-T I.371), counted for many users at once."""

from collections import OrderedDict
from collections.abc import Callable

CLOCK_ERROR_SECONDS = 1e-6
"""Sums of floating-point seconds are not exact."""


class RateLimit:
    """Remembers what each user has used, of the `most_known` that came last."""

    def __init__(self, most_known: int, clock: Callable[[], float]) -> None:
        """`clock` is in seconds."""
        self._most_known, self._clock = most_known, clock
        self._free_from: OrderedDict[str, float] = OrderedDict()
        """When what each user has used so far is used up at its rate."""

    def take(self, user: str, rate: float, burst: float, amount: float = 1.0) -> float:
        """Counts `amount` and returns 0, or counts nothing and returns after how many seconds there is room again.

        `rate` is a second's; up to `burst` may be used at once. Whether the whole of `amount` fits is not asked: who
        used too much waits for longer the next time.
        """
        now = self._clock()
        free_from = max(self._free_from.get(user, now), now)
        wait = free_from - now - (burst - 1.0) / rate
        if wait > CLOCK_ERROR_SECONDS:
            self._free_from.move_to_end(user)
            return wait
        self._free_from[user] = free_from + amount / rate
        self._free_from.move_to_end(user)
        if len(self._free_from) > self._most_known:
            self._free_from.popitem(last=False)
        return 0.0
