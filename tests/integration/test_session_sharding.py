"""Statements that serve a lesson touch one shard: where tables are split by session, each reads and writes one part.

So Citus sends each to one node. The tables are split here as Citus does it, in a schema beside those that the
migrations make, and PostgreSQL is asked for its plans.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from session_databases import Postgres, postgres  # noqa: F401  # a fixture
from session_running import NOON, RunningSession, observation
from sqlalchemy.ext.asyncio import create_async_engine

from liveclass.session.store.schema import GROWING, pending_buckets, sources

SHARDS = 8
TABLES = {table.name: table for table in (*GROWING, pending_buckets, sources)}
SHARDED = tuple(TABLES)

Statement = tuple[str, tuple[Any, ...]]


@pytest.fixture
async def url(postgres: Postgres) -> str:  # noqa: F811  # the fixture
    return await asyncio.to_thread(postgres.new_database)


async def served(url: str) -> list[Statement]:
    """Every statement, with its values, by which a lesson is recorded and read, another one being there."""
    seen: list[Statement] = []

    def note(_c: Any, _cursor: Any, text: str, values: Any, _context: Any, many: Any) -> None:
        seen.append((text, tuple(values[0]) if many else tuple(values)))

    async with RunningSession(url) as running:
        other = await running.create("classrooms/8a/sessions/maths")
        await running.record(other, observation("other", NOON))
        name = await running.create()
        sa.event.listen(running.store.pool.sync_engine, "before_cursor_execute", note)
        for second in range(0, 60, 5):  # cells are closed and released meanwhile
            await running.record(name, observation(f"{second}", NOON + second))
        for source, resolution in (("", 10), ("", 60), ("front", 10)):
            await running.timeline(name, resolution, NOON, NOON + 60, source)
    return seen


async def plans(url: str, statements: list[Statement]) -> list[tuple[str, Any]]:
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.execute("CREATE SCHEMA sharded")
        for table in SHARDED:
            await driver.execute(f"CREATE TABLE sharded.{table} (LIKE public.{table}) PARTITION BY HASH (session_id)")
            for number in range(SHARDS):
                part = f"sharded.{table}_shard{number} PARTITION OF sharded.{table}"
                rows = f"WITH (MODULUS {SHARDS}, REMAINDER {number})"
                await driver.execute(f"CREATE TABLE {part} FOR VALUES {rows}")
            keys = ", ".join(column.name for column in sa.inspect(TABLES[table]).primary_key)
            await driver.execute(f"ALTER TABLE sharded.{table} ADD PRIMARY KEY ({keys})")
        await driver.execute("SET search_path = sharded, public")
        found = [  # as the driver sends them, with their values
            (text, await driver.fetchval(f"EXPLAIN (FORMAT JSON) {text}", *values)) for text, values in statements
        ]
    await engine.dispose()
    return found


def relations(plan: Any) -> Iterator[str]:
    """The tables and parts that a plan reads or writes."""
    if isinstance(plan, list):
        for part in plan:
            yield from relations(part)
    elif isinstance(plan, dict):
        if "Relation Name" in plan:
            yield plan["Relation Name"]
        yield from relations(list(plan.values()))


async def test_every_statement_that_serves_a_lesson_touches_one_shard(url: str) -> None:
    statements = await served(url)
    touched = [
        (text, set(relations(plan)))
        for text, plan in await plans(url, [one for one in statements if any(table in one[0] for table in SHARDED)])
    ]

    for text, parts in touched:
        for table in SHARDED:
            assert len([part for part in parts if part.startswith(f"{table}_shard")]) <= 1, text
    read = {part.rpartition("_shard")[0] for _, parts in touched for part in parts if "_shard" in part}
    assert read == {
        "frames",
        "sources",
        "pending_buckets",
        "source_buckets",
        "class_buckets",
    }  # that is, the plans do name shards
    lookups = [text for text, _ in statements if "FROM sessions" in text and "WHERE" in text]
    assert lookups
    for text in lookups:  # the classroom decides where a session is
        assert all(f"sessions.{column}" in text for column in ("tenant", "classroom", "session")), text
