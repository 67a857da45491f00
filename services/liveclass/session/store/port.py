"""What the service needs of a store. Adapters may raise any `ServiceError` of `liveclass.runtime.errors`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from liveclass.names import SessionName
from liveclass.runtime.errors import ServiceError
from liveclass.session.figures import Ints
from liveclass.session.model import AuditEntry, Erased, Marker, NewSession, Recorded, Session, Write
from liveclass.session.timeline import Groups, Series


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
    """Which sessions to list, latest first."""

    classroom: str | None
    comparisons: tuple[Comparison, ...]
    limit: int
    after: tuple[int, int] | None = None
    """(start_time, id) of the last session of the page before."""


@dataclass(frozen=True, slots=True)
class BucketQuery:
    """Buckets that begin in [start, end), in seconds, and besides them only the people in those of other lengths."""

    resolution: int
    start: int
    end: int
    source: str
    """Empty: of all sources together."""
    people: tuple[int, ...]
    """Lengths of the class's buckets of which the people are asked for."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """What the store holds of a `BucketQuery`, as it was at one moment."""

    series: Series
    people: list[Groups]
    """For each length asked for."""


class SessionStore(Protocol):
    """Keeps sessions and what was observed in them. Whatever it has answered is on disk."""

    async def create_session(self, session: NewSession) -> Session:
        """Raises `AlreadyExistsError`."""

    async def get_session(self, name: SessionName) -> Session:
        """Raises `NotFoundError`."""

    async def list_sessions(self, query: SessionQuery) -> list[Session]: ...

    async def rename_session(self, name: SessionName, display_name: str) -> Session:
        """Raises `NotFoundError`."""

    async def mark_session(self, name: SessionName, marker: Marker) -> Session:
        """Marks a second, or with an empty text takes its mark away.

        Raises `NotFoundError`, and `FailedPreconditionError` where there are too many markers.
        """

    async def end_session(self, name: SessionName, time: int) -> Session:
        """Ends it at `time`, in microseconds; one that has ended stays as it is. Raises `NotFoundError`."""

    async def delete_session(self, name: SessionName) -> None:
        """Deletes it with all its rows. Raises `NotFoundError`."""

    async def record(self, writes: Sequence[Write]) -> list[Recorded | ServiceError]:
        """Records many writes in one transaction. Gives for each what became of it, in order.

        A write to a session that is not there, or has ended, or that is too late, fails alone.
        """

    async def read_buckets(self, session: Session, query: BucketQuery) -> Buckets: ...

    async def read_groups(self, session: Session, base: int, starts: Ints, resolution: int) -> Groups:
        """How many people there are in buckets of `resolution`, put together from those of `base` at `starts`."""

    async def read_pairs(self, session: Session, starts: Ints) -> Ints:
        """How many faces had which two emotions highest [49], in the 600-second buckets at `starts`."""

    async def erase_source(self, name: SessionName, source: str) -> Erased:
        """Erases all that a source ever sent. Raises `NotFoundError`."""

    async def add_audit(self, entries: list[AuditEntry]) -> None: ...

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

    async def close(self) -> None: ...
