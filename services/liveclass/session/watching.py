"""A session as it happens: each bucket when it closes or changes, and the open one every second."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.names import SessionName
from liveclass.session import messages
from liveclass.session.answers import TREE_SECONDS, TimelineReader, Window
from liveclass.session.model import Session
from liveclass.session.store.changes import ChangeFeed, Subscription
from liveclass.v1 import session_pb2

LOOK_SECONDS = 0.5
"""How often a watch looks for news. What any replica wrote is to be seen within a second."""

OPEN_SECONDS = 1.0
"""How often the open bucket is sent when nothing changes."""

Bucket = session_pb2.TimelineBucket


@dataclass(frozen=True)
class Watcher:
    """Follows sessions for many callers."""

    reader: TimelineReader
    feed: ChangeFeed

    async def watch(self, name: SessionName, window: Window) -> AsyncIterator[Bucket]:
        """Ends when the session has ended and all is sent."""
        session = await self.reader.store.get_session(name)
        start = int(self.reader.clock()) if window.start is None else window.start
        sent = _Sent()
        async with self.feed.subscribe(session.id) as news:
            dirty = start
            while True:
                # What is written from here on is news, so nothing falls between two looks.
                looked = self.reader.clock()
                session = await self.reader.store.get_session(name)
                for bucket in await self._look(session, max(start, dirty), window, sent):
                    yield bucket
                if not session.is_active:
                    return
                dirty = await self._next(news, looked, window.resolution)

    async def _look(self, session: Session, start: int, window: Window, sent: "_Sent") -> list[Bucket]:
        """What is to be sent of what begins at `start` or later."""
        view = await self.reader.read(session, Window(start, None, window.resolution, window.source))
        closed_before = self.reader.clock() if session.is_active else float("inf")
        first = start // window.resolution * window.resolution
        gone = sent.without(first, view.series.starts.tolist())
        emptied = [
            Bucket(start_time=Timestamp(seconds=one), duration=Duration(seconds=window.resolution)) for one in gone
        ]
        return [bucket for bucket in (*emptied, *messages.buckets(view, closed_before)) if sent.is_news(bucket)]

    async def _next(self, news: Subscription, looked: float, resolution: int) -> int:
        """Waits for the next look. Gives the second from which on to look again."""
        await asyncio.sleep(LOOK_SECONDS)
        changed = news.take()
        # The bucket that was open at the last look may have closed since, and all of its tree may show otherwise.
        oldest = int(looked) - resolution if changed is None else min(int(looked) - resolution, changed[0])
        return oldest // TREE_SECONDS * TREE_SECONDS


@dataclass
class _Sent:
    """What a watch has sent: the content of each bucket by its start, as a hash."""

    content: dict[int, int] = field(default_factory=dict)
    opened: dict[int, float] = field(default_factory=dict)
    """When an open bucket was last sent."""
    clock: Callable[[], float] = time.monotonic

    def is_news(self, bucket: Bucket) -> bool:
        """Whether the bucket is to be sent; it is then taken as sent."""
        start, content = bucket.start_time.seconds, hash(bucket.SerializeToString(deterministic=True))
        due = bucket.open and self.clock() - self.opened.get(start, 0.0) >= OPEN_SECONDS
        if self.content.get(start) == content and not due:
            return False
        self.content[start] = content
        if bucket.open:
            self.opened[start] = self.clock()
        else:
            self.opened.pop(start, None)
        return True

    def without(self, first: int, starts: list[int]) -> list[int]:
        """The starts from `first` on that were sent and are not in `starts`: they were erased since."""
        there = set(starts)
        gone = [start for start in self.content if start >= first and start not in there]
        return sorted(gone)
