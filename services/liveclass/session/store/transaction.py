"""What the SQL of a write transaction is given, whichever database it runs on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from liveclass.session import sums
from liveclass.session.changes import Change
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store import schema
from liveclass.session.sums import Ints

T = TypeVar("T")
P = ParamSpec("P")

Rows = Sequence[Sequence[Any]] | Ints


class Statements(ABC):
    """The statements that each database needs in words of its own."""

    starts_condition: str
    """SQL: whether `start` is among `:starts`."""

    def __init__(self, dialect: sa.Dialect, insert: Any) -> None:
        """`insert` makes an INSERT that knows ON CONFLICT."""
        sums_of_source = {
            **dict.fromkeys((*sums.COLUMNS, "frames_with_faces"), _plus),
            **dict.fromkeys(("seen_at_once", "faces_at_once"), _largest),
        }
        seen = {"first_second": _smallest, "last_second": _largest}
        inserts = {
            schema.frames: schema.frames.insert(),
            schema.pending_buckets: schema.pending_buckets.insert(),
            schema.class_buckets: schema.class_buckets.insert(),
            schema.sources: _upsert(insert, schema.sources, seen),
            schema.source_buckets: _upsert(insert, schema.source_buckets, sums_of_source),
            schema.late_buckets: _upsert(insert, schema.late_buckets, sums_of_source),
        }
        self._texts = {table: _compile(table, statement, dialect) for table, statement in inserts.items()}

    @abstractmethod
    def add_rows(self, connection: sa.Connection, table: sa.Table, rows: Rows) -> None:
        """Adds rows with their values in the order of the table's columns.

        Of sources the first and the last second are kept. Of source_buckets and late_buckets the most at once is kept,
        and all other columns add up. Rows of other tables must not be there yet.
        """

    @abstractmethod
    def matching(
        self,
        connection: sa.Connection,
        table: sa.Table,
        names: tuple[str, ...],
        keys: Rows,
        days: tuple[int, int] | None = None,
    ) -> Sequence[Any]:
        """The rows whose columns `names` have the values of one of `keys`: the first columns of the primary key.

        `days` are the first and the last partition to look in, of a table that has partitions.
        """

    @abstractmethod
    def lock_tenant(self, connection: sa.Connection, tenant: str) -> None:
        """Until the transaction ends, waits with others that lock the same tenant."""

    @abstractmethod
    def starts_value(self, starts: Ints) -> Any:
        """The value of `:starts` in `starts_condition`."""

    @abstractmethod
    def make_partitions(self, connection: sa.Connection, days: set[int]) -> set[int]:
        """Makes the partitions of these days of expiry that are missing. Gives the days that are new."""


@dataclass(frozen=True)
class Transaction:
    """A write transaction."""

    connection: sa.Connection
    statements: Statements
    rules: ReleaseRules
    now: float
    """When it began, in seconds since the epoch."""
    changes: list[Change] = field(default_factory=list)
    """What readers see change. Published once the transaction is on disk."""
    new_days: set[int] = field(default_factory=set)
    """The days of expiry that this transaction has made partitions for."""

    def make_partitions(self, days: Ints) -> None:
        """Makes the partitions of these days of expiry that are missing."""
        missing = set(days.tolist()) - self.new_days
        self.new_days.update(self.statements.make_partitions(self.connection, missing))


ReadWork = Callable[Concatenate[sa.Connection, P], T]
WriteWork = Callable[Concatenate[Transaction, P], T]


def _compile(table: sa.Table, insert: Any, dialect: sa.Dialect) -> str:
    values: dict[str, Any] = {column.name: sa.bindparam(column.name) for column in table.columns}
    return str(insert.values(values).compile(dialect=dialect))


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
