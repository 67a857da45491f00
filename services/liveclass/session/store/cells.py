"""The rows of cells, as recorded and as released: one statement for many cells at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from liveclass.session import sums
from liveclass.session.changes import Change
from liveclass.session.model import Erased, Session
from liveclass.session.privacy import NO_SOURCES, CellPeople, Release
from liveclass.session.store import keys, schema
from liveclass.session.store.reading import PEOPLE, pending_rows
from liveclass.session.store.schema import SUPPRESSED, VISIBLE
from liveclass.session.store.transaction import Transaction
from liveclass.session.sums import CELL_SECONDS, Ints, SourceRows, floor
from liveclass.session.timeline import Series, empty, released

CELL, SECOND = CELL_SECONDS, 1
"""The two lengths of buckets."""

GROWN, SHRUNK = 1, -1
"""Late observations were added to a cell that is shown, or a source was erased from it."""

# The names in these statements are constants.
_WHERE = """WHERE session_id = :session AND resolution = :resolution AND {starts}
  AND expires BETWEEN :first_day AND :last_day"""

_RECORDED = """
SELECT DISTINCT start FROM {table}
WHERE session_id = :session AND resolution = :resolution AND start >= :first AND start < :end
  AND expires BETWEEN :first_day AND :last_day
ORDER BY start LIMIT :most
"""

_PEOPLE = f"""
SELECT b.start, b.source_key, b.people, {{known}} AS known
FROM (SELECT start, source_key, {PEOPLE} AS people FROM {{table}} {_WHERE}{{own}}) b
ORDER BY b.start, b.source_key
"""  # noqa: S608

_KNOWN = """COALESCE((
  SELECT MAX(s.faces) FROM sources s
  WHERE s.session_id = :session AND s.source_key = b.source_key AND s.first_second <= b.start - :newcomer_seconds
), 0)"""
"""The most faces that a source had shown at once some time before a cell."""

_SUMS = f"SELECT {', '.join(sums.SOURCE_COLUMNS)} FROM source_buckets {_WHERE} ORDER BY start"  # noqa: S608

_STATES = f"SELECT start, state, detailed, grown FROM class_buckets {_WHERE}"  # noqa: S608

_SHOWN = f"SELECT start, source_key FROM source_buckets {_WHERE} AND shown = 1 ORDER BY start, source_key"  # noqa: S608

_SHOW = """
UPDATE source_buckets SET shown = 1
WHERE session_id = :session AND resolution = :resolution AND start >= :first AND start < :end AND source_key = :source
"""


class State(NamedTuple):
    """How a cell is released."""

    state: int = SUPPRESSED
    detailed: bool = False
    grown: int = 0
    """`GROWN`, `SHRUNK` or, where it is as it was first shown, 0."""


def seconds_of(cells: Ints) -> Ints:
    """The seconds in some cells."""
    return np.asarray((cells[:, np.newaxis] + np.arange(CELL_SECONDS)).ravel())


@dataclass(frozen=True)
class SessionRows:
    """The rows of one session's cells, in one transaction."""

    transaction: Transaction
    session: Session

    @property
    def connection(self) -> sa.Connection:
        return self.transaction.connection

    def add(self, table: sa.Table, rows: Ints) -> None:
        """Adds rows, as `Statements.add_rows` does."""
        self.transaction.statements.add_rows(self.connection, table, rows)

    def take_pending(self) -> SourceRows:
        """What waits in pending_buckets, and does not any more."""
        number, pending, sessions = self.session.id, schema.pending_buckets, schema.sessions
        rows = pending_rows(self.connection, number)
        self.connection.execute(pending.delete().where(pending.c.session_id == number))
        self.connection.execute(sessions.update().where(sessions.c.id == number).values(pending=0))
        return rows

    def publish(self, cells: Ints) -> None:
        """Notes that readers see some cells change."""
        if len(cells):
            change = Change(self.session.id, int(cells.min()), int(cells.max()) + CELL_SECONDS - 1)
            self.transaction.changes.append(change)

    def recorded(self, table: sa.Table, seconds: tuple[int, int], most: int) -> tuple[Ints, bool]:
        """The first cells of source_buckets or late_buckets, `most` of them at most, and whether these are all."""
        if self.session.first_second is None or self.session.last_second is None:
            return np.zeros(0, np.int64), True
        held = np.array([self.session.first_second, self.session.last_second])
        values = self._values(CELL, held, first=seconds[0], end=seconds[1], most=most + 1)
        found = self.connection.scalars(sa.text(_RECORDED.format(table=table.name)), values).all()
        return np.array(found[:most], np.int64), len(found) <= most

    def people(self, table: sa.Table, cells: Ints, source: int | None = None) -> dict[int, CellPeople]:
        """Who is in some cells of source_buckets or late_buckets; where nobody was recorded there is no entry.

        With `source` only that one.
        """
        own = "" if source is None else " AND source_key = :source"
        of_cells, of_seconds = (
            _PEOPLE.format(table=table.name, own=own, known=known, starts="{starts}") for known in (_KNOWN, "0")
        )
        values: dict[str, int] = {} if source is None else {"source": source}
        before = self.transaction.rules.newcomer_seconds
        whole = self._table(of_cells, CELL, cells, newcomer_seconds=before, **values)
        seconds = self._table(of_seconds, SECOND, seconds_of(cells), **values)
        found = {}
        for cell, rows in _by_cell(whole, whole[:, 0]).items():
            at = np.zeros((CELL_SECONDS, len(rows)), np.int64)
            found[cell] = CellPeople(rows[:, 1], rows[:, 3], rows[:, 2], at)
        for cell, rows in _by_cell(seconds, floor(seconds[:, 0], CELL)).items():
            mine = found[cell]
            mine.seconds[rows[:, 0] - cell, np.searchsorted(mine.sources, rows[:, 1])] = rows[:, 2]
        return found

    def add_up(self, resolution: int, starts: Ints) -> Series:
        """What was recorded in some buckets, as it is released: over all sources, each weighted by its people."""
        if not len(starts):
            return empty(resolution)
        recorded = sums.source_rows(self.session.id, self._table(_SUMS, resolution, starts))
        added = released(recorded, resolution)
        return replace(added, sums=sums.of_whole_people(added.sums)) if self.session.hides else added

    def states(self, cells: Ints) -> dict[int, State]:
        """How some cells were released. Those that were not are left out."""
        rows = self._table(_STATES, CELL, cells)
        return {start: State(state, bool(detailed), grown) for start, state, detailed, grown in rows.tolist()}

    def releases(self, cells: Ints) -> dict[int, Release]:
        """How those of some cells that are shown were released."""
        visible = {cell: one for cell, one in self.states(cells).items() if one.state == VISIBLE}
        rows = self._table(_SHOWN, CELL, np.array(sorted(visible), np.int64))
        sources = {cell: part[:, 1] for cell, part in _by_cell(rows, rows[:, 0]).items()}
        return {cell: Release(one.detailed, sources.get(cell, NO_SOURCES)) for cell, one in visible.items()}

    def mark_shown(self, before: Ints, releases: Mapping[int, Release]) -> None:
        """Marks the sources that may be shown alone, and no others. `before` are the cells that had such marks."""
        for resolution, starts in ((CELL, before), (SECOND, seconds_of(before))) if len(before) else ():
            self._execute(f"UPDATE source_buckets SET shown = 0 {_WHERE} AND shown = 1", resolution, starts)  # noqa: S608
        marks = [
            {"session": self.session.id, "resolution": length, "first": cell, "end": cell + CELL, "source": source}
            for cell, release in releases.items()
            for source in release.sources.tolist()
            for length in ((CELL, SECOND) if release.detailed else (CELL,))
        ]
        if marks:
            self.connection.execute(sa.text(_SHOW), marks)

    def delete_released(self, resolution: int, starts: Ints) -> None:
        """Deletes buckets of the class."""
        self._execute(f"DELETE FROM class_buckets {_WHERE}", resolution, starts)  # noqa: S608

    def delete_source(self, cells: Ints, source: int) -> Erased:
        """Deletes what a source recorded in some cells. Gives how much it was."""
        own = f"SELECT frames, faces FROM source_buckets {_WHERE} AND source_key = :source"  # noqa: S608
        recorded = self._table(own, CELL, cells, source=source).sum(axis=0)
        for resolution, starts in ((CELL, cells), (SECOND, seconds_of(cells))):
            delete = f"DELETE FROM source_buckets {_WHERE} AND source_key = :source"  # noqa: S608
            self._execute(delete, resolution, starts, source=source)
        return Erased(*recorded.tolist())

    def add_late(self, cells: Ints) -> None:
        """Adds what is in late_buckets to source_buckets."""
        for resolution, starts in ((CELL, cells), (SECOND, seconds_of(cells))):
            late = self._table(f"SELECT * FROM late_buckets {_WHERE}", resolution, starts)  # noqa: S608
            rows = np.column_stack((late, np.zeros(len(late), np.int64)))
            self.add(schema.source_buckets, rows)

    def delete_late(self, cells: Ints) -> None:
        """Deletes what is in late_buckets."""
        for resolution, starts in ((CELL, cells), (SECOND, seconds_of(cells))):
            self._execute(f"DELETE FROM late_buckets {_WHERE}", resolution, starts)  # noqa: S608

    def _table(self, query: str, resolution: int, starts: Ints, **values: Any) -> Ints:
        """The rows of a query over buckets [rows, columns]."""
        result = self._execute(query, resolution, starts, **values)
        return np.fromiter(chain.from_iterable(result.all()), np.int64).reshape(-1, len(result.keys()))

    def _execute(self, query: str, resolution: int, starts: Ints, **values: Any) -> "sa.CursorResult[Any]":
        """Runs a statement over the buckets of one length that begin at `starts`."""
        statements = self.transaction.statements
        query = query.format(starts=statements.starts_condition)
        values = self._values(resolution, starts, starts=statements.starts_value(starts), **values)
        return self.connection.execute(sa.text(query), values)

    def _values(self, resolution: int, seconds: Ints, **values: Any) -> dict[str, Any]:
        """The values of a statement over buckets of one length, all around `seconds`."""
        days = keys.expiry_days(seconds, self.session.retention_seconds)
        range_of_days = {"first_day": int(days.min(initial=2**62)), "last_day": int(days.max(initial=0))}
        return {"session": self.session.id, "resolution": resolution, **range_of_days, **values}


def _by_cell(rows: Ints, starts: Ints) -> dict[int, Ints]:
    """Rows in order of `starts` [rows], split by them."""
    found, firsts = np.unique(starts, return_index=True)
    return dict(zip(found.tolist(), np.split(rows, firsts[1:]), strict=True)) if len(rows) else {}
