"""The time that a call has left, less a reserve for sending the answer."""

import math
import time
from dataclasses import dataclass
from typing import Any

import grpc

from liveclass.runtime.errors import DeadlineExceededError


@dataclass(frozen=True)
class Deadline:
    """A point in time by which work must be done."""

    at: float
    """On the clock of `time.monotonic()`, in seconds."""

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    @classmethod
    def of(
        cls, context: "grpc.aio.ServicerContext[Any, Any]", reserve: float = 0.05, default: float = 10.0
    ) -> "Deadline":
        """The caller's deadline less `reserve` seconds for the way back; `default` for callers that set none."""
        left = context.time_remaining()
        # A call without a deadline has None, or some centuries, depending on the transport.
        return cls.after(default if left is None else min(left - reserve, default))

    def remaining(self) -> float:
        """Seconds left; below zero when it has passed."""
        return self.at - time.monotonic()

    def check(self, event: str) -> None:
        """Raises `DeadlineExceededError` where it has passed; `event` completes "the deadline passed while …"."""
        if self.remaining() <= 0:
            raise DeadlineExceededError(f"the deadline passed while {event}")

    def require(self, seconds: float, what: str) -> None:
        """Raises `DeadlineExceededError` unless `seconds` are left for `what`."""
        left = self.remaining()
        if left < seconds:
            raise DeadlineExceededError(
                f"{what} takes about {seconds * 1000:.0f} ms; the deadline leaves {max(0.0, left) * 1000:.0f} ms"
            )


NO_DEADLINE = Deadline(math.inf)
