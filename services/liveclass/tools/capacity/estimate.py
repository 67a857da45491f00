"""Capacity arithmetic: measured CPU time × workload ÷ utilisation = cores; ÷ cores per replica = replicas."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST_STUDENTS = 100
"""With more, faces on a frame 1280 pixels wide are smaller than the detector's default minimum."""

SINGLE_FRAMES, STREAMS = "single frames", "streams"
DETECTION, TRITON, SESSION = "detection", "triton", "session"

CORES_PER_REPLICA = {DETECTION: 2.0, TRITON: 2.0, SESSION: 0.5}
"""What a replica requests in deploy/kubernetes/base."""


class InvalidWorkloadError(ValueError):
    """The workload cannot be estimated; the message says why."""


@dataclass(frozen=True)
class Workload:
    """The load to size for. Raises InvalidWorkloadError for values out of range."""

    classrooms: int
    students: int
    """In each classroom."""
    fps: float
    """Frames per second of each classroom."""
    objective_ms: float = 500.0
    """Upper limit of the 99th percentile of a frame's latency."""
    utilisation: float = 0.6
    """Planned utilisation of a core, in (0, 1]; the rest is reserve for bursts and failed replicas."""

    def __post_init__(self) -> None:
        for name in ("classrooms", "students", "fps", "objective_ms", "utilisation"):
            value = getattr(self, name)
            if not (value > 0 and math.isfinite(value)):
                raise InvalidWorkloadError(f"{name.replace('_', ' ')} must be greater than 0, and is {value:g}")
        if self.utilisation > 1:
            raise InvalidWorkloadError(f"utilisation is a share of at most 1, and is {self.utilisation:g}")
        if self.students > MOST_STUDENTS:
            raise InvalidWorkloadError(
                f"at most {MOST_STUDENTS} students have faces large enough on one frame, not {self.students}; "
                "use several cameras there, and count each camera as a classroom"
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
    """The measurement of one path at one concurrency."""

    path: str
    concurrency: int
    """Frames in flight at once; for streams, the number of cameras."""
    seconds: float
    latencies: tuple[float, ...]
    """Of the answered frames, in seconds, measured by the client."""
    faces: int
    refused: int
    unrecorded: int
    cpu_seconds: dict[str, float]
    """By part."""
    client_cpu_seconds: float = 0.0
    """Of the process that sent the frames."""
    timings: tuple[Mapping[str, float], ...] = ()
    """Seconds by stage, of each answered frame."""

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
        """The quantile `share` of the latency in seconds (nearest rank)."""
        ordered = sorted(self.latencies)
        return ordered[max(1, math.ceil(share * len(ordered))) - 1]

    def meets(self, objective_ms: float) -> bool:
        return self.latency(0.99) * 1000 <= objective_ms


@dataclass(frozen=True)
class PartEstimate:
    """The cores and replicas that one part needs for one path."""

    part: str
    path: str
    """Empty if both paths cost the same."""
    unit: str
    """ "frame" or "face"."""
    cpu_seconds: float
    """Measured for one unit."""
    per_second: float
    """Units per second of the workload."""
    utilisation: float
    cores_per_replica: float

    @property
    def cores(self) -> float:
        return self.cpu_seconds * self.per_second / self.utilisation

    @property
    def replicas(self) -> int:
        return max(1, math.ceil(self.cores / self.cores_per_replica - 1e-9))


def cores_per_replica(every: float | None) -> dict[str, float]:
    """Cores per replica by part: `every` for all parts, or their default requests. Raises InvalidWorkloadError."""
    if every is None:
        return dict(CORES_PER_REPLICA)
    if not (every > 0 and math.isfinite(every)):
        raise InvalidWorkloadError(f"cores per replica must be greater than 0, and is {every:g}")
    return dict.fromkeys(CORES_PER_REPLICA, every)


def estimate(
    workload: Workload, cpu_seconds: Mapping[tuple[str, str], float], per_replica: Mapping[str, float]
) -> list[PartEstimate]:
    """Estimates for detection by each path, Triton and session.

    `cpu_seconds` is for one unit, by part and path (see `cpu_of_units`); `per_replica` is cores by part.
    """

    def part_estimate(part: str, path: str, unit: str) -> PartEstimate:
        needed = workload.faces_per_second if unit == "face" else workload.frames_per_second
        cpu = cpu_seconds[part, path]
        return PartEstimate(part, path, unit, cpu, needed, workload.utilisation, per_replica[part])

    return [
        part_estimate(DETECTION, SINGLE_FRAMES, "frame"),
        part_estimate(DETECTION, STREAMS, "frame"),
        part_estimate(TRITON, "", "face"),
        part_estimate(SESSION, "", "frame"),
    ]


def cpu_of_units(phases: Sequence[Phase]) -> dict[tuple[str, str], float]:
    """CPU seconds by part and path: of a frame, and of a face for Triton.

    `phases` hold at least one frame of each path and one face. Triton and session are the same for both paths.
    """

    def cpu(part: str, path: str) -> float:
        among = [phase for phase in phases if path in {"", phase.path}]
        units = sum(phase.faces if part == TRITON else phase.frames for phase in among)
        return sum(phase.cpu_seconds[part] for phase in among) / units

    return {
        (part, path): cpu(part, path)
        for part, path in ((DETECTION, SINGLE_FRAMES), (DETECTION, STREAMS), (TRITON, ""), (SESSION, ""))
    }


def max_in_flight(phases: Sequence[Phase], path: str, objective_ms: float) -> int | None:
    """The highest concurrency up to which a path met the objective; None if the lowest did not."""
    best = None
    for phase in sorted((phase for phase in phases if phase.path == path), key=lambda phase: phase.concurrency):
        if not phase.meets(objective_ms):
            break
        best = phase.concurrency
    return best
