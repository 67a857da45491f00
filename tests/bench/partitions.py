"""Recording and reading with millions of rows: tables partitioned by day alone, or by day and then by session.

python tests/bench/partitions.py [--rows 5000000] [--url postgresql+asyncpg://…]: some minutes. With --url the database
there is measured as it is, after the rows were added; for a Citus cluster, say, on which its tables were distributed.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

sys.path.insert(0, str(Path(__file__).parents[1]))
from session_databases import Postgres

from liveclass.capture_time import CaptureTimeLimits
from liveclass.names import SessionName
from liveclass.session.changes import ChangeFeed
from liveclass.session.group_commit import GroupCommitter
from liveclass.session.model import NewSession, Write
from liveclass.session.ports import BucketQuery
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store.keys import DAY_SECONDS, expiry_days
from liveclass.session.store.opening import make_store
from liveclass.session.store.postgres import PostgresStore
from liveclass.session.store.recording import record_batch
from liveclass.session.store.schema import GROWING
from liveclass.session.store.sql import StoreOptions

CLASSROOMS, SECONDS_OF_CLASS, STUDENTS, READS, RETENTION = 64, 60, 30, 200, 90 * DAY_SECONDS
ROUNDS = 5


def partitioned(day: int, shards: int) -> Iterator[str]:
    """Makes the partitions of a day, each split by session; the service finds them there."""
    for table in (one.name for one in GROWING):
        yield f"CREATE TABLE {table}_{day} (LIKE {table} INCLUDING ALL) PARTITION BY HASH (session_id)"
        for number in range(shards):
            rows = f"WITH (MODULUS {shards}, REMAINDER {number})"
            yield f"CREATE TABLE {table}_{day}_{number} PARTITION OF {table}_{day} FOR VALUES {rows}"
        yield f"ALTER TABLE {table} ATTACH PARTITION {table}_{day} FOR VALUES FROM ({day}) TO ({day + 1})"


def filled(day: int, rows: int) -> Iterator[str]:
    """Frames of other sessions, and a tenth as many buckets."""
    yield f"""INSERT INTO frames SELECT 1000000 + n / 1000, decode(md5(n::text), 'hex'), {day}, 1
        FROM generate_series(1, {rows}) n"""
    columns = ", ".join(["n"] * (len(GROWING[1].columns) - 5))
    yield f"""INSERT INTO source_buckets SELECT 1000000 + n / 1000, 1, n, 1, {day}, {columns}
        FROM generate_series(1, {rows // 10}) n"""
    yield "ANALYZE"


async def execute(url: str, statements: Iterator[str]) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        for statement in statements:
            await connection.execute(sa.text(statement))
    await engine.dispose()


async def opened(url: str, rows: int, shards: int) -> PostgresStore:
    """With the schema, and full."""
    store = make_store(url, 8, StoreOptions(ChangeFeed(), ReleaseRules(), time.time))
    assert isinstance(store, PostgresStore)
    await store.open()
    now = int(time.time())
    for day in sorted(set(expiry_days(np.array([now - SECONDS_OF_CLASS, now]), RETENTION).tolist())):
        if shards > 1:
            await execute(url, partitioned(day, shards))
        else:
            await store.write(lambda to, day=day: to.statements.make_partitions(to.connection, {day}))
        await execute(url, filled(day, rows))
    return store


async def one_round(store: PostgresStore) -> tuple[float, float, float]:
    """Observations a second, and the median and the 95th percentile of a read in milliseconds."""
    start = int(time.time()) - SECONDS_OF_CLASS
    names = [SessionName("bench", f"room-{number}", f"{time.time_ns()}") for number in range(CLASSROOMS)]
    for name in names:
        await store.create_session(NewSession(name, "", start * 10**6, 5, RETENTION))
    committer = GroupCommitter(lambda writes: store.write(record_batch, writes), 50_000)
    scores = np.random.default_rng(0).dirichlet(np.ones(7), STUDENTS).ravel().tolist()

    async def classroom(name: SessionName) -> None:
        for second in range(start, start + SECONDS_OF_CLASS):
            limits = CaptureTimeLimits(time.time(), 600)
            write = Write(name, [f"{second}"], ["camera"], [second], [STUDENTS], [STUDENTS], scores, limits, "votes")
            await committer.submit(write, ("bench", name.classroom))

    began = time.perf_counter()
    await asyncio.gather(*map(classroom, names))
    recording = time.perf_counter() - began
    reads = []
    for number in range(READS):
        began = time.perf_counter()
        await store.snapshot(names[number % CLASSROOMS], BucketQuery(10, start, start + SECONDS_OF_CLASS, "", 60))
        reads.append(1000 * (time.perf_counter() - began))
    return CLASSROOMS * SECONDS_OF_CLASS / recording, statistics.median(reads), statistics.quantiles(reads, n=20)[-1]


async def compare(urls: dict[int, str], rows: int) -> None:
    """In turns, so that what else the machine does falls on all alike."""
    stores = {shards: await opened(url, rows, shards) for shards, url in urls.items()}
    rounds: dict[int, list[tuple[float, float, float]]] = {shards: [] for shards in stores}
    for _ in range(ROUNDS):
        for shards, store in stores.items():
            rounds[shards].append(await one_round(store))
    for shards, each in rounds.items():
        recorded, median, p95 = (round(statistics.median(column), 1) for column in zip(*each, strict=True))
        found = {"shards": shards, "recorded_per_second": recorded, "read_p50_ms": median, "read_p95_ms": p95}
        print(json.dumps({**found, "rounds": [[round(value, 1) for value in one] for one in each]}), flush=True)  # noqa: T201  # a program's output
    for store in stores.values():
        await store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--url", default="")
    options = parser.parse_args()
    if options.url:
        asyncio.run(compare({1: options.url}, options.rows))
        return
    server = Postgres(durable=True)
    try:
        asyncio.run(compare({shards: server.new_database() for shards in (1, 8)}, options.rows))
    finally:
        server.close()


if __name__ == "__main__":
    main()
