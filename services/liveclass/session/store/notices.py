"""PostgreSQL's LISTEN and NOTIFY: what any replica wrote is told to those who wait for it in this one."""

import asyncio
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from liveclass.session.store.changes import ChangeFeed
from liveclass.session.store.writing import Change

CHANNEL = "liveclass_changes"

PING_SECONDS = 2.0
RETRY_SECONDS = 0.5


def notify(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Tells every replica, when the transaction is committed."""
    statement = sa.text("SELECT pg_notify(:channel, :notice)")
    for change in changes:
        notice = f"{change.session_id} {change.first} {change.last}"
        connection.execute(statement, {"channel": CHANNEL, "notice": notice})


async def listen(engine: AsyncEngine, feed: ChangeFeed) -> None:
    """Listens for ever, on a connection of its own; when it was cut off, everything may have changed."""
    log = structlog.get_logger()
    while True:
        try:
            await _listen_once(engine, feed)
        except Exception as error:  # noqa: BLE001  # whatever cut it off, it is tried again
            log.warning("listening interrupted", error=type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)


async def _listen_once(engine: AsyncEngine, feed: ChangeFeed) -> None:
    async with engine.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection

        def received(_connection: Any, _process: int, _channel: str, notice: str) -> None:
            session_id, first, last = map(int, notice.split())
            feed.publish(Change(session_id, first, last))

        await driver.add_listener(CHANNEL, received)
        try:
            feed.publish_unknown()
            while True:
                await asyncio.sleep(PING_SECONDS)
                await driver.execute("SELECT 1", timeout=PING_SECONDS)
        finally:
            await connection.invalidate()  # so that nobody else gets a connection that listens
