"""A session as it happens: each bucket when it closes or changes.

Watchers of the same buckets share one reader. It reads when something was released and when something is due, and
hands what it read to all of them. Its reads take turns with other work, and of one caller's readers one at a time does,
so that somebody who watches a session in hundreds of ways does not keep others waiting.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import numpy as np
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.names import SessionName
from liveclass.runtime.deadline import NO_DEADLINE, Deadline
from liveclass.runtime.errors import ResourceExhaustedError
from liveclass.runtime.fair_queue import Path
from liveclass.session.changes import ChangeFeed, Subscription
from liveclass.session.encoding import encode_buckets
from liveclass.session.timeline_reader import TimelineReader, View, Window
from liveclass.v1 import session_pb2

PAUSE_SECONDS = 0.5
"""Between two reads, at least: what is written meanwhile is read together."""

Bucket = bytes
"""A TimelineBucket message, serialized."""


class Watcher:
    """Follows sessions for many callers."""

    def __init__(self, reader: TimelineReader, feed: ChangeFeed) -> None:
        self._reader = reader
        self._feed = feed
        self._shared: dict[tuple[SessionName, int, str], _SharedReader] = {}
        self._shares: WeakValueDictionary[Path, _Share] = WeakValueDictionary()

    async def watch(
        self, name: SessionName, window: Window, path: Path = ("", ""), deadline: Deadline = NO_DEADLINE
    ) -> AsyncIterator[Bucket]:
        """Ends when the session has ended and all is sent. Raises what reading raises.

        `path` is the tenant and the caller, whose turn it has to be; until `deadline` what is there already is read.
        """
        start = int(self._reader.clock()) if window.start is None else window.start
        start = start // window.resolution * window.resolution
        session = await self._reader.store.get_session(name)
        key = (name, window.resolution, window.source)
        if key not in self._shared:
            share = self._shares.setdefault(path, _Share(path))
            self._shared[key] = _SharedReader(self._reader, self._feed.subscribe(session.id), name, window, share)
        shared, mine = self._shared[key], _Subscriber(start)
        shared.subscribers.append(mine)
        try:
            # Read after subscribing, so that nothing falls between what is there and what comes.
            async with self._reader.heavy.admit(path, deadline):
                view = await self._reader.read(name, Window(start, None, window.resolution, window.source))
                mine.put(await self._reader.heavy.run(_Update.of, view, start))
            async for bucket in mine.buckets():
                yield bucket
        finally:
            shared.subscribers.remove(mine)
            if not shared.subscribers or shared.has_ended:
                shared.stop()
                self._feed.unsubscribe(shared.changes)
                if self._shared.get(key) is shared:
                    del self._shared[key]


@dataclass(frozen=True)
class _Update:
    """All buckets from `first` on, by their starts."""

    first: int
    buckets: dict[int, Bucket]
    resolution: int
    is_last: bool

    @classmethod
    def of(cls, view: View, first: int) -> "_Update":
        buckets = zip(view.series.starts.tolist(), encode_buckets(view), strict=True)
        return cls(first, dict(buckets), view.series.resolution, not view.session.is_active)


@dataclass(eq=False)
class _Subscriber:
    """What is still to be sent to one watcher, of what begins at `start` or later."""

    start: int
    _sent: dict[int, int] = field(default_factory=dict)
    """The content of each bucket, as a hash."""
    _pending: dict[int, Bucket] = field(default_factory=dict)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _is_last: bool = False
    _error: Exception | None = None

    def put(self, update: _Update) -> None:
        """Keeps what the watcher does not know yet. A slow watcher gets only the newest content of a bucket."""
        for start, bucket in update.buckets.items():
            if start >= self.start and self._sent.get(start) != hash(bucket):
                self._sent[start] = hash(bucket)
                self._pending[start] = bucket
        for start in [one for one in self._sent if one >= update.first and one not in update.buckets]:
            del self._sent[start]
            self._pending[start] = _empty_bucket(start, update.resolution)
        self._is_last |= update.is_last
        self._wake.set()

    def fail(self, error: Exception) -> None:
        """Ends the watch with an error."""
        self._error = error
        self._wake.set()

    async def buckets(self) -> AsyncIterator[Bucket]:
        """What is put, each time in order of time, until the last."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            pending, self._pending = self._pending, {}
            for start in sorted(pending):
                yield pending[start]
            if self._error is not None:
                raise self._error
            if self._is_last and not self._pending:
                return


def _empty_bucket(start: int, resolution: int) -> Bucket:
    """What takes the place of a bucket whose observations were all erased."""
    bucket = session_pb2.TimelineBucket(start_time=Timestamp(seconds=start), duration=Duration(seconds=resolution))
    return bucket.SerializeToString()


@dataclass(eq=False)
class _Share:
    """What the readers of one caller have in common."""

    path: Path
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class _SharedReader:
    """Reads the newest buckets of a session for all who watch them, in the turn of who watched them first."""

    def __init__(
        self, reader: TimelineReader, changes: Subscription, name: SessionName, window: Window, share: _Share
    ) -> None:
        self.subscribers: list[_Subscriber] = []
        self.has_ended = False
        self._reader = reader
        self.changes = changes
        self._name, self._window, self._share = name, window, share
        self._task = asyncio.create_task(self._run())

    def stop(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._follow()
        except Exception as error:  # noqa: BLE001  # whatever it is, it is the watchers' answer
            for subscriber in self.subscribers:
                subscriber.fail(error)
        self.has_ended = True

    async def _follow(self) -> None:
        first = int(self._reader.clock()) // self._window.resolution * self._window.resolution
        while True:
            view, update = await self._read(first)
            for subscriber in self.subscribers:
                subscriber.put(update)
            if update.is_last:
                return
            open_from, wait = self._still_open(view)
            await asyncio.sleep(PAUSE_SECONDS)
            changed = await self.changes.take(max(wait - PAUSE_SECONDS, 0))
            first = min([open_from, *(changed or ())[:1]]) // self._window.resolution * self._window.resolution

    async def _read(self, first: int) -> tuple[View, _Update]:
        """What begins at `first` or later."""
        window = Window(first, None, self._window.resolution, self._window.source)
        while True:
            try:
                async with self._share.reading, self._reader.heavy.admit(self._share.path, NO_DEADLINE):
                    view = await self._reader.read(self._name, window)
                    return view, await self._reader.heavy.run(_Update.of, view, first)
            except ResourceExhaustedError as error:  # noqa: PERF203  # others were given the turn
                await asyncio.sleep(error.retry_after)

    def _still_open(self, view: View) -> tuple[int, float]:
        """The start of the earliest open bucket, and the seconds until something is to be read at the latest."""
        now, starts = self._reader.clock(), view.series.starts
        ends = starts + view.series.resolution
        is_open = ends > view.closed_before
        settle = self._reader.rules.settle_seconds if view.session.hides else 0
        ahead = ends[is_open & (ends + settle > now)]  # others wait for something else
        due = min(self._reader.rules.next_close(view.session), ahead.astype(np.float64).min(initial=np.inf) + settle)
        return int(starts[is_open].min(initial=int(now))), max(due - now, 0)
