"""The time of a stream's frames: strictly increasing, even if the client's clock is not."""

LONGEST_STEP_SECONDS = 60.0
"""How far capture times may run ahead of arrivals: a recording is sent faster than it was made."""

MIN_STEP_SECONDS = 1e-6


class CaptureClock:
    """The time of capture as long as it moves forward plausibly, and the time of arrival where it does not.

    Tracking, the search schedule and smoothing use it; a client's clock that stands still must not stop them.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._before: tuple[float, float] | None = None

    def tick(self, captured: float, arrived: float) -> float:
        """The time of a frame `captured` by the client's clock and `arrived` by ours, both in seconds."""
        if self._before is not None:
            step, waited = captured - self._before[0], arrived - self._before[1]
            is_plausible = 0 < step <= waited + LONGEST_STEP_SECONDS
            self._now += step if is_plausible else max(waited, MIN_STEP_SECONDS)
        self._before = captured, arrived
        return self._now
