"""The audit log: who read, exported or erased what. It never holds the data itself.

Every entry is a line in the structured log and a row in the table `audit`. Reads are written within a second, so that
they do not wait for the disk; erasures are on disk before they are answered.
"""

import asyncio
import time
from collections import deque
from typing import Any

import structlog

from liveclass.names import SessionName
from liveclass.runtime.refusals import first_line
from liveclass.session.model import MICROSECONDS, AuditEntry
from liveclass.session.ports import SessionStore

CALLER_KEY = "liveclass-caller"
"""Metadata in which a gateway names the user who is calling. Anybody can send it."""

MAX_CLAIMED_NAME = 100
"""The most characters of a claimed name that are logged."""

WRITE_SECONDS = 1.0
MAX_WAITING = 10_000


class Auditor:
    """Records calls in the audit log."""

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._waiting: deque[AuditEntry] = deque(maxlen=MAX_WAITING)
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger()

    def note(self, context: Any, action: str, session: SessionName) -> None:
        """Notes a call of `action`, the name of an RPC, to be written soon."""
        self._waiting.append(self._entry(context, action, session))

    async def write(self, context: Any, action: str, session: SessionName) -> None:
        """Notes a call, and returns when that is on disk."""
        await self._store.add_audit([self._entry(context, action, session)])

    async def run(self) -> None:
        """Writes what was noted, every second, for ever."""
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.flush()

    async def flush(self) -> None:
        """Writes what was noted. What cannot be written now stays for the next time; the log has it already."""
        # Whoever waits for it may go away: what was taken out of the queue is written to the end, and only once.
        await asyncio.shield(asyncio.ensure_future(self._flush()))

    async def _flush(self) -> None:
        async with self._one_at_a_time:
            entries = list(self._waiting)
            self._waiting.clear()
            if not entries:
                return
            try:
                await self._store.add_audit(entries)
            except Exception as error:  # noqa: BLE001  # the database may be away
                self._log.warning(
                    "audit entries wait", entries=len(entries), cause=first_line(error.__cause__ or error)
                )
                self._put_back(entries)

    def _put_back(self, entries: list[AuditEntry]) -> None:
        """What there is still room for: the newest of `entries`, before what was noted meanwhile."""
        room = MAX_WAITING - len(self._waiting)
        kept = entries[max(0, len(entries) - room) :]
        self._waiting.extendleft(reversed(kept))
        if len(kept) < len(entries):
            self._log.error("audit entries are in the log only", entries=len(entries) - len(kept))

    def _entry(self, context: Any, action: str, session: SessionName) -> AuditEntry:
        entry = AuditEntry(int(time.time() * MICROSECONDS), caller_of(context), action, session.tenant, str(session))
        self._log.info("audit", caller=entry.caller, action=action, tenant=entry.tenant, session=entry.session)
        return entry


def caller_of(context: Any) -> str:
    """Who calls, as far as is known: the name in a client certificate, else the address without its port.

    A name from a gateway is added as a claim, since anybody can send one.
    """
    names = context.auth_context().get("x509_common_name", ())
    if names:
        return str(names[0].decode(errors="replace"))
    address = str(context.peer()).rpartition(":")[0] or "unknown"
    claimed = dict(context.invocation_metadata() or ()).get(CALLER_KEY)
    if isinstance(claimed, str) and claimed:
        return f"{address} (claims to be {claimed[:MAX_CLAIMED_NAME]!r})"
    return address
