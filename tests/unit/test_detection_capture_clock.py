"""A stream's time, whatever its client's clock does."""

from itertools import pairwise

import pytest

from liveclass.detection.streaming import CaptureClock


def times(captured: list[float], arrived: list[float]) -> list[float]:
    clock = CaptureClock()
    return [clock.tick(one, other) for one, other in zip(captured, arrived, strict=True)]


def test_capture_times_are_kept() -> None:
    """A recording of one frame a second, sent ten times as fast."""
    assert times([5, 6, 7], [0, 0.1, 0.2]) == pytest.approx([0, 1, 2])


@pytest.mark.parametrize("captured", [[9, 9, 9], [9, 9 - 3600, 9 - 7200], [9, 9 + 3600, 9 + 7200]])
def test_a_clock_that_stands_still_or_jumps_is_replaced_by_ours(captured: list[float]) -> None:
    assert times(captured, [0, 0.5, 1.5]) == pytest.approx([0, 0.5, 1.5])


def test_time_always_advances() -> None:
    now = times([1, 1, 1, 0], [7, 7, 7, 7])
    assert all(after > before for before, after in pairwise(now))
