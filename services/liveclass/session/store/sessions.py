"""Sessions in SQL."""

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from liveclass.names import SessionName
from liveclass.runtime.errors import (
    AlreadyExistsError,
    FailedPreconditionError,
    NotFoundError,
    QuotaExceededError,
    Reason,
)
from liveclass.session.model import FOREVER, MICROSECONDS, Marker, NewSession, Session
from liveclass.session.ports import Comparison, SessionQuery
from liveclass.session.store.keys import new_hash_key
from liveclass.session.store.schema import sessions as table
from liveclass.session.store.transaction import Transaction

MAX_MARKERS = 100
"""In one session."""

QUOTA_RETRY_SECONDS = 60.0
"""When a caller should try again whose tenant has too many sessions: somebody has to delete one."""

# In one order for everybody, so that two transactions never wait for each other.
_FIND = (
    sa.select(table)
    .where(sa.tuple_(table.c.tenant, table.c.classroom, table.c.session).in_(sa.bindparam("names", expanding=True)))
    .order_by(table.c.id)
)
_LOCK = _FIND.with_for_update()


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session with the key of its hashes, which never leaves the store."""

    session: Session
    hash_key: bytes


def insert(transaction: Transaction, session: NewSession, most: int | None) -> Session:
    """Adds a session, where its tenant then has `most` sessions at most; None: any number."""
    connection, tenant = transaction.connection, session.name.tenant
    if most is not None:
        transaction.statements.lock_tenant(connection, tenant)
    values = {
        **session.name._asdict(),
        "display_name": session.display_name,
        "start_time": session.start_time,
        "minimum_group_size": session.minimum_group_size,
        "retention_seconds": session.retention_seconds,
        "hash_key": new_hash_key(),
        "watermark": 0 if session.minimum_group_size > 1 else FOREVER,
    }
    try:
        added = connection.execute(table.insert().values(values).returning(table)).one()
    except IntegrityError as error:
        raise AlreadyExistsError("session", str(session.name)) from error
    if most is not None:
        count = connection.scalar(sa.select(sa.func.count()).where(table.c.tenant == tenant)) or 0
        if count > most:
            message = f"tenant '{tenant}' may store {most} sessions; delete one first"
            raise QuotaExceededError(tenant, "stored_sessions", message, QUOTA_RETRY_SECONDS)
    return stored(added).session


def named(name: SessionName) -> "sa.ColumnElement[bool]":
    """The session of this name."""
    return (table.c.tenant == name.tenant) & (table.c.classroom == name.classroom) & (table.c.session == name.session)


def find(connection: sa.Connection, name: SessionName, *, lock: bool = False) -> StoredSession:
    """Looks a session up; with `lock` nobody else writes to it until the transaction ends."""
    found = find_all(connection, [name], lock=lock)
    if name not in found:
        raise NotFoundError("session", str(name))
    return found[name]


def find_all(
    connection: sa.Connection, names: Collection[SessionName], *, lock: bool = False
) -> dict[SessionName, StoredSession]:
    """Those of the sessions that there are."""
    rows = connection.execute(_LOCK if lock else _FIND, {"names": list(names)})
    return {one.session.name: one for one in map(stored, rows)}


def select(connection: sa.Connection, query: SessionQuery) -> list[Session]:
    order = (table.c.start_time, table.c.classroom, table.c.session)  # no number of the store's: it tells of others
    latest_first = (column.desc() for column in order)
    statement = sa.select(table).where(table.c.tenant == query.tenant).order_by(*latest_first).limit(query.limit)
    if query.classroom is not None:
        statement = statement.where(table.c.classroom == query.classroom)
    if query.visible is not None:
        statement = statement.where(table.c.classroom.in_(query.visible))
    if query.after is not None:
        statement = statement.where(sa.tuple_(*order) < sa.tuple_(*map(sa.literal, query.after)))
    statement = statement.where(*(_condition(comparison) for comparison in query.comparisons))
    return [stored(row).session for row in connection.execute(statement)]


def rename(transaction: Transaction, name: SessionName, display_name: str) -> Session:
    transaction.connection.execute(table.update().where(named(name)).values(display_name=display_name))
    return find(transaction.connection, name).session


def mark(transaction: Transaction, name: SessionName, marker: Marker) -> Session:
    """Puts the marker in the place of one of the same second, or takes that one away where its text is empty."""
    session = find(transaction.connection, name, lock=True).session
    others = [one for one in session.markers if one.second != marker.second]
    if marker.text and len(others) >= MAX_MARKERS:
        description = f"has {MAX_MARKERS} markers already; take one away first"
        raise FailedPreconditionError(str(name), description, Reason.TOO_MANY_MARKERS)
    markers = sorted([*others, *([marker] if marker.text else [])], key=lambda one: one.second)
    text = json.dumps([(one.second, one.text) for one in markers])
    transaction.connection.execute(table.update().where(table.c.id == session.id).values(markers=text))
    return replace(session, markers=tuple(markers))


def newest_time(connection: sa.Connection) -> float | None:
    """The latest start of a session, or second in which something was observed. None: there is no session."""
    started, observed = connection.execute(
        sa.select(sa.func.max(table.c.start_time), sa.func.max(table.c.last_second))
    ).one()
    return None if started is None else max(started / MICROSECONDS, observed or 0)


def end(transaction: Transaction, name: SessionName, time: int) -> Session:
    transaction.connection.execute(table.update().where(named(name), table.c.end_time.is_(None)).values(end_time=time))
    return find(transaction.connection, name, lock=True).session


def _condition(comparison: Comparison) -> "sa.ColumnElement[bool]":
    if comparison.field == "state":
        is_active: sa.ColumnElement[bool] = table.c.end_time.is_(None)
        return is_active if (comparison.value == "ACTIVE") == (comparison.operator == "=") else ~is_active
    return table.c[comparison.field].bool_op(comparison.operator)(comparison.value)


def stored(row: "sa.Row[Any]") -> StoredSession:
    """A row of the table."""
    session = Session(
        id=row.id,
        name=SessionName(row.tenant, row.classroom, row.session),
        display_name=row.display_name,
        start_time=row.start_time,
        end_time=row.end_time,
        minimum_group_size=row.minimum_group_size,
        retention_seconds=row.retention_seconds,
        first_second=row.first_second,
        last_second=row.last_second,
        watermark=row.watermark,
        recorded_at=row.recorded_at,
        markers=tuple(Marker(second, text) for second, text in json.loads(row.markers)),
        labels=row.labels,
        pending=row.pending,
        source_count=row.source_count,
    )
    return StoredSession(session, bytes(row.hash_key))
