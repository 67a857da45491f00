"""Reading what was released: all of one answer in one transaction, which sees one moment."""

from itertools import chain
from typing import Any

import numpy as np
import sqlalchemy as sa

from liveclass.names import SessionName
from liveclass.session import sums
from liveclass.session.model import Session
from liveclass.session.ports import BucketQuery, Groups, Snapshot
from liveclass.session.store import keys, schema, sessions
from liveclass.session.store.schema import class_buckets
from liveclass.session.store.transaction import Statements
from liveclass.session.sums import CELL_SECONDS, Ints, SourceRows, coarsen, floor, group_by
from liveclass.session.timeline import Series, released

MAX_ROWS = 200_000
"""The most buckets that are read at once: a bound on the memory of one call."""

PART_ROWS = 1_000

_RELEASED = (*sums.COLUMNS, "weight", "group_size", "people")


def _select(*names: str) -> "sa.Select[Any]":
    """Columns of the class's buckets in a range of time."""
    column = class_buckets.c
    return (
        sa.select(*(column[name] for name in names))
        .where(column.session_id == sa.bindparam("session"), column.resolution == sa.bindparam("resolution"))
        .where(column.start >= sa.bindparam("first"), column.start < sa.bindparam("end"))
        .where(column.expires.between(sa.bindparam("first_day"), sa.bindparam("last_day")))
        .order_by(column.start)
        .limit(sa.bindparam("rows"))
    )


_CLASS = _select("start", *_RELEASED, "state")
_STARTS = _select("start", "state", "detailed")

PEOPLE = """CASE WHEN faces = 0 THEN 0 WHEN faces / frames_with_faces < faces_at_once
  THEN faces / frames_with_faces ELSE faces_at_once END"""
"""As `privacy.people` counts them."""

# The class's buckets say where to look, so that the other sources' rows in between are not read. CROSS JOIN keeps
# SQLite to that order.
_VISIBLE_CLASS = f"""
  SELECT start, expires FROM class_buckets
  WHERE session_id = :session AND resolution = :resolution AND start >= :first AND start < :end
    AND state = {schema.VISIBLE} AND expires BETWEEN :first_day AND :last_day
"""  # noqa: S608  # the names are constants
_OF_THESE = "s.session_id = :session AND s.resolution = :resolution AND s.start = +c.start AND s.expires = c.expires"
"""The plus keeps SQLite from looking through the whole range of time for each bucket."""

_RECORDED = ", ".join(f"s.{name}" for name in sums.SOURCE_COLUMNS)

_SOURCE = sa.text(f"""
SELECT {_RECORDED} FROM ({_VISIBLE_CLASS}) c CROSS JOIN source_buckets s
WHERE {_OF_THESE} AND s.source_key = :source AND s.shown = 1 ORDER BY s.start LIMIT :rows
""")  # noqa: S608  # as above

_AT = f"""
SELECT {_RECORDED} FROM source_buckets s WHERE s.session_id = :session AND s.resolution = :resolution
  AND s.{{starts}} AND s.expires BETWEEN :first_day AND :last_day
"""  # noqa: S608  # as above

_MOST_OF_SOURCES = f"""
SELECT s.start / :merged * :merged AS bucket, s.source_key, MAX(s.seen_at_once) AS most
FROM ({_VISIBLE_CLASS}) c CROSS JOIN source_buckets s
WHERE {_OF_THESE} GROUP BY s.start / :merged * :merged, s.source_key
"""  # noqa: S608  # as above

_GROUPS = sa.text(f"""
SELECT bucket, CAST(SUM(most) AS bigint) FROM ({_MOST_OF_SOURCES}) sources GROUP BY bucket ORDER BY bucket
""")  # noqa: S608  # as above


def snapshot(connection: sa.Connection, statements: Statements, name: SessionName, query: BucketQuery) -> Snapshot:
    """What was released, all of one moment."""
    stored = sessions.find(connection, name)
    session = stored.session
    values = _range(session, query)
    waiting = None
    if session.pending and not session.hides:
        rows = coarsen(pending_rows(connection, session.id), query.resolution)
        waiting = rows.where((rows.starts >= values["first"]) & (rows.starts < values["end"]))
    if query.source:
        source_key = keys.source_key(stored.hash_key, query.source)
        table = _table(connection.execute(_SOURCE, {**values, "source": source_key}))
        recorded = sums.source_rows(session.id, table)
        if waiting is not None:
            recorded = recorded.plus(waiting.where(waiting.sources == source_key), query.resolution)
        series = released(recorded, query.resolution)
        listed = _listed(connection, values) if session.hides else series.starts
        return Snapshot(session, listed, series, None)
    table = _table(connection.execute(_CLASS, values))
    series = _series(query.resolution, table[table[:, -1] == schema.VISIBLE, :-1])
    if waiting is not None:
        series = _with_pending(connection, statements, values, series, waiting)
    if not session.hides:
        listed = series.starts
    else:
        listed = table[:, 0] if query.resolution == CELL_SECONDS else _listed(connection, values)
    groups = None
    if query.merged != query.resolution:
        groups = _groups(connection, {**values, "merged": query.merged}, waiting)
    return Snapshot(session, listed, series, groups)


def pending_rows(connection: sa.Connection, session_id: int) -> SourceRows:
    """What is recorded in a session and not in its buckets yet, by the second."""
    pending = schema.pending_buckets.c
    query = sa.select(pending.packed).where(pending.session_id == session_id).order_by(pending.number)
    return sums.unpacked(session_id, connection.scalars(query).all())


def _with_pending(
    connection: sa.Connection, statements: Statements, values: dict[str, int], series: Series, waiting: SourceRows
) -> Series:
    """The class of a session that hides nothing, with what is not in its buckets yet."""
    starts = np.unique(waiting.starts)
    query = sa.text(_AT.format(starts=statements.starts_condition))
    table = _table(connection.execute(query, {**values, "starts": statements.starts_value(starts)}))
    there = sums.source_rows(values["session"], table)
    return series.where(~np.isin(series.starts, starts)).plus(
        released(there.plus(waiting, series.resolution), series.resolution)
    )


def _groups(connection: sa.Connection, values: dict[str, int], waiting: SourceRows | None) -> Groups:
    if waiting is None:
        return Groups(*_table(connection.execute(_GROUPS, values)).T)
    there = _table(connection.execute(sa.text(_MOST_OF_SOURCES), values))
    more = np.column_stack((floor(waiting.starts, values["merged"]), waiting.sources, waiting.at_once[:, 0]))
    rows = np.concatenate((there, more))
    order, firsts = group_by((rows[:, 0], rows[:, 1]))
    starts, most = rows[order[firsts], 0], np.maximum.reduceat(rows[order, 2], firsts)
    firsts = np.flatnonzero(np.diff(starts, prepend=starts[:1] - 1))
    return Groups(starts[firsts], np.add.reduceat(most, firsts))


def _listed(connection: sa.Connection, values: dict[str, int]) -> Ints:
    """The starts of the class's buckets. Which seconds were recorded is told only of cells that are shown by second."""
    first = values["first"] // CELL_SECONDS * CELL_SECONDS
    cells = _table(connection.execute(_STARTS, {**values, "resolution": CELL_SECONDS, "first": first}), 3)
    if values["resolution"] == CELL_SECONDS:
        return np.asarray(cells[:, 0])
    hidden = cells[cells[:, 2] == 0, 0]
    every = (hidden[:, np.newaxis] + np.arange(CELL_SECONDS)).ravel()
    seconds = _table(connection.execute(_STARTS, values), 3)[:, 0]
    listed = np.union1d(every, seconds)
    return np.asarray(listed[(listed >= values["first"]) & (listed < values["end"])])


def _range(session: Session, query: BucketQuery) -> dict[str, int]:
    """Values of the statements. What lies outside of the session is cut off, so that few partitions are looked into."""
    if session.first_second is None or session.last_second is None:
        first, end = 0, 0
    else:
        first = max(query.start, session.first_second // CELL_SECONDS * CELL_SECONDS)
        end = min(query.end, session.last_second + 1)
    days = keys.expiry_days(np.array([first, max(first, end - 1)]), session.retention_seconds)
    return {
        "session": session.id,
        "resolution": query.resolution,
        "first": first,
        "end": end,
        "first_day": int(days[0]),
        "last_day": int(days[1]),
        "rows": MAX_ROWS,
    }


def _series(resolution: int, table: Ints) -> Series:
    return Series(resolution, table[:, 0], table[:, 1 : 1 + sums.WIDTH], table[:, -2], table[:, -1])


def _table(rows: "sa.CursorResult[Any]", width: int = 0) -> Ints:
    width = width or len(rows.keys())
    # In parts: numpy keeps the interpreter to itself until it is through with what it is given.
    parts = [np.fromiter(chain.from_iterable(part), np.int64) for part in rows.partitions(PART_ROWS)]
    return np.concatenate(parts or [np.zeros(0, np.int64)]).reshape(-1, width)
