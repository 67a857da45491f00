"""The steps of the schema lead to what the store takes for granted."""

from typing import Any

import sqlalchemy as sa
from session_databases import database_url, postgres  # noqa: F401  # fixtures

from liveclass.session.store import schema
from liveclass.session.store.engines import open_engine
from liveclass.session.store.migrate import migrate


async def test_the_migrations_make_the_tables_of_the_schema(database_url):  # noqa: F811  # the fixture
    engine = open_engine(database_url, 1)
    await engine.write(migrate)
    migrated = await engine.read(tables)
    await engine.write(schema.metadata.drop_all)
    await engine.write(schema.metadata.create_all)
    created = await engine.read(tables)
    await engine.close()
    assert set(created) > {table.name for table in schema.GROWING}
    assert migrated == created


def tables(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """What there is: columns in order, keys, indexes, and how the rows are laid out."""
    inspector = sa.inspect(connection)
    if connection.dialect.name == "sqlite":
        layouts = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
        words = ("WITHOUT ROWID", "AUTOINCREMENT")
        layouts = {name: [word for word in words if word in layouts[name]] for name in layouts}
    else:
        layouts = dict(connection.exec_driver_sql("SELECT relname, pg_get_partkeydef(oid) FROM pg_class").all())
    return {
        name: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column["default"] is not None)
                for column in inspector.get_columns(name)
            ],
            "primary key": inspector.get_pk_constraint(name)["constrained_columns"],
            "unique": sorted((one["name"], one["column_names"]) for one in inspector.get_unique_constraints(name)),
            "indexes": sorted((one["name"], one["column_names"]) for one in inspector.get_indexes(name)),
            "layout": layouts[name],
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
