"""The audit log: who did what, and how it ended. It never holds the data itself.

Every entry is a line in the structured log and, in a service with a database, a row that is only ever added. Calls
that erase, or make or revoke a program key, are on disk before they are done; others are written within a second, so
that they do not wait for the disk.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import grpc
import structlog

from liveclass.identity.caller import DEFAULT_TENANT, Caller
from liveclass.identity.methods import Audited
from liveclass.runtime.errors import ServiceError
from liveclass.runtime.refusals import first_line

BEGUN = "BEGUN"
"""The outcome of what has only begun."""

DENIED = frozenset({grpc.StatusCode.UNAUTHENTICATED.name, grpc.StatusCode.PERMISSION_DENIED.name})

WRITE_SECONDS = 1.0

MAX_WAITING = 10_000
"""Entries that wait for a database that is away."""

MAX_DENIED_CALLERS = 100
"""Entries of denied calls in one second; further callers share one entry."""


_made: ContextVar[str] = ContextVar("made", default="")


def set_resource(name: str) -> None:
    """Names what the call being answered has made, where its request could not."""
    _made.set(name)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """That somebody called an RPC."""

    time: int
    """Microseconds since the epoch."""
    tenant: str
    issuer: str
    subject: str
    client: str
    """The name in the client's certificate, or its address without the port."""
    action: str
    """The name of the RPC."""
    resource: str
    """The name of a session, classroom or key; empty where there is none."""
    outcome: str
    """The name of the gRPC status, or `BEGUN`."""
    calls: int = 1


class AuditedCall(NamedTuple):
    """A call, aside from who makes it."""

    client: str
    action: str
    resource: str


Write = Callable[[list[AuditEntry]], Awaitable[None]]


async def _keep_in_the_log_only(entries: list[AuditEntry]) -> None:
    """For a service without a database."""


class Auditor:
    """Records calls in the audit log. Used from the event loop only."""

    def __init__(self, write: Write = _keep_in_the_log_only, clock: Callable[[], float] = time.time) -> None:
        """`write` puts entries on disk; `clock` gives seconds since the epoch."""
        self._write, self._clock = write, clock
        self._current: dict[Any, AuditEntry] = {}
        """What was noted since the last write, each kind of call once."""
        self._denied: Counter[str] = Counter()
        """How many of them are denied calls, by outcome."""
        self._waiting: deque[AuditEntry] = deque(maxlen=MAX_WAITING)
        """What could not be written yet."""
        self._unwritten = 0
        self._one_at_a_time = asyncio.Lock()
        self._log = structlog.get_logger()

    @asynccontextmanager
    async def recorded(
        self, caller: Caller, call: AuditedCall, when: Audited, *, is_stream: bool = False
    ) -> AsyncIterator[None]:
        """Records the call that the block answers, and how it ends.

        Raises what the database does, where a call cannot be recorded before it is done.
        """
        if when is Audited.BEFORE:
            await self.write(caller, call, BEGUN)
        elif when is Audited.AFTERWARDS and is_stream:
            self.note(caller, call, BEGUN)
        try:
            yield
        except BaseException as error:
            if when is not Audited.WHEN_DENIED and not getattr(error, "failed_check", ""):  # noted by who refuses it
                self.note(caller, call, _outcome(error))
            raise
        if when is not Audited.WHEN_DENIED:
            self.note(caller, call._replace(resource=_made.get() or call.resource), grpc.StatusCode.OK.name)

    def note(self, caller: Caller, call: AuditedCall, outcome: str) -> None:
        """Notes a call, to be written soon. What the same caller repeats until then is counted."""
        entry = self._entry(caller, call, outcome)
        if outcome in DENIED:
            key: tuple[str, ...] = (entry.tenant, entry.issuer, entry.subject, entry.client, outcome)
            if key not in self._current and self._denied[outcome] >= MAX_DENIED_CALLERS:
                key = (outcome,)
                entry = AuditEntry(entry.time, DEFAULT_TENANT, "", "", "", "", "", outcome)
        else:
            key = (entry.tenant, entry.issuer, entry.subject, *call, outcome)
        known = self._current.get(key)
        if known is not None:
            self._current[key] = replace(known, calls=known.calls + 1)
            return
        self._say(entry)
        if len(self._current) >= MAX_WAITING:
            self._unwritten += 1
            return
        self._current[key] = entry
        self._denied[outcome] += outcome in DENIED

    async def write(self, caller: Caller, call: AuditedCall, outcome: str) -> None:
        """Notes a call, and returns when that is on disk."""
        entry = self._entry(caller, call, outcome)
        self._say(entry)
        await self._write([entry])

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
            entries = [*self._waiting, *self._current.values()]
            self._waiting.clear()
            self._current.clear()
            self._denied.clear()
            if not entries:
                return
            try:
                await self._write(entries)
            except Exception as error:  # noqa: BLE001  # the database may be away
                self._log.warning(
                    "audit entries wait", entries=len(entries), cause=first_line(error.__cause__ or error)
                )
                self._waiting.extend(entries)  # the newest, as many as there is room for
                self._unwritten += len(entries) - len(self._waiting)
            if self._unwritten:
                self._log.error("audit entries are in the log only", entries=self._unwritten)
                self._unwritten = 0

    def _entry(self, caller: Caller, call: AuditedCall, outcome: str) -> AuditEntry:
        now = int(self._clock() * 1_000_000)
        return AuditEntry(now, caller.tenant, caller.issuer, caller.subject, *call, outcome)

    def _say(self, entry: AuditEntry) -> None:
        said = asdict(entry)
        del said["time"], said["calls"]  # a line has its own time, and stands for the first call
        self._log.info("audit", **said)


def _outcome(error: BaseException) -> str:
    if isinstance(error, ServiceError):
        return error.code.name
    code = grpc.StatusCode.INTERNAL if isinstance(error, Exception) else grpc.StatusCode.CANCELLED
    return code.name


def client_of(context: Any) -> str:
    """From where a call comes: the name in its client certificate, else the address without its port."""
    names = context.auth_context().get("x509_common_name", ())
    if names:
        return str(names[0].decode(errors="replace"))
    return str(context.peer()).rpartition(":")[0] or "unknown"
