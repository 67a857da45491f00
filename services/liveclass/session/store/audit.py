"""The rows of the audit log."""

from dataclasses import asdict
from operator import attrgetter

import sqlalchemy as sa

from liveclass.identity.audit import AuditEntry
from liveclass.session.ports import AuditQuery
from liveclass.session.store import schema
from liveclass.session.store.transaction import Transaction

table = schema.audit

_values = attrgetter("time", "tenant", "issuer", "subject", "client", "action", "resource", "outcome", "calls")


def add(transaction: Transaction, entries: list[AuditEntry]) -> None:
    """Adds rows. Nothing here changes one."""
    transaction.connection.execute(table.insert(), list(map(asdict, entries)))


def select(connection: sa.Connection, query: AuditQuery) -> list[AuditEntry]:
    """The entries that match, latest first."""
    wanted = {"action": query.action, "subject": query.subject, "outcome": query.outcome, "resource": query.resource}
    statement = (
        sa.select(table)
        .where(table.c.tenant == query.tenant, table.c.time >= query.start, table.c.time < query.end)
        .where(*(table.c[name] == value for name, value in wanted.items() if value))
        .order_by(table.c.time.desc(), table.c.id.desc())
        .offset(query.skip)
        .limit(query.limit)
    )
    return [AuditEntry(*_values(row)) for row in connection.execute(statement)]


def remove_before(transaction: Transaction, time: int) -> None:
    """Removes what is past the retention: entries before `time`, in microseconds since the epoch."""
    connection = transaction.connection
    connection.execute(schema.audit_retention.update().values(kept_from=time))  # the triggers refuse it otherwise
    connection.execute(table.delete().where(table.c.time < time))
