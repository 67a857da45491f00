"""When the SDK tries a call again, and how many frames it has on their way."""

import time

import grpc
import pytest

from liveclass.client import InvalidArgumentError, ResourceExhaustedError, UnavailableError
from liveclass.client.delivery import InFlightWindow
from liveclass.client.retries import RETRIED, UNREACHABLE_ATTEMPTS, Attempts, retry_delay

BUSY = grpc.StatusCode.RESOURCE_EXHAUSTED
AWAY = grpc.StatusCode.UNAVAILABLE


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def until_given_up(attempts: Attempts, error: UnavailableError, clock: Clock) -> None:
    while True:
        delay = attempts.delay_after(error)
        assert delay < attempts.remaining()
        clock.now += delay


def test_the_service_is_given_the_time_that_it_asks_for_and_callers_come_back_apart():
    delays = {retry_delay(ResourceExhaustedError("busy", BUSY, retry_after=0.5), 1) for _ in range(50)}

    assert min(delays) >= 0.5
    assert max(delays) <= 1.0
    assert len(delays) > 40


def test_a_call_is_tried_until_its_deadline_and_not_after_it():
    clock = Clock()
    attempts = Attempts("ClassifyFrame", 10, clock=clock)
    error = UnavailableError("the model is not being served", AWAY, "MODEL_UNAVAILABLE", retry_after=1.0)

    with pytest.raises(UnavailableError, match=r"tried \d+ times in \d+\.\d s"):
        until_given_up(attempts, error, clock)

    assert clock.now - 100 == pytest.approx(9.5, abs=0.6)
    assert error.attempts == attempts.count >= 5


def test_what_trying_again_cannot_help_is_raised_at_once():
    for method, error in (
        ("ClassifyFrame", InvalidArgumentError("no")),
        ("CreateSession", UnavailableError("away", AWAY, retry_after=0.01)),
        ("ClassifyFrame", ResourceExhaustedError("in an hour", BUSY, retry_after=3600)),
    ):
        with pytest.raises(type(error)):
            Attempts(method, 10).delay_after(error)
        assert error.attempts == 1


def test_a_service_that_does_not_answer_at_all_is_tried_only_a_few_times():
    attempts = Attempts("ClassifyFrame", 1000)
    with pytest.raises(UnavailableError):
        until_given_up(attempts, UnavailableError("connection refused", AWAY), Clock())

    assert attempts.count == UNREACHABLE_ATTEMPTS


def test_only_what_changes_nothing_the_second_time_is_retried():
    assert {"ClassifyFrame", "RecordObservations", "GetTimeline"} <= RETRIED
    assert not {"CreateSession", "DeleteSession", "DeleteObservations", "ClassifyStream", "WatchTimeline"} & RETRIED


def test_more_frames_are_sent_at_once_while_all_goes_well_and_half_after_a_refusal():
    window = InFlightWindow(start=4, maximum=16)
    for _ in range(500):
        window.answered()
    assert window.size == 16

    sent_at = time.monotonic()
    window.refused(sent_at)
    window.refused(sent_at)  # it was on its way with the first, and tells nothing new
    assert window.size == 8

    for _ in range(10):
        window.refused(time.monotonic())
    assert window.size == 1
