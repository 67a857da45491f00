"""Calls that an overloaded service would refuse anyway are not sent: a refusal costs it as much as it costs the caller.

Adaptive throttling as in "Site Reliability Engineering" (Beyer et al. 2016), chapter 21, "Handling Overload": a client
that asks for more than `RATIO` times what is accepted refuses the rest itself. Padding, as in gRPC's own throttle
(io.grpc.rls.AdaptiveThrottler), keeps a client with few calls from being throttled by chance.
"""

import math
import random
import threading
import time
from collections.abc import Callable

import grpc

from liveclass.client.errors import QuotaExceededError, ResourceExhaustedError, ServiceError

RATIO = 2.0
"""So many calls are sent for each that is accepted: the service's recovery is noticed by them."""

PADDING = 8.0
"""So many calls may be refused before any is held back."""

MEMORY_SECONDS = 3.0
"""What was counted weighs 1/e after this time."""

NOT_SENT = "NOT_SENT"
"""The `reason` of an error that did not come from the service."""

_SHORTEST_WAIT = 0.05


class Throttle:
    """Counts what became of the calls of one method at one service, in constant memory. Thread-safe.

    While the service accepts at least half of the calls, all are sent.
    """

    def __init__(
        self, target: str, clock: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random
    ) -> None:
        """`target` is how messages name the service; `chance` gives numbers from [0, 1)."""
        self._target, self._clock, self._chance = target, clock, chance
        self._lock = threading.Lock()
        self._requests = self._accepts = 0.0
        self._counted_at = clock()
        self._retry_at = -math.inf
        """The end of the delay in the service's last RetryInfo."""

    def refusal(self) -> ServiceError | None:
        """The error that a call ends with instead of being sent; None if it is to be sent."""
        with self._lock:
            now = self._decay()
            excess, wait = self._requests - RATIO * self._accepts, self._retry_at - now
            if excess <= PADDING or wait <= 0:
                if self._chance() >= excess / (self._requests + PADDING):
                    return None
                self._requests += 1
        message = f"{self._target} is overloaded and refuses most calls, so this one was not sent; try again later"
        retry_after = max(wait, _SHORTEST_WAIT)
        return ResourceExhaustedError(message, grpc.StatusCode.RESOURCE_EXHAUSTED, NOT_SENT, retry_after=retry_after)

    def note(self, error: ServiceError | None = None) -> None:
        """A call that was sent has ended, with `error` if it failed.

        Only what an overloaded service refuses counts as refused: not a quota, which does not concern other callers.
        """
        refused = isinstance(error, ResourceExhaustedError) and not isinstance(error, QuotaExceededError)
        with self._lock:
            now = self._decay()
            self._requests += 1
            if refused and error is not None and error.retry_after is not None:
                self._retry_at = now + error.retry_after
            else:
                self._accepts += 1

    def _decay(self) -> float:
        now = self._clock()
        keep = math.exp((self._counted_at - now) / MEMORY_SECONDS)
        self._requests, self._accepts, self._counted_at = self._requests * keep, self._accepts * keep, now
        return now


class Throttles:
    """The throttles of one client, one for each method: what one is refused says nothing about another."""

    def __init__(
        self,
        addresses: dict[str, str],
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`addresses` of the services by name."""
        self._addresses, self._clock, self._chance = addresses, clock, chance
        self._throttles: dict[tuple[str, str], Throttle] = {}

    def of(self, service: str, method: str) -> Throttle:
        """That of a method of "detection" or "session"."""
        target = f"the {service} service at {self._addresses[service]}"
        return self._throttles.setdefault((service, method), Throttle(target, self._clock, self._chance))
