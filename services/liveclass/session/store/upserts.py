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

_KEEP_LARGEST = ("seen_at_once", "faces_at_once")


class Upserts:
    """Adds rows to the growing tables of one engine. Tables of whole numbers are [rows, columns], as in the schema."""

    def __init__(self, dialect: sa.Dialect) -> None:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        additive = {**dict.fromkeys(figures.COLUMNS, _plus), **dict.fromkeys(_KEEP_LARGEST, _plus)}
        largest = {**additive, **dict.fromkeys(_KEEP_LARGEST, _largest)}
        self._frames = _Statement(dialect, schema.frames, schema.frames.insert())
        self._source = _Statement(dialect, schema.source_buckets, _upsert(insert, schema.source_buckets, largest))
        self._class = _Statement(dialect, schema.class_buckets, _upsert(insert, schema.class_buckets, additive))
        self._pairs = _Statement(dialect, schema.source_pairs, _upsert(insert, schema.source_pairs, {"faces": _plus}))

    def add_frames(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Frames that are not there yet, as values in the order of the table's columns."""
        self._frames.run(connection, rows)

    def add_source_buckets(self, connection: sa.Connection, rows: Ints) -> None:
        """The two last values are kept if they are the largest; all other figures add up."""
        self._source.run_table(connection, rows)

    def add_class_buckets(self, connection: sa.Connection, rows: Ints) -> None:
        """All figures add up."""
        self._class.run_table(connection, rows)

    def add_pairs(self, connection: sa.Connection, rows: Ints) -> None:
        self._pairs.run_table(connection, rows)


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


def _largest(column: Any, added: Any) -> Any:
    return sa.case((added > column, added), else_=column)


def _upsert(insert: Any, table: sa.Table, changes: dict[str, Any]) -> Any:
    statement = insert(table)
    added = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: change(table.c[name], added[name]) for name, change in changes.items()},
    )
