"""The arithmetic: what was measured × what is needed ÷ utilisation = cores; ÷ cores of a replica = replicas."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_STUDENTS = 100
"""Their faces on a frame 1280 pixels wide are the smallest that are looked for by default."""

SINGLE_FRAMES, STREAMS = "single frames", "streams"
DETECTION, TRITON, SESSION = "detection", "triton", "session"

CORES_PER_REPLICA = {DETECTION: 2.0, TRITON: 2.0, SESSION: 0.5}
"""What a replica requests in deploy/kubernetes/base."""

GPU_WORTH_CORES = 16
"""Cores of Triton from which on a GPU is worth a thought. A judgement: as many as 8 replicas request, which is where
deploy/kubernetes/components/autoscaling ends. With less to do a GPU would mostly idle."""


class UnusableError(ValueError):
    """What is asked for makes no sense; the message says why."""


@dataclass(frozen=True)
class Need:
    """What is to be served. Raises UnusableError for what nobody can need."""

    classrooms: int
    students: int
    """In each classroom."""
    fps: float
    """Frames per second of each classroom."""
    objective_ms: float = 500.0
    """What the 99th percentile of a frame's time is to stay below."""
    utilisation: float = 0.6
    """The share of a core that is planned with: the rest is for bursts and for replicas that are away."""

    def __post_init__(self) -> None:
        for name in ("classrooms", "students", "fps", "objective_ms", "utilisation"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise UnusableError(f"{name.replace('_', ' ')} must be greater than 0, and is {value:g}")
        if self.utilisation > 1:
            raise UnusableError(f"utilisation is a share of at most 1, and is {self.utilisation:g}")
        if self.students > MOST_STUDENTS:
            raise UnusableError(
                f"at most {MOST_STUDENTS} students have faces large enough on one frame, not {self.students}; "
                "give such a classroom several cameras, and count each as a classroom"
            )

    @property
    def frames_per_second(self) -> float:
        """Of all classrooms together."""
        return self.classrooms * self.fps

    @property
    def faces_per_second(self) -> float:
        """Of all classrooms together."""
        return self.frames_per_second * self.students


@dataclass(frozen=True)
class Phase:
    """What was measured with one path at one concurrency."""

    path: str
    concurrency: int
    """Frames under way at once; for streams, cameras."""
    seconds: float
    latencies: tuple[float, ...]
    """Of the frames that were answered, in seconds as the client sees them."""
    faces: int
    refused: int
    unrecorded: int
    cpu_seconds: dict[str, float]
    """By part."""

    @property
    def frames(self) -> int:
        return len(self.latencies)

    @property
    def frames_per_second(self) -> float:
        return self.frames / self.seconds

    @property
    def faces_per_frame(self) -> float:
        return self.faces / self.frames if self.frames else 0.0

    def latency(self, share: float) -> float:
        """The time in seconds within which this share of the frames was answered (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(1, math.ceil(share * len(ordered))) - 1]

    def meets(self, objective_ms: float) -> bool:
        return self.latency(0.99) * 1000 <= objective_ms


@dataclass(frozen=True)
class Line:
    """One line of the estimate."""

    part: str
    path: str
    """Empty where both paths cost the same."""
    unit: str
    """ "frame" or "face"."""
    cpu_seconds: float
    """Measured, of one unit."""
    per_second: float
    """Units that are needed."""
    utilisation: float
    cores_per_replica: float

    @property
    def cores(self) -> float:
        return self.cpu_seconds * self.per_second / self.utilisation

    @property
    def replicas(self) -> int:
        return max(1, math.ceil(self.cores / self.cores_per_replica - 1e-9))


def cores_per_replica(every: float | None) -> dict[str, float]:
    """By part: `every` for all of them, or by default what they request. Raises UnusableError for what is no number."""
    if every is None:
        return dict(CORES_PER_REPLICA)
    if not (every > 0 and math.isfinite(every)):
        raise UnusableError(f"cores per replica must be greater than 0, and is {every:g}")
    return dict.fromkeys(CORES_PER_REPLICA, every)


def estimate(need: Need, phases: Sequence[Phase], per_replica: Mapping[str, float]) -> list[Line]:
    """Detection by either path, Triton, session.

    `phases` hold at least one frame of either path and one face; `per_replica` is by part.
    """

    def line(part: str, path: str, unit: str) -> Line:
        among = [phase for phase in phases if path in {"", phase.path}]
        units = sum(phase.faces if unit == "face" else phase.frames for phase in among)
        cpu = sum(phase.cpu_seconds[part] for phase in among)
        needed = need.faces_per_second if unit == "face" else need.frames_per_second
        return Line(part, path, unit, cpu / units, needed, need.utilisation, per_replica[part])

    return [
        line(DETECTION, SINGLE_FRAMES, "frame"),
        line(DETECTION, STREAMS, "frame"),
        line(TRITON, "", "face"),
        line(SESSION, "", "frame"),
    ]


def most_in_flight(phases: Sequence[Phase], path: str, objective_ms: float) -> int | None:
    """The highest concurrency up to which a path met the objective; None where not even the lowest did."""
    best = None
    for phase in sorted((phase for phase in phases if phase.path == path), key=lambda phase: phase.concurrency):
        if not phase.meets(objective_ms):
            break
        best = phase.concurrency
    return best
