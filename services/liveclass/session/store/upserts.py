"""Statements that add rows to what is there, compiled once, and run with many rows at a time."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from liveclass.session import figures
from liveclass.session.figures import Ints
from liveclass.session.store import schema
from liveclass.session.store.bulk import BulkStatement


class Upserts:
    """Adds rows to the tables of one engine. Tables of whole numbers are [rows, columns], as in the schema."""

    def __init__(self, dialect: sa.Dialect) -> None:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        figures_of_source = {
            **dict.fromkeys((*figures.COLUMNS, "frames_with_faces"), _plus),
            **dict.fromkeys(("seen_at_once", "faces_at_once"), _largest),
        }
        seen = {"first_second": _smallest, "last_second": _largest}
        self._frames = _Statement(dialect, schema.frames, schema.frames.insert())
        self._sources = _Statement(dialect, schema.sources, _upsert(insert, schema.sources, seen))
        self._recorded = {
            table: _Statement(dialect, table, _upsert(insert, table, figures_of_source))
            for table in (schema.source_buckets, schema.late_buckets)
        }
        self._class = _Statement(dialect, schema.class_buckets, schema.class_buckets.insert())

    def add_frames(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Frames that are not there yet, as values in the order of the table's columns."""
        self._frames.run(connection, rows)

    def add_sources(self, connection: sa.Connection, rows: Ints) -> None:
        """Keeps the first and the last second."""
        self._sources.run_table(connection, rows)

    def add_buckets(self, connection: sa.Connection, table: sa.Table, rows: Ints) -> None:
        """To source_buckets or late_buckets. The most at once is kept; all other figures add up."""
        self._recorded[table].run_table(connection, rows)

    def add_class_buckets(self, connection: sa.Connection, rows: Ints) -> None:
        """Buckets that are not there yet."""
        self._class.run_table(connection, rows)


class _Statement:
    """An insert that takes many rows, each with its values in the order of the table's columns."""

    def __init__(self, dialect: sa.Dialect, table: sa.Table, insert: Any) -> None:
        values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in table.columns}
        self._text = str(insert.values(values).compile(dialect=dialect))
        row = f"({', '.join('?' * len(values))})"
        many = BulkStatement(lambda rows: self._text.replace(row, ", ".join([row] * rows)), len(values))
        self._bulk = many if dialect.name == "sqlite" else None

    def run(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        if self._bulk:
            self._bulk.run(connection, list(chain.from_iterable(rows)))
        elif rows:
            connection.exec_driver_sql(self._text, list(rows))

    def run_table(self, connection: sa.Connection, rows: Ints) -> None:
        """The same with whole numbers [rows, columns]."""
        if self._bulk:
            self._bulk.run(connection, rows.ravel().tolist())
        else:
            self.run(connection, [tuple(row) for row in rows.tolist()])


def _plus(column: Any, added: Any) -> Any:
    return column + added


def _smallest(column: Any, added: Any) -> Any:
    return sa.case((added < column, added), else_=column)


def _largest(column: Any, added: Any) -> Any:
    return sa.case((added > column, added), else_=column)


def _upsert(insert: Any, table: sa.Table, changes: dict[str, Any]) -> Any:
    statement = insert(table)
    added = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: change(table.c[name], added[name]) for name, change in changes.items()},
    )
