"""The store on a PostgreSQL server, by asyncpg, under any number of replicas.

A transaction runs on an event loop of its own: what it calculates and the rows that it unpacks hold up nobody.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from liveclass.session.changes import Change, ChangeFeed
from liveclass.session.model import Session
from liveclass.session.ports import DiskUsage
from liveclass.session.store.errors import translated
from liveclass.session.store.keys import DAY_SECONDS
from liveclass.session.store.schema import GROWING
from liveclass.session.store.sql import NEWEST, SqlStore, StoreOptions, migrate, try_to_write, uncancelled
from liveclass.session.store.transaction import P, ReadWork, Rows, Statements, T, Transaction, WriteWork
from liveclass.session.sums import Ints

CHANNEL = "liveclass_changes"
"""Of LISTEN and NOTIFY: every replica hears there what any of them wrote."""

PING_SECONDS = 2.0
LISTEN_RETRY_SECONDS = 0.5

_MIGRATION_LOCK = 0x6C69766563  # "livec": any number will do, as long as it stays the same

_PARTITION_LOCK = 0x6C69766564  # "lived": one transaction at a time changes partitions

_TENANT_LOCKS = 0x6C69766565  # "livee": apart from other uses of such locks in the same database

_PARTITIONS = sa.text("""
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = pg_inherits.inhrelid JOIN pg_class parent ON parent.oid = pg_inherits.inhparent
WHERE parent.relname = :table AND pg_table_is_visible(parent.oid)
""")


class PostgresStore(SqlStore):
    """`SessionStore` on a PostgreSQL server."""

    _statements: "PostgresStatements"

    def __init__(self, url: sa.URL, connections: int, options: StoreOptions) -> None:
        self.pool = create_async_engine(
            url, pool_size=connections, max_overflow=0, pool_timeout=5, pool_pre_ping=True, hide_parameters=True,
            connect_args={"timeout": 5, "command_timeout": 30},
        )  # fmt: skip  # the arguments of the pool belong together
        # For the connection that waits for notices: taken from the pool, it would be missing there for ever.
        self._listener = create_async_engine(url, poolclass=sa.NullPool, connect_args={"timeout": 5})
        self._listening: asyncio.Task[None] | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postgres", daemon=True)
        self._thread.start()
        super().__init__(PostgresStatements(self.pool.dialect), options)

    async def open(self, revision: str = NEWEST) -> None:
        async def transaction() -> None:
            with self._monitor.watch():
                async with self.pool.begin() as connection:
                    # Replicas that start together wait for each other.
                    await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
                    await connection.run_sync(migrate, revision)

        await self.on_its_loop(transaction())
        if self._listening is None:
            self._listening = asyncio.create_task(listen(self._listener, self._feed))
        self._is_open = True

    async def read(self, work: ReadWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()

        async def transaction() -> T:
            with translated():
                async with self.pool.connect() as connection:
                    # One moment for all statements.
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                    return await connection.run_sync(lambda blocking: work(blocking, *args, **kwargs))

        return await self.on_its_loop(transaction())

    async def write(self, work: WriteWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()
        loop = asyncio.get_running_loop()

        def blocking(connection: sa.Connection) -> tuple[Transaction, T]:
            begun = self._transaction(connection)
            result = work(begun, *args, **kwargs)
            notify(connection, begun.changes)
            return begun, result

        async def transaction() -> T:
            with self._monitor.watch():
                async with self.pool.begin() as connection:
                    begun, result = await connection.run_sync(blocking)
            self._statements.partitions |= begun.new_days
            loop.call_soon_threadsafe(self._feed.publish, begun.changes)
            return result

        # Cut in the middle, a transaction would lose its connection.
        return await uncancelled(self.on_its_loop(transaction()))

    def on_its_loop(self, work: Coroutine[Any, Any, T]) -> "asyncio.Future[T]":
        """Runs `work` on the store's own event loop. Whoever stops waiting stops the work."""
        return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def is_writable(self) -> bool:
        if self._monitor.problem:
            await self.write(try_to_write)
            self._monitor.recovered()
        return await self.read(lambda connection: connection.scalar(sa.text("SHOW transaction_read_only")) == "off")

    def disk_usage(self) -> DiskUsage | None:
        return None

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._listener.dispose()
        await self.on_its_loop(self.pool.dispose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def _clear_expired(self, expired: Sequence[Session], now: int) -> int:
        del expired  # a day's partitions hold nothing else
        dropped = await self.write(drop_expired_partitions, now // DAY_SECONDS)
        self._statements.partitions.clear()
        return dropped


class PostgresStatements(Statements):
    """PostgreSQL's statements."""

    starts_condition = "start = ANY(CAST(:starts AS bigint[]))"

    def __init__(self, dialect: sa.Dialect) -> None:
        super().__init__(dialect, postgresql.insert)
        self._inserts = {table: _bulk_insert(text, table) for table, text in self._texts.items()}
        self.partitions: set[int] = set()
        """The days of expiry whose partitions are sure to be there."""

    def add_rows(self, connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
        if len(rows):
            columns = rows.T.tolist() if isinstance(rows, np.ndarray) else list(map(list, zip(*rows, strict=True)))
            connection.exec_driver_sql(self._inserts[table], tuple(columns))

    def matching(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: tuple[str, ...],
        keys: Rows,
        days: tuple[int, int] | None = None,
    ) -> Sequence[Any]:
        if not len(keys):
            return []
        columns = list(map(list, zip(*keys, strict=True)))
        values = (*columns, sorted(set(columns[0])), *(days or ()))
        return connection.exec_driver_sql(_matching(table, names, days), values).all()

    def lock_tenant(self, connection: sa.Connection, tenant: str) -> None:
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant, :kind))")
        connection.execute(lock, {"tenant": tenant, "kind": _TENANT_LOCKS})

    def starts_value(self, starts: Ints) -> Any:
        return starts.tolist()

    def make_partitions(self, connection: sa.Connection, days: set[int]) -> set[int]:
        missing = days - self.partitions
        if missing:
            make_partitions(connection, missing)
        return missing


def _bulk_insert(text: str, table: sa.Table) -> str:
    """An INSERT of one row, as one that takes a list for each column."""
    start, end = text.index("VALUES ("), text.index(")", text.index("VALUES ("))
    return f"{text[:start]}SELECT * FROM {_lists(table.columns)}{text[end + 1 :]}"  # noqa: S608  # the names are constants


def _matching(table: sa.Table, names: tuple[str, ...], days: tuple[int, int] | None) -> str:
    """Gives the rows whose columns `names` have these values, which it takes as a list for each column.

    Those of the first, the session, it takes once more, so that the shards of all others are left out.
    """
    lists = _lists([table.c[name] for name in names])
    equal = " AND ".join(f"t.{name} = k.{name}" for name in names)
    columns = ", ".join(f"t.{column.name}" for column in table.columns)
    ours = f"t.{names[0]} = ANY(${len(names) + 1}::bigint[])"
    in_days = f" AND t.expires BETWEEN ${len(names) + 2} AND ${len(names) + 3}" if days else ""
    joined = f"{lists} AS k({', '.join(names)}) JOIN {table.name} t ON {equal}"
    return f"SELECT {columns} FROM {joined} WHERE {ours}{in_days}"  # noqa: S608  # the names are constants


def _lists(columns: Iterable["sa.Column[Any]"]) -> str:
    types = ("bytea" if isinstance(column.type, sa.LargeBinary) else "bigint" for column in columns)
    return f"unnest({', '.join(f'${number}::{kind}[]' for number, kind in enumerate(types, 1))})"


def make_partitions(connection: sa.Connection, days: Iterable[int]) -> None:
    """Makes the partitions of `days` that are missing."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PARTITION_LOCK})
    for table in GROWING:
        present = _partition_days(connection, table.name)
        for day in sorted(set(days) - present):
            name = f"{table.name}_{day}"
            # Attached rather than made as a partition: that does not keep others from reading and writing.
            connection.execute(sa.text(f"CREATE TABLE {name} (LIKE {table.name} INCLUDING ALL)"))
            attach = f"ALTER TABLE {table.name} ATTACH PARTITION {name} FOR VALUES FROM ({day}) TO ({day + 1})"
            connection.execute(sa.text(attach))


def drop_expired_partitions(transaction: Transaction, today: int) -> int:
    """Drops the partitions of `today` and before; gives their number."""
    connection = transaction.connection
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _PARTITION_LOCK})
    # Reads and writes would queue behind a drop that itself has to wait. It is tried again at the next sweep.
    connection.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
    dropped = 0
    for table in GROWING:
        for day in sorted(_partition_days(connection, table.name)):
            if day <= today:
                connection.execute(sa.text(f"DROP TABLE {table.name}_{day}"))
                dropped += 1
    return dropped


def _partition_days(connection: sa.Connection, table: str) -> set[int]:
    names = (connection.execute(_PARTITIONS, {"table": table})).scalars()
    return {int(name.removeprefix(f"{table}_")) for name in names}


def notify(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Tells every replica, when the transaction is committed."""
    statement = sa.text("SELECT pg_notify(:channel, :notice)")
    for change in changes:
        notice = f"{change.session_id} {change.first} {change.last}"
        connection.execute(statement, {"channel": CHANNEL, "notice": notice})


async def listen(engine: AsyncEngine, feed: ChangeFeed) -> None:
    """Publishes what other replicas wrote, for ever; after an interruption everything may have changed."""
    log = structlog.get_logger()
    while True:
        try:
            await _listen_once(engine, feed)
        except Exception as error:  # noqa: BLE001  # whatever cut it off, it is tried again
            log.warning("listening interrupted", error=type(error).__name__)
        await asyncio.sleep(LISTEN_RETRY_SECONDS)


async def _listen_once(engine: AsyncEngine, feed: ChangeFeed) -> None:
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection

        def received(_connection: Any, _process: int, _channel: str, notice: str) -> None:
            feed.publish([Change(*map(int, notice.split()))])

        await driver.add_listener(CHANNEL, received)
        try:
            feed.publish_unknown()
            while True:
                await asyncio.sleep(PING_SECONDS)
                await driver.execute("SELECT 1", timeout=PING_SECONDS)
        finally:
            await connection.invalidate()  # so that nobody else gets a connection that listens
