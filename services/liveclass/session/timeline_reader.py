"""Reads a session's timeline: one snapshot of what was released, merged to the buckets that are asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import structlog

from liveclass.names import SessionName
from liveclass.runtime.errors import InvalidArgumentError, NotFoundError, ServiceError
from liveclass.session.admission import HeavyWork
from liveclass.session.model import FOREVER, Session
from liveclass.session.ports import BucketQuery, Groups, SessionStore, Snapshot
from liveclass.session.privacy import Mask, ReleaseRules
from liveclass.session.sums import Ints, floor
from liveclass.session.timeline import MAX_BUCKETS, Series, base_resolution, empty, merge

Clock = Callable[[], float]
"""Seconds since the epoch."""

MAX_KEPT_BUCKETS = 199_999
"""The most stored buckets that one answer is made of."""


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
    """Buckets as they may be shown. Those that are `suppressed` [buckets] are all zero."""

    session: Session
    series: Series
    suppressed: Mask
    closed_before: float
    """The second from which on a bucket that ends is still open."""
    groups: Groups | None = None
    """How many people were seen in longer buckets."""

    def visible(self) -> Series:
        """Those that are not suppressed."""
        return self.series.where(~self.suppressed)


@dataclass(frozen=True)
class TimelineReader:
    """Reads views of sessions."""

    store: SessionStore
    clock: Clock
    rules: ReleaseRules
    heavy: HeavyWork = field(default_factory=HeavyWork)
    """Runs what is computed from a snapshot on threads."""

    async def read(self, name: SessionName, window: Window, grouped: int | None = None) -> View:
        """The part of a session's timeline in `window`, rounded out to whole buckets.

        Closes what is due first. `grouped` is the length of the buckets that `View.groups` is of, if not the window's.
        Raises `NotFoundError`, and `InvalidArgumentError` where it has too many buckets.
        """
        query = BucketQuery(
            base_resolution(window.resolution), *_range(window), window.source, grouped or window.resolution
        )
        snapshot = await self.store.snapshot(name, query)
        if self.rules.next_close(snapshot.session) <= self.clock() and await self._close_due(name):
            snapshot = await self.store.snapshot(name, query)
        return await self.heavy.run(view, snapshot, window, self.clock(), self.rules.settle_seconds)

    async def _close_due(self, name: SessionName) -> bool:
        """False where it failed: the disk may be full, but what was released before can be read."""
        try:
            await self.store.close_cells(name)
        except NotFoundError:
            raise
        except ServiceError as error:
            structlog.get_logger().warning("closing cells failed", session=str(name), error=str(error))
            return False
        return True


def view(snapshot: Snapshot, window: Window, now: float, settle_seconds: float) -> View:
    """What `window` shows of a snapshot. Raises `InvalidArgumentError` where it has too many buckets."""
    session, base = snapshot.session, base_resolution(window.resolution)
    if max(len(snapshot.listed), len(snapshot.series)) > MAX_KEPT_BUCKETS:
        raise _too_many()
    start, end = _range(window)
    # Buckets past the retention are left out, but not one that is past it only in part.
    start = max(start, int(now - session.retention_seconds - base) + 1)
    series = snapshot.series.where((snapshot.series.starts >= start) & (snapshot.series.starts < end))
    listed = _with_newest(snapshot.listed, session, base)
    listed = listed[(listed >= start) & (listed < end)]
    starts = listed if window.resolution == base else np.unique(floor(listed, window.resolution))
    if len(starts) > MAX_BUCKETS:
        raise _too_many()
    visible = series if window.resolution == base else _merge(series, window.resolution, snapshot.groups)
    return _spread(snapshot, visible, starts, _closed_before(session, now, settle_seconds))


def _with_newest(listed: Ints, session: Session, resolution: int) -> Ints:
    """The bucket of the newest observation is listed while nothing of it is released yet."""
    if session.last_second is None or session.last_second < session.watermark:
        return listed
    return np.union1d(listed, [session.last_second // resolution * resolution])


def _merge(series: Series, resolution: int, groups: Groups | None) -> Series:
    merged = merge(series, resolution)
    if groups is not None:
        merged.group[:] = groups.group[np.searchsorted(groups.starts, merged.starts)]
    return merged


def as_one_bucket(whole: View) -> Series:
    """The visible buckets of a view, from the first to the last, as a series of one; of none where there are none.

    The view's `groups` are of buckets of that length.
    """
    visible = whole.visible()
    one = _merge(visible, FOREVER, whole.groups)
    if not len(one):
        return one
    first, last = int(visible.starts[0]), int(visible.starts[-1])
    return Series(last + visible.resolution - first, visible.starts[:1], one.sums, one.group, one.people)


def _closed_before(session: Session, now: float, settle_seconds: float) -> float:
    if not session.is_active:
        return np.inf
    if not session.hides:
        return now
    nothing_waits = session.last_second is None or session.last_second < session.watermark
    return now - settle_seconds if nothing_waits else session.watermark


def _range(window: Window) -> tuple[int, int]:
    """The first second asked for and the one after the last, in whole buckets."""
    resolution = window.resolution
    start = 0 if window.start is None else window.start // resolution * resolution
    end = FOREVER if window.end is None else -(-window.end // resolution) * resolution
    return start, end


def _spread(snapshot: Snapshot, visible: Series, starts: Ints, closed_before: float) -> View:
    """A view with a bucket at each of `starts`: a suppressed one where `visible` has none."""
    are_visible = np.isin(starts, visible.starts)
    spread = empty(visible.resolution, starts)
    for column in ("sums", "group", "people"):
        getattr(spread, column)[are_visible] = getattr(visible, column)
    return View(snapshot.session, spread, ~are_visible, closed_before, snapshot.groups)


def _too_many() -> InvalidArgumentError:
    return InvalidArgumentError(
        "resolution", f"gives more than {MAX_BUCKETS} buckets; ask for longer ones or for a shorter range"
    )
