"""How many frames are let in at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from liveclass.runtime.errors import Reason, ResourceExhaustedError

_RETRY_SECONDS = 0.2


class Admission:
    """A limit on the frames in flight. Used from the event loop only."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.in_flight = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Room for one frame while it is being answered. Raises `ResourceExhaustedError`."""
        if self.in_flight >= self._limit:
            raise ResourceExhaustedError("too many frames in flight", _RETRY_SECONDS, Reason.TOO_MANY_FRAMES)
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
