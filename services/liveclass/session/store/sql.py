"""The store on SQL databases: SQLite, and PostgreSQL under any number of replicas."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog

from liveclass.names import SessionName
from liveclass.runtime.errors import ServiceError
from liveclass.session.model import MICROSECONDS, AuditEntry, Erased, Marker, NewSession, Recorded, Session, Write
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store import clearing, keys, notices, partitions, reading, schema, sessions, writing
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.changes import EVERYTHING, ChangeFeed
from liveclass.session.store.engines import PostgresEngine, SqliteEngine, Work, reachable, unavailable
from liveclass.session.store.lookups import Lookups
from liveclass.session.store.migrate import migrate
from liveclass.session.store.port import BucketQuery, SessionQuery, Snapshot
from liveclass.session.store.releasing import Releaser
from liveclass.session.store.upserts import Upserts
from liveclass.session.store.writing import Change

T = TypeVar("T")
Outcomes = list[Recorded | ServiceError]


class SqlStore:
    """`SessionStore` on SQLite and PostgreSQL.

    Raises `UnavailableError` until `open` has succeeded, which `is_readable` tries again and again.
    """

    def __init__(
        self,
        engine: SqliteEngine | PostgresEngine,
        feed: ChangeFeed,
        rules: ReleaseRules,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives seconds since the epoch."""
        self._engine = engine
        self._feed = feed
        self._clock = clock
        self._lookups, self._releaser = Lookups(engine.dialect), Releaser(Upserts(engine.dialect), rules)
        self._partitions: set[int] = set()
        self._is_open = False
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Brings the database to the newest schema. Raises `UnavailableError` where it cannot be reached."""
        await reachable(lambda: self._engine.write(migrate))
        if isinstance(self._engine, PostgresEngine) and self._listening is None:
            self._listening = asyncio.create_task(notices.listen(self._engine.listener, self._feed))
        self._is_open = True

    async def create_session(self, session: NewSession) -> Session:
        return await self._write(lambda connection: sessions.insert(connection, session))

    async def get_session(self, name: SessionName) -> Session:
        return await self._read(lambda connection: sessions.find(connection, name).session)

    async def list_sessions(self, query: SessionQuery) -> list[Session]:
        return await self._read(lambda connection: sessions.select(connection, query))

    async def rename_session(self, name: SessionName, display_name: str) -> Session:
        return await self._write(lambda connection: sessions.rename(connection, name, display_name))

    async def mark_session(self, name: SessionName, marker: Marker) -> Session:
        return await self._write(lambda connection: sessions.mark(connection, name, marker))

    async def end_session(self, name: SessionName, end_time: int) -> Session:
        def work(connection: sa.Connection) -> tuple[Session, list[Change]]:
            session = sessions.end(connection, name, end_time)
            self._releaser.close(SessionRows(connection, session), self._clock())
            return session, [Change(session.id, *EVERYTHING)]

        return await self._write_and_publish(work)

    async def delete_session(self, name: SessionName) -> None:
        def work(connection: sa.Connection) -> tuple[int, list[Change]]:
            number = clearing.delete_session(connection, name)
            return number, [Change(number, *EVERYTHING)]

        await clearing.clear_deleted(self._write, await self._write_and_publish(work))

    async def record(self, writes: Sequence[Write]) -> list[Recorded | ServiceError]:
        days: set[int] = set()
        now = self._clock()

        def work(connection: sa.Connection) -> tuple[Outcomes, list[Change]]:
            batch, stored = writing.admit(connection, self._lookups, writes)
            if not batch.frame_ids:
                return batch.outcomes, []
            if isinstance(self._engine, PostgresEngine):
                days.update(writing.expiry_days(batch, stored) - self._partitions)
                if days:
                    partitions.ensure(connection, days)
            return batch.outcomes, writing.add(connection, self._releaser, batch, stored, now)

        outcomes = await self._write_and_publish(work)
        self._partitions |= days  # only now are they sure to be there
        return outcomes

    async def read(self, name: SessionName, query: BucketQuery) -> Snapshot:
        return await self._read(lambda connection: reading.read(connection, name, query))

    async def close_cells(self, name: SessionName) -> None:
        def work(connection: sa.Connection) -> tuple[bool, list[Change]]:
            session = sessions.find(connection, name, lock=True).session
            cells, is_all = self._releaser.close(SessionRows(connection, session), self._clock())
            return is_all, writing.changed(session.id, cells)

        while not await self._write_and_publish(work):
            pass  # a session that was long unread is closed in several transactions

    async def erase_source(self, name: SessionName, source: str) -> Erased:
        def work(connection: sa.Connection) -> tuple[Erased, list[Change]]:
            erased = clearing.erase_source(connection, self._releaser, name, source)
            return erased, [Change(sessions.find(connection, name).session.id, *EVERYTHING)]

        return await self._write_and_publish(work)

    async def add_audit(self, entries: list[AuditEntry]) -> None:
        rows = [asdict(entry) for entry in entries]
        await self._write(lambda connection: connection.execute(schema.audit.insert(), rows))

    async def newest_time(self) -> float | None:
        return await self._read(sessions.newest_time)

    async def sweep(self, now: int, audit_seconds: int) -> int:
        removed = 0
        for number in await self._read(clearing.deleted):
            removed += await clearing.clear_deleted(self._write, number)
        expired = await self._read(lambda connection: clearing.with_expired(connection, now))
        if isinstance(self._engine, PostgresEngine):
            removed += await self._write(lambda c: partitions.drop_expired(c, now // keys.DAY_SECONDS))
            self._partitions.clear()
        else:
            for session in expired:
                removed += await clearing.clear_expired(self._write, session, now)
        await self._write(lambda connection: clearing.forget_expired(connection, expired, now))
        old = schema.audit.c.time < (now - audit_seconds) * MICROSECONDS
        await self._write(lambda connection: connection.execute(schema.audit.delete().where(old)))
        return removed

    async def is_readable(self) -> bool:
        if not self._is_open:
            await self.open()
        await self._read(lambda connection: connection.execute(sa.select(schema.sessions.c.id).limit(1)))
        return True

    async def is_writable(self) -> bool:
        return await self._reach(self._engine.check_writable)

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._engine.close()

    async def _read(self, work: Work[T]) -> T:
        return await self._reach(lambda: self._engine.read(work))

    async def _write(self, work: Work[T]) -> T:
        return await self._reach(lambda: self._engine.write(work))

    async def _reach(self, transaction: Callable[[], Awaitable[T]]) -> T:
        if not self._is_open:
            raise unavailable()
        return await reachable(transaction)

    async def _write_and_publish(self, work: Work[tuple[T, list[Change]]]) -> T:
        """Does `work` in a transaction, and publishes what it changed once that is on disk.

        A caller who goes away does not keep the others from hearing of it.
        """
        transaction = asyncio.ensure_future(self._write_then_publish(work))
        transaction.add_done_callback(_log_unexpected)
        return await asyncio.shield(transaction)

    async def _write_then_publish(self, work: Work[tuple[T, list[Change]]]) -> T:
        def and_notify(connection: sa.Connection) -> tuple[T, list[Change]]:
            result, changes = work(connection)
            if isinstance(self._engine, PostgresEngine):
                notices.notify(connection, changes)
            return result, changes

        result, changes = await self._write(and_notify)
        for change in changes:
            self._feed.publish(change)
        return result


def _log_unexpected(transaction: "asyncio.Future[Any]") -> None:
    """Its caller may have gone away, and then nobody else sees how it ended."""
    error = None if transaction.cancelled() else transaction.exception()
    if error is not None and not isinstance(error, ServiceError):
        structlog.get_logger().error("a transaction failed", exc_info=error)
