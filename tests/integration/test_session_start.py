"""How the session service begins with a database that is not there, or is none."""

import asyncio
import time
from pathlib import Path

import pytest
from session_databases import postgres  # noqa: F401  # fixture
from structlog.testing import capture_logs

from liveclass.session.changes import ChangeFeed
from liveclass.session.privacy import ReleaseRules
from liveclass.session.service import open_soon
from liveclass.session.store.opening import make_store
from liveclass.session.store.sql import StoreOptions


async def begin(url: str) -> list[str]:
    """Gives the causes that are logged."""
    store = make_store(url, 1, StoreOptions(ChangeFeed(), ReleaseRules(), time.time))
    try:
        with capture_logs() as lines:
            await open_soon(store)
    finally:
        await store.close()
    return [line["cause"] for line in lines]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database " * 100)
    with pytest.raises(ValueError, match="cannot be used: file is not a database"):
        await begin(f"sqlite+aiosqlite:///{file}")


async def test_a_file_that_cannot_be_opened_is_waited_for_with_the_cause(tmp_path: Path) -> None:
    assert await begin(f"sqlite+aiosqlite:///{tmp_path}") == ["unable to open database file"]


async def test_a_server_that_is_not_there_is_waited_for_with_the_cause() -> None:
    (cause,) = await begin("postgresql+asyncpg://nobody:of-jo@127.0.0.1:1/none")
    assert cause
    assert "of-jo" not in cause


async def test_a_database_that_the_server_does_not_have_is_refused(postgres) -> None:  # noqa: F811  # the fixture
    url = await asyncio.to_thread(postgres.url, "missing")
    with pytest.raises(ValueError, match='cannot be used: database "missing" does not exist'):
        await begin(url)
