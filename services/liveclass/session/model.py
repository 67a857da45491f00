"""What the session service talks about: sessions and observations. Times are whole microseconds since the epoch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Literal

from liveclass.capture_time import CaptureTimeLimits
from liveclass.names import SessionName
from liveclass.session.sums import EMOTIONS

MICROSECONDS = 1_000_000
"""In a second."""

FOREVER = 2**40
"""Seconds: later than anything."""

LabelSet = Literal["fer2013", "votes"]
"""Whose labels scores are by: FER2013's, or the votes of ten annotators (FER+)."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session to begin."""

    name: SessionName
    display_name: str
    start_time: int
    minimum_group_size: int
    retention_seconds: int


@dataclass(frozen=True, slots=True)
class Marker:
    """A moment of a session that somebody has marked."""

    second: int
    """Since the epoch."""
    text: str


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
    watermark: int
    """The second before which every cell is closed; `FOREVER` where nothing is left open, or nothing is hidden."""
    recorded_at: int = field(default=0, kw_only=True)
    """When something was last recorded, in seconds since the epoch."""
    markers: tuple[Marker, ...] = field(default=(), kw_only=True)
    """In order of time."""
    labels: LabelSet | None = field(default=None, kw_only=True)
    """Whose labels all its scores are by. None: no face was recorded yet."""
    pending: int = field(default=0, kw_only=True)
    """Rows that are recorded and not in its buckets yet."""
    source_count: int = field(default=0, kw_only=True)
    """How many different sources were recorded."""

    @property
    def is_active(self) -> bool:
        return self.end_time is None

    @property
    def hides(self) -> bool:
        """Whether some groups are too small to be shown. Otherwise buckets are shown while they are open."""
        return self.minimum_group_size > 1


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """Observations that are to be recorded together or not at all, column by column.

    An observation is what was seen in one frame. All columns are [observations], but for `scores`.
    """

    session: SessionName
    frame_ids: Sequence[str]
    sources: Sequence[str]
    seconds: Sequence[int]
    """The whole second, since the epoch, in which the frame was taken. Nothing finer is kept."""
    seen: Sequence[int]
    """How many faces were seen, at least as many as were classified."""
    faces: Sequence[int]
    """How many faces were classified."""
    scores: Sequence[float]
    """Of the faces of one observation after another, seven of each in label order, which sum to about 1 [faces * 7]."""
    limits: CaptureTimeLimits
    """Holds the time of arrival. `seconds` are not too far ahead; only the store can compare them with the session."""
    labels: LabelSet | None = None
    """Whose labels `scores` are by; None where there are none."""

    def __len__(self) -> int:
        return len(self.frame_ids)

    @property
    def cost(self) -> int:
        """Observations and faces: what a write costs in memory and time."""
        return len(self.frame_ids) + len(self.scores) // EMOTIONS

    def only(self, kept: Sequence[int]) -> "Write":
        """The observations of these indexes."""
        ends = [EMOTIONS * end for end in accumulate(self.faces)]
        scores = [self.scores[ends[index] - EMOTIONS * self.faces[index] : ends[index]] for index in kept]
        return Write(
            self.session,
            [self.frame_ids[index] for index in kept],
            [self.sources[index] for index in kept],
            [self.seconds[index] for index in kept],
            [self.seen[index] for index in kept],
            [self.faces[index] for index in kept],
            list(chain.from_iterable(scores)),
            self.limits,
            self.labels,
        )


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
