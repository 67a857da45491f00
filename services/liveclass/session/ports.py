"""What the service needs of a store. Adapters may raise any `ServiceError` of `liveclass.runtime.errors`."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from liveclass.identity.audit import AuditEntry
from liveclass.identity.program_keys import KeyStore, ProgramKey
from liveclass.names import SessionName
from liveclass.session.model import Erased, Marker, NewSession, Session
from liveclass.session.sums import Ints
from liveclass.session.timeline import Series


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator value`, as in a filter. Times are microseconds since the epoch."""

    field: str
    """classroom, state ("ACTIVE", "ENDED"), start_time or end_time."""
    operator: str
    """=, !=, <, <=, > or >=; the order only for times."""
    value: str | int


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """Which of a tenant's sessions to list, latest first."""

    tenant: str
    classroom: str | None
    comparisons: tuple[Comparison, ...]
    limit: int
    after: tuple[int, str, str] | None = None
    """(start_time, classroom, session) of the last session of the page before."""
    visible: frozenset[str] | None = None
    """The classrooms whose sessions may be listed; None for all."""


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which audit entries to list, latest first. Empty texts do not restrict them."""

    tenant: str
    start: int
    end: int
    """Entries of [start, end), in microseconds since the epoch."""
    limit: int
    skip: int = 0
    """Entries to leave out at the beginning."""
    action: str = ""
    subject: str = ""
    outcome: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class BucketQuery:
    """Released buckets that begin in [start, end), in seconds."""

    resolution: int
    """One of the kept lengths."""
    start: int
    end: int
    source: str
    """Empty: of the class."""
    merged: int
    """The length to which they are to be put together."""


@dataclass(frozen=True, slots=True)
class Groups:
    """How many people were seen in longer buckets. All are [buckets]."""

    starts: Ints
    group: Ints
    """The sum over sources of the most faces seen at once in what is visible."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session and what was released of it, all as it was at one moment."""

    session: Session
    listed: Ints
    """Where the timeline has a bucket, visible or not: starts in order [buckets]."""
    series: Series
    """The visible buckets, of the class or of the source."""
    groups: Groups | None
    """Of what the class's visible buckets make when put together; None where they are not, or are a source's."""


class DiskUsage(NamedTuple):
    """In bytes."""

    total: int
    free: int


class SessionStore(KeyStore, Protocol):
    """Keeps sessions and what was observed in them. Whatever it has answered is on disk."""

    async def create_session(self, session: NewSession, most: int | None = None) -> Session:
        """Raises `AlreadyExistsError`, and `QuotaExceededError` where its tenant has `most` sessions already."""

    async def get_session(self, name: SessionName) -> Session:
        """Raises `NotFoundError`."""

    async def list_sessions(self, query: SessionQuery) -> list[Session]: ...

    async def rename_session(self, name: SessionName, display_name: str) -> Session:
        """Raises `NotFoundError`."""

    async def mark_session(self, name: SessionName, marker: Marker) -> Session:
        """Marks a second, or with an empty text takes its mark away.

        Raises `NotFoundError`, and `FailedPreconditionError` where there are too many markers.
        """

    async def end_session(self, name: SessionName, end_time: int) -> Session:
        """Ends it at `end_time`, in microseconds, and releases all of it; one that has ended stays as it is.

        Raises `NotFoundError`.
        """

    async def delete_session(self, name: SessionName) -> None:
        """Deletes it with all its rows. Raises `NotFoundError`."""

    async def snapshot(self, name: SessionName, query: BucketQuery) -> Snapshot:
        """Raises `NotFoundError`."""

    async def close_cells(self, name: SessionName) -> None:
        """Closes the cells that are due, and releases them. Raises `NotFoundError`."""

    async def erase_source(self, name: SessionName, source: str) -> Erased:
        """Erases all that a source ever sent. Raises `NotFoundError`."""

    async def add_audit(self, entries: list[AuditEntry]) -> None: ...

    async def list_audit(self, query: AuditQuery) -> list[AuditEntry]: ...

    async def add_key(self, key: ProgramKey) -> None:
        """Raises `FailedPreconditionError` where the tenant has too many."""

    async def list_keys(self, tenant: str) -> list[ProgramKey]:
        """Latest first."""

    async def revoke_key(self, tenant: str, key_id: str, time: int) -> ProgramKey:
        """Revokes it at `time`, in microseconds; one that is revoked stays as it is. Raises `NotFoundError`."""

    async def newest_time(self) -> float | None:
        """The latest time that any session holds, in seconds since the epoch; None where there is no session."""

    async def sweep(self, now: int, audit_seconds: int) -> int:
        """Removes what is past its retention at `now`, in seconds, and audit entries older than `audit_seconds`.

        Gives the number of rows or partitions removed.
        """

    async def is_readable(self) -> bool:
        """Whether it can be reached at this moment."""

    async def is_writable(self) -> bool:
        """Whether it could record something at this moment. It can be readable all the same."""

    @property
    def takes_writes(self) -> bool:
        """Whether the last write found the disk ready."""

    def disk_usage(self) -> DiskUsage | None:
        """Of the disk that the database lies on; None where that is another machine's."""

    async def close(self) -> None: ...
