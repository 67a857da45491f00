"""Which store a database URL asks for."""

from pathlib import Path

import sqlalchemy as sa

from liveclass.session.store.postgres import PostgresStore
from liveclass.session.store.sql import SqlStore, StoreOptions
from liveclass.session.store.sqlite import SqliteStore


def make_store(url: str, connections: int, options: StoreOptions) -> SqlStore:
    """A store for `sqlite+aiosqlite://…` or `postgresql+asyncpg://…`; nothing is connected yet.

    Raises `ValueError` for any other URL.
    """
    must_begin = "must begin with sqlite+aiosqlite:// or postgresql+asyncpg://"
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise ValueError(f"LIVECLASS_DATABASE_URL is no database URL; it {must_begin}") from error
    if parsed.drivername in ("sqlite", "sqlite+aiosqlite"):
        if not parsed.database or parsed.database == ":memory:":
            raise ValueError("the database must be a file: nothing in memory is durable")
        if not Path(parsed.database).parent.is_dir():
            raise ValueError(f"there is no folder {Path(parsed.database).parent} to keep the database in")
        return SqliteStore(parsed.set(drivername="sqlite"), connections, options)
    if parsed.drivername == "postgresql+asyncpg":
        return PostgresStore(parsed, connections, options)
    raise ValueError(f"LIVECLASS_DATABASE_URL {must_begin}")
