"""Database engines: how a connection is opened, and how a transaction begins, on SQLite and on PostgreSQL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from liveclass.runtime.errors import Reason, UnavailableError

T = TypeVar("T")

BUSY_SECONDS = 5.0
"""How long a SQLite writer waits for another process that has the file locked."""

RETRY_SECONDS = 1.0
"""When a caller should try again after the database could not be reached."""

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers do not wait for the writer
    "PRAGMA synchronous = FULL",  # what is committed is on disk, also after a power cut
    f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cache_size = -65536",  # 64 MiB
    "PRAGMA journal_size_limit = 67108864",
)


@dataclass(frozen=True)
class Engines:
    """`write` begins transactions that may write, `read` those that only read."""

    write: AsyncEngine
    read: AsyncEngine

    @property
    def is_sqlite(self) -> bool:
        return self.write.dialect.name == "sqlite"

    async def dispose(self) -> None:
        await self.write.dispose()
        if self.read is not self.write:
            await self.read.dispose()


def open_engines(url: str, pool_size: int) -> Engines:
    """Engines for `sqlite+aiosqlite://…` or `postgresql+asyncpg://…`; nothing is connected yet.

    Raises `ValueError` for any other URL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError("the database URL cannot be read") from error
    if parsed.drivername == "sqlite+aiosqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("the database must be a file: nothing in memory is durable")
        if not Path(parsed.database).parent.is_dir():
            raise ValueError(f"there is no folder {Path(parsed.database).parent} to keep the database in")
        return Engines(_sqlite(parsed, "BEGIN IMMEDIATE", 1), _sqlite(parsed, "BEGIN", pool_size))
    if parsed.drivername == "postgresql+asyncpg":
        engine = create_async_engine(
            parsed, pool_size=pool_size, max_overflow=0, pool_timeout=5, pool_pre_ping=True,
            connect_args={"timeout": 5, "command_timeout": 30},
        )  # fmt: skip  # the arguments of the pool belong together
        return Engines(engine, engine)
    raise ValueError("the database URL must begin with sqlite+aiosqlite:// or postgresql+asyncpg://")


def _sqlite(url: sa.URL, begin: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, connect_args={"timeout": BUSY_SECONDS})

    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver is not to begin transactions of its own
        cursor = connection.cursor()
        for pragma in _SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    def begun(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine.sync_engine, "connect", connected)
    sa.event.listen(engine.sync_engine, "begin", begun)
    return engine


async def reachable(work: Callable[[], Awaitable[T]]) -> T:
    """Does `work`. Raises `UnavailableError` where the database cannot be reached, is locked, or is full."""
    try:
        return await work()
    except (InterfaceError, OperationalError, PoolTimeoutError, OSError) as error:
        raise unavailable() from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise unavailable() from error
        raise


def unavailable() -> UnavailableError:
    """The database cannot be reached."""
    return UnavailableError("the database cannot be reached at the moment", RETRY_SECONDS, Reason.STORE_UNAVAILABLE)
