"""The store in SQL. What SQLite and PostgreSQL do in the same way is here; each has an adapter for the rest."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from alembic import command
from alembic.config import Config

from liveclass.identity.audit import AuditEntry
from liveclass.identity.program_keys import ProgramKey
from liveclass.names import SessionName
from liveclass.runtime.errors import ServiceError
from liveclass.session.changes import ALL_TIME, Change, ChangeFeed
from liveclass.session.model import MICROSECONDS, Erased, Marker, NewSession, Session
from liveclass.session.ports import AuditQuery, BucketQuery, SessionQuery, SessionStore, Snapshot
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store import audit, clearing, program_keys, reading, schema, sessions
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.errors import WriteMonitor, unavailable
from liveclass.session.store.releasing import close_cells
from liveclass.session.store.transaction import P, ReadWork, Statements, T, Transaction, WriteWork

NEWEST = "head"
"""Alembic's name of the last revision of the schema."""

WRITE_CHECK_BYTES = 256 * 1024


@dataclass(frozen=True)
class StoreOptions:
    """What both adapters are given."""

    feed: ChangeFeed
    rules: ReleaseRules
    clock: Callable[[], float]
    """Seconds since the epoch."""


def uncancelled(work: Awaitable[T]) -> "asyncio.Future[T]":
    """The result of `work`, which goes on when the caller goes away; unexpected errors are then logged."""
    future = asyncio.ensure_future(work)
    future.add_done_callback(_log_unexpected)
    return asyncio.shield(future)


def _log_unexpected(future: "asyncio.Future[Any]") -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None and not isinstance(error, ServiceError):
        structlog.get_logger().error("a transaction failed", exc_info=error)


class SqlStore(SessionStore, ABC):
    """`SessionStore` in SQL. Raises `UnavailableError` until `open` has succeeded.

    Every statement runs in `read` or `write`. Recording is `write(record_batch, …)`.
    """

    def __init__(self, statements: Statements, options: StoreOptions) -> None:
        self._statements, self._rules = statements, options.rules
        self._feed, self._clock = options.feed, options.clock
        self._monitor = WriteMonitor()
        self._is_open = False

    @abstractmethod
    async def open(self, revision: str = NEWEST) -> None:
        """Brings the database to the newest schema, or to an earlier `revision` of it.

        Raises `UnavailableError` where it cannot be reached.
        """

    @abstractmethod
    async def read(self, work: ReadWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls `work` in a transaction that only reads, and sees one moment."""

    @abstractmethod
    async def write(self, work: WriteWork[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Calls `work` in a transaction that is on disk afterwards, and then publishes its changes.

        It goes on to the end when the caller goes away.
        """

    @abstractmethod
    async def _clear_expired(self, expired: Sequence[Session], now: int) -> int:
        """Deletes what is past its retention, of all sessions or of these `expired` ones. Gives how much it was."""

    @property
    def takes_writes(self) -> bool:
        return self._monitor.problem is None

    async def create_session(self, session: NewSession, most: int | None = None) -> Session:
        return await self.write(sessions.insert, session, most)

    async def get_session(self, name: SessionName) -> Session:
        return (await self.read(sessions.find, name)).session

    async def list_sessions(self, query: SessionQuery) -> list[Session]:
        return await self.read(sessions.select, query)

    async def rename_session(self, name: SessionName, display_name: str) -> Session:
        return await self.write(sessions.rename, name, display_name)

    async def mark_session(self, name: SessionName, marker: Marker) -> Session:
        return await self.write(sessions.mark, name, marker)

    async def end_session(self, name: SessionName, end_time: int) -> Session:
        def work(transaction: Transaction) -> Session:
            session = sessions.end(transaction, name, end_time)
            close_cells(SessionRows(transaction, session))
            transaction.changes.append(Change(session.id, *ALL_TIME))
            return session

        return await self.write(work)

    async def delete_session(self, name: SessionName) -> None:
        await clearing.clear_deleted(self.write, await self.write(clearing.delete_session, name))

    async def snapshot(self, name: SessionName, query: BucketQuery) -> Snapshot:
        return await self.read(reading.snapshot, self._statements, name, query)

    async def close_cells(self, name: SessionName) -> None:
        def work(transaction: Transaction) -> bool:
            return close_cells(SessionRows(transaction, sessions.find(transaction.connection, name, lock=True).session))

        while not await self.write(work):
            pass  # a session that was long unread is closed in several transactions

    async def erase_source(self, name: SessionName, source: str) -> Erased:
        return await uncancelled(clearing.erase_source(self.read, self.write, name, source))

    async def add_audit(self, entries: list[AuditEntry]) -> None:
        await self.write(audit.add, entries)

    async def list_audit(self, query: AuditQuery) -> list[AuditEntry]:
        return await self.read(audit.select, query)

    async def add_key(self, key: ProgramKey) -> None:
        await self.write(program_keys.insert, key)

    async def find_key(self, key_id: str) -> ProgramKey | None:
        return await self.read(program_keys.find, key_id)

    async def list_keys(self, tenant: str) -> list[ProgramKey]:
        return await self.read(program_keys.select, tenant)

    async def revoke_key(self, tenant: str, key_id: str, time: int) -> ProgramKey:
        return await self.write(program_keys.revoke, tenant, key_id, time)

    async def note_key_use(self, key_id: str, time: int) -> None:
        await self.write(program_keys.note_use, key_id, time)

    async def newest_time(self) -> float | None:
        return await self.read(sessions.newest_time)

    async def sweep(self, now: int, audit_seconds: int) -> int:
        removed = 0
        for number in await self.read(clearing.deleted):
            removed += await clearing.clear_deleted(self.write, number)
        expired = await self.read(clearing.with_expired, now)
        for session in expired:
            if session.pending:
                await self.write(clearing.add_pending_of, session.name)
        removed += await self._clear_expired(expired, now)
        await self.write(clearing.forget_expired, expired, now)
        await self.write(audit.remove_before, (now - audit_seconds) * MICROSECONDS)
        return removed

    async def is_readable(self) -> bool:
        if not self._is_open:
            await self.open()
        await self.read(lambda connection: connection.execute(sa.select(schema.sessions.c.id).limit(1)))
        return True

    def _check_open(self) -> None:
        if not self._is_open:
            raise unavailable()

    def _transaction(self, connection: sa.Connection) -> Transaction:
        return Transaction(connection, self._statements, self._rules, self._clock())


def migrate(connection: sa.Connection, revision: str) -> None:
    """Runs what is missing up to `revision`, all of it or none, in the transaction of `connection`."""
    config = Config()
    config.set_main_option("script_location", "liveclass.session.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def try_to_write(transaction: Transaction) -> None:
    """Takes as much room as a small commit, and gives it back."""
    connection, filler = transaction.connection, "x" * WRITE_CHECK_BYTES
    connection.execute(sa.text("CREATE TABLE liveclass_write_check (filler TEXT)"))
    connection.execute(sa.text("INSERT INTO liveclass_write_check VALUES (:filler)"), {"filler": filler})
    connection.execute(sa.text("DROP TABLE liveclass_write_check"))
