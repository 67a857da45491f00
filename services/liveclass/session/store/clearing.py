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
from liveclass.session.figures import Ints
from liveclass.session.model import Erased, Session
from liveclass.session.rollup import CELL_SECONDS, EXPIRY_SECONDS, RESOLUTIONS
from liveclass.session.store import keys, sessions
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.releasing import Releaser, publish
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
"""Does some work, with these arguments, in a transaction of its own: `SqlStore.write`, or `SqlStore.read`."""

STEP_ROWS = 5_000
"""The most keys that one step looks at."""

STEP_CELLS = 50
"""The most cells that one step takes a source out of."""

_BUCKETS = (source_buckets, late_buckets, class_buckets)


async def erase_source(read: Transact, transact: Transact, name: SessionName, source: str) -> Erased:
    """Takes a source out of every table, and releases its cells anew. Gives how much it was.

    In steps: broken off in the middle, it is finished by doing it again, which then counts what was left.
    """
    session_id, source_key, cells = await read(_cells_of_source, name, source)
    steps = [cells[first : first + STEP_CELLS] for first in range(0, len(cells), STEP_CELLS)]
    parts = [await transact(_erase_cells, name, source, step) for step in steps]
    parts.append(await transact(_erase_rest, name, source))
    own = frames.c.source_key == source_key
    await _clear(transact, frames.c.frame_key, [frames.c.session_id == session_id], own)
    return Erased(sum(one.observations for one in parts), sum(one.faces for one in parts))


def _cells_of_source(connection: sa.Connection, name: SessionName, source: str) -> tuple[int, int, Ints]:
    """The numbers of a session and of a source, and the cells in which it was recorded."""
    stored = sessions.find(connection, name)
    session_id, source_key = stored.session.id, keys.source_key(stored.hash_key, source)
    mine = {"session": session_id, "source": source_key}
    return session_id, source_key, np.array(connection.scalars(_CELLS_OF_SOURCE, mine).all(), np.int64)


def _erase_cells(transaction: Transaction, name: SessionName, source: str, cells: Ints) -> Erased:
    """Takes a source out of some cells, and releases them anew."""
    releaser, stored = Releaser(transaction.rules), sessions.find(transaction.connection, name, lock=True)
    rows, source_key = SessionRows(transaction, stored.session), keys.source_key(stored.hash_key, source)
    changes = rows.people(source_buckets, cells, releaser.rules, source_key)
    erased = rows.delete_source(cells, source_key)
    releaser.release(rows, cells[cells < stored.session.watermark], changes)
    publish(transaction, stored.session.id, cells)
    return erased


def _erase_rest(transaction: Transaction, name: SessionName, source: str) -> Erased:
    """Takes a source out of what waits, of what came since it was looked for, and out of the list of sources."""
    connection = transaction.connection
    session = sessions.find(connection, name, lock=True).session
    _, source_key, cells = _cells_of_source(connection, name, source)
    came_since = _erase_cells(transaction, name, source, cells)
    mine = {"session": session.id, "source": source_key}
    observations, faces = connection.execute(_LATE_OF_SOURCE, mine).one()
    for table in (late_buckets, sources):
        same = (table.c.session_id == session.id) & (table.c.source_key == source_key)
        connection.execute(table.delete().where(same))
    _shrink(connection, session)
    transaction.changes.append(Change(session.id, *ALL_TIME))
    return Erased(came_since.observations + observations, came_since.faces + faces)


_CELLS_OF_SOURCE = sa.text(f"""
SELECT start FROM source_buckets
WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source ORDER BY start
""")  # noqa: S608  # a constant

_LATE_OF_SOURCE = sa.text(f"""
SELECT CAST(COALESCE(SUM(frames), 0) AS bigint), CAST(COALESCE(SUM(faces), 0) AS bigint) FROM late_buckets
WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source
""")  # noqa: S608  # as above


def _shrink(connection: sa.Connection, session: Session) -> None:
    """Keeps the first and last second of a session up to date."""
    # Cells stay where all was erased of what was shown. Asked for alone, each end is found by the key.
    held = ((source_buckets, 1), (late_buckets, 1), (class_buckets, CELL_SECONDS))
    ends: list[int | None] = []
    for end in (sa.func.min, sa.func.max):
        queries = [
            sa.select(end(table.c.start).label("second")).where(
                table.c.session_id == session.id, table.c.resolution == resolution
            )
            for table, resolution in held
        ]
        seconds = sa.union_all(*queries).subquery().c.second
        ends.append(connection.scalar(sa.select(end(seconds))))
    this = sessions_table.update().where(sessions_table.c.id == session.id)
    connection.execute(this.values(first_second=ends[0], last_second=ends[1]))


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
