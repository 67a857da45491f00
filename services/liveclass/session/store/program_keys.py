"""The rows of program keys."""

import json
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from liveclass.identity.program_keys import ProgramKey
from liveclass.reasons import Reason
from liveclass.runtime.errors import FailedPreconditionError, NotFoundError
from liveclass.session.store import schema
from liveclass.session.store.transaction import Transaction

table = schema.program_keys

MOST_KEYS = 1_000
"""Of a tenant, without those that are revoked; and the most that are listed."""


def insert(transaction: Transaction, key: ProgramKey) -> None:
    """Raises `FailedPreconditionError` where the tenant has too many."""
    valid = (table.c.tenant == key.tenant) & table.c.revoke_time.is_(None)
    count = transaction.connection.scalar(sa.select(sa.func.count()).where(valid))
    if (count or 0) >= MOST_KEYS:
        description = f"there are {MOST_KEYS} already; revoke those that are not needed"
        raise FailedPreconditionError("keys", description, Reason.TOO_MANY_KEYS)
    values = {
        "id": key.id,
        "tenant": key.tenant,
        "display_name": key.display_name,
        "permissions": json.dumps(key.permissions),
        "secret_hash": key.secret_hash,
        "create_time": key.create_time,
    }
    transaction.connection.execute(table.insert().values(values))


_NO_KEY = SimpleNamespace(
    id="", tenant="", display_name="", permissions='["classrooms/7b:view"]', secret_hash=b"", create_time=0,
    last_use_time=None, revoke_time=None,
)  # fmt: skip  # a row that is none


def find(connection: sa.Connection, key_id: str) -> ProgramKey | None:
    """The key of that id. One that is not there takes as long to read as one that is."""
    row = connection.execute(sa.select(table).where(table.c.id == key_id)).one_or_none()
    key = _key(row or _NO_KEY)
    return key if row else None


def select(connection: sa.Connection, tenant: str) -> list[ProgramKey]:
    """Those of a tenant, latest first."""
    order = (table.c.create_time.desc(), table.c.id)
    rows = connection.execute(sa.select(table).where(table.c.tenant == tenant).order_by(*order).limit(MOST_KEYS))
    return [_key(row) for row in rows]


def revoke(transaction: Transaction, tenant: str, key_id: str, time: int) -> ProgramKey:
    """Raises `NotFoundError`."""
    mine = (table.c.id == key_id) & (table.c.tenant == tenant)
    valid = table.update().where(mine, table.c.revoke_time.is_(None)).values(revoke_time=time)
    transaction.connection.execute(valid)
    row = transaction.connection.execute(sa.select(table).where(mine)).one_or_none()
    if row is None:
        raise NotFoundError("key", f"keys/{key_id}")
    return _key(row)


def note_use(transaction: Transaction, key_id: str, time: int) -> None:
    transaction.connection.execute(table.update().where(table.c.id == key_id).values(last_use_time=time))


def _key(row: Any) -> ProgramKey:
    return ProgramKey(
        row.id,
        row.tenant,
        row.display_name,
        tuple(json.loads(row.permissions)),
        bytes(row.secret_hash),
        row.create_time,
        row.last_use_time,
        row.revoke_time,
    )
