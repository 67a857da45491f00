"""Sweeps by a clock that may be wrong: nothing is erased that a right clock would keep."""

import asyncio

import pytest
from structlog.testing import capture_logs

from liveclass.session.sweeper import ClockCheck, Sweeper

DAY = 86_400.0
NOON = 1_800_000_000.0
RETENTION = 90 * DAY


class Store:
    """Keeps times of data, and erases what is older than the retention."""

    def __init__(self, *times: float) -> None:
        self.times = list(times)

    async def newest_time(self) -> float | None:
        return max(self.times, default=None)

    async def sweep(self, now: int, audit_seconds: int) -> int:
        before = len(self.times)
        self.times = [one for one in self.times if one > now - RETENTION]
        return before - len(self.times)


class Machine:
    """A clock that can be set, and one that cannot. The service starts at noon."""

    def __init__(self, *times: float, ahead: float = 0.0) -> None:
        self.store, self.passed, self.ahead = Store(*times), 0.0, ahead
        self.check = ClockCheck(lambda: NOON + self.passed + self.ahead, lambda: 1_000 + self.passed)
        self.sweeper = Sweeper(self.store, 600, 365 * 86_400, self.check)

    async def sweep_after(self, seconds: float, ahead: float = 0.0) -> None:
        self.passed += seconds
        self.ahead = ahead
        await self.sweeper.sweep()


async def test_a_clock_that_is_91_days_ahead_for_five_seconds_erases_nothing() -> None:
    machine = Machine(NOON - 10, NOON - 80 * DAY)
    await machine.sweep_after(0)
    with capture_logs() as logs:
        await machine.sweep_after(595, ahead=91 * DAY)
    assert len(machine.store.times) == 2
    assert not machine.check.is_trusted
    assert "the clock is implausible" in logs[-1]["event"]
    assert logs[-1]["clock"].startswith("2027-04-16")
    await machine.sweep_after(5)
    assert machine.check.is_trusted
    await machine.sweep_after(10 * DAY)
    assert machine.store.times == [NOON - 10]


async def test_a_service_that_starts_with_a_clock_91_days_ahead_erases_nothing() -> None:
    machine = Machine(NOON - 10, ahead=91 * DAY)
    for _ in range(3):
        await machine.sweep_after(600, ahead=91 * DAY)
    machine.store.times.append(NOON + 91 * DAY)  # somebody creates a session meanwhile
    await machine.sweep_after(600, ahead=91 * DAY)
    assert len(machine.store.times) == 2
    await machine.sweep_after(600)
    assert machine.check.is_trusted
    assert NOON - 10 in machine.store.times


async def test_after_a_long_holiday_the_clock_is_believed_once_it_has_run_evenly_for_a_day() -> None:
    machine = Machine(NOON - 60 * DAY, NOON - 100 * DAY)
    for _ in range(143):
        await machine.sweep_after(600)
        assert not machine.check.is_trusted
    for _ in range(2):
        await machine.sweep_after(600)
    assert machine.check.is_trusted
    assert machine.store.times == [NOON - 60 * DAY]


@pytest.mark.parametrize("drift", [-500, 500])
async def test_a_clock_that_is_put_right_by_minutes_is_believed(drift: float) -> None:
    machine = Machine(NOON)
    await machine.sweep_after(0)
    await machine.sweep_after(600, ahead=drift)
    assert machine.check.is_trusted


async def test_an_empty_store_has_nothing_to_lose() -> None:
    machine = Machine()
    await machine.sweep_after(0)
    assert machine.check.is_trusted


async def test_a_sweep_that_fails_says_why() -> None:
    class Broken(Store):
        async def newest_time(self) -> float | None:
            raise OSError("no route to the database")

    sweeper = Sweeper(Broken(), 1e-9, 1, ClockCheck(lambda: NOON, lambda: 0.0))
    with capture_logs() as logs:
        await stop_after_first(sweeper)
    assert logs[0]["cause"] == "OSError: no route to the database"


async def stop_after_first(sweeper: Sweeper) -> None:
    task = asyncio.ensure_future(sweeper.run())
    await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
