"""Removes what is past its retention at regular times, unless the server's clock is implausible.

A clock that is 91 days ahead for five seconds would otherwise erase everything that is kept for 90 days.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone

import structlog

from liveclass.runtime.refusals import first_line
from liveclass.session.ports import SessionStore
from liveclass.session.timeline_reader import Clock

MAX_DRIFT_SECONDS = 600
"""How far the clock may gain or lose between two sweeps."""

MAX_GAP_SECONDS = 86_400
"""How old the newest session may be when the service starts for the clock to be trusted at once."""

CONFIRMING_SECONDS = 86_400
"""After running evenly for this long, an implausible clock is trusted. Until then somebody can set it right."""


def since_boot() -> float:
    """Seconds since the machine started, including those for which it slept. Nobody can set this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True)
class _Anchor:
    """The readings of both clocks at one moment."""

    wall: float
    boot: float

    def agrees(self, other: "_Anchor") -> bool:
        """Whether as much time has passed on the wall clock as since the machine started."""
        return abs((other.wall - self.wall) - (other.boot - self.boot)) <= MAX_DRIFT_SECONDS


@dataclass
class ClockCheck:
    """Checks whether the server's clock is plausible: near the newest data at the start, and running evenly since."""

    clock: Clock
    boot_clock: Callable[[], float] = since_boot
    _trusted: _Anchor | None = None
    _doubted: _Anchor | None = None

    @property
    def is_trusted(self) -> bool:
        """The outcome of the last check; true before the first."""
        return self._doubted is None

    def check(self, newest: float | None) -> bool:
        """Whether the clock is plausible now. `newest`: the time of the newest data, in seconds since the epoch."""
        now = _Anchor(self.clock(), self.boot_clock())
        if self._trusted is None:
            is_plausible = newest is None or now.wall - newest <= MAX_GAP_SECONDS
        else:
            is_plausible = self._trusted.agrees(now)
        if not is_plausible:
            is_plausible = self._has_run_evenly(now)
        if is_plausible:
            self._trusted, self._doubted = now, None
        return is_plausible

    def _has_run_evenly(self, now: _Anchor) -> bool:
        if self._doubted is None or not self._doubted.agrees(now):
            self._doubted = now
        return now.boot - self._doubted.boot >= CONFIRMING_SECONDS


class Sweeper:
    """Sweeps a store at regular times."""

    def __init__(self, store: SessionStore, seconds: float, audit_seconds: int, clock_check: ClockCheck) -> None:
        self._store, self._seconds, self._audit_seconds = store, seconds, audit_seconds
        self._clock_check = clock_check
        self._is_started = False
        self._newest: float | None = None
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Sweeps at once, for what a crash left behind, and then every `seconds`."""
        while True:
            try:
                await self.sweep()
            except Exception as error:  # noqa: BLE001  # the database may be away; the next sweep makes up for it
                self._log.warning("sweep failed", cause=first_line(error.__cause__ or error))
            await asyncio.sleep(self._seconds)

    async def sweep(self) -> None:
        """Removes what is past its retention, or says why nothing is removed."""
        if not self._is_started:
            # Read only once: what is recorded from now on carries the time of the clock that is in question.
            self._newest = await self._store.newest_time()
            self._is_started = True
        if not self._clock_check.check(self._newest):
            self._log.error(
                "nothing is removed: the clock is implausible",
                clock=_iso_time(self._clock_check.clock()),
                newest_session_at_start=_iso_time(self._newest),
                what_to_do="set the server's clock; a correct clock is trusted after it has run evenly for a day",
            )
            return
        removed = await self._store.sweep(int(self._clock_check.clock()), self._audit_seconds)
        if removed:
            self._log.info("swept", removed=removed)


def _iso_time(seconds: float | None) -> str:
    return "none" if seconds is None else datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
