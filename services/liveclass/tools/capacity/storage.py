"""Measures what an observation costs the session service and its database, by many classrooms that record at once."""

import asyncio
import itertools
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from liveclass.client import Observation, TokenSource
from liveclass.client.aio import AsyncLiveClass
from liveclass.emotions import Emotion
from liveclass.session.changes import ChangeFeed
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store.opening import make_store
from liveclass.session.store.postgres import PostgresStore
from liveclass.session.store.sql import SqlStore, StoreOptions
from liveclass.stack import Stack
from liveclass.tools.capacity.usage import PROC, cpu_seconds

CLASSROOMS = 64
"""Each waits until its observation is on disk before it sends the next one."""
_FACES = 16
"""Different ones, so that scores are not all alike."""
_TIMEOUT = 30.0

# A partitioned table's size is that of its partitions.
_SIZE = """
SELECT SUM(pg_total_relation_size(oid))::bigint FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True)
class Stored:
    """What was measured of one database."""

    database: str
    """Its name and version."""
    observations: int
    per_second: float
    """Observations, with `CLASSROOMS` in flight; the sender took its part of the same processors."""
    service_cpu_seconds: float
    """Of the session service, for one observation."""
    database_cpu_seconds: float
    """Of the database, for one; 0 where it is part of the service, or on another machine."""
    bytes_on_disk: float
    """For one, indexes included."""
    log_bytes: float
    """For one: PostgreSQL's write-ahead log, which every standby is sent."""


async def measure_storage(
    stack: Stack, url: str, students: int, seconds_of_class: int, token: TokenSource | None = None
) -> Stored:
    """Records so many seconds of `CLASSROOMS` classes, one observation a second each, through the session service.

    `url` is the database of `stack`.
    """
    store = make_store(url, 1, StoreOptions(ChangeFeed(), ReleaseRules(), time.time))
    addresses = stack.detection_address, stack.session_address
    try:
        await store.open()
        async with AsyncLiveClass(*addresses, timeout=_TIMEOUT, tls=stack.tls, token=token) as lc:
            start = datetime.now(timezone.utc) - timedelta(seconds=seconds_of_class)
            rooms = [f"classrooms/capacity-{number}" for number in range(CLASSROOMS)]
            sessions = [(await lc.create_session(room, start_time=start)).name for room in rooms]
            # The first seconds make partitions and warm caches.
            warm_up = max(1, seconds_of_class // 10)
            await _record(lc, sessions, students, (start, range(warm_up)))
            before, own, began = await _state(store), cpu_seconds(stack.pid("session")), time.perf_counter()
            await _record(lc, sessions, students, (start, range(warm_up, seconds_of_class)))
            seconds, own = time.perf_counter() - began, cpu_seconds(stack.pid("session")) - own
            after = await _state(store)
    finally:
        await store.close()
    count = len(sessions) * (seconds_of_class - warm_up)
    return Stored(
        database=after.database,
        observations=count,
        per_second=count / seconds,
        service_cpu_seconds=own / count,
        database_cpu_seconds=(after.cpu - before.cpu) / count,
        bytes_on_disk=(after.bytes_on_disk - before.bytes_on_disk) / count,
        log_bytes=(after.log - before.log) / count,
    )


async def _record(lc: AsyncLiveClass, sessions: list[str], students: int, when: tuple[datetime, range]) -> None:
    start, seconds = when

    async def classroom(session: str, number: int) -> None:
        for second, faces in zip(seconds, _faces(students, number), strict=False):
            captured = start + timedelta(seconds=second)
            frame = f"{captured.timestamp():.6f}-{number:08x}"
            await lc.record(session, [Observation(frame, captured, faces, "camera", labels="votes")])

    await asyncio.gather(*(classroom(session, number) for number, session in enumerate(sessions)))


def _faces(students: int, seed: int) -> Iterator[tuple[dict[Emotion, float], ...]]:
    """Of one frame after another."""
    random = np.random.default_rng(seed)
    some = [dict(zip(Emotion, scores, strict=True)) for scores in random.dirichlet(np.full(7, 0.5), _FACES).tolist()]
    every = itertools.cycle(some)
    while True:
        yield tuple(itertools.islice(every, students))


@dataclass(frozen=True)
class _State:
    database: str
    bytes_on_disk: int
    cpu: float = 0.0
    log: int = 0


async def _state(store: SqlStore) -> _State:
    return await store.read(_postgres_state if isinstance(store, PostgresStore) else _sqlite_state)


def _sqlite_state(connection: sa.Connection) -> _State:
    pages, size = (connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
    version = connection.scalar(sa.text("SELECT sqlite_version()"))
    return _State(f"SQLite {version}", int(pages or 0) * int(size or 0))


def _postgres_state(connection: sa.Connection) -> _State:
    version = str(connection.scalar(sa.text("SHOW server_version"))).split()[0]
    size = connection.scalar(sa.text(_SIZE))
    log = connection.scalar(sa.text("SELECT (pg_current_wal_lsn() - '0/0')::bigint"))
    backend = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    return _State(f"PostgreSQL {version}", int(size or 0), server_cpu_seconds(int(backend or 0)), int(log or 0))


def server_cpu_seconds(backend: int, proc: Path = PROC) -> float:
    """CPU seconds of the PostgreSQL server with this backend process; 0 where it does not run on this machine."""
    try:
        status = (proc / str(backend) / "status").read_text("utf-8")
        parent = re.search(r"^PPid:\s*(\d+)$", status, re.MULTILINE)
        return cpu_seconds(int(parent[1]), proc) if parent and status.startswith("Name:\tpostgres") else 0.0
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
