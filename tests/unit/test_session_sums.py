"""The sums of buckets, and the shares and intervals that are computed from them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from liveclass.session import sums, timeline
from liveclass.session.sums import RESOLUTIONS, Frames, SourceRows, coarsen, roll_up, unpacked
from liveclass.session.timeline import Series

scores = st.lists(st.floats(0.01, 1), min_size=7, max_size=7).map(lambda v: [one / sum(v) for one in v])
frame = st.tuples(
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1_000_000, 1_000_700),
    st.integers(3, 5),
    st.lists(scores, max_size=3),
)


def as_frames(numbered: list[tuple]) -> Frames:
    """Columns from rows of (session, source, second, faces seen, scores of the faces)."""
    *columns, faces = zip(*numbered, strict=True)
    owners = np.repeat(np.arange(len(faces)), [len(one) for one in faces])
    flat = np.array([face for one in faces for face in one], np.float64).reshape(-1, sums.EMOTIONS)
    return Frames(*(np.array(column, np.int64) for column in columns), flat, owners)


def rows_of(numbered: list[tuple], resolution: int = 10) -> SourceRows:
    return coarsen(roll_up(as_frames(numbered)), resolution)


def values(rows: SourceRows) -> list[list[int]]:
    columns = (rows.sessions, rows.starts, rows.sources, rows.sums, rows.at_once)
    return np.column_stack(columns).tolist()


def together(parts: list[SourceRows]) -> SourceRows:
    """As the store adds what several commits recorded of a session: over bytes."""
    numbers = sorted({number for part in parts for number in part.by_session()})
    packed = {number: [part.by_session()[number].packed() for part in parts if number in part.by_session()]
              for number in numbers}  # fmt: skip
    each = [unpacked(number, packed[number]) for number in numbers]
    columns = zip(*((one.sessions, one.starts, one.sources, one.sums, one.at_once) for one in each), strict=True)
    return SourceRows(*(np.concatenate(column) for column in columns))


@given(st.lists(frame, min_size=1, max_size=20), st.randoms(use_true_random=False), st.integers(0, 20))
def test_order_and_splits_do_not_matter(frames, chance, cut):
    shuffled = chance.sample(frames, len(frames))
    parts = [roll_up(as_frames(part)) for part in (shuffled[:cut], shuffled[cut:]) if part]
    for resolution in RESOLUTIONS:
        assert values(coarsen(together(parts), resolution)) == values(rows_of(frames, resolution))


@given(st.lists(frame, min_size=1, max_size=20), st.sampled_from(RESOLUTIONS))
def test_every_resolution_holds_every_frame_and_face_once(frames, resolution):
    rows = rows_of(frames, resolution)
    assert (rows.starts % resolution == 0).all()
    assert (rows.at_once[:, 1] <= rows.at_once[:, 0]).all()
    assert rows.sums[:, sums.FRAMES].sum() == len(frames)
    assert rows.sums[:, sums.FACES].sum() == sum(len(faces) for *_, faces in frames)


@given(st.lists(frame, min_size=1, max_size=20))
def test_frames_with_faces_are_counted(frames):
    counted = rows_of(frames).sums[:, sums.FRAMES_WITH_FACES].sum()
    assert counted == sum(1 for *_, faces in frames if faces)


def released(faces: np.ndarray, people: int) -> Series:
    """One bucket of one source that shows so many people."""
    row = sums.of_frames(faces, np.zeros(len(faces), np.int64), np.array([len(faces)]))
    row[:, sums.TOPS] *= sums.SCALE
    row = row * people // max(len(faces), 1)
    row[:, sums.WEIGHT] = people
    one = np.array([people])
    return Series(10, np.zeros(1, np.int64), row, one, one)


@given(st.lists(scores, min_size=2, max_size=30))
def test_shares_are_those_of_the_faces(faces):
    values = np.array(faces)
    shares = timeline.shares(released(values, len(faces)))
    assert shares.mean[0] == pytest.approx(values.mean(axis=0), abs=2e-6)
    assert shares.top[0].sum() == pytest.approx(1)
    if (values.std(axis=0) > 0.01).all():
        low, high = stats.t.interval(0.95, len(faces) - 1, values.mean(axis=0), stats.sem(values))
        assert shares.low[0] == pytest.approx(np.clip(low, 0, 1), abs=1e-3)
        assert shares.high[0] == pytest.approx(np.clip(high, 0, 1), abs=1e-3)


def test_one_person_alone_is_no_certainty():
    shares = timeline.shares(released(np.full((100, 7), 1 / 7), 1))
    assert (shares.low[0] == 0).all()
    assert (shares.high[0] == 1).all()


def test_no_face_has_no_shares():
    series = released(np.zeros((0, 7)), 0)
    shares = timeline.shares(series)
    assert not any(part.any() for part in (shares.mean, shares.top, shares.low, shares.high))
    assert timeline.coverage(series.sums).tolist() == [0]


@given(st.integers(1, 100_000))
def test_the_base_is_the_longest_kept_length_that_divides(resolution):
    base = timeline.base_resolution(resolution)
    assert resolution % base == 0
    assert not any(resolution % kept == 0 for kept in RESOLUTIONS if kept > base)


def test_merging_adds_sums_and_keeps_the_largest_group():
    starts = np.array([0, 10, 30])
    rows = np.arange(3 * sums.WIDTH).reshape(3, -1)
    series = Series(10, starts, rows, np.array([1, 2, 3]), np.array([1, 1, 3]))
    merged = timeline.merge(series, 30)
    assert merged.starts.tolist() == [0, 30]
    assert merged.sums.tolist() == [(rows[0] + rows[1]).tolist(), rows[2].tolist()]
    assert (merged.group.tolist(), merged.people.tolist()) == ([2, 3], [1, 3])


@pytest.mark.parametrize("count", [2, 10, 1_000])
def test_the_interval_of_very_small_scores_is_no_certainty(count):
    """Their squares are below what is counted."""
    values = np.zeros((count, 7))
    values[::2, 0] = 0.0006
    values[:, 6] = 1 - values[:, 0]
    shares = timeline.shares(released(values, count))
    low, high = stats.t.interval(0.95, count - 1, values[:, 0].mean(), stats.sem(values[:, 0]))
    assert shares.low[0, 0] <= max(low, 0)
    assert shares.high[0, 0] >= high
