"""Statements that add rows to what is there, compiled once, and run with many rows at a time."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from liveclass.session import figures
from liveclass.session.store import schema

Rows = Sequence[tuple[Any, ...]]
"""Values in the order of the table's columns."""

_SQLITE_VALUES = 32_000
"""In one statement; SQLite takes 32,766."""

_KEEP_LARGEST = ("seen_at_once", "faces_at_once")


class Upserts:
    """Adds rows to the growing tables of one engine."""

    def __init__(self, dialect: sa.Dialect) -> None:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        additive = {**dict.fromkeys(figures.COLUMNS, _plus), **dict.fromkeys(_KEEP_LARGEST, _plus)}
        largest = {**additive, **dict.fromkeys(_KEEP_LARGEST, _largest)}
        self._frames = _Statement(dialect, schema.frames, schema.frames.insert())
        self._source = _Statement(dialect, schema.source_buckets, _upsert(insert, schema.source_buckets, largest))
        self._class = _Statement(dialect, schema.class_buckets, _upsert(insert, schema.class_buckets, additive))
        self._pairs = _Statement(dialect, schema.source_pairs, _upsert(insert, schema.source_pairs, {"faces": _plus}))

    def add_frames(self, connection: sa.Connection, rows: Rows) -> None:
        """Frames that are not there yet."""
        self._frames.run(connection, rows)

    def add_source_buckets(self, connection: sa.Connection, rows: Rows) -> None:
        """The two last values are kept if they are the largest; all other figures add up."""
        self._source.run(connection, rows)

    def add_class_buckets(self, connection: sa.Connection, rows: Rows) -> None:
        """All figures add up."""
        self._class.run(connection, rows)

    def add_pairs(self, connection: sa.Connection, rows: Rows) -> None:
        self._pairs.run(connection, rows)


class _Statement:
    """An insert that takes many rows, each with its values in the order of the table's columns."""

    def __init__(self, dialect: sa.Dialect, table: sa.Table, insert: Any) -> None:
        values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in table.columns}
        self._text = str(insert.values(values).compile(dialect=dialect))
        self._is_sqlite = dialect.name == "sqlite"
        self._row = f"({', '.join('?' * len(values))})"
        self._most_rows = _SQLITE_VALUES // len(values)

    def run(self, connection: sa.Connection, rows: Rows) -> None:
        if not self._is_sqlite:
            if rows:
                connection.exec_driver_sql(self._text, list(rows))
            return
        # One statement for many rows: between rows the driver would let go of the interpreter, and wait to get it back.
        for first in range(0, len(rows), self._most_rows):
            some = rows[first : first + self._most_rows]
            text = self._text.replace(self._row, ", ".join([self._row] * len(some)))
            connection.exec_driver_sql(text, tuple(chain.from_iterable(some)))


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
