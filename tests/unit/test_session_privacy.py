"""Nobody in a small group can be told from the answers, not even from two of them."""

import asyncio

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from session_memory import MemoryStore

from liveclass.session import figures
from liveclass.session.answers import TimelineReader, Window

MINIMUM = 3

observations = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "room"]), st.integers(0, 1300), st.integers(0, 4)),
    min_size=1,
    max_size=40,
)
moments = st.sampled_from([*range(12), *range(55, 65), 599, 600])
bursts = st.lists(  # crowded, so that there is much to show
    st.tuples(st.sampled_from(["a", "b", "room", "hall"]), moments, st.integers(1, 4)), min_size=5, max_size=40
)
resolutions = st.sampled_from([1, 2, 5, 7, 10, 20, 30, 40, 60, 90, 120, 600, 1200])
sources = st.sampled_from(["", "", "a", "room"])


def answer(store: MemoryStore, resolution: int, source: str = "", minimum: int = MINIMUM) -> list[int]:
    """The shown buckets of an answer, each as the set of observations that it tells of."""
    reader = TimelineReader(store, lambda: 2_000.0)
    view = asyncio.run(reader.read(store.session(minimum), Window(None, None, resolution, source)))
    return view.series.figures[~view.suppressed, figures.FRAMES].tolist()


def isolated(store: MemoryStore, bucket: int, others: list[int]) -> list[int]:
    """How many people the difference of a bucket and one other tells of, or of it and all others that overlap it."""
    overlapping = [other for other in others if other & bucket]
    return [store.people_in(bucket ^ other) for other in [*overlapping, sum(overlapping)] if other]


@settings(max_examples=400, deadline=None)
@given(observations | bursts, resolutions, resolutions, sources, sources)
def test_two_answers_never_isolate_fewer_than_the_minimum(seen, first, second, one, other):
    store = MemoryStore(seen)
    left, right = answer(store, first, one), answer(store, second, other)
    for buckets, others in ((left, right), (right, left)):
        for bucket in buckets:
            assert all(people == 0 or people >= MINIMUM for people in isolated(store, bucket, others))


@settings(max_examples=200, deadline=None)
@given(observations | bursts, resolutions, sources)
def test_no_answer_shows_fewer_than_the_minimum(seen, resolution, source):
    store = MemoryStore(seen)
    for bucket in answer(store, resolution, source):
        assert store.people_in(bucket) >= MINIMUM


@settings(max_examples=50, deadline=None)
@given(observations, resolutions)
def test_a_minimum_of_one_hides_nothing(seen, resolution):
    assert sum(answer(MemoryStore(seen), resolution, minimum=1)) == (1 << len(seen)) - 1


def test_the_one_small_part_of_a_bucket_takes_another_with_it():
    seen = [(f"seat-{seat}", second, 1) for second in (0, 10, 20) for seat in range(5)] + [("late", 30, 1)]
    store = MemoryStore(seen)
    assert len(answer(store, 10)) == 2
    assert len(answer(store, 60)) == 1
    assert store.people_in(answer(store, 60)[0]) == 6


def test_a_hidden_hour_hides_all_of_its_parts():
    store = MemoryStore([("a", second, 2) for second in range(0, 600, 60)])
    assert all(answer(store, resolution) == [] for resolution in (1, 10, 60, 600, 1200))


def test_suppressed_buckets_carry_no_figures():
    store = MemoryStore([("a", 0, 2), ("b", 700, 4)])
    view = asyncio.run(TimelineReader(store, lambda: 2_000.0).read(store.session(3), Window(None, None, 600)))
    assert view.suppressed.tolist() == [True, False]
    assert not view.series.figures[0].any()
    assert (view.series.group[0], view.series.shown[0]) == (0, 0)
    assert np.all(view.series.starts == [0, 600])
