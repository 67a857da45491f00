"""Brings a database to the newest schema. Replicas that start together wait for each other."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

_LOCK = 0x6C69766563  # "livec": any number will do, as long as it stays the same


def migrate(connection: sa.Connection, revision: str = "head") -> None:
    """Runs what is missing up to `revision`, all of it or none, in the transaction of `connection`."""
    if connection.dialect.name == "postgresql":
        # On SQLite the transaction itself has locked the database.
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config()
    config.set_main_option("script_location", "liveclass.session.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
