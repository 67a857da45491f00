"""Logs why calls fail for reasons that are not the caller's, with the cause, at a limited rate."""

import time
from collections.abc import Callable

import grpc
import structlog

from liveclass.reasons import Reason
from liveclass.runtime.errors import ServiceError, bounded

REPEAT_SECONDS = 10.0
"""The same refusal is logged again after this time, with the number in between."""

_OURS = frozenset({grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL})
_EXPECTED = frozenset({Reason.SHUTTING_DOWN, Reason.STREAM_IDLE, Reason.STREAM_TOO_OLD})
_MOST_KINDS = 256


class RefusalLog:
    """Logs refusals. Used from the event loop only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[tuple[str, str], float] = {}
        self._more: dict[tuple[str, str], int] = {}
        self._log = structlog.get_logger()

    def note(self, error: ServiceError) -> None:
        """Logs an error that is about to be sent to a caller; its cause is what it was raised `from`."""
        cause = error.__cause__
        is_ours = error.code in _OURS or (error.code is grpc.StatusCode.DEADLINE_EXCEEDED and cause is not None)
        if not is_ours or error.reason in _EXPECTED:
            return
        kind = (error.reason.value, type(cause).__name__)
        now = self._clock()
        if now - self._last.get(kind, -REPEAT_SECONDS) < REPEAT_SECONDS:
            self._more[kind] = self._more.get(kind, 0) + 1
            return
        if len(self._last) >= _MOST_KINDS:
            self._last.clear()
        self._last[kind] = now
        more = {"since_the_last_line": count} if (count := self._more.pop(kind, 0)) else {}
        because = {"cause": first_line(cause)} if cause is not None else {}
        self._log.warning("refused", reason=error.reason.value, message=error.message, **because, **more)


def first_line(cause: BaseException) -> str:
    """An error's type and the first line of its message.

    Further lines hold statements and their parameters, which are no business of a log.
    """
    return bounded(f"{type(cause).__name__}: {str(cause).strip().partition(chr(10))[0]}")
