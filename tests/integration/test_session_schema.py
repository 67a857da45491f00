"""The steps of the schema lead to what the store takes for granted."""

import time
from typing import Any

import sqlalchemy as sa
from identity_tokens import Issuer, bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import NOON, RULES, RunningSession, observation

from liveclass.session.changes import ChangeFeed
from liveclass.session.store import schema
from liveclass.session.store.opening import make_store
from liveclass.session.store.sql import StoreOptions
from liveclass.v1 import emotion_pb2, session_pb2

LAST_RELEASE = "0005"
"""The newest step of the schema before tenants."""

OPTIONS = StoreOptions(ChangeFeed(), RULES, time.time)


async def test_the_migrations_make_the_tables_of_the_schema(database_url):  # noqa: F811  # the fixture
    store = make_store(database_url, 1, OPTIONS)
    await store.open()
    migrated = await store.read(tables)
    await store.write(lambda begun: schema.metadata.drop_all(begun.connection))
    await store.write(lambda begun: schema.metadata.create_all(begun.connection))
    created = await store.read(tables)
    await store.close()
    assert set(created) > {table.name for table in schema.GROWING}
    assert migrated == created


def tables(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """What there is: columns in order, keys, indexes, and how the rows are laid out."""
    inspector = sa.inspect(connection)
    if connection.dialect.name == "sqlite":
        layouts = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
        words = ("WITHOUT ROWID", "AUTOINCREMENT")
        layouts = {name: [word for word in words if word in layouts[name]] for name in layouts}
    else:
        layouts = dict(connection.exec_driver_sql("SELECT relname, pg_get_partkeydef(oid) FROM pg_class").all())
    return {
        name: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"] is not None)
                for column in inspector.get_columns(name)
            ],
            "primary key": inspector.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted((one["name"], one["column_names"]) for one in inspector.get_unique_constraints(name)),
            "indexes": sorted((one["name"], one["column_names"]) for one in inspector.get_indexes(name)),
            "layout": layouts[name],
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def test_what_an_earlier_schema_holds_is_released_when_it_is_read(database_url):  # noqa: F811  # the fixture
    store = make_store(database_url, 1, OPTIONS)
    await store.open("0001")
    await store.write(lambda begun: record_as_before(begun.connection))
    await store.close()
    async with RunningSession(database_url) as running:
        hidden, bucket = await running.timeline("classrooms/7b/sessions/maths")
        assert (hidden.suppressed, bucket.suppressed, bucket.frames, bucket.faces) == (True, False, 2, 10)
        assert bucket.group_size == 5
        assert [share.mean_score for share in bucket.emotions] == [0.5] * 7
        assert await labels(running) == emotion_pb2.LABELS_UNSPECIFIED
        await running.record("classrooms/7b/sessions/maths", observation("new", labels=emotion_pb2.LABELS_FER2013))
        assert await labels(running) == emotion_pb2.LABELS_FER2013


async def labels(running: RunningSession) -> int:
    request = session_pb2.GetSessionRequest(name="classrooms/7b/sessions/maths")
    return (await running.stub.GetSession(request)).labels


def record_as_before(connection: sa.Connection) -> None:
    """Two frames of five faces in each of two cells, as the first schema kept them."""
    day = (NOON + 90 * 86_400) // 86_400 + 1
    if connection.dialect.name == "postgresql":
        values = f"FOR VALUES FROM ({day}) TO ({day + 1})"
        for table in ("source_buckets", "class_buckets", "source_pairs", "frames"):
            connection.execute(sa.text(f"CREATE TABLE {table}_{day} PARTITION OF {table} {values}"))
    names = "id, classroom, session, display_name, start_time, minimum_group_size, retention_seconds, hash_key"
    session = f"INSERT INTO sessions ({names}, first_second, last_second) VALUES (1, '7b', 'maths', '', :start, 5, "
    connection.execute(
        sa.text(f"{session} 7776000, :key, :first, :last)"),
        {"start": NOON * 1_000_000, "key": b"0123456789abcdef", "first": NOON, "last": NOON + 20},
    )
    for length in (1, 10, 60, 600):
        for second in (NOON, NOON + 20):
            sums = [2, 10, 10, *[5_000_000] * 7, *[2_500_000] * 7, *[5] * 7, 5, 5]
            row = [1, length, second // length * length, 77, day, *sums]
            values = ", ".join(map(str, row))
            connection.execute(sa.text(f"INSERT INTO source_buckets VALUES ({values}) ON CONFLICT DO NOTHING"))


async def test_what_the_last_release_holds_belongs_to_the_default_tenant(database_url, tmp_path):  # noqa: F811
    store = make_store(database_url, 1, OPTIONS)
    await store.open(LAST_RELEASE)
    await store.write(lambda begun: add_before_tenants(begun.connection))
    await store.close()
    issuer = Issuer(tmp_path / "jwks.json")
    everything, of_the_north = (bearer(issuer.token("classrooms/*:admin", tenant=tenant)) for tenant in (None, "north"))
    async with RunningSession(database_url, **issuer.settings()) as running:
        request = session_pb2.GetSessionRequest(name="classrooms/7b/sessions/maths")
        assert (await running.stub.GetSession(request, metadata=everything)).display_name == "before"
        new = session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id="maths")
        await running.stub.CreateSession(new, metadata=of_the_north)
        assert (await running.stub.GetSession(request, metadata=of_the_north)).display_name == ""
        ids = await running.store.read(lambda connection: connection.scalars(sa.select(schema.sessions.c.id)).all())
        assert set(ids) == {1, 8}  # 7 was of a session that is deleted
        tenants = await running.store.read(
            lambda connection: connection.scalars(sa.text("SELECT tenant FROM audit")).all()
        )
        assert tenants == ["default"]


def add_before_tenants(connection: sa.Connection) -> None:
    """A session, another that was deleted, and an audit entry."""
    names = "classroom, session, display_name, start_time, minimum_group_size, retention_seconds, hash_key"
    for name in ("maths", *(f"gone-{number}" for number in range(6))):
        insert = sa.text(f"INSERT INTO sessions ({names}) VALUES ('7b', :name, 'before', :start, 5, 7776000, :key)")
        connection.execute(insert, {"name": name, "start": NOON * 1_000_000, "key": b"0123456789abcdef"})
    connection.execute(sa.text("DELETE FROM sessions WHERE session LIKE 'gone%'"))
    connection.execute(
        sa.text("INSERT INTO audit (time, caller, action, session) VALUES (:now, 'a', 'b', 'c')"),
        {"now": NOON * 1_000_000},
    )
