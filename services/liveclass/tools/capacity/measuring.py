"""Both paths at a few concurrencies: what comes back, how quickly, and what CPU each part takes for it."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from liveclass.client import LiveClass
from liveclass.stack import Stack, StackError
from liveclass.tools.capacity.estimate import SINGLE_FRAMES, STREAMS, Phase
from liveclass.tools.capacity.traffic import Classrooms, Traffic
from liveclass.tools.capacity.usage import cpu_seconds

PATHS = (SINGLE_FRAMES, STREAMS)
LEAST_SECONDS = 6.0
_TIMEOUT = 30.0
_WARM_UP_SECONDS, _WARM_UP_SHARE = 2.0, 0.25
_MOST_CONCURRENCY = 32
_TICK = 0.2


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    seconds: float
    """In all."""
    cores: int
    fps: float

    @property
    def concurrencies(self) -> list[int]:
        """One frame alone, one for each core, and two for each: never idle, then always one waiting."""
        return sorted({min(number, _MOST_CONCURRENCY) for number in (1, self.cores, 2 * self.cores)})

    @property
    def phase_seconds(self) -> float:
        return self.seconds / len(PATHS) / len(self.concurrencies)

    @property
    def warm_up_seconds(self) -> float:
        """Of a phase, not counted: in it every classroom's first frame is searched as a whole."""
        return min(_WARM_UP_SECONDS, 1.5 / self.fps, _WARM_UP_SHARE * self.phase_seconds)


def measure(
    stack: Stack, frames: Sequence[bytes], plan: Plan, on_progress: Callable[[str, float], None]
) -> Iterator[Phase]:
    """Sends `frames` to a running stack; `on_progress` is told what is measured, and the seconds that went by.

    Raises StackError where a part ends, or where nothing is answered; and what the client raises.
    """
    with LiveClass(stack.detection_address, stack.session_address, timeout=_TIMEOUT) as lc:
        for path in PATHS:
            classrooms = Classrooms(lc, 1 / plan.fps)
            for concurrency in plan.concurrencies:
                with Traffic(
                    lc, classrooms, frames, period=1 / plan.fps, path=path, concurrency=concurrency
                ) as traffic:
                    yield _phase(stack, traffic, plan, (path, concurrency), on_progress)


def _phase(
    stack: Stack,
    traffic: Traffic,
    plan: Plan,
    what: tuple[str, int],
    on_progress: Callable[[str, float], None],
) -> Phase:
    path, concurrency = what
    description = f"{path}, {concurrency} in flight"

    def wait(seconds: float) -> None:
        began = last = time.monotonic()
        while last - began < seconds:
            time.sleep(min(_TICK, seconds))
            now = time.monotonic()
            on_progress(description, now - last)
            last = now
            stack.check()
            traffic.check()

    wait(plan.warm_up_seconds)
    before, began = _usage(stack), time.monotonic()
    traffic.take_tally()
    wait(plan.phase_seconds - plan.warm_up_seconds)
    while not traffic.has_answers:  # a machine so slow that not one frame was finished
        if time.monotonic() - began > plan.phase_seconds + _TIMEOUT:
            raise StackError(f"{description}: no frame was answered, all were refused.")
        wait(_TICK)
    after, seconds = _usage(stack), time.monotonic() - began
    tally = traffic.take_tally()
    return Phase(
        path=path,
        concurrency=concurrency,
        seconds=seconds,
        latencies=tuple(tally.latencies),
        faces=tally.faces,
        refused=tally.refused,
        unrecorded=tally.unrecorded,
        cpu_seconds={part: after[part] - before[part] for part in after},
    )


def _usage(stack: Stack) -> dict[str, float]:
    return {part: cpu_seconds(stack.pid(part)) for part in stack.names}
