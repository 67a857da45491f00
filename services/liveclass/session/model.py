"""What the session service talks about: sessions and observations. Times are whole microseconds since the epoch."""

from dataclasses import dataclass

from liveclass.names import SessionName

MICROSECONDS = 1_000_000
"""In a second."""

Scores = tuple[float, ...]
"""Seven scores in label order, summing to 1."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to begin."""

    name: SessionName
    display_name: str
    start_time: int
    minimum_group_size: int
    retention_seconds: int


@dataclass(frozen=True, slots=True)
class Session:
    """One lesson of one classroom."""

    id: int
    """Its number in the store; never shown."""
    name: SessionName
    display_name: str
    start_time: int
    end_time: int | None
    """None while it takes observations."""
    minimum_group_size: int
    retention_seconds: int
    first_second: int | None
    """Start of the earliest second in which something was observed, since the epoch. None: nothing was."""
    last_second: int | None
    """Start of the latest such second."""

    @property
    def is_active(self) -> bool:
        return self.end_time is None


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen in one frame."""

    frame_id: str
    second: int
    """The whole second, since the epoch, in which the frame was taken. Nothing finer is kept."""
    source: str
    faces: tuple[Scores, ...]
    """The scores of the faces that were classified."""
    faces_seen: int
    """At least as many as `faces`."""


@dataclass(frozen=True, slots=True)
class Write:
    """Observations that are to be recorded together or not at all."""

    session: SessionName
    observations: tuple[Observation, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a `Write`."""

    recorded: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How much of a source was erased."""

    observations: int
    faces: int


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """That somebody read, exported or erased something."""

    time: int
    caller: str
    action: str
    """The name of the RPC."""
    session: str
