"""What a number of classrooms needs: replicas, databases, bytes and network, by arithmetic on measured factors."""

import math
from dataclasses import dataclass

from liveclass.session.sums import CELL_SECONDS
from liveclass.tools.capacity.estimate import (
    CORES_PER_REPLICA,
    DETECTION,
    SESSION,
    STREAMS,
    TRITON,
    PartEstimate,
    Workload,
    cores_per_replica,
    estimate,
)
from liveclass.tools.capacity.factors import Factors
from liveclass.tools.capacity.message_sizes import CROP_BYTES, SCORE_BYTES

DEFAULT_CLASSROOMS = (1, 100, 10_000, 1_000_000)

LESSON_HOURS, SCHOOL_DAYS = 6.0, 190
"""Assumption: eight lessons of 45 minutes a day, on so many days a year."""

RETENTION_DAYS = 90
"""The default of LIVECLASS_RETENTION_DAYS."""

KEPT_SCHOOL_DAYS = RETENTION_DAYS * SCHOOL_DAYS / 365

DATABASE_CORES = 16
"""Assumption: of one PostgreSQL server."""

CONNECTIONS = 8
"""The default of LIVECLASS_DATABASE_CONNECTIONS."""

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Database:
    """The servers that take the observations."""

    kind: str
    servers: int
    cores: float
    """In all, at the planned utilisation."""

    @property
    def description(self) -> str:
        if self.kind == SQLITE:
            return "SQLite"
        return "PostgreSQL" if self.servers == 1 else f"{self.servers:,} × PostgreSQL"


@dataclass(frozen=True)
class Size:
    """What a workload needs."""

    workload: Workload
    detection: PartEstimate
    triton: PartEstimate
    session: PartEstimate
    database: Database
    gpus: int | None
    """In the place of Triton's cores; None: no GPU was measured."""
    connections: int
    """To each PostgreSQL server: a pool and a listener of each session replica that uses it; 0 with SQLite."""
    notices: float
    """Deliveries a second from each PostgreSQL server: every replica hears of every cell that is released."""
    bytes_a_day: float
    bytes_a_year: float
    bytes_kept: float
    """Within the default retention."""
    in_bits: float
    """A second, at the peak: frames from the classrooms."""
    inner_bits: float
    """A second, at the peak: from detection to Triton and to the session service, and back."""
    log_bits: float
    """A second, at the peak: to each standby of the database."""


def size(factors: Factors, workload: Workload, per_replica: float | None = None, path: str = STREAMS) -> Size:
    """Raises InvalidWorkloadError."""
    frames, faces = workload.frames_per_second, workload.faces_per_second
    database = _database(factors, workload)
    stored = factors.databases[database.kind]
    cpu = {(DETECTION, name): seconds for name, seconds in factors.detection.items()}
    cpu |= {(TRITON, ""): factors.triton, (SESSION, ""): stored.service_cpu_seconds}
    parts = {(line.part, line.path): line for line in estimate(workload, cpu, cores_per_replica(per_replica))}
    gpu = factors.gpu_faces_per_second
    session = parts[SESSION, ""]
    listeners = math.ceil(session.replicas / database.servers) if database.kind == POSTGRESQL else 0
    a_day = frames * LESSON_HOURS * 3600 * stored.bytes_on_disk
    scale = workload.students / factors.students  # messages grow with the faces in them
    return Size(
        workload,
        parts[DETECTION, path],
        parts[TRITON, ""],
        session,
        database,
        math.ceil(faces / workload.utilisation / gpu) if gpu else None,
        listeners * (CONNECTIONS + 1),
        listeners * workload.classrooms / database.servers / CELL_SECONDS,
        a_day,
        a_day * SCHOOL_DAYS,
        a_day * KEPT_SCHOOL_DAYS,
        8 * frames * factors.frame_bytes,
        8 * (faces * (CROP_BYTES + SCORE_BYTES) + frames * scale * factors.observation_bytes),
        8 * frames * stored.log_bytes,
    )


def _database(factors: Factors, workload: Workload) -> Database:
    """SQLite while one session replica and its one writer are enough, then PostgreSQL, one server for so many cores."""
    observations = workload.frames_per_second
    sqlite, postgresql = factors.databases[SQLITE], factors.databases[POSTGRESQL]
    replica = CORES_PER_REPLICA[SESSION] / sqlite.service_cpu_seconds
    if observations <= workload.utilisation * min(sqlite.per_second, replica):
        return Database(SQLITE, 1, 0.0)
    cores = observations * postgresql.database_cpu_seconds / workload.utilisation
    return Database(POSTGRESQL, max(1, math.ceil(cores / DATABASE_CORES - 1e-9)), cores)
