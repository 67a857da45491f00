"""Database engines: how a connection is opened, and how a transaction begins, on SQLite and on PostgreSQL."""

import asyncio
import shutil
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from liveclass.runtime.errors import Reason, UnavailableError
from liveclass.session.store.loop_thread import LoopThread
from liveclass.session.store.storage import Storage, cannot_write, storage_problem

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a SQLite writer waits for another process that has the file locked."""

WRITE_CHECK_BYTES = 256 * 1024

RETRY_SECONDS = 1.0
"""When a caller should try again after the database could not be reached."""

_OUTAGES = ("08", "40", "53", "57")
"""Classes of SQLSTATE: connection lost, transaction rolled back, out of resources, stopped or starting up."""

_SQLITE_PRAGMAS = (
    "PRAGMA synchronous = FULL",  # what is committed is on disk, also after a power cut
    f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # 64 MiB
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",  # 16 MiB: a page that is written in every commit is copied less often
)


Work = Callable[[sa.Connection], T]
"""What is done in a transaction, in the blocking style of SQLAlchemy."""


class DiskUsage(NamedTuple):
    """In bytes."""

    total: int
    free: int


class Engine(Protocol):
    """Runs work in transactions, and lets the event loop go on meanwhile."""

    dialect: sa.Dialect
    storage: Storage
    """How the last write went."""

    async def read(self, work: Work[T]) -> T:
        """In a transaction that only reads."""

    async def write(self, work: Work[T]) -> T:
        """In a transaction that may write, and is on disk afterwards. It is not cut off when the caller goes away."""

    async def check_writable(self) -> bool:
        """Whether something could be written now. Raises what a write raises."""

    def disk_usage(self) -> DiskUsage | None:
        """Of the disk that the database lies on; None where that is another machine's."""

    async def close(self) -> None: ...


class SqliteEngine:
    """A SQLite file.

    A transaction runs as a whole on a thread: to go back and forth for each statement costs more than the statements.
    """

    def __init__(self, url: sa.URL, readers: int) -> None:
        self._writer = _sqlite(url, "BEGIN IMMEDIATE", 1)
        self._reader = _sqlite(url, "BEGIN", readers)
        self._writing = ThreadPoolExecutor(1, "sqlite-write")
        self._reading = ThreadPoolExecutor(readers, "sqlite-read")
        self.dialect = self._writer.dialect
        self.storage = Storage()
        self._folder = Path(url.database or "").parent

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reading, _transaction, self._reader, work)

    async def write(self, work: Work[T]) -> T:
        loop = asyncio.get_running_loop()
        return await self.storage.watch(lambda: loop.run_in_executor(self._writing, _transaction, self._writer, work))

    async def check_writable(self) -> bool:
        # While the disk takes no writes, one is tried.
        await self.write(_write_something if self.storage.problem else _do_nothing)
        return True

    def disk_usage(self) -> DiskUsage | None:
        total, _, free = shutil.disk_usage(self._folder)
        return DiskUsage(total, free)

    async def close(self) -> None:
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()
        self._writer.dispose()
        self._reader.dispose()


class PostgresEngine:
    """A PostgreSQL server, by asyncpg.

    A transaction runs on an event loop of its own: what it calculates and the rows that it unpacks hold up nobody.
    """

    def __init__(self, url: sa.URL, connections: int) -> None:
        self.pool = create_async_engine(
            url, pool_size=connections, max_overflow=0, pool_timeout=5, pool_pre_ping=True, hide_parameters=True,
            connect_args={"timeout": 5, "command_timeout": 30},
        )  # fmt: skip  # the arguments of the pool belong together
        self.listener = create_async_engine(url, poolclass=sa.NullPool, connect_args={"timeout": 5})
        """For the connection that waits for notices: taken from the pool, it would be missing there for ever."""
        self.dialect = self.pool.dialect
        self.storage = Storage()
        self._loop = LoopThread("postgres")

    async def read(self, work: Work[T]) -> T:
        return await self._loop.run(self._read(work))

    async def _read(self, work: Work[T]) -> T:
        async with self.pool.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")  # one moment for all statements
            return await connection.run_sync(work)

    async def write(self, work: Work[T]) -> T:
        # Cut in the middle, a transaction would lose its connection.
        return await asyncio.shield(
            asyncio.ensure_future(self.storage.watch(lambda: self._loop.run(self._write(work))))
        )

    async def _write(self, work: Work[T]) -> T:
        async with self.pool.begin() as connection:
            return await connection.run_sync(work)

    async def check_writable(self) -> bool:
        if self.storage.problem:
            await self.write(_write_something)
        return await self.read(lambda connection: connection.scalar(sa.text("SHOW transaction_read_only")) == "off")

    def disk_usage(self) -> DiskUsage | None:
        return None

    async def close(self) -> None:
        await self.listener.dispose()
        await self._loop.run(self.pool.dispose())
        await asyncio.to_thread(self._loop.close)


def open_engine(url: str, connections: int) -> SqliteEngine | PostgresEngine:
    """An engine for `sqlite+aiosqlite://…` or `postgresql+asyncpg://…`; nothing is connected yet.

    Raises `ValueError` for any other URL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError(
            "LIVECLASS_DATABASE_URL is no database URL; it must begin with sqlite+aiosqlite:// or postgresql+asyncpg://"
        ) from error
    if parsed.drivername in ("sqlite", "sqlite+aiosqlite"):
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("the database must be a file: nothing in memory is durable")
        if not Path(parsed.database).parent.is_dir():
            raise ValueError(f"there is no folder {Path(parsed.database).parent} to keep the database in")
        return SqliteEngine(parsed.set(drivername="sqlite"), connections)
    if parsed.drivername == "postgresql+asyncpg":
        return PostgresEngine(parsed, connections)
    raise ValueError("LIVECLASS_DATABASE_URL must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")


def _transaction(engine: sa.Engine, work: Work[T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _do_nothing(_connection: sa.Connection) -> None:
    """On SQLite, to begin a transaction is to have the file locked for writing."""


def _write_something(connection: sa.Connection) -> None:
    """Takes as much room as a small commit, and gives it back."""
    connection.execute(sa.text("CREATE TABLE liveclass_write_check (filler TEXT)"))
    connection.execute(
        sa.text("INSERT INTO liveclass_write_check VALUES (:filler)"), {"filler": "x" * WRITE_CHECK_BYTES}
    )
    connection.execute(sa.text("DROP TABLE liveclass_write_check"))


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


def _sqlite(url: sa.URL, begin: str, connections: int) -> sa.Engine:
    engine = sa.create_engine(
        url, poolclass=sa.QueuePool, pool_size=connections, max_overflow=0,
        hide_parameters=True,  # an error is logged, and the scores that were to be written have no place there
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False, "cached_statements": 256},
    )  # fmt: skip  # as above

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver is not to begin transactions of its own
        _use_wal(connection)
        for pragma in _SQLITE_PRAGMAS:
            connection.execute(pragma)

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", begun)
    return engine


async def reachable(work: Callable[[], Awaitable[T]]) -> T:
    """Does `work`. Raises `UnavailableError` where the database cannot be reached, is locked, or takes no writes."""
    try:
        return await work()
    except Exception as error:
        problem = storage_problem(error)
        if problem:
            raise cannot_write(problem) from error
        if _is_outage(error):
            raise unavailable() from error
        raise


def _is_outage(error: Exception) -> bool:
    """Whether the same may well succeed in a moment."""
    timeouts = (PoolTimeoutError, asyncio.TimeoutError)
    if str(_driver_error(error)).startswith("no such "):
        return False  # SQLite counts missing tables and columns among its operational errors
    if isinstance(error, (InterfaceError, OperationalError, sqlite3.OperationalError, *timeouts, OSError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # While it connects, asyncpg's own errors come through.
    return str(getattr(_driver_error(error), "sqlstate", None))[:2] in _OUTAGES


def error_message(error: BaseException) -> str | None:
    """What the database or its driver says is wrong, in a line; None where the error is not of theirs."""
    own = _driver_error(error)
    if not isinstance(error, (SQLAlchemyError, OSError)) and not hasattr(own, "sqlstate"):
        return None
    return str(own).partition("\n")[0] or type(own).__name__


def cause_of(error: BaseException) -> str:
    """What is behind an error, in a line for the log: without the statement and what it was to write."""
    cause = error.__cause__ or error
    return error_message(cause) or f"{type(cause).__name__}: {cause}".partition("\n")[0]


def _driver_error(error: BaseException) -> BaseException | None:
    """The driver's own error."""
    return error.orig if isinstance(error, DBAPIError) else error


def unavailable() -> UnavailableError:
    """The database cannot be reached."""
    return UnavailableError("the database cannot be reached at the moment", RETRY_SECONDS, Reason.STORE_UNAVAILABLE)
