"""Limits of capture times, relative to the server's clock and the session's start. Used by both services."""

from dataclasses import dataclass

from liveclass.runtime.errors import InvalidArgumentError, Reason


@dataclass(frozen=True, slots=True)
class CaptureTimeLimits:
    """Accepts capture times from `max_offset` before a session's start to `max_offset` after now. All in seconds."""

    now: float
    """The server's time when the request arrived, since the Unix epoch."""
    max_offset: float

    def check_not_ahead(self, captured: float, field: str) -> None:
        """Raises `InvalidArgumentError` if `captured` (seconds since the Unix epoch) is too far in the future."""
        if captured > self.now + self.max_offset:
            raise _refused(
                field,
                f"is {_span(captured - self.now)} ahead of the server's clock; at most {_span(self.max_offset)} are "
                "accepted; set the sender's clock",
            )

    def check_in_session(self, captured: float, start_time: float, field: str) -> None:
        """Raises `InvalidArgumentError` if `captured` is too long before the session's `start_time`."""
        if captured < start_time - self.max_offset:
            raise _refused(
                field,
                f"is {_span(start_time - captured)} before the session's start_time; at most {_span(self.max_offset)} "
                "are accepted; set the sender's clock, or create the session with the start_time of the recording",
            )


def _refused(field: str, description: str) -> InvalidArgumentError:
    return InvalidArgumentError(field, description, Reason.INVALID_TIMESTAMP)


def _span(seconds: float) -> str:
    """A duration in its two largest units."""
    whole = round(seconds)
    days, hours, minutes = whole // 86_400, whole // 3_600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s"
