"""Taking away: one source everywhere, a whole session, and what is past its retention.

What may be long is done in steps of bounded size, each a transaction, so that writers get their turn in between.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import sqlalchemy as sa

from liveclass.names import SessionName
from liveclass.runtime.errors import NotFoundError
from liveclass.session import figures
from liveclass.session.figures import Ints
from liveclass.session.model import Erased, Session
from liveclass.session.rollup import PAIR_SECONDS, RESOLUTIONS
from liveclass.session.store import keys, reading, sessions
from liveclass.session.store.schema import class_buckets, doomed_sessions, frames, source_buckets, source_pairs
from liveclass.session.store.schema import sessions as sessions_table
from liveclass.session.store.upserts import Upserts
from liveclass.session.timeline import Series

Transact = Callable[[Callable[[sa.Connection], Any]], Awaitable[Any]]
"""Does some work in a transaction of its own."""

STEP_ROWS = 5_000
"""The most keys that one step looks at."""


def erase_source(
    connection: sa.Connection, upserts: Upserts, name: SessionName, source: str, most_buckets: int = reading.MAX_ROWS
) -> Erased:
    """Takes a source out of every table and every sum, in the transaction of `connection`."""
    stored = sessions.find(connection, name, lock=True)
    session, source_key = stored.session, keys.source_key(stored.hash_key, source)
    if session.first_second is None or session.last_second is None:
        return Erased(0, 0)
    first, end = session.first_second // PAIR_SECONDS * PAIR_SECONDS, session.last_second + 1
    erased = Erased(0, 0)
    for resolution in RESOLUTIONS:
        # One answer has no more rows than that, and what it leaves out would stay in the sums.
        for start in range(first, end, most_buckets * resolution):
            part = (start, min(end, start + most_buckets * resolution))
            series = reading.source_series(connection, session, source_key, resolution, part)
            upserts.add_class_buckets(connection, _taken_back(session, series))
            if resolution == RESOLUTIONS[-1]:
                totals = series.figures.sum(axis=0)
                observations, faces = int(totals[figures.FRAMES]), int(totals[figures.FACES])
                erased = Erased(erased.observations + observations, erased.faces + faces)
    _delete_source(connection, session, source_key, (first, end))
    return erased


def _taken_back(session: Session, series: Series) -> Ints:
    """Rows of the class's buckets: what was added to them, with the sign turned."""
    whole = np.broadcast_to((session.id, series.resolution), (len(series), 2))
    days = keys.expiry_days(series.starts, session.retention_seconds)
    figures_of_all = np.column_stack((series.figures, series.group, series.shown))
    return np.column_stack((whole, series.starts, days, -figures_of_all))


def _delete_source(connection: sa.Connection, session: Session, source_key: int, seconds: tuple[int, int]) -> None:
    mine: dict[str, Any] = {"session": session.id, "source": source_key, "first": seconds[0], "end": seconds[1]}
    for resolution in RESOLUTIONS:
        connection.execute(_DELETE_BUCKETS, {**mine, "resolution": resolution})
    for table in (source_pairs, frames):
        same = (table.c.session_id == session.id) & (table.c.source_key == source_key)
        connection.execute(table.delete().where(same))
    empty = (class_buckets.c.session_id == session.id) & (class_buckets.c.frames == 0)
    connection.execute(class_buckets.delete().where(empty))
    starts = sa.select(sa.func.min(class_buckets.c.start), sa.func.max(class_buckets.c.start)).where(
        class_buckets.c.session_id == session.id, class_buckets.c.resolution == 1
    )
    earliest, latest = (connection.execute(starts)).one()
    this = sessions_table.update().where(sessions_table.c.id == session.id)
    connection.execute(this.values(first_second=earliest, last_second=latest))


# Each bucket is found by its whole key: without the list of starts all the sources' rows would be read.
_DELETE_BUCKETS = sa.text("""
DELETE FROM source_buckets
WHERE session_id = :session AND resolution = :resolution AND source_key = :source AND start IN (
  SELECT start FROM class_buckets
  WHERE session_id = :session AND resolution = :resolution AND start >= :first AND start < :end)
""")


def doom_session(connection: sa.Connection, name: SessionName) -> int:
    """Deletes a session, and notes that its rows are to be cleared away. Gives its number."""
    mine = (sessions_table.c.classroom == name.classroom) & (sessions_table.c.session == name.session)
    number: int | None = connection.scalar(sessions_table.delete().where(mine).returning(sessions_table.c.id))
    if number is None:
        raise NotFoundError("session", str(name))
    connection.execute(doomed_sessions.insert().values(id=number))
    return number


async def clear_doomed(transact: Transact, session_id: int) -> int:
    """Clears away the rows of a deleted session. Gives their number."""
    removed = 0
    for table in (source_buckets, class_buckets):
        for resolution in RESOLUTIONS:
            where = [table.c.session_id == session_id, table.c.resolution == resolution]
            removed += await _clear(transact, table.c.start, where)
    removed += await _clear(transact, source_pairs.c.start, [source_pairs.c.session_id == session_id])
    removed += await _clear(transact, frames.c.frame_key, [frames.c.session_id == session_id])
    done = doomed_sessions.delete().where(doomed_sessions.c.id == session_id)
    await transact(lambda connection: connection.execute(done).rowcount)
    return removed


async def clear_expired(transact: Transact, session: Session, now: int) -> int:
    """Deletes, row by row, what a session holds past its retention: ten minutes when all of their time is.

    Their buckets of all lengths go together, because what may be shown of a long one is told from all of its parts.
    What is known of the frames goes with the day, as on PostgreSQL.
    """
    kept_from = _kept_from(session, now)
    removed = 0
    for table in (source_buckets, class_buckets):
        for resolution in RESOLUTIONS:
            where = [table.c.session_id == session.id, table.c.resolution == resolution]
            removed += await _clear(transact, table.c.start, [*where, table.c.start < kept_from])
    old = [source_pairs.c.session_id == session.id, source_pairs.c.start < kept_from]
    removed += await _clear(transact, source_pairs.c.start, old)
    today = now // keys.DAY_SECONDS
    return removed + await _clear(
        transact, frames.c.frame_key, [frames.c.session_id == session.id], frames.c.expires <= today
    )


def _kept_from(session: Session, now: int) -> int:
    """The start of the earliest ten minutes of which a session still keeps something."""
    return (now - session.retention_seconds) // PAIR_SECONDS * PAIR_SECONDS


def doomed(connection: sa.Connection) -> list[int]:
    """The deleted sessions whose rows are not all cleared away: a crash came in between."""
    return list(connection.scalars(sa.select(doomed_sessions.c.id)))


def with_expired(connection: sa.Connection, now: int) -> list[Session]:
    """The sessions that hold something past its retention."""
    query = sa.select(sessions_table).where(_expires(sessions_table.c.first_second) <= now)
    return [sessions.stored(row).session for row in connection.execute(query)]


def forget_expired(connection: sa.Connection, expired: Sequence[Session], now: int) -> None:
    """Notes that sessions hold nothing any more from before their retention, once the last row of it is gone."""
    first, last = sessions_table.c.first_second, sessions_table.c.last_second
    today = now // keys.DAY_SECONDS * keys.DAY_SECONDS
    for session in expired:
        kept_from = _kept_from(session, now)
        mine = sessions_table.update().where(sessions_table.c.id == session.id)
        connection.execute(mine.where(_expires(last) < today).values(first_second=None, last_second=None))
        earliest = sa.case((last < kept_from, last), else_=kept_from)
        connection.execute(mine.where(first < kept_from).values(first_second=earliest))


def _expires(second: "sa.ColumnElement[int]") -> "sa.ColumnElement[int]":
    """When the ten minutes that a second lies in are past the session's retention."""
    return second - second % PAIR_SECONDS + PAIR_SECONDS + sessions_table.c.retention_seconds


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
        bound = await transact(partial(_bound, column, [*where, *after]))
        stretch = after if bound is None else [*after, column <= bound]
        chosen = [*where, *stretch] if condition is None else [*where, *stretch, condition]
        removed += await transact(partial(_delete, sa.delete(column.table).where(*chosen)))
        if bound is None:
            return removed
        after = [column > bound]


def _bound(column: "sa.Column[Any]", where: "list[sa.ColumnElement[bool]]", connection: sa.Connection) -> Any:
    """How far along `column` the next `STEP_ROWS` rows reach; None where there are no more."""
    return connection.scalar(sa.select(column).where(*where).order_by(column).offset(STEP_ROWS).limit(1))


def _delete(statement: sa.Delete, connection: sa.Connection) -> int:
    removed: int = connection.execute(statement).rowcount
    return removed
