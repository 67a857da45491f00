"""Reading buckets, the people in them, and the pairs of highest emotions."""

import json
from itertools import chain
from typing import Any

import numpy as np
import sqlalchemy as sa

from liveclass.session import figures
from liveclass.session.figures import Ints
from liveclass.session.model import Session
from liveclass.session.store import keys, sessions
from liveclass.session.store.port import BucketQuery, Buckets
from liveclass.session.store.schema import class_buckets
from liveclass.session.timeline import Groups, Series

MAX_ROWS = 200_000
"""The most buckets that are read at once: a bound on the memory of one call."""

_VALUES = ("start", *figures.COLUMNS, "seen_at_once", "faces_at_once")


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


_CLASS = _select(*_VALUES)
_PEOPLE = _select("start", "seen_at_once", "faces_at_once")

# The class's buckets say where to look, so that the other sources' rows in between are not read. CROSS JOIN keeps
# SQLite to that order.
_SOURCE = sa.text(f"""
SELECT {", ".join(f"s.{name}" for name in _VALUES)}
FROM class_buckets c CROSS JOIN source_buckets s
WHERE c.session_id = :session AND c.resolution = :resolution AND c.start >= :first AND c.start < :end
  AND c.expires BETWEEN :first_day AND :last_day
  AND s.session_id = c.session_id AND s.resolution = c.resolution AND s.start = c.start
  AND s.source_key = :source AND s.expires = c.expires
ORDER BY s.start LIMIT :rows
""")  # noqa: S608  # the names are constants

_IN_STARTS = {
    "sqlite": "start IN (SELECT value FROM json_each(:starts))",
    "postgresql": "start = ANY(CAST(:starts AS bigint[]))",
}

_GROUPS = """
SELECT bucket, CAST(SUM(seen) AS bigint), CAST(SUM(classified) AS bigint) FROM (
  SELECT start / :resolution * :resolution AS bucket, MAX(seen_at_once) AS seen, MAX(faces_at_once) AS classified
  FROM source_buckets
  WHERE session_id = :session AND resolution = :base AND {} AND expires BETWEEN :first_day AND :last_day
  GROUP BY start / :resolution * :resolution, source_key
) AS sources GROUP BY bucket ORDER BY bucket
"""

_PAIRS = """
SELECT pair, CAST(SUM(faces) AS bigint) FROM source_pairs
WHERE session_id = :session AND {} AND expires BETWEEN :first_day AND :last_day GROUP BY pair
"""


def buckets(connection: sa.Connection, session: Session, query: BucketQuery) -> Buckets:
    """All in one transaction, so that it fits together."""
    seconds = (query.start, query.end)
    if query.source:
        source_key = keys.source_key(sessions.find(connection, session.name).hash_key, query.source)
        series = source_series(connection, session, source_key, query.resolution, seconds)
    else:
        rows = connection.execute(_CLASS, _range(session, query.resolution, *seconds))
        series = _series(query.resolution, rows)
    people = [_groups(connection.execute(_PEOPLE, _range(session, length, *seconds))) for length in query.people]
    return Buckets(series, people)


def source_series(
    connection: sa.Connection, session: Session, source_key: int, resolution: int, seconds: tuple[int, int]
) -> Series:
    rows = connection.execute(_SOURCE, {**_range(session, resolution, *seconds), "source": source_key})
    return _series(resolution, rows)


def groups(connection: sa.Connection, session: Session, base: int, starts: Ints, resolution: int) -> Groups:
    statement = sa.text(_GROUPS.format(_IN_STARTS[connection.dialect.name]))
    values = {**_starts(connection, session, starts), "base": base, "resolution": resolution}
    return _groups(connection.execute(statement, values))


def pairs(connection: sa.Connection, session: Session, starts: Ints) -> Ints:
    statement = sa.text(_PAIRS.format(_IN_STARTS[connection.dialect.name]))
    counts = np.zeros(figures.EMOTIONS**2, np.int64)
    table = _table(connection.execute(statement, _starts(connection, session, starts)), 2)
    counts[table[:, 0]] = table[:, 1]
    return counts


def _range(session: Session, resolution: int, start: int, end: int) -> dict[str, int]:
    first_day, last_day = _days(session, np.array([start, max(start, end - 1)]))
    return {
        "session": session.id,
        "resolution": resolution,
        "first": start,
        "end": end,
        "first_day": first_day,
        "last_day": last_day,
        "rows": MAX_ROWS,
    }


def _starts(connection: sa.Connection, session: Session, starts: Ints) -> dict[str, Any]:
    listed = starts.tolist()
    first_day, last_day = _days(session, starts)
    shown = json.dumps(listed) if connection.dialect.name == "sqlite" else listed
    return {"session": session.id, "starts": shown, "first_day": first_day, "last_day": last_day}


def _days(session: Session, seconds: Ints) -> tuple[int, int]:
    """The days of expiry, first and last, of what was observed in `seconds`: the partitions to look into."""
    days = keys.expiry_days(seconds, session.retention_seconds)
    return int(days.min(initial=2**62)), int(days.max(initial=0))


def _series(resolution: int, rows: "sa.CursorResult[Any]") -> Series:
    table = _table(rows, len(_VALUES))
    return Series(resolution, table[:, 0], table[:, 1 : 1 + figures.WIDTH], table[:, -2], table[:, -1])


def _groups(rows: "sa.CursorResult[Any]") -> Groups:
    table = _table(rows, 3)
    return Groups(table[:, 0], table[:, 1], table[:, 2])


def _table(rows: "sa.CursorResult[Any]", width: int) -> Ints:
    return np.fromiter(chain.from_iterable(rows.all()), np.int64).reshape(-1, width)
