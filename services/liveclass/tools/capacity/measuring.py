"""Measures throughput, latency and CPU time of both paths at a few concurrencies."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from liveclass.client import LiveClass, TokenSource
from liveclass.stack import Stack, StackError
from liveclass.tools.capacity.estimate import SINGLE_FRAMES, STREAMS, Phase
from liveclass.tools.capacity.traffic import Classrooms, Traffic
from liveclass.tools.capacity.usage import cpu_seconds

PATHS = (SINGLE_FRAMES, STREAMS)
MIN_SECONDS = 6.0
_TIMEOUT = 30.0
_WARM_UP_SECONDS, _WARM_UP_SHARE = 2.0, 0.25
_MAX_CONCURRENCY = 32
_TICK = 0.2


@dataclass(frozen=True)
class Plan:
    """The parameters of a measurement."""

    seconds: float
    """Total duration."""
    cores: int
    fps: float

    @property
    def concurrencies(self) -> list[int]:
        """One frame, one per core, and two per core."""
        return sorted({min(number, _MAX_CONCURRENCY) for number in (1, self.cores, 2 * self.cores)})

    @property
    def phase_seconds(self) -> float:
        return self.seconds / len(PATHS) / len(self.concurrencies)

    @property
    def warm_up_seconds(self) -> float:
        """The start of a phase that is not counted: the first frame of a classroom is searched as a whole."""
        return min(_WARM_UP_SECONDS, 1.5 / self.fps, _WARM_UP_SHARE * self.phase_seconds)


def measure(
    stack: Stack,
    frames: Sequence[bytes],
    plan: Plan,
    on_progress: Callable[[str, float], None],
    token: TokenSource | None = None,
) -> Iterator[Phase]:
    """Sends `frames` to a running stack; `on_progress` receives a description and the seconds since its last call.

    `token` is for a stack that requires one.

    Raises StackError if a part ends or no frame is answered, and any error of the client.
    """
    addresses = stack.detection_address, stack.session_address
    with LiveClass(*addresses, timeout=_TIMEOUT, tls=stack.tls, token=token) as lc:
        for path in PATHS:
            classrooms = Classrooms(lc, 1 / plan.fps)
            for concurrency in plan.concurrencies:
                with Traffic(
                    lc, classrooms, frames, period=1 / plan.fps, path=path, concurrency=concurrency
                ) as traffic:
                    yield _phase(stack, traffic, plan, (path, concurrency), on_progress)


def start_seconds(stack: Stack) -> dict[str, float]:
    """How long each part of a running stack takes to be ready again, begun alone after it was killed."""
    took = {}
    for part in stack.names:
        stack.kill(part)
        began = time.monotonic()
        stack.restart(part)
        took[part] = time.monotonic() - began
    return took


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
    before, own, began = _usage(stack), time.process_time(), time.monotonic()
    traffic.take_tally()
    wait(plan.phase_seconds - plan.warm_up_seconds)
    while not traffic.has_answers:  # the machine is too slow to finish a frame in the time planned
        if time.monotonic() - began > plan.phase_seconds + _TIMEOUT:
            raise StackError(f"{description}: no frame was answered, all were refused.")
        wait(_TICK)
    after, own, seconds = _usage(stack), time.process_time() - own, time.monotonic() - began
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
        client_cpu_seconds=own,
        timings=tuple(tally.timings),
    )


def _usage(stack: Stack) -> dict[str, float]:
    return {part: cpu_seconds(stack.pid(part)) for part in stack.names}
