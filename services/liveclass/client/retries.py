"""When a refused call is tried again: as the service asks (RetryInfo), with jitter, and never past the deadline."""

import random
import time
from collections.abc import Callable

from liveclass.client.errors import DeadlineExceededError, ResourceExhaustedError, ServiceError, UnavailableError

RETRIED = frozenset(
    {
        "ClassifyFrame",
        "ClassifyFaces",
        "GetSession",
        "ListSessions",
        "UpdateSession",
        "MarkSession",
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


class Patience:
    """For one frame that is sent until it is recorded: whether to send it again, and when."""

    def __init__(self, seconds: float | None) -> None:
        """A service that cannot be reached is given `seconds`; None: a few attempts, since nothing may be there."""
        self._seconds = seconds
        self._unreachable = 0
        self._unreachable_since = 0.0

    def may_pass(self, error: ServiceError) -> bool:
        """Whether sending the frame again can help. A service that says when to come back is never given up."""
        if not isinstance(error, UnavailableError | ResourceExhaustedError | DeadlineExceededError):
            return False
        if error.retry_after is not None:
            self._unreachable = 0
            return True
        now = time.monotonic()
        self._unreachable += 1
        if self._unreachable == 1:
            self._unreachable_since = now
        if self._unreachable < UNREACHABLE_ATTEMPTS:
            return True
        if self._seconds is None or isinstance(error, ResourceExhaustedError):  # such as a message that is too large
            return False
        return now - self._unreachable_since < self._seconds

    def delay(self, error: ServiceError) -> float:
        """Seconds to wait before the next attempt."""
        return retry_delay(error, max(1, self._unreachable))
