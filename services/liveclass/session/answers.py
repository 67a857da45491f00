"""Answers about a session over time: what the store holds, in buckets as asked for, less what must be hidden."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session import privacy
from liveclass.session.figures import WIDTH, Ints
from liveclass.session.model import Session
from liveclass.session.privacy import Level, Mask
from liveclass.session.rollup import RESOLUTIONS, floor
from liveclass.session.store.port import BucketQuery, Buckets, SessionStore
from liveclass.session.timeline import MAX_BUCKETS, Series, base_resolution, merge

Clock = Callable[[], float]
"""Seconds since the epoch."""

MAX_KEPT_BUCKETS = 199_999
"""The most kept buckets of which one answer is put together."""

FOREVER = 2**40
"""Seconds: so long that everything lies in one bucket."""

TREE_SECONDS = RESOLUTIONS[-1]


@dataclass(frozen=True)
class Window:
    """A part of a timeline, in seconds since the epoch."""

    start: int | None
    """None: from the first observation."""
    end: int | None
    """None: to the last."""
    resolution: int
    source: str = ""
    """Empty: all sources."""


@dataclass(frozen=True)
class View:
    """Buckets as they may be shown. The figures of those that are `suppressed` [buckets] are zero."""

    series: Series
    suppressed: Mask

    def visible(self) -> Series:
        """Those that are not suppressed."""
        return self.series.where(~self.suppressed)


@dataclass(frozen=True)
class TimelineReader:
    """Reads views of sessions."""

    store: SessionStore
    clock: Clock

    async def read(self, session: Session, window: Window) -> View:
        """The part of a session's timeline in `window`, rounded out to whole buckets.

        Raises `InvalidArgumentError` where it has too many buckets.
        """
        held = _held(session, window)
        if held is None:
            return _spread(_nothing(window.resolution), np.zeros(0, np.int64))
        kept = await self._kept(session, window, held)
        oldest = self.clock() - session.retention_seconds
        starts = kept.series.starts
        asked = (starts >= held[0]) & (starts < held[1]) & (starts + kept.series.resolution > oldest)
        visible = kept.series.where(asked & kept.shown)
        if window.resolution != kept.series.resolution:
            visible = await self._put_together(session, visible, window)
        view = _spread(visible, np.unique(floor(starts[asked], window.resolution)))
        if len(view.series) > MAX_BUCKETS:
            raise _too_many()
        return view

    async def whole(self, session: Session) -> tuple[View, Series]:
        """The longest kept buckets, and those that may be shown as one: a series of one bucket, or of none."""
        view = await self.read(session, Window(None, None, TREE_SECONDS))
        shown = view.visible()
        if not len(shown):
            return view, shown
        groups = await self.store.read_groups(session, TREE_SECONDS, shown.starts, FOREVER)
        one = merge(shown, FOREVER, groups)
        first, last = int(shown.starts[0]), int(shown.starts[-1])
        return view, Series(last + TREE_SECONDS - first, shown.starts[:1], one.figures, one.group, one.shown)

    async def _kept(self, session: Session, window: Window, seconds: tuple[int, int]) -> "_Kept":
        """The kept buckets around `seconds` of which the answer is put together, and which of them may be shown."""
        minimum = session.minimum_group_size
        shortest = base_resolution(window.resolution)
        if minimum <= 1:
            query = BucketQuery(shortest, *seconds, window.source, ())
            series = _all(await self.store.read_buckets(session, query)).series
            return _Kept(series, np.ones(len(series), np.bool_))
        # Who is alone may show for a second only, so what one source may show depends on every second.
        shortest = 1 if window.source else shortest
        lengths = tuple(length for length in reversed(RESOLUTIONS) if length > shortest or window.source)
        query = BucketQuery(shortest, *_whole(seconds, TREE_SECONDS), window.source, lengths)
        found = _all(await self.store.read_buckets(session, query))
        people = zip(lengths, found.people, strict=True)
        levels = [Level(length, groups.starts, groups.shown) for length, groups in people]
        if not window.source:
            levels.append(Level(shortest, found.series.starts, found.series.shown))
        masks = privacy.visible(levels, minimum)
        if not window.source:
            return _Kept(found.series, masks[-1])
        return _Kept(found.series, _source_mask(found.series, levels, masks, window.resolution, minimum))

    async def _put_together(self, session: Session, visible: Series, window: Window) -> Series:
        """Longer buckets out of those in `visible`."""
        groups = None
        if not window.source:
            groups = await self.store.read_groups(session, visible.resolution, visible.starts, window.resolution)
        return merge(visible, window.resolution, groups)


@dataclass(frozen=True)
class _Kept:
    """Buckets as they are kept, and which of them may be shown [buckets]."""

    series: Series
    shown: Mask


def _all(found: Buckets) -> Buckets:
    """What was found, if it is all that there is. A store leaves out what is above its limit."""
    if max(len(found.series), *(len(groups.starts) for groups in found.people), 0) > MAX_KEPT_BUCKETS:
        raise _too_many()
    return found


def _too_many() -> InvalidArgumentError:
    return InvalidArgumentError(
        "resolution", f"gives more than {MAX_BUCKETS} buckets; ask for longer ones or for a shorter range"
    )


def _source_mask(own: Series, levels: Sequence[Level], masks: Sequence[Mask], resolution: int, minimum: int) -> Mask:
    """Which seconds of one source may be counted in buckets of `resolution`. Atoms are counted whole or not at all."""
    seconds = levels[-1]
    # Whatever a source has, the class has a bucket of the same start.
    at = np.searchsorted(seconds.starts, own.starts)
    people = np.zeros(len(seconds.starts), np.int64)
    people[at] = own.shown
    lengths = privacy.atom_lengths(levels, masks)
    whole = (lengths > 0) & (resolution % np.maximum(lengths, 1) == 0)
    mask: Mask = privacy.splits_well(seconds, people, lengths, minimum) & whole
    return mask[at]


def _held(session: Session, window: Window) -> tuple[int, int] | None:
    """The seconds asked for in which there may be something, in whole buckets; None where there is nothing."""
    if session.first_second is None or session.last_second is None:
        return None
    # Rounded before they are compared: a range that begins inside a bucket includes all of it.
    start, end = _whole((session.first_second, session.last_second + 1), window.resolution)
    if window.start is not None:
        start = max(start, _whole((window.start, window.start), window.resolution)[0])
    if window.end is not None:
        end = min(end, _whole((window.end, window.end), window.resolution)[1])
    return (start, end) if start < end else None


def _whole(seconds: tuple[int, int], resolution: int) -> tuple[int, int]:
    """Rounds a range out to whole buckets."""
    start, end = seconds
    return start // resolution * resolution, -(-end // resolution) * resolution


def _spread(visible: Series, starts: Ints) -> View:
    """A view with a bucket at each of `starts`: those of `visible`, and where there is none a suppressed one."""
    shown = np.isin(starts, visible.starts)
    spread = _nothing(visible.resolution, starts)
    for column in ("figures", "group", "shown"):
        getattr(spread, column)[shown] = getattr(visible, column)
    return View(spread, ~shown)


def _nothing(resolution: int, starts: Ints | None = None) -> Series:
    starts = np.zeros(0, np.int64) if starts is None else starts
    count = len(starts)
    zeros = np.zeros(count, np.int64)
    return Series(resolution, starts, np.zeros((count, WIDTH), np.int64), zeros, zeros.copy())
