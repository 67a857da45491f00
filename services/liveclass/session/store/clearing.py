"""Deleting: one source of a session, a whole session, and what is past its retention.

Long deletions are done in steps of bounded size, each in a transaction, so that writers get their turn in between.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from liveclass.names import SessionName
from liveclass.runtime.errors import NotFoundError
from liveclass.session.changes import ALL_TIME, Change
from liveclass.session.model import FOREVER, Erased, Session
from liveclass.session.store import keys, schema, sessions
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.releasing import add_pending, cells_at_once, release_cells
from liveclass.session.store.transaction import Transaction
from liveclass.session.sums import CELL_SECONDS, EXPIRY_SECONDS, RESOLUTIONS, Ints

Transact = Callable[..., Awaitable[Any]]
"""Does some work, with these arguments, in a transaction of its own: `SqlStore.write`, or `SqlStore.read`."""

STEP_ROWS = 5_000
"""The most keys that one step looks at."""

STEP_CELLS = 50
"""The most cells that one step takes a source out of."""


async def erase_source(read: Transact, transact: Transact, name: SessionName, source: str) -> Erased:
    """Deletes what a source recorded, and releases its cells anew. Gives how much it was.

    In steps: if it is interrupted, it is finished by doing it again, which then counts what was left.
    """
    session = await transact(add_pending_of, name)
    session_id, source_key, cells = await read(_cells_of_source, name, source)
    most = min(STEP_CELLS, cells_at_once(session))
    steps = [cells[first : first + most] for first in range(0, len(cells), most)]
    parts = [await transact(_erase_cells, name, source, step) for step in steps]
    parts.append(await transact(_erase_rest, name, source))
    frames = schema.frames.c
    await _clear(transact, frames.frame_key, [frames.session_id == session_id], frames.source_key == source_key)
    return Erased(sum(one.observations for one in parts), sum(one.faces for one in parts))


def add_pending_of(transaction: Transaction, name: SessionName) -> Session:
    """Adds what waits in pending_buckets of a session to its buckets."""
    session = sessions.find(transaction.connection, name, lock=True).session
    add_pending(SessionRows(transaction, session))
    return session


def _cells_of_source(connection: sa.Connection, name: SessionName, source: str) -> tuple[int, int, Ints]:
    """The numbers of a session and of a source, and the cells in which it was recorded."""
    stored = sessions.find(connection, name)
    session_id, source_key = stored.session.id, keys.source_key(stored.hash_key, source)
    mine = {"session": session_id, "source": source_key}
    return session_id, source_key, np.array(connection.scalars(_CELLS_OF_SOURCE, mine).all(), np.int64)


def _erase_cells(transaction: Transaction, name: SessionName, source: str, cells: Ints) -> Erased:
    """Deletes what a source recorded in some cells, and releases them anew."""
    stored = sessions.find(transaction.connection, name, lock=True)
    rows, source_key = SessionRows(transaction, stored.session), keys.source_key(stored.hash_key, source)
    changes = rows.people(schema.source_buckets, cells, source_key)
    erased = rows.delete_source(cells, source_key)
    release_cells(rows, cells[cells < stored.session.watermark], changes)
    rows.publish(cells)
    return erased


def _erase_rest(transaction: Transaction, name: SessionName, source: str) -> Erased:
    """Deletes what waits of a source, what was recorded since its cells were read, and its row in `sources`."""
    connection = transaction.connection
    session = add_pending_of(transaction, name)
    _, source_key, cells = _cells_of_source(connection, name, source)
    recorded_since = _erase_cells(transaction, name, source, cells)
    mine = {"session": session.id, "source": source_key}
    observations, faces = connection.execute(_LATE_OF_SOURCE, mine).one()
    for table in (schema.late_buckets, schema.sources):
        same = (table.c.session_id == session.id) & (table.c.source_key == source_key)
        connection.execute(table.delete().where(same))
    _count_sources(connection, session.id)
    _update_time_range(connection, session)
    transaction.changes.append(Change(session.id, *ALL_TIME))
    return Erased(recorded_since.observations + observations, recorded_since.faces + faces)


_CELLS_OF_SOURCE = sa.text(f"""
SELECT start FROM source_buckets
WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source ORDER BY start
""")  # noqa: S608  # a constant

_LATE_OF_SOURCE = sa.text(f"""
SELECT CAST(COALESCE(SUM(frames), 0) AS bigint), CAST(COALESCE(SUM(faces), 0) AS bigint) FROM late_buckets
WHERE session_id = :session AND resolution = {CELL_SECONDS} AND source_key = :source
""")  # noqa: S608  # as above


def _update_time_range(connection: sa.Connection, session: Session) -> None:
    """Keeps the first and last second of a session up to date."""
    # A cell that was visible stays even when all of it was erased. One query for each end is answered from the key.
    tables = {schema.source_buckets: 1, schema.late_buckets: 1, schema.class_buckets: CELL_SECONDS}
    ends: list[int | None] = []
    for end in (sa.func.min, sa.func.max):
        queries = [
            sa.select(end(table.c.start).label("second")).where(
                table.c.session_id == session.id, table.c.resolution == resolution
            )
            for table, resolution in tables.items()
        ]
        ends.append(connection.scalar(sa.select(end(sa.union_all(*queries).subquery().c.second))))
    this = schema.sessions.update().where(schema.sessions.c.id == session.id)
    connection.execute(this.values(first_second=ends[0], last_second=ends[1]))


def delete_session(transaction: Transaction, name: SessionName) -> int:
    """Deletes a session, and notes that its rows are to be cleared away. Gives its number."""
    delete = schema.sessions.delete().where(sessions.named(name)).returning(schema.sessions.c.id)
    number: int | None = transaction.connection.scalar(delete)
    if number is None:
        raise NotFoundError("session", str(name))
    transaction.connection.execute(schema.deleted_sessions.insert().values(id=number))
    transaction.changes.append(Change(number, *ALL_TIME))
    return number


async def clear_deleted(transact: Transact, session_id: int) -> int:
    """Clears away the rows of a deleted session. Gives their number."""
    removed = await _clear_buckets(transact, session_id, FOREVER)
    for column in (schema.sources.c.source_key, schema.pending_buckets.c.number):
        removed += await _clear(transact, column, [column.table.c.session_id == session_id])
    removed += await _clear(transact, schema.frames.c.frame_key, [schema.frames.c.session_id == session_id])
    done = schema.deleted_sessions.delete().where(schema.deleted_sessions.c.id == session_id)
    await transact(_delete, done)
    return removed


async def clear_expired(transact: Transact, session: Session, now: int) -> int:
    """Deletes, row by row, what a session holds past its retention, in stretches of ten minutes.

    Rows of frames are deleted by day, as on PostgreSQL.
    """
    removed = await _clear_buckets(transact, session.id, _kept_from(session, now))
    frames, today = schema.frames.c, now // keys.DAY_SECONDS
    mine = [frames.session_id == session.id]
    return removed + await _clear(transact, frames.frame_key, mine, frames.expires <= today)


async def _clear_buckets(transact: Transact, session_id: int, before: int) -> int:
    """Deletes the buckets of a session that begin before a second."""
    removed = 0
    for table in (schema.source_buckets, schema.late_buckets, schema.class_buckets):
        for resolution in RESOLUTIONS:
            where = [table.c.session_id == session_id, table.c.resolution == resolution, table.c.start < before]
            removed += await _clear(transact, table.c.start, where)
    return removed


def _kept_from(session: Session, now: int) -> int:
    """The start of the earliest ten minutes of which a session still keeps something."""
    return (now - session.retention_seconds) // EXPIRY_SECONDS * EXPIRY_SECONDS


def deleted(connection: sa.Connection) -> list[int]:
    """The deleted sessions of which rows are left, because the service crashed in between."""
    return list(connection.scalars(sa.select(schema.deleted_sessions.c.id)))


def with_expired(connection: sa.Connection, now: int) -> list[Session]:
    """The sessions that hold something past its retention."""
    query = sa.select(schema.sessions).where(_expires(schema.sessions.c.first_second) <= now)
    return [sessions.stored(row).session for row in connection.execute(query)]


_LOCK = sa.select(schema.sessions.c.id).where(schema.sessions.c.id == sa.bindparam("session")).with_for_update()


def forget_expired(transaction: Transaction, expired: Sequence[Session], now: int) -> None:
    """Notes that sessions hold nothing any more from before their retention, once the last row of it is gone."""
    connection = transaction.connection
    first, last = schema.sessions.c.first_second, schema.sessions.c.last_second
    today = now // keys.DAY_SECONDS * keys.DAY_SECONDS
    for session in expired:
        kept_from = _kept_from(session, now)
        connection.execute(_LOCK, {"session": session.id})  # nobody records a source while they are counted
        mine = schema.sessions.update().where(schema.sessions.c.id == session.id)
        connection.execute(mine.where(_expires(last) < today).values(first_second=None, last_second=None))
        earliest = sa.case((last < kept_from, last), else_=kept_from)
        connection.execute(mine.where(first < kept_from).values(first_second=earliest))
        gone = (schema.sources.c.session_id == session.id) & (schema.sources.c.last_second < kept_from)
        connection.execute(schema.sources.delete().where(gone))
        _count_sources(connection, session.id)


def _count_sources(connection: sa.Connection, session_id: int) -> None:
    """Counts the sources of a session again after some were deleted."""
    count = sa.select(sa.func.count(schema.sources.c.source_key.distinct())).where(
        schema.sources.c.session_id == session_id
    )
    mine = schema.sessions.update().where(schema.sessions.c.id == session_id)
    connection.execute(mine.values(source_count=connection.scalar(count)))


def _expires(second: "sa.ColumnElement[int]") -> "sa.ColumnElement[int]":
    """When the ten minutes that a second lies in are past the session's retention."""
    return second - second % EXPIRY_SECONDS + EXPIRY_SECONDS + schema.sessions.c.retention_seconds


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
    """The value of `column` after the next `STEP_ROWS` rows; None where there are no more."""
    beyond = sa.select(column).where(*where).order_by(column).offset(STEP_ROWS).limit(1)
    return transaction.connection.scalar(beyond)


def _delete(transaction: Transaction, statement: sa.Delete) -> int:
    removed: int = transaction.connection.execute(statement).rowcount
    return removed
