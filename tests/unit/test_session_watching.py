"""Watchers share what they read, and read only when something changed."""

import asyncio

from session_memory import NAME, MemoryStore

from liveclass.runtime.deadline import Deadline
from liveclass.session.admission import HeavyWork
from liveclass.session.changes import ALL_TIME, Change, ChangeFeed
from liveclass.session.model import MICROSECONDS
from liveclass.session.privacy import ReleaseRules
from liveclass.session.timeline_reader import TimelineReader, Window
from liveclass.session.watching import Watcher
from liveclass.v1 import session_pb2

WATCHERS = 50


class CountingStore(MemoryStore):
    """Counts its reads."""

    reads = 0

    def __init__(self, observations) -> None:
        super().__init__(observations)
        self.read_begun = asyncio.Event()

    async def snapshot(self, name, query):
        self.reads += 1
        self.read_begun.set()
        return await super().snapshot(name, query)


async def next_bucket(watch) -> session_pb2.TimelineBucket:
    return session_pb2.TimelineBucket.FromString(await anext(watch))


async def test_a_change_is_read_once_for_all_who_watch():
    store, feed = CountingStore([("a", 0, 1)]), ChangeFeed()
    watcher = Watcher(TimelineReader(store, lambda: 100.0, ReleaseRules()), feed)
    watches = [watcher.watch(NAME, Window(0, None, 10)) for _ in range(WATCHERS)]
    first = await asyncio.gather(*(next_bucket(one) for one in watches))
    assert {bucket.frames for bucket in first} == {1}
    before = store.reads
    store.observations.append(("b", 5, 1))
    feed.publish([Change(1, 5, 5)])
    second = await asyncio.gather(*(next_bucket(one) for one in watches))
    assert {(bucket.frames, bucket.group_size) for bucket in second} == {(2, 2)}
    assert store.reads == before + 1
    await asyncio.gather(*(one.aclose() for one in watches))


async def test_what_was_erased_is_sent_empty():
    store, feed = CountingStore([("a", 0, 1), ("b", 20, 1)]), ChangeFeed()
    watch = Watcher(TimelineReader(store, lambda: 100.0, ReleaseRules()), feed).watch(NAME, Window(0, None, 10))
    assert [(await next_bucket(watch)).start_time.seconds for _ in range(2)] == [0, 20]
    store.observations.pop()
    feed.publish([Change(1, 0, 100)])
    emptied = await next_bucket(watch)
    assert (emptied.start_time.seconds, emptied.duration.seconds, emptied.frames) == (20, 10, 0)
    await watch.aclose()


async def test_all_who_watch_are_done_when_the_session_has_ended():
    store, feed = CountingStore([("a", 0, 1)]), ChangeFeed()
    watcher = Watcher(TimelineReader(store, lambda: 100.0, ReleaseRules()), feed)
    watches = [watcher.watch(NAME, Window(0, None, 10)) for _ in range(3)]
    await asyncio.gather(*(next_bucket(one) for one in watches))
    store.end_time = 100 * MICROSECONDS
    feed.publish([Change(1, *ALL_TIME)])
    for watch in watches:
        assert [bucket async for bucket in watch] == []


async def test_who_watches_in_hundreds_of_ways_keeps_nobody_waiting():
    store, feed = CountingStore([("a", 0, 1)]), ChangeFeed()
    reader = TimelineReader(store, lambda: 10_000.0, ReleaseRules(), HeavyWork(at_once=1))
    watcher = Watcher(reader, feed)
    watches = [watcher.watch(NAME, Window(0, None, 10 * number), ("school", "many")) for number in range(1, 201)]
    for watch in watches:
        await next_bucket(watch)
    await settled(store)
    before = store.reads
    store.observations.append(("b", 5, 1))
    feed.publish([Change(1, 5, 5)])
    second = [asyncio.ensure_future(next_bucket(watch)) for watch in watches]
    await store.read_begun.wait()
    async with reader.heavy.admit(("school", "one"), Deadline.after(10)):
        await reader.read(NAME, Window(0, None, 10))
        assert store.reads - before <= 3
    assert {bucket.frames for bucket in await asyncio.gather(*second)} == {2}
    await asyncio.gather(*(watch.aclose() for watch in watches))


async def settled(store: CountingStore) -> None:
    """Returns when no watch reads any more."""
    reads = -1
    while reads != store.reads:
        reads = store.reads
        await asyncio.sleep(0.6)
    store.read_begun.clear()
