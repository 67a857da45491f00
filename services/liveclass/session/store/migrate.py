"""Brings a database to the newest schema."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

NEWEST = "head"
"""Alembic's name of the last revision."""


def migrate(connection: sa.Connection, revision: str) -> None:
    """Runs what is missing up to `revision`, all of it or none, in the transaction of `connection`."""
    config = Config()
    config.set_main_option("script_location", "liveclass.session.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
