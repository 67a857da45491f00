"""A rate with bursts."""

import pytest

from liveclass.runtime.rate_limit import RateLimit


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_then_the_rate_and_a_refusal_costs_nothing() -> None:
    clock = Clock()
    limit = RateLimit(10, clock)
    assert [limit.take("a", 5.0, 3.0) for _ in range(3)] == [0.0] * 3
    assert [limit.take("a", 5.0, 3.0) for _ in range(3)] == [pytest.approx(0.2)] * 3
    assert limit.take("b", 5.0, 3.0) == 0.0
    clock.now += 0.2
    assert limit.take("a", 5.0, 3.0) == 0.0
    assert limit.take("a", 5.0, 3.0) == pytest.approx(0.2)


def test_who_used_nothing_lately_is_forgotten_first() -> None:
    limit = RateLimit(2, Clock())
    for user in ("kept", "forgotten", "kept", "new"):
        limit.take(user, 0.1, 1.0)
    assert limit.take("kept", 0.1, 1.0) > 0
    assert limit.take("forgotten", 0.1, 1.0) == 0
