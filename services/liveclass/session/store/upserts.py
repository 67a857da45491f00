"""Statements that add rows to what is there, compiled once, and run with many rows at a time."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from liveclass.session import figures
from liveclass.session.store import schema

Rows = Sequence[tuple[Any, ...]]
"""Values in the order of the table's columns."""

_KEEP_LARGEST = ("seen_at_once", "faces_at_once")


class Upserts:
    """Adds rows to the growing tables of one engine."""

    def __init__(self, dialect: sa.Dialect) -> None:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        additive = {**dict.fromkeys(figures.COLUMNS, _plus), **dict.fromkeys(_KEEP_LARGEST, _plus)}
        largest = {**additive, **dict.fromkeys(_KEEP_LARGEST, _largest)}
        self._frames = _compiled(dialect, schema.frames.insert(), schema.frames)
        self._source = _compiled(dialect, _upsert(insert, schema.source_buckets, largest), schema.source_buckets)
        self._class = _compiled(dialect, _upsert(insert, schema.class_buckets, additive), schema.class_buckets)
        self._pairs = _compiled(dialect, _upsert(insert, schema.source_pairs, {"faces": _plus}), schema.source_pairs)

    async def add_frames(self, connection: AsyncConnection, rows: Rows) -> None:
        """Frames that are not there yet."""
        await _run(connection, self._frames, rows)

    async def add_source_buckets(self, connection: AsyncConnection, rows: Rows) -> None:
        """The two last values are kept if they are the largest; all other figures add up."""
        await _run(connection, self._source, rows)

    async def add_class_buckets(self, connection: AsyncConnection, rows: Rows) -> None:
        """All figures add up."""
        await _run(connection, self._class, rows)

    async def add_pairs(self, connection: AsyncConnection, rows: Rows) -> None:
        await _run(connection, self._pairs, rows)


async def _run(connection: AsyncConnection, statement: str, rows: Rows) -> None:
    if rows:
        await connection.exec_driver_sql(statement, list(rows))


def _plus(column: Any, added: Any) -> Any:
    return column + added


def _largest(column: Any, added: Any) -> Any:
    return sa.case((added > column, added), else_=column)


def _upsert(insert: Any, table: sa.Table, changes: dict[str, Any]) -> Any:
    statement = insert(table)
    added = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: change(table.c[name], added[name]) for name, change in changes.items()},
    )


def _compiled(dialect: sa.Dialect, statement: Any, table: sa.Table) -> str:
    """The statement's text, which takes its values in the order of the table's columns."""
    compiled = statement.values({column.name: sa.bindparam(column.name) for column in table.columns}).compile(
        dialect=dialect
    )
    return str(compiled)
