"""When a refused call is tried again: as the service asks (RetryInfo), with jitter, and never past the deadline."""

import random
import time
from collections.abc import Callable

from liveclass.client.errors import ResourceExhaustedError, ServiceError, UnavailableError

RETRIED = frozenset(
    {
        "ClassifyFrame",
        "ClassifyFaces",
        "GetSession",
        "ListSessions",
        "EndSession",
        "RecordObservations",
        "GetTimeline",
        "GetSummary",
    }
)
"""Methods whose second call changes nothing. CreateSession is not among them, since the server may make up the name;
DeleteSession and DeleteObservations are not, since their second answer would not be the first's."""

UNREACHABLE_ATTEMPTS = 4
"""How often a service that does not answer at all is called: nobody says that it is coming back."""

FIRST_DELAY, LONGEST_DELAY = 0.2, 5.0
"""Seconds between attempts where the service does not say how long to wait; doubled each time."""


def retry_delay(error: ServiceError, attempts: int) -> float:
    """Seconds to wait after the attempt number `attempts` ended with `error`.

    At least what RetryInfo says, and up to twice that, so that callers who were refused together come back apart.
    """
    least = error.retry_after or min(FIRST_DELAY * 2 ** min(attempts - 1, 10), LONGEST_DELAY)
    return least * random.uniform(1, 2)


class Attempts:
    """The attempts at one call within its deadline of `timeout` seconds."""

    def __init__(
        self, method: str, timeout: float, *, retry: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._may_retry = retry and method in RETRIED
        self._clock, self._began, self._timeout = clock, clock(), timeout
        self.count = 0

    def remaining(self) -> float:
        """Seconds that the next attempt has."""
        return self._timeout - (self._clock() - self._began)

    def delay_after(self, error: ServiceError) -> float:
        """Seconds to wait before the next attempt; where there is none, raises `error` with the number of attempts."""
        self.count += 1
        least = error.retry_after or 0.0
        left = self.remaining()
        if not self._may_retry or not self._is_worth_it(error) or left <= least:
            error.note_attempts(self.count, self._clock() - self._began)
            raise error
        return min(retry_delay(error, self.count), (least + left) / 2)

    def _is_worth_it(self, error: ServiceError) -> bool:
        if not isinstance(error, UnavailableError | ResourceExhaustedError):
            return False
        return error.retry_after is not None or self.count < UNREACHABLE_ATTEMPTS
