"""Simulates one detection replica and its share of Triton: the real admission, in virtual time, with measured times."""

import asyncio
import math
import statistics
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from liveclass.detection.admission import Admission, Work
from liveclass.detection.requesters import Requester
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, ResourceExhaustedError
from liveclass.tools.capacity.factors import Factors
from liveclass.tools.capacity.virtual_time import Cores, run

MAX_BATCH, INSTANCES, THREADS = 64, 2, 2
"""Of model_repository/emotion/config.pbtxt: faces in a batch, instances, and the threads of each."""

MAX_IN_FLIGHT = 64
DEADLINE = 10.0
"""Defaults of the detection service."""


@dataclass(frozen=True)
class Machine:
    """What a frame runs on."""

    detection_cores: float
    triton_cores: float = 0.0
    """0: Triton, the session service and the sender share detection's cores, as on one machine."""
    workers: int = 2
    instances: int = INSTANCES


@dataclass(frozen=True)
class Load:
    """Cameras that send a frame every `period` seconds, each from a moment of its own on."""

    cameras: int
    period: float
    seconds: float
    spread: float = 0.0
    """Seconds in which the cameras begin; 0: they are all there from the start, anywhere in their period."""


@dataclass
class Outcome:
    """What became of the frames."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    utilisation: float = 0.0
    """Of detection's cores."""
    triton_utilisation: float = 0.0
    seconds: float = 0.0

    @property
    def completed_per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def latency(self, share: float) -> float:
        """The quantile `share`, in seconds; infinite where nothing was answered."""
        ordered = sorted(self.latencies)
        return ordered[max(1, math.ceil(share * len(ordered))) - 1] if ordered else math.inf


class _Triton:
    """Instances that each take what waits, up to a batch, and compute it on so many threads."""

    def __init__(self, cores: Cores, instances: int, cpu_of_face: float) -> None:
        self._cores, self._idle, self._cpu_of_face = cores, instances, cpu_of_face
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def infer(self, faces: int) -> None:
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((faces, done))
        self._start()
        await done

    def _start(self) -> None:
        while self._idle and self._waiting:
            self._idle -= 1
            batch = [self._waiting.popleft()]
            while self._waiting and sum(faces for faces, _ in batch) + self._waiting[0][0] <= MAX_BATCH:
                batch.append(self._waiting.popleft())
            task = asyncio.ensure_future(self._compute(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _compute(self, batch: "list[tuple[int, asyncio.Future[None]]]") -> None:
        share = self._cpu_of_face * sum(faces for faces, _ in batch) / THREADS
        await asyncio.gather(*(self._cores.use(share) for _ in range(THREADS)))
        for _, done in batch:
            done.set_result(None)
        self._idle += 1
        self._start()


class _Deadline(Deadline):
    """On the virtual clock."""

    def remaining(self) -> float:
        return self.at - asyncio.get_running_loop().time()


@dataclass
class _Path:
    """The stages of a frame, as in `DetectionServicer.ClassifyFrame`."""

    factors: Factors
    path: str
    admission: Admission
    workers: asyncio.Semaphore
    detection: Cores
    triton_cores: Cores
    triton: _Triton
    sample: Callable[[], tuple[float, float, float]]
    is_one_machine: bool
    outcome: Outcome

    async def frame(self, camera: int) -> None:
        loop, faces = asyncio.get_running_loop(), round(self.factors.faces_per_frame)
        work, infer, record = self.sample()
        begun = loop.time()
        if self.is_one_machine:
            await self.detection.use(self.factors.client)
        requester = Requester(f"ipv4:10.0.0.1:{camera}", camera)
        deadline = _Deadline(begun + DEADLINE)
        try:
            async with self.admission.admit(Work(requester, "frame"), deadline) as ticket:
                async with self.workers:
                    start = loop.time()
                    await self.detection.use(work)
                    worked = loop.time() - start
                start = loop.time()
                await self.triton.infer(faces)
                # What is left of the measured time is the way there and back.
                await asyncio.sleep(max(0.0, infer - self.factors.triton * faces / THREADS))
                ticket.seconds_worked = worked + loop.time() - start
            await asyncio.sleep(record)
        except (ResourceExhaustedError, DeadlineExceededError):
            self.outcome.refused += 1
        else:
            self.outcome.latencies.append(loop.time() - begun)


def simulate(factors: Factors, path: str, machine: Machine, load: Load, seed: int = 0) -> Outcome:
    """What becomes of a load."""
    return run(_simulate(factors, path, machine, load, seed))


async def _simulate(factors: Factors, path: str, machine: Machine, load: Load, seed: int) -> Outcome:
    loop, random, outcome = asyncio.get_running_loop(), np.random.default_rng(seed), Outcome()
    detection = Cores(machine.detection_cores)
    triton_cores = Cores(machine.triton_cores) if machine.triton_cores else detection
    frames = _Path(
        factors, path, Admission(machine.workers, MAX_IN_FLIGHT, loop.time), asyncio.Semaphore(machine.workers),
        detection, triton_cores, _Triton(triton_cores, machine.instances, factors.triton),
        _sampler(factors, path, random), not machine.triton_cores, outcome,
    )  # fmt: skip  # one line for what is shared, one for what is not
    begins = random.uniform(0, load.spread or load.period, load.cameras)
    calls = []
    for time, camera in _arrivals(load, begins.tolist()):
        await asyncio.sleep(time - loop.time())
        calls.append(asyncio.ensure_future(frames.frame(camera)))
    await asyncio.gather(*calls)
    outcome.seconds = loop.time()
    outcome.utilisation = detection.busy_seconds / machine.detection_cores / outcome.seconds
    outcome.triton_utilisation = (
        triton_cores.busy_seconds / (machine.triton_cores or machine.detection_cores) / outcome.seconds
    )
    return outcome


def _arrivals(load: Load, begins: list[float]) -> Iterator[tuple[float, int]]:
    """(time, camera) in order of time."""
    every = (
        (begin + frame * load.period, camera)
        for camera, begin in enumerate(begins)
        for frame in range(math.ceil((load.seconds - begin) / load.period))
    )
    return iter(sorted(every))


def _sampler(factors: Factors, path: str, random: np.random.Generator) -> Callable[[], tuple[float, float, float]]:
    """Draws one measured frame after another.

    Its work is scaled so that the mean is the processor time that a frame takes in detection: that counts gRPC and the
    event loop too, and not the time for which a thread waited for a processor.
    """
    service = factors.services[path]
    scale = factors.detection[path] / statistics.fmean(service.work)
    rows = [
        (scale * work, infer, record)
        for work, infer, record in zip(service.work, service.infer, service.record, strict=True)
    ]
    return lambda: rows[random.integers(len(rows))]


def formula(factors: Factors, path: str, machine: Machine, frames_per_second: float) -> tuple[float, float]:
    """Utilisation of detection's cores, and the mean wait for one in seconds, by arithmetic.

    The wait is that of M/G/c in Allen and Cunneen's approximation (A. O. Allen, Probability, Statistics and Queueing
    Theory, 1990, 5.3), with Sakasegawa's term for many servers (1977).
    """
    cpu = factors.detection[path]
    if not machine.triton_cores:
        cpu += factors.client + factors.triton * factors.faces_per_frame
    utilisation = frames_per_second * cpu / machine.detection_cores
    if utilisation >= 1:
        return utilisation, math.inf
    work = factors.services[path].work
    variation = statistics.pvariance(work) / statistics.fmean(work) ** 2
    servers = machine.workers
    power = math.sqrt(2 * (servers + 1)) - 1
    wait = cpu * (1 + variation) / 2 * utilisation**power / (servers * (1 - utilisation))
    return utilisation, wait
