"""Retries of refused calls: after the delay in RetryInfo, with jitter, and within the deadline."""

import random
import time
from collections.abc import Callable

from liveclass.client.errors import DeadlineExceededError, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.client.throttle import NOT_SENT

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
"""Idempotent methods. Not CreateSession, since the server may generate the name; not DeleteSession and
DeleteObservations, since the answer to a second call differs."""

UNREACHABLE_ATTEMPTS = 4
"""Attempts at a service that does not answer at all."""

FIRST_DELAY, MAX_DELAY = 0.2, 5.0
"""Seconds between attempts without RetryInfo; doubled each time."""


def retry_delay(error: ServiceError, attempts: int) -> float:
    """Seconds to wait after attempt number `attempts` failed with `error`.

    It is the delay in RetryInfo times a random factor from 1 to 2, so that callers do not retry at the same time.
    """
    least = error.retry_after or min(FIRST_DELAY * 2 ** min(attempts - 1, 10), MAX_DELAY)
    return least * random.uniform(1, 2)


class Attempts:
    """The attempts of one call within its deadline of `timeout` seconds."""

    def __init__(
        self, method: str, timeout: float, *, retry: bool = True, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._may_retry = retry and method in RETRIED
        self._clock, self._began, self._timeout = clock, clock(), timeout
        self.count = 0
        self._answer: ServiceError | None = None
        """The service's last error: it says more than that a further attempt was not sent."""

    def remaining(self) -> float:
        """Seconds left for the next attempt."""
        return self._timeout - (self._clock() - self._began)

    def delay_after(self, error: ServiceError) -> float:
        """Seconds to wait before the next attempt; raises `error`, with the number of attempts, if there is none.

        What was not sent is no attempt, and the service's own last error is raised in its place.
        """
        if error.reason != NOT_SENT:
            self.count, self._answer = self.count + 1, error
        least = error.retry_after or 0.0
        left = self.remaining()
        if not self._may_retry or not self._is_retryable(error) or left <= least:
            last = self._answer or error
            last.note_attempts(self.count, self._clock() - self._began)
            raise last
        return min(retry_delay(error, max(1, self.count)), (least + left) / 2)

    def _is_retryable(self, error: ServiceError) -> bool:
        if not isinstance(error, UnavailableError | ResourceExhaustedError):
            return False
        return error.retry_after is not None or self.count < UNREACHABLE_ATTEMPTS


class FrameRetries:
    """The retries of one frame that is resent until it is recorded."""

    def __init__(self, seconds: float | None) -> None:
        """An unreachable service is tried for `seconds`; None: only a few attempts, since nothing may be running."""
        self._seconds = seconds
        self._unreachable = 0
        self._unreachable_since = 0.0

    def may_retry(self, error: ServiceError) -> bool:
        """Whether to resend the frame; always, if the service says when to retry."""
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
