"""Brings a database to the newest schema. Replicas that start together wait for each other."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine

_LOCK = 0x6C69766563  # "livec": any number will do, as long as it stays the same


async def migrate(engine: AsyncEngine) -> None:
    """Runs what is missing, all of it or none. `engine` begins transactions that may write."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # On SQLite the transaction itself has locked the database.
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


def _upgrade(connection: sa.Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "liveclass.session.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
