"""Taking away: one source everywhere, a whole session, and what is past its retention.

What may be long is done in steps of bounded size, each a transaction, so that writers get their turn in between.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from liveclass.names import SessionName
from liveclass.runtime.errors import NotFoundError
from liveclass.session.changes import ALL_TIME, Change
from liveclass.session.model import Erased, Session
from liveclass.session.rollup import CELL_SECONDS, EXPIRY_SECONDS, RESOLUTIONS
from liveclass.session.store import keys, sessions
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.releasing import CELLS_AT_ONCE, Releaser
from liveclass.session.store.schema import (
    class_buckets,
    deleted_sessions,
    frames,
    late_buckets,
    source_buckets,
    sources,
)
from liveclass.session.store.schema import sessions as sessions_table
from liveclass.session.store.transaction import Transaction

Transact = Callable[..., Awaitable[Any]]
"""Does some work, with these arguments, in a transaction of its own: `SqlStore.write`."""

STEP_ROWS = 5_000
"""The most keys that one step looks at."""

_BUCKETS = (source_buckets, late_buckets, class_buckets)


def erase_source(transaction: Transaction, name: SessionName, source: str, most_cells: int = CELLS_AT_ONCE) -> Erased:
    """Takes a source out of every table, and releases its cells anew."""
    connection, releaser = transaction.connection, Releaser(transaction.rules)
    stored = sessions.find(connection, name, lock=True)
    session, source_key = stored.session, keys.source_key(stored.hash_key, source)
    rows, mine = SessionRows(transaction, session), {"session": session.id, "source": source_key}
    found = np.array(connection.scalars(_CELLS_OF_SOURCE, mine).all(), np.int64)
    observations, faces = connection.execute(_TOTALS_OF_SOURCE, mine).one()
    for first in range(0, len(found), most_cells):
        part = found[first : first + most_cells]
        changes = rows.people(source_buckets, part, releaser.rules, source_key)
        rows.delete_source(part, source_key)
        releaser.release(rows, part[part < session.watermark], changes)
    for table in (late_buckets, frames, sources):
        same = (table.c.session_id == session.id) & (table.c.source_key == source_key)
        connection.execute(table.delete().where(same))
    _shrink(connection, session)
    transaction.changes.append(Change(session.id, *ALL_TIME))
    return Erased(int(observations or 0), int(faces or 0))


_CELLS_OF_SOURCE = sa.text(f"""
SELECT start FROM source_buckets
WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source ORDER BY start
""")  # noqa: S608  # a constant

_TOTALS_OF_SOURCE = sa.text(f"""
SELECT CAST(SUM(frames) AS bigint), CAST(SUM(faces) AS bigint) FROM (
  SELECT frames, faces FROM source_buckets
  WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source
  UNION ALL
  SELECT frames, faces FROM late_buckets
  WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source
) AS recorded
""")  # noqa: S608  # as above


def _shrink(connection: sa.Connection, session: Session) -> None:
    """Keeps the first and last second of a session up to date."""
    # Cells stay where all was erased of what was shown.
    held = [
        sa.select(table.c.start).where(table.c.session_id == session.id, table.c.resolution == resolution)
        for table, resolution in ((source_buckets, 1), (late_buckets, 1), (class_buckets, CELL_SECONDS))
    ]
    start = sa.union_all(*held).subquery().c.start
    earliest, latest = connection.execute(sa.select(sa.func.min(start), sa.func.max(start))).one()
    this = sessions_table.update().where(sessions_table.c.id == session.id)
    connection.execute(this.values(first_second=earliest, last_second=latest))


def delete_session(transaction: Transaction, name: SessionName) -> int:
    """Deletes a session, and notes that its rows are to be cleared away. Gives its number."""
    delete = sessions_table.delete().where(sessions.named(name)).returning(sessions_table.c.id)
    number: int | None = transaction.connection.scalar(delete)
    if number is None:
        raise NotFoundError("session", str(name))
    transaction.connection.execute(deleted_sessions.insert().values(id=number))
    transaction.changes.append(Change(number, *ALL_TIME))
    return number


async def clear_deleted(transact: Transact, session_id: int) -> int:
    """Clears away the rows of a deleted session. Gives their number."""
    removed = 0
    for table in _BUCKETS:
        for resolution in RESOLUTIONS:
            where = [table.c.session_id == session_id, table.c.resolution == resolution]
            removed += await _clear(transact, table.c.start, where)
    removed += await _clear(transact, sources.c.source_key, [sources.c.session_id == session_id])
    removed += await _clear(transact, frames.c.frame_key, [frames.c.session_id == session_id])
    done = deleted_sessions.delete().where(deleted_sessions.c.id == session_id)
    await transact(_delete, done)
    return removed


async def clear_expired(transact: Transact, session: Session, now: int) -> int:
    """Deletes, row by row, what a session holds past its retention: ten minutes when all of their time is.

    What is known of the frames goes with the day, as on PostgreSQL.
    """
    kept_from = _kept_from(session, now)
    removed = 0
    for table in _BUCKETS:
        for resolution in RESOLUTIONS:
            where = [table.c.session_id == session.id, table.c.resolution == resolution]
            removed += await _clear(transact, table.c.start, [*where, table.c.start < kept_from])
    today = now // keys.DAY_SECONDS
    return removed + await _clear(
        transact, frames.c.frame_key, [frames.c.session_id == session.id], frames.c.expires <= today
    )


def _kept_from(session: Session, now: int) -> int:
    """The start of the earliest ten minutes of which a session still keeps something."""
    return (now - session.retention_seconds) // EXPIRY_SECONDS * EXPIRY_SECONDS


def deleted(connection: sa.Connection) -> list[int]:
    """The deleted sessions whose rows are not all cleared away: a crash came in between."""
    return list(connection.scalars(sa.select(deleted_sessions.c.id)))


def with_expired(connection: sa.Connection, now: int) -> list[Session]:
    """The sessions that hold something past its retention."""
    query = sa.select(sessions_table).where(_expires(sessions_table.c.first_second) <= now)
    return [sessions.stored(row).session for row in connection.execute(query)]


def forget_expired(transaction: Transaction, expired: Sequence[Session], now: int) -> None:
    """Notes that sessions hold nothing any more from before their retention, once the last row of it is gone."""
    connection = transaction.connection
    first, last = sessions_table.c.first_second, sessions_table.c.last_second
    today = now // keys.DAY_SECONDS * keys.DAY_SECONDS
    for session in expired:
        kept_from = _kept_from(session, now)
        mine = sessions_table.update().where(sessions_table.c.id == session.id)
        connection.execute(mine.where(_expires(last) < today).values(first_second=None, last_second=None))
        earliest = sa.case((last < kept_from, last), else_=kept_from)
        connection.execute(mine.where(first < kept_from).values(first_second=earliest))
        gone = (sources.c.session_id == session.id) & (sources.c.last_second < kept_from)
        connection.execute(sources.delete().where(gone))


def _expires(second: "sa.ColumnElement[int]") -> "sa.ColumnElement[int]":
    """When the ten minutes that a second lies in are past the session's retention."""
    return second - second % EXPIRY_SECONDS + EXPIRY_SECONDS + sessions_table.c.retention_seconds


async def _clear(
    transact: Transact,
    column: "sa.Column[Any]",
    where: "list[sa.ColumnElement[bool]]",
    condition: "sa.ColumnElement[bool] | None" = None,
) -> int:
    """Deletes the rows in `where`, or those of them that also meet `condition`, in steps along `column`."""
    removed: int = 0
    after: list[sa.ColumnElement[bool]] = []
    while True:
        bound = await transact(_bound, column, [*where, *after])
        stretch = after if bound is None else [*after, column <= bound]
        chosen = [*where, *stretch] if condition is None else [*where, *stretch, condition]
        removed += await transact(_delete, sa.delete(column.table).where(*chosen))
        if bound is None:
            return removed
        after = [column > bound]


def _bound(transaction: Transaction, column: "sa.Column[Any]", where: "list[sa.ColumnElement[bool]]") -> Any:
    """How far along `column` the next `STEP_ROWS` rows reach; None where there are no more."""
    beyond = sa.select(column).where(*where).order_by(column).offset(STEP_ROWS).limit(1)
    return transaction.connection.scalar(beyond)


def _delete(transaction: Transaction, statement: sa.Delete) -> int:
    removed: int = transaction.connection.execute(statement).rowcount
    return removed
