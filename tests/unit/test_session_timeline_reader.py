"""Every answer is made of one snapshot, and is bounded."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from session_memory import NAME, MemoryStore, people

from liveclass.runtime.errors import InvalidArgumentError, Reason, UnavailableError
from liveclass.session import sums
from liveclass.session.model import FOREVER, Session
from liveclass.session.ports import Snapshot
from liveclass.session.privacy import ReleaseRules
from liveclass.session.store.reading import MAX_ROWS
from liveclass.session.timeline import empty
from liveclass.session.timeline_reader import TimelineReader, Window, as_one_bucket

sources = st.sampled_from(["a", "b", "c"])
observations = st.lists(st.tuples(sources, st.integers(0, 700), st.integers(0, 4)), min_size=1, max_size=20)
resolutions = st.sampled_from([1, 7, 10, 20, 60, 600])


def reader_of(store, now: float = 2_000.0) -> TimelineReader:
    return TimelineReader(store, lambda: now, ReleaseRules())


@given(observations, st.lists(sources, max_size=3), resolutions)
async def test_an_erasure_between_two_calls_does_not_split_an_answer(seen, erased, resolution):
    view = await reader_of(MemoryStore(seen, erased)).read(NAME, Window(None, None, resolution))
    expected: dict[int, list] = {}
    for one in seen:
        expected.setdefault(one[1] // resolution * resolution, []).append(one)
    assert dict(zip(view.series.starts.tolist(), view.series.group.tolist(), strict=True)) == {
        start: people(inside) for start, inside in expected.items()
    }
    assert view.series.sums[:, sums.FRAMES].sum() == len(seen)


@given(observations, st.lists(sources, max_size=3))
async def test_nor_a_summary(seen, erased):
    view = await reader_of(MemoryStore(seen, erased)).read(NAME, Window(None, None, 10), FOREVER)
    whole = as_one_bucket(view)
    assert whole.sums[:, sums.FRAMES].sum() == view.series.sums[:, sums.FRAMES].sum() == len(seen)
    assert whole.group.tolist() == [people(seen)]


class FixedStore:
    """Answers what it is told, and cannot write."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.answer = snapshot

    async def snapshot(self, name, query):
        return self.answer

    async def close_cells(self, name):
        raise UnavailableError("the disk is full", 1.0, Reason.STORE_UNAVAILABLE)


def snapshot(starts: np.ndarray, watermark: int = FOREVER) -> Snapshot:
    last = int(starts[-1]) if len(starts) else None
    session = Session(1, NAME, "", 0, None, 5, 10**9, 0, last, watermark)
    return Snapshot(session, starts, empty(1), None)


async def test_too_long_a_session_is_refused_with_a_way_out():
    store = FixedStore(snapshot(np.arange(MAX_ROWS)))
    with pytest.raises(InvalidArgumentError, match="shorter range") as refused:
        await reader_of(store).read(NAME, Window(None, None, 60, "a"))
    assert refused.value.field == "resolution"


async def test_what_was_released_is_read_though_nothing_can_be_written():
    store = FixedStore(snapshot(np.arange(0, 50, 10), watermark=20))
    view = await reader_of(store).read(NAME, Window(None, None, 10))
    assert view.series.starts.tolist() == [0, 10, 20, 30, 40]
    assert view.suppressed.all()
    assert view.closed_before == 20
