"""What is let in, when, and for whom; on a clock that the test turns."""

import pytest

from liveclass.detection.admission import Admission, cost_class
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, ResourceExhaustedError


class Machine:
    """Two workers that need `seconds` for a piece; pieces run one after another in pairs."""

    def __init__(self, most: int = 64) -> None:
        self.now = 0.0
        self.entered = []
        self.admission = Admission(2, most, clock=lambda: self.now)

    def enter(self, source: str = "a", left: float = 10.0):
        context = self.admission.admit(source, "frame", Deadline.after(left))
        self.entered.append((context, context.__enter__()))
        return self.entered[-1]

    def finish(self, entered, busy: float | None) -> None:
        context, ticket = entered
        ticket.busy = busy
        context.__exit__(None, None, None)

    def rounds(self, number: int, seconds: float, wait: float = 0.0) -> None:
        """Fills the service to its limit, again and again; each piece waits for `wait` and takes `seconds`."""
        for _ in range(number):
            entered = [self.enter() for _ in range(self.admission.limit)]
            self.now += seconds + wait
            for each in entered:
                self.finish(each, seconds)


def test_the_limit_grows_while_latency_stays_low_and_falls_when_it_rises() -> None:
    machine = Machine()
    start = machine.admission.limit
    machine.rounds(30, 0.1)
    grown = machine.admission.limit
    assert grown > start
    machine.rounds(30, 0.1, wait=0.5)
    assert machine.admission.limit == 3
    machine.rounds(30, 0.1)
    assert machine.admission.limit > 3


def test_the_limit_never_passes_the_operators() -> None:
    machine = Machine(most=5)
    machine.rounds(100, 0.1)
    assert machine.admission.limit == 5


def test_over_the_limit_the_answer_says_when_to_come_back() -> None:
    machine = Machine()
    machine.rounds(5, 0.1)
    for _ in range(machine.admission.limit):
        machine.enter()
    with pytest.raises(ResourceExhaustedError) as raised:
        machine.enter()
    assert 0.05 <= raised.value.retry_after < 1


def test_what_is_too_slow_even_alone_is_told_from_what_others_delay() -> None:
    machine = Machine()
    machine.rounds(10, 0.2)
    with pytest.raises(DeadlineExceededError):
        machine.enter(left=0.1)
    machine.enter(left=0.4)
    machine.enter(left=0.4)
    machine.enter(left=0.4)
    with pytest.raises(ResourceExhaustedError):
        machine.enter(left=0.3)


def test_a_bad_estimate_is_forgotten() -> None:
    machine = Machine()
    machine.rounds(1, 5.0)
    with pytest.raises(DeadlineExceededError):
        machine.enter(left=1.0)
    machine.now += 60
    machine.enter(left=1.0)


def test_a_source_that_takes_everything_makes_room_for_others() -> None:
    machine = Machine(most=4)
    greedy = [machine.enter("greedy") for _ in range(4)]
    with pytest.raises(ResourceExhaustedError):
        machine.enter("modest")
    for _ in range(3):
        machine.now += 0.1
        machine.finish(greedy.pop(), None)
    machine.enter("greedy")  # its share is two of four
    with pytest.raises(ResourceExhaustedError):
        machine.enter("greedy")
    machine.enter("modest")


def test_a_source_that_others_keep_from_its_deadline_is_made_room_for_too() -> None:
    machine = Machine(most=4)
    machine.rounds(10, 0.2)
    greedy = [machine.enter("greedy") for _ in range(3)]
    with pytest.raises(ResourceExhaustedError):
        machine.enter("modest", left=0.25)  # there is room, and no time
    with pytest.raises(ResourceExhaustedError):
        machine.enter("greedy")
    for each in greedy:
        machine.finish(each, None)
    machine.enter("modest", left=0.25)


def test_alone_a_source_may_take_everything() -> None:
    machine = Machine(most=4)
    for _ in range(4):
        machine.enter("only")
    assert machine.admission.in_flight == 4


def test_work_that_came_to_nothing_teaches_nothing() -> None:
    machine = Machine()
    context, _ = machine.enter()
    machine.now += 100
    context.__exit__(None, None, None)
    assert machine.admission.in_flight == 0
    machine.enter(left=0.1)


def test_work_is_classed_by_powers_of_two() -> None:
    assert cost_class("frame", 1000) == cost_class("frame", 1024) != cost_class("frame", 1025)
    assert cost_class("crops", 0) == cost_class("crops", 1)
