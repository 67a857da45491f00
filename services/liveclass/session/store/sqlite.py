"""The store on a SQLite file.

A transaction runs as a whole on a thread: to go back and forth for each statement costs more than the statements.
"""

import asyncio
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from liveclass.session.model import Session
from liveclass.session.ports import DiskUsage
from liveclass.session.store import clearing
from liveclass.session.store.errors import translated
from liveclass.session.store.sql import NEWEST, SqlStore, StoreOptions, migrate, try_to_write, uncancelled
from liveclass.session.store.transaction import P, ReadWork, Rows, Statements, T, WriteWork
from liveclass.session.sums import Ints

BUSY_SECONDS = 5.0
"""How long a writer waits for another process that has the file locked."""

_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # what is committed is on disk, also after a power cut
    f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # 64 MiB
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MiB: a page that is written in every commit is copied less often
)


class SqliteStore(SqlStore):
    """`SessionStore` on a SQLite file."""

    def __init__(self, url: sa.URL, readers: int, options: StoreOptions) -> None:
        self._writer = _engine(url, "BEGIN IMMEDIATE", 1)
        self._reader = _engine(url, "BEGIN", readers)
        self._writing = ThreadPoolExecutor(1, "sqlite-write")
        self._reading = ThreadPoolExecutor(readers, "sqlite-read")
        self._folder = Path(url.database or "").parent
        super().__init__(SqliteStatements(self._writer.dialect), options)

    async def open(self, revision: str = NEWEST) -> None:
        def transaction() -> None:
            with self._monitor.watch(), self._writer.begin() as connection:
                migrate(connection, revision)

        await asyncio.get_running_loop().run_in_executor(self._writing, transaction)
        self._is_open = True

    async def read(self, work: ReadWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()

        def transaction() -> T:
            with translated(), self._reader.begin() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._reading, transaction)

    async def write(self, work: WriteWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._check_open()
        loop = asyncio.get_running_loop()

        def transaction() -> T:
            with self._monitor.watch(), self._writer.begin() as connection:
                begun = self._transaction(connection)
                result = work(begun, *args, **kwargs)
            if begun.changes:
                loop.call_soon_threadsafe(self._feed.publish, begun.changes)
            return result

        return await uncancelled(loop.run_in_executor(self._writing, transaction))

    async def is_writable(self) -> bool:
        # While the disk takes no writes, one is tried. Otherwise it is enough that the file can be locked for writing.
        if self._monitor.problem:
            await self.write(try_to_write)
            self._monitor.recovered()
        else:
            await self.write(lambda _: None)
        return True

    def disk_usage(self) -> DiskUsage | None:
        total, _, free = shutil.disk_usage(self._folder)
        return DiskUsage(total, free)

    async def close(self) -> None:
        await asyncio.to_thread(self._writing.shutdown)
        await asyncio.to_thread(self._reading.shutdown)
        self._writer.dispose()
        self._reader.dispose()

    async def _clear_expired(self, expired: Sequence[Session], now: int) -> int:
        return sum([await clearing.clear_expired(self.write, session, now) for session in expired])


class SqliteStatements(Statements):
    """SQLite's statements. It has no partitions."""

    starts_condition = "start IN (SELECT value FROM json_each(:starts))"

    def __init__(self, dialect: sa.Dialect) -> None:
        super().__init__(dialect, sqlite.insert)
        self._matching = cache(_matching)
        self._inserts = {table: _bulk_insert(text, len(table.columns)) for table, text in self._texts.items()}

    def add_rows(self, connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
        values = rows.ravel().tolist() if isinstance(rows, np.ndarray) else list(chain.from_iterable(rows))
        self._inserts[table].run(connection, values)

    def matching(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: tuple[str, ...],
        keys: Rows,
        days: tuple[int, int] | None = None,
    ) -> Sequence[Any]:
        del days
        return self._matching(table, names).run(connection, list(chain.from_iterable(keys)))

    def lock_tenant(self, connection: sa.Connection, tenant: str) -> None:
        """There is one writer at a time."""

    def starts_value(self, starts: Ints) -> Any:
        return json.dumps(starts.tolist())

    def make_partitions(self, connection: sa.Connection, days: set[int]) -> set[int]:
        del connection, days
        return set()


class BulkStatement:
    """A statement that takes many rows of `width` values each.

    One statement for many rows: between two, the driver lets go of the interpreter, and waits to get it back. To
    prepare one takes longer than to run it, so the rows are taken in powers of two, and every statement stays prepared.
    """

    def __init__(self, text: Callable[[int], str], width: int) -> None:
        """`text` gives the statement for a number of rows."""
        self._text = cache(text)
        self._width = width
        # SQLite takes 32,766 values in one statement.
        self._most_rows = 1 << (32_766 // width).bit_length() - 1

    def run(self, connection: sa.Connection, values: Sequence[Any]) -> list[Any]:
        """Takes the values of one row after another. Gives the rows that the statement returns."""
        # Straight to the driver: SQLAlchemy's way there takes longer than a statement of a few rows.
        driver: Any = connection.connection.driver_connection
        results: list[Any] = []
        row, rows = 0, len(values) // self._width
        while row < rows:
            count = min(self._most_rows, 1 << (rows - row).bit_length() - 1)
            results += driver.execute(self._text(count), values[row * self._width : (row + count) * self._width])
            row += count
        return results


def _matching(table: sa.Table, names: tuple[str, ...]) -> BulkStatement:
    """Gives the rows whose columns `names` have these values. CROSS JOIN tells SQLite to begin with the values."""
    row = f"({', '.join('?' * len(names))})"
    equal = " AND ".join(f"t.{name} = k.{name}" for name in names)
    columns = ", ".join(f"t.{column.name}" for column in table.columns)
    head = f"WITH k({', '.join(names)}) AS (VALUES "
    tail = f") SELECT {columns} FROM k CROSS JOIN {table.name} t ON {equal}"  # noqa: S608  # the names are constants
    return BulkStatement(lambda rows: head + ", ".join([row] * rows) + tail, len(names))


def _bulk_insert(text: str, width: int) -> BulkStatement:
    row = f"({', '.join('?' * width)})"
    return BulkStatement(lambda rows: text.replace(row, ", ".join([row] * rows)), width)


def _use_wal(connection: Any) -> None:
    """So that readers do not wait for the writer.

    Of several services that turn to it at once on a new file, SQLite tells all but one that it is locked, without
    waiting: they ask again.
    """
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:  # noqa: PERF203  # trying again is what the loop is for
            if time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _engine(url: sa.URL, begin: str, connections: int) -> sa.Engine:
    engine = sa.create_engine(
        url, poolclass=sa.QueuePool, pool_size=connections, max_overflow=0,
        hide_parameters=True,  # an error is logged, and the scores that were to be written have no place there
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 256},
    )  # fmt: skip  # the arguments of the pool belong together

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver is not to begin transactions of its own
        _use_wal(connection)
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", begun)
    return engine
