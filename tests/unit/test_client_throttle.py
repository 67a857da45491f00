"""Calls that an overloaded service would refuse are not sent."""

from collections.abc import Iterator

import grpc
import pytest

from liveclass.client import QuotaExceededError, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.client.throttle import MEMORY_SECONDS, NOT_SENT, PADDING, Throttle, Throttles

BUSY = grpc.StatusCode.RESOURCE_EXHAUSTED
REFUSED = ResourceExhaustedError("busy", BUSY, "TOO_MANY_FRAMES", retry_after=0.5)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def evenly() -> Iterator[float]:
    """Chances that are spread evenly, so that a share of p is hit by a share of p."""
    number = 0.0
    while True:
        number = (number + 0.6180339887) % 1
        yield number


class Offered:
    """Calls at an even rate to a service that accepts so many a second, ten of them at once, and their ends."""

    def __init__(self) -> None:
        self.clock = Clock()
        chances = evenly()
        self.throttle = Throttle("the detection service at d:1", self.clock, lambda: next(chances))

    def run(self, seconds: float, rate: float, accepted_per_second: float) -> tuple[int, int, int]:
        """How many are accepted, refused by the service, and not sent."""
        accepted = refused = kept = 0
        room = 0.0
        for _ in range(round(seconds * rate)):
            self.clock.now += 1 / rate
            room = min(10.0, room + accepted_per_second / rate)
            if self.throttle.refusal() is not None:
                kept += 1
            elif room >= 1:
                room -= 1
                accepted += 1
                self.throttle.note()
            else:
                refused += 1
                self.throttle.note(ResourceExhaustedError("busy", BUSY, retry_after=0.001))
        return accepted, refused, kept


def test_while_the_service_is_well_every_call_is_sent():
    offered = Offered()

    assert offered.run(60, 50, 50) == (3000, 0, 0)


def test_a_service_that_refuses_less_than_half_gets_every_call():
    accepted, refused, kept = Offered().run(60, 50, 30)

    assert accepted == pytest.approx(1800, abs=20)
    assert refused == pytest.approx(1200, abs=20)
    assert kept == 0


@pytest.mark.parametrize("times", [3, 10])
def test_an_overloaded_service_gets_about_twice_what_it_accepts(times):
    offered = Offered()
    offered.run(60, 20 * times, 20)
    accepted, refused, kept = offered.run(60, 20 * times, 20)

    assert accepted >= 0.95 * 60 * 20
    assert refused <= accepted + 1.1 * 60 * PADDING / MEMORY_SECONDS
    assert kept == 60 * 20 * times - accepted - refused


def test_calls_are_sent_again_soon_after_the_overload():
    offered = Offered()
    offered.run(60, 200, 20)
    offered.run(5 * MEMORY_SECONDS, 15, 20)

    assert offered.run(60, 15, 20) == (900, 0, 0)


def test_a_few_refusals_hold_nothing_back_for_sure_and_many_do_until_the_service_wants_calls_again():
    clock = Clock()
    throttle = Throttle("the detection service at d:1", clock, lambda: 0.999)
    for _ in range(int(PADDING)):
        throttle.note(REFUSED)
    assert throttle.refusal() is None

    throttle.note(REFUSED)
    clock.now += 0.2
    refusal = throttle.refusal()
    clock.now += 0.301

    assert isinstance(refusal, ResourceExhaustedError)
    assert refusal.code is BUSY
    assert refusal.reason == NOT_SENT
    assert refusal.retry_after == pytest.approx(0.3)
    assert "the detection service at d:1 is overloaded" in str(refusal)
    assert throttle.refusal() is None


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError("away", grpc.StatusCode.UNAVAILABLE, retry_after=1.0),
        QuotaExceededError("no more", BUSY, retry_after=1.0),
        ResourceExhaustedError("the message is too large", BUSY),
    ],
)
def test_only_what_an_overloaded_service_refuses_counts(error: ServiceError):
    throttle = Throttle("the detection service at d:1", Clock(), lambda: 0.0)
    for _ in range(1000):
        throttle.note(error)

    assert throttle.refusal() is None


def test_one_method_is_not_held_back_for_another_or_another_service():
    throttles = Throttles({"detection": "d:1", "session": "s:1"}, Clock(), lambda: 0.0)
    for _ in range(100):
        throttles.of("detection", "ClassifyFrame").note(REFUSED)

    assert throttles.of("detection", "ClassifyFrame").refusal() is not None
    assert throttles.of("detection", "ClassifyFaces").refusal() is None
    assert throttles.of("session", "GetTimeline").refusal() is None
