"""The store on SQL databases: SQLite, and PostgreSQL under any number of replicas."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from liveclass.names import SessionName
from liveclass.runtime.errors import ServiceError
from liveclass.session.figures import Ints
from liveclass.session.model import MICROSECONDS, AuditEntry, Erased, NewSession, Recorded, Session, Write
from liveclass.session.store import clearing, keys, notices, partitions, reading, schema, sessions, writing
from liveclass.session.store.changes import EVERYTHING, ChangeFeed
from liveclass.session.store.engines import Engines, reachable, unavailable
from liveclass.session.store.migrate import migrate
from liveclass.session.store.port import SessionQuery
from liveclass.session.store.upserts import Upserts
from liveclass.session.store.writing import Change
from liveclass.session.timeline import Groups, Series

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class SqlStore:
    """`SessionStore` on the engines of SQLAlchemy.

    Answers `UnavailableError` until `open` has succeeded, which `is_writable` tries again and again.
    """

    def __init__(self, engines: Engines, feed: ChangeFeed) -> None:
        self._engines = engines
        self._feed = feed
        self._upserts = Upserts(engines.write.dialect)
        self._partitions: set[int] = set()
        self._is_open = False
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Brings the database to the newest schema. Raises `UnavailableError` where it cannot be reached."""
        await reachable(lambda: _to_its_end(migrate(self._engines.write)))
        if not self._engines.is_sqlite and self._listening is None:
            self._listening = asyncio.create_task(notices.listen(self._engines.read, self._feed))
        self._is_open = True

    async def create_session(self, session: NewSession) -> Session:
        return await self._write(lambda connection: sessions.insert(connection, session))

    async def get_session(self, name: SessionName) -> Session:
        async def work(connection: AsyncConnection) -> Session:
            return (await sessions.find(connection, name)).session

        return await self._read(work)

    async def list_sessions(self, query: SessionQuery) -> list[Session]:
        return await self._read(lambda connection: sessions.select(connection, query))

    async def end_session(self, name: SessionName, time: int) -> Session:
        async def work(connection: AsyncConnection) -> tuple[Session, list[Change]]:
            session = await sessions.end(connection, name, time)
            return session, [Change(session.id, *EVERYTHING)]

        return await self._write_and_tell(work)

    async def delete_session(self, name: SessionName) -> None:
        async def work() -> None:
            async with self._engines.write.begin() as connection:
                number = await clearing.doom_session(connection, name)
            await clearing.clear_doomed(self._engines.write, number)
            self._feed.publish(Change(number, *EVERYTHING))

        await reachable(lambda: _to_its_end(work()))

    async def record(self, writes: Sequence[Write]) -> list[Recorded | ServiceError]:
        days: set[int] = set()

        async def work(connection: AsyncConnection) -> tuple[list[Recorded | ServiceError], list[Change]]:
            batch, stored = await writing.admit(connection, writes)
            if not batch.frame_ids:
                return batch.outcomes, []
            if not self._engines.is_sqlite:
                days.update(writing.expiry_days(batch, stored) - self._partitions)
                if days:
                    await partitions.ensure(connection, days)
            return batch.outcomes, await writing.add(connection, self._upserts, batch, stored)

        outcomes = await self._write_and_tell(work)
        self._partitions |= days  # only now are they sure to be there
        return outcomes

    async def read_series(self, session: Session, resolution: int, start: int, end: int) -> Series:
        return await self._read(lambda c: reading.class_series(c, session, resolution, start, end))

    async def read_source(self, session: Session, source: str, resolution: int, start: int, end: int) -> Series:
        async def work(connection: AsyncConnection) -> Series:
            stored = await sessions.find(connection, session.name)
            source_key = keys.source_key(stored.hash_key, source)
            return await reading.source_series(connection, session, source_key, resolution, (start, end))

        return await self._read(work)

    async def read_people(self, session: Session, resolution: int, start: int, end: int) -> Groups:
        return await self._read(lambda c: reading.people(c, session, resolution, start, end))

    async def read_groups(self, session: Session, base: int, starts: Ints, resolution: int) -> Groups:
        return await self._read(lambda c: reading.groups(c, session, base, starts, resolution))

    async def read_pairs(self, session: Session, starts: Ints) -> Ints:
        return await self._read(lambda c: reading.pairs(c, session, starts))

    async def erase_source(self, name: SessionName, source: str) -> Erased:
        async def work(connection: AsyncConnection) -> tuple[Erased, list[Change]]:
            erased = await clearing.erase_source(connection, self._upserts, name, source)
            session = (await sessions.find(connection, name)).session
            return erased, [Change(session.id, *EVERYTHING)]

        return await self._write_and_tell(work)

    async def add_audit(self, entries: list[AuditEntry]) -> None:
        async def work(connection: AsyncConnection) -> None:
            await connection.execute(schema.audit.insert(), [asdict(entry) for entry in entries])

        await self._write(work)

    async def sweep(self, now: int, audit_seconds: int) -> int:
        return await reachable(lambda: _to_its_end(self._sweep(now, audit_seconds)))

    async def _sweep(self, now: int, audit_seconds: int) -> int:
        engine = self._engines.write
        async with engine.begin() as connection:
            expired = await clearing.with_expired(connection, now)
            doomed = list((await connection.execute(sa.select(schema.doomed_sessions.c.id))).scalars())
        removed = 0
        for number in doomed:
            removed += await clearing.clear_doomed(engine, number)
        if self._engines.is_sqlite:
            for session in expired:
                removed += await clearing.clear_expired(engine, session, now)
        else:
            async with engine.begin() as connection:
                removed += await partitions.drop_expired(connection, now // keys.DAY_SECONDS)
            self._partitions.clear()
        async with engine.begin() as connection:
            for session in expired:
                await clearing.forget_expired(connection, session, now)
            old = schema.audit.c.time < (now - audit_seconds) * MICROSECONDS
            await connection.execute(schema.audit.delete().where(old))
        return removed

    async def is_writable(self) -> bool:
        if not self._is_open:
            await self.open()
        async with self._engines.write.begin() as connection:
            # On SQLite, to begin is to have the file locked for writing.
            if not self._engines.is_sqlite:
                return bool(await connection.scalar(sa.text("SHOW transaction_read_only")) == "off")
        return True

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._engines.dispose()

    async def _read(self, work: Work[T]) -> T:
        async def transaction() -> T:
            async with self._engines.read.connect() as connection:
                return await work(connection)

        self._require_open()
        return await reachable(transaction)

    async def _write(self, work: Work[T]) -> T:
        async def transaction() -> T:
            async with self._engines.write.begin() as connection:
                return await work(connection)

        self._require_open()
        return await reachable(lambda: _to_its_end(transaction()))

    def _require_open(self) -> None:
        if not self._is_open:
            raise unavailable()

    async def _write_and_tell(self, work: Work[tuple[T, list[Change]]]) -> T:
        """Does `work` in a transaction, and tells readers what it changed when that is on disk."""

        async def and_notify(connection: AsyncConnection) -> tuple[T, list[Change]]:
            result, changes = await work(connection)
            if changes and not self._engines.is_sqlite:
                notify = sa.text("SELECT pg_notify(:channel, :notice)")
                for change in changes:
                    await connection.execute(notify, {"channel": notices.CHANNEL, "notice": notices.as_notice(change)})
            return result, changes

        result, changes = await self._write(and_notify)
        for change in changes:
            self._feed.publish(change)
        return result


async def _to_its_end(work: Awaitable[T]) -> T:
    """Awaits `work`, which goes on when the caller is gone: cut in the middle, a transaction loses its connection."""
    return await asyncio.shield(asyncio.ensure_future(work))
