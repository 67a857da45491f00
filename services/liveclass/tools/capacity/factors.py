"""What was measured, with its conditions, in a file: every estimate is arithmetic on this."""

import json
import os
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from liveclass.paths import data_directory
from liveclass.tools.capacity.estimate import DETECTION, SINGLE_FRAMES, STREAMS, TRITON, Phase, cpu_of_units
from liveclass.tools.capacity.storage import Stored

SHIPPED = Path(__file__).with_name("factors.json")
"""Measured by the project, on the machine that the file names."""

_SAMPLES = 400


class FactorsError(ValueError):
    """The file holds no factors; the message says what to do."""


@dataclass(frozen=True)
class Service:
    """How long one frame of a path took, alone on the machine: a sample for each of some frames, in seconds."""

    work: tuple[float, ...]
    """Decoding, finding and cropping, on a thread."""
    infer: tuple[float, ...]
    """In Triton, with the way there."""
    record: tuple[float, ...]
    """In the session service, until the observation is on disk."""


@dataclass(frozen=True)
class Factors:
    """Everything that is measured. Times are CPU seconds, sizes bytes, both of one unit."""

    conditions: Mapping[str, Any]
    """When, on what, with which workload."""
    students: int
    detection: Mapping[str, float]
    """A frame, by path."""
    triton: float
    """A face."""
    client: float
    """A frame: what the sender spent, on the same machine."""
    faces_per_frame: float
    frame_bytes: float
    answer_bytes: float
    observation_bytes: float
    """As detection sends it to the session service."""
    start_seconds: Mapping[str, float]
    """From the start of a part's process until it is ready."""
    services: Mapping[str, Service]
    """By path."""
    databases: Mapping[str, Stored]
    """By dialect: sqlite, postgresql."""
    gpu_faces_per_second: float | None = None
    """Of one GPU, through Triton; None: not measured."""

    @classmethod
    def load(cls, path: Path) -> "Factors":
        """Raises FactorsError."""
        try:
            document = json.loads(path.read_text("utf-8"))
            services = {
                name: Service(**{stage: tuple(times) for stage, times in one.items()})
                for name, one in document["services"].items()
            }
            databases = {name: Stored(**one) for name, one in document["databases"].items()}
            return cls(**{**document, "services": services, "databases": databases})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{path} holds no measured factors ({error}); measure with `liveclass capacity --measure`"
            raise FactorsError(message) from error

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_rounded(asdict(self)), indent=1) + "\n", "utf-8")

    def with_databases(self, others: Mapping[str, Stored]) -> "Factors":
        """With what was measured of other databases before."""
        return replace(self, databases={**others, **self.databases})


def own_file() -> Path:
    """Where `capacity --measure` writes to."""
    return data_directory(os.environ).absolute() / "capacity.json"


def best_file() -> Path:
    """The file of this machine where there is one, or the shipped one."""
    return own_file() if own_file().exists() else SHIPPED


def conditions(cores: int, load: float, fps: float, seconds: float) -> dict[str, Any]:
    """What the measurement was made on."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "time": time.strftime("%Y-%m-%d"),
        "processor": models[0] if models else platform.processor(),
        "cores": cores,
        "load_before": round(load, 2),
        "python": platform.python_version(),
        "frame": "1280x960",
        "fps": fps,
        "seconds": seconds,
    }


def services_of(phases: Sequence[Phase]) -> dict[str, Service]:
    """From the phases in which one frame was in flight at a time."""
    alone = sorted(phases, key=lambda phase: -phase.concurrency)  # the fewest in flight last
    return {path: _service({one.path: one for one in alone}[path]) for path in (SINGLE_FRAMES, STREAMS)}


def _service(phase: Phase) -> Service:
    timings = phase.timings[:_SAMPLES]
    work = tuple(sum(one.get(stage, 0.0) for stage in ("decode", "detect", "crop")) for one in timings)
    return Service(work, *(tuple(one.get(stage, 0.0) for one in timings) for stage in ("infer", "record")))


def factors_of(
    phases: Sequence[Phase], given: Mapping[str, Any], databases: Mapping[str, Stored], start: Mapping[str, float]
) -> Factors:
    """What was measured. `given` is the conditions, the students and the sizes of messages."""
    cpu = cpu_of_units(phases)
    frames = sum(phase.frames for phase in phases)
    return Factors(
        detection={path: cpu[DETECTION, path] for path in (SINGLE_FRAMES, STREAMS)},
        triton=cpu[TRITON, ""],
        client=sum(phase.client_cpu_seconds for phase in phases) / frames,
        faces_per_frame=sum(phase.faces for phase in phases) / frames,
        start_seconds=start,
        services=services_of(phases),
        databases=databases,
        **given,
    )


def _rounded(value: Any) -> Any:
    """Five significant digits: what is beyond them is not reproducible."""
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, list | tuple) else value
