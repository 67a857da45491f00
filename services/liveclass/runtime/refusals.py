"""Log lines of refused calls, at a limited rate. Above all: why calls fail for reasons that are not the caller's."""

import time
from collections import Counter
from collections.abc import Callable

import grpc
import structlog

from liveclass.reasons import Reason
from liveclass.runtime.errors import ServiceError, bounded
from liveclass.runtime.rate_limit import RateLimit

REPEAT_SECONDS = 10.0
"""The same refusal is logged again after this time, with the number in between."""

_OURS = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL})
_EXPECTED = frozenset({Reason.SHUTTING_DOWN, Reason.STREAM_IDLE, Reason.STREAM_TOO_OLD})
_MOST_KINDS = 256


class LimitedLines:
    """Says which lines of a kind are logged, and counts the others. Used from the event loop only."""

    def __init__(self, per_second: float, at_once: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second, self._at_once, self._limit = per_second, at_once, RateLimit(_MOST_KINDS, clock)
        self._left_out: Counter[str] = Counter()

    def take(self, kind: str) -> int | None:
        """How many lines of this kind were left out since the last one; None: this one is left out, too."""
        if self._limit.take(kind, self._per_second, self._at_once):
            if len(self._left_out) >= _MOST_KINDS:
                self._left_out.clear()
            self._left_out[kind] += 1
            return None
        return self._left_out.pop(kind, 0)


class RefusalLog:
    """Logs refusals. Used from the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lines = LimitedLines(1 / REPEAT_SECONDS, 1, clock)
        self._log = structlog.get_logger()

    def note(self, error: ServiceError) -> None:
        """Logs an error that is about to be sent to a caller; its cause is what it was raised `from`."""
        cause = error.__cause__
        is_ours = error.code in _OURS or (error.code is grpc.StatusCode.DEADLINE_EXCEEDED and cause is not None)
        if not is_ours or error.reason in _EXPECTED:
            return
        left_out = self._lines.take(f"{error.reason.value} {type(cause).__name__}")
        if left_out is None:
            return
        more = {"since_the_last_line": left_out} if left_out else {}
        because = {"cause": first_line(cause)} if cause is not None else {}
        self._log.warning("refused", reason=error.reason.value, message=error.message, **because, **more)


def first_line(cause: BaseException) -> str:
    """An error's type and the first line of its message.

    Further lines hold statements and their parameters, which are no business of a log.
    """
    return bounded(f"{type(cause).__name__}: {str(cause).strip().partition(chr(10))[0]}")
