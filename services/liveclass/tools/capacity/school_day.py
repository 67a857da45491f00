"""A school day in steps of five seconds: cameras that go on at the bells, and the replicas that follow them."""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from liveclass.tools.capacity.autoscaling import CPU, SYNC_SECONDS, Autoscaler, Controller, ManifestError
from liveclass.tools.capacity.estimate import CORES_PER_REPLICA, DETECTION, STREAMS, TRITON, Workload
from liveclass.tools.capacity.factors import Factors

Steps = npt.NDArray[np.float64]
"""One value for each step of a day."""

STEP = 5
"""Seconds."""
STEPS = 86_400 // STEP
LESSON_MINUTES = 45
BELLS = ("08:00", "08:50", "09:55", "10:45", "11:45", "12:35", "14:00", "14:50")
"""Assumption: eight lessons with breaks of 5, 20, 5, 15, 5, 40 and 5 minutes, at the same time everywhere."""
START_DELAY, START_SPREAD = 30.0, 60.0
"""Assumption: cameras go on half a minute after the bell on average, two thirds of them within a minute of that."""
MAX_WAIT = 1.0
"""Seconds that a frame of a stream waits for its turn; then it is refused."""
CPU_WINDOW, METRIC_WINDOW, METRIC_AGE = 30, 60, 15
"""Seconds: two scrapes of metrics-server, the mean that Prometheus is asked for, and the age of its last scrape."""
SCHOOL_DAYS, WEEK_DAYS = 5, 7


@dataclass(frozen=True)
class Replica:
    """What one replica does. Work is in frames, or in faces for Triton."""

    work_per_second: float
    """At full utilisation, measured."""
    start_seconds: float
    """From the decision to ready, measured; the image is on the node."""
    discovery_seconds: float = 30.0
    """From ready to its first frame: names are cached for as long as that."""
    servers: int = 2
    """Pieces that it works on at a time."""


@dataclass(frozen=True)
class Day:
    """What happened in each step."""

    load: Steps
    """Work that is sent, a second."""
    replicas: Steps
    """That are paid for."""
    serving: Steps
    """That work reaches."""
    utilisation: Steps
    """Of those that serve."""
    refused: Steps
    """Work, a second."""

    @property
    def replica_hours(self) -> float:
        return float(self.replicas.sum()) * STEP / 3600

    @property
    def refused_share(self) -> float:
        return float(self.refused.sum() / self.load.sum()) if self.load.any() else 0.0

    @property
    def peak_utilisation(self) -> float:
        return float(self.utilisation.max())


def cameras_on(spread: float = START_SPREAD, bells: Sequence[str] = BELLS) -> Steps:
    """The share of cameras that send, where every classroom has a lesson at every bell."""
    second, on = STEP * np.arange(STEPS, dtype=np.float64), np.zeros(STEPS)
    deviations = np.linspace(-6, 6, 2401)
    normal = np.array([0.5 * math.erfc(-deviation / math.sqrt(2)) for deviation in deviations])
    for bell in bells:
        hour, _, minute = bell.partition(":")
        start = 3600 * int(hour) + 60 * int(minute) + START_DELAY
        for time, change in ((start, 1), (start + 60 * LESSON_MINUTES, -1)):
            on += change * np.interp((second - time) / spread, deviations, normal)
    return np.clip(on, 0, 1)


def constant_fleet(load: Steps, replica: Replica, utilisation: float) -> int:
    """Replicas that carry the peak at a planned utilisation, day and night."""
    return max(1, math.ceil(float(load.max()) / utilisation / replica.work_per_second - 1e-9))


def in_flight(utilisation: float, servers: int, most: float = 5.0) -> float:
    """Frames in flight on a replica: M/M/c (Erlang C), and no more than admission lets in where there is too much."""
    if utilisation >= 1:
        return most
    offered = servers * utilisation
    last = offered**servers / math.factorial(servers) / (1 - utilisation)
    waits = last / (sum(offered**k / math.factorial(k) for k in range(servers)) + last)
    return min(most, offered + waits * utilisation / (1 - utilisation))


def queue_to_compute(utilisation: float, most: float = 40.0) -> float:
    """Time in Triton's queue over time computing: M/D/1, up to what its queue's timeout of 2 s makes of it."""
    return min(most, utilisation / 2 / (1 - utilisation)) if utilisation < 1 else most


def metrics_of(replica: Replica) -> dict[str, Callable[[float], float]]:
    """What each metric of one replica is at a utilisation."""
    return {
        CPU: lambda utilisation: 100 * utilisation,
        "liveclass_frames_in_flight": partial(in_flight, servers=replica.servers),
        "liveclass_triton_queue_to_compute_ratio": queue_to_compute,
        "liveclass_session_requests_per_second": lambda utilisation: utilisation * replica.work_per_second,
    }


@dataclass
class Signals:
    """The metrics as the autoscaler sees them: means of the past, a little old."""

    of_one: Mapping[str, Callable[[float], float]]
    _sums: dict[str, Steps] = field(default_factory=dict)

    def record(self, step: int, serving: int, utilisation: float) -> None:
        for name, metric in self.of_one.items():
            self._sums.setdefault(name, np.zeros(STEPS))[step] = serving * metric(utilisation)

    def seen(self, step: int) -> dict[str, float]:
        """The sums over all replicas."""
        found, end = {}, max(1, step - METRIC_AGE // STEP)
        for name, sums in self._sums.items():
            window = (CPU_WINDOW if name == CPU else METRIC_WINDOW) // STEP
            found[name] = float(sums[max(0, end - window) : end].mean())
        return found


def simulate(autoscaler: Autoscaler, load: Steps, replica: Replica, weekday: int = 1) -> Day:
    """One day, which begins with the fewest replicas; `weekday` 0 is a Sunday. Raises ManifestError."""
    known = metrics_of(replica)
    if unknown := autoscaler.targets.keys() - known:
        raise ManifestError(f"{autoscaler.name}: there is no model of the metric {', '.join(sorted(unknown))}")
    signals = Signals({name: known[name] for name in autoscaler.targets})
    found_after = replica.start_seconds + replica.discovery_seconds
    begun = [-found_after] * autoscaler.min_replicas  # when each replica was, the oldest first
    controller, columns, backlog = Controller(autoscaler, len(begun)), np.zeros((4, STEPS)), 0.0
    for step, offered in enumerate(load.tolist()):
        now = step * STEP
        if now % SYNC_SECONDS == 0 and step:
            wanted = max((one.wanted(now, weekday) for one in autoscaler.timetables), default=0)
            ready = bisect_right(begun, now - replica.start_seconds)
            replicas = controller.decide(now, signals.seen(step), ready, wanted)
            begun = [*begun[:replicas], *([now] * (replicas - len(begun)))]  # of too many, the newest go
        serving = bisect_right(begun, now - found_after)
        capacity = serving * replica.work_per_second
        done = min(offered + backlog / STEP, capacity)
        backlog += STEP * (offered - done)
        refused = max(0.0, backlog - capacity * MAX_WAIT)
        backlog -= refused
        utilisation = done / capacity
        columns[:, step] = len(begun), serving, utilisation, refused / STEP
        signals.record(step, serving, utilisation)
    return Day(load, *columns)


def replica_hours_a_week(autoscaler: Autoscaler, school_day: Day, replica: Replica) -> float:
    """With a weekend on which no camera is on."""
    weekend = simulate(autoscaler, np.zeros(STEPS), replica, weekday=0)
    return SCHOOL_DAYS * school_day.replica_hours + (WEEK_DAYS - SCHOOL_DAYS) * weekend.replica_hours


@dataclass(frozen=True)
class SimulatedDay:
    """A day of one part, with what it is compared with."""

    autoscaler: Autoscaler
    replica: Replica
    workload: Workload
    day: Day
    constant: int
    """Replicas of a fleet for the peak that never changes."""

    def summary(self) -> dict[str, float | str]:
        """Figures by name."""
        week = replica_hours_a_week(self.autoscaler, self.day, self.replica)
        return {
            "part": self.autoscaler.name,
            "classrooms": float(self.workload.classrooms),
            "refused_share": self.day.refused_share,
            "peak_utilisation": self.day.peak_utilisation,
            "most_replicas": float(self.day.replicas.max()),
            "replica_hours_a_school_day": self.day.replica_hours,
            "constant_fleet": float(self.constant),
            "constant_fleet_hours_a_day": 24.0 * self.constant,
            "replica_hours_a_week": week,
            "saved_of_a_constant_fleet_a_week": 1 - week / (24 * WEEK_DAYS * self.constant),
        }


def simulated_day(factors: Factors, workload: Workload, autoscaler: Autoscaler) -> SimulatedDay:
    """What the autoscaler of detection or Triton makes of a day. Raises ManifestError for one of anything else."""
    work = {DETECTION: workload.frames_per_second, TRITON: workload.faces_per_second}
    cpu = {DETECTION: factors.detection[STREAMS], TRITON: factors.triton}
    part = autoscaler.name
    if part not in work:
        raise ManifestError(f"it scales {part}; a day can be simulated of {DETECTION} and {TRITON}")
    replica = Replica(CORES_PER_REPLICA[part] / cpu[part], factors.start_seconds[part])
    load = cameras_on() * work[part]
    day = simulate(autoscaler, load, replica)
    return SimulatedDay(autoscaler, replica, workload, day, constant_fleet(load, replica, workload.utilisation))
