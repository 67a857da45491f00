"""What is released of a cell, before and after changes, never determines anything about fewer than the minimum.

The attacker is as strong as linear algebra: whoever knows which faces are in which bucket can add and subtract all that
was ever shown. What fewer than the minimum contributed must not lie in the span of it.
"""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liveclass.names import SessionName
from liveclass.session import privacy, sums
from liveclass.session.model import Session
from liveclass.session.privacy import CellPeople, Release, ReleaseRules

MINIMUM = 3
SOURCES = 5

faces_at = st.lists(st.sampled_from([0, 0, 1, 1, 2, 3, 4, 7]), min_size=3, max_size=3)
cells = st.lists(faces_at, min_size=SOURCES, max_size=SOURCES).map(lambda rows: np.array(rows).T)
"""Faces of each source in each of three seconds [3, sources], one frame a second."""
crowds = st.lists(
    st.lists(st.sampled_from([0, 6, 7, 8]), min_size=3, max_size=3), min_size=SOURCES, max_size=SOURCES
).map(lambda rows: np.array(rows).T)
known = st.lists(st.integers(0, 4), min_size=SOURCES, max_size=SOURCES).map(np.array) | st.just(np.full(SOURCES, 99))
"""How many people each source had shown before [sources]."""


def people_of(frames: np.ndarray) -> np.ndarray:
    """The people of each source in frames [..., sources]."""
    rows = frames.reshape(-1, SOURCES)
    return privacy.people(rows.sum(axis=0), (rows > 0).sum(axis=0), rows.max(axis=0))


def most_people(frames: np.ndarray) -> np.ndarray:
    """In all seconds together or in one of them: three faces in a frame are three people, whatever the others hold."""
    return np.max([people_of(frames), *(people_of(frames[:, second]) for second in range(3))], axis=0)


def people(frames: np.ndarray, known: np.ndarray) -> CellPeople:
    """Of the sources that are there, in frames [FRAMES, 3, sources]."""
    here = frames.any(axis=(0, 1))
    seconds = np.zeros((10, here.sum()), np.int64)
    seconds[:3] = [people_of(frames[:, second])[here] for second in range(3)]
    return CellPeople(np.flatnonzero(here), known[here], people_of(frames)[here], seconds)


FRAMES = 3
"""Frames of a source in a second: one at first, and two that may come late."""


def told(release: Release, frames: np.ndarray) -> list[np.ndarray]:
    """What a release tells, each figure as coefficients of what is unknown: the faces' mean in each frame.

    `frames` [FRAMES, 3, sources] says how many faces each source has in each frame of each second.
    """
    released = []
    for part in [slice(second, second + 1) for second in range(3)] if release.detailed else [slice(0, 3)]:
        inside = np.zeros_like(frames)
        inside[:, part] = frames[:, part]
        faces = inside.sum(axis=(0, 1))
        weights = people_of(inside) / np.maximum(faces, 1)
        of_each = [np.where(np.arange(SOURCES) == source, inside * weights, 0).ravel() for source in range(SOURCES)]
        released += [sum(of_each), *(of_each[source] for source in release.sources.tolist())]
    return released


def next_release(release: Release, frames: np.ndarray, change: np.ndarray, known: np.ndarray) -> Release | None:
    return privacy.next_release(release, people(frames, known), people(change, known), MINIMUM)


def assert_nobody_is_revealed(released: list[np.ndarray], most: np.ndarray) -> None:
    """`most` [sources] says how many people each source showed at most."""
    if not released:
        return
    known = np.array(released)
    rank = np.linalg.matrix_rank(known)
    for count in range(1, SOURCES + 1):
        for few in combinations(range(SOURCES), count):
            if most[list(few)].sum() >= MINIMUM:
                continue
            theirs = np.isin(np.arange(known.shape[1]) % SOURCES, few)
            own = np.eye(known.shape[1])[theirs]
            together = np.linalg.matrix_rank(np.vstack((known, own)))
            assert together == rank + len(own), f"sources {few} are told"


steps = st.lists(cells | crowds | st.integers(0, SOURCES - 1), max_size=3)
"""What happens after the first release: what comes late, or the source that is erased."""


@settings(deadline=None, max_examples=500)
@given(cells | crowds, known, steps)
def test_nothing_that_was_ever_shown_of_a_cell_tells_of_few(faces, known, steps):
    frames = np.zeros((FRAMES, 3, SOURCES), np.int64)
    frames[0] = faces
    release = privacy.first_release(people(frames, known), MINIMUM)
    released = [] if release is None else told(release, frames)
    most, late = most_people(frames), 0
    for step in steps if release is not None else []:
        change = np.zeros_like(frames)
        if isinstance(step, int):
            change[:, :, step] = frames[:, :, step]
            frames = frames - change
            if not change.any():
                continue
            release = (
                None if late else privacy.next_release(release, people(frames, known), people(change, known), MINIMUM)
            )
        elif late < FRAMES - 1:
            change[late + 1] = step
            if not privacy.is_step(release, people(frames, known), people(change, known), MINIMUM):
                continue
            late += 1
            frames = frames + change
            release = next_release(release, frames, change, known)
        if release is None:  # withheld for good
            break
        most = np.maximum(most, most_people(frames))
        released += told(release, frames)
    assert_nobody_is_revealed(released, most)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 12), st.integers(0, 90), st.floats(0, 120))
def test_cells_are_closed_when_they_are_said_to_be_due(first, longer, watermark, recorded_at, now):
    name = SessionName("default", "7b", "maths")
    last = first + longer
    session = Session(1, name, "", 0, None, 5, 10**9, first, last, 10 * watermark, recorded_at=recorded_at)
    closes = ReleaseRules().closed_before(session, now) > max(session.watermark, first // 10 * 10)
    assert closes == (now >= ReleaseRules().next_close(session))


def test_people_are_not_faces():
    faces, frames, most = np.array([604, 10, 9, 0]), np.array([600, 2, 2, 0]), np.array([5, 5, 7, 0])
    assert privacy.people(faces, frames, most).tolist() == [1, 5, 4, 0]


def cell(seconds: list[list[int]], known: list[int] | None = None) -> CellPeople:
    faces = np.array(seconds)
    padded = np.zeros((10, faces.shape[1]), np.int64)
    padded[: len(faces)] = faces
    before = faces.max(axis=0) if known is None else np.array(known)
    return CellPeople(np.arange(faces.shape[1]), before, faces.max(axis=0), padded)


def test_a_group_counts_without_newcomers():
    assert privacy.first_release(cell([[2, 2]]), 3) is not None
    assert privacy.first_release(cell([[2, 2]], [2, 0]), 3) is None


def test_a_source_counts_for_no_more_people_than_it_has_shown_before():
    assert privacy.first_release(cell([[5]], [3]), 3).sources.tolist() == [0]
    assert privacy.first_release(cell([[5]], [2]), 3) is None
    assert privacy.first_release(cell([[1, 5]], [1, 1]), 3) is None
    assert privacy.first_release(cell([[4, 5]], [4, 2]), 3).sources.tolist() == []  # the other alone would be too few


def test_seconds_are_shown_to_groups_twice_the_minimum():
    assert privacy.first_release(cell([[3, 3], [4, 4]]), 3).detailed
    assert not privacy.first_release(cell([[3, 3], [4, 1]]), 3).detailed


def test_the_smallest_shown_source_hides_those_who_would_be_alone():
    assert privacy.first_release(cell([[5, 3, 0]]), 3).sources.tolist() == [0, 1]
    assert privacy.first_release(cell([[5, 3, 1]]), 3).sources.tolist() == [0]
    assert privacy.first_release(cell([[5, 2]]), 3).sources.tolist() == []


def test_a_cell_stays_shown_while_enough_come_and_go():
    before = privacy.first_release(cell([[4, 4, 4]]), 3)
    enough = CellPeople(np.array([2]), np.array([4]), np.array([4]), np.zeros((10, 1), np.int64))
    few = CellPeople(np.array([2]), np.array([1]), np.array([1]), np.zeros((10, 1), np.int64))
    plain = Release(detailed=False, sources=before.sources)
    assert privacy.next_release(plain, cell([[4, 4]]), enough, 3).sources.tolist() == [0, 1]
    assert privacy.next_release(plain, cell([[4, 4]]), few, 3) is None


def test_whoever_comes_for_the_first_time_is_not_counted_with_those_who_were_there():
    plain = Release(detailed=False, sources=privacy.NO_SOURCES)
    assert privacy.is_step(plain, cell([[2, 2, 0, 0]]), cell([[0, 0, 2, 1]]), 3)
    assert not privacy.is_step(plain, cell([[2, 2, 0, 0]]), cell([[0, 2, 0, 2]]), 3)
    assert not privacy.is_step(plain, cell([[2, 2, 0, 0]]), cell([[2, 2, 0, 0]]), 3)
    assert privacy.is_step(plain, cell([[6, 2]]), cell([[6, 0]]), 3)


def test_only_a_source_in_the_second_in_question_hides_who_would_be_alone_there():
    seconds = cell([[9, 0, 1], [0, 6, 0]])
    assert privacy.first_release(seconds, 3).detailed
    assert privacy.first_release(seconds, 3).sources.tolist() == [1]


def test_each_person_counts_for_one_emotion_as_the_highest():
    rows = np.zeros((2, sums.WIDTH), np.int64)
    rows[:, sums.WEIGHT] = 5
    rows[0, sums.TOPS] = [2_300_000, 0, 0, 2_400_000, 300_000, 0, 0]
    rows[1, sums.TOPS] = [999_999, 0, 0, 4_000_001, 0, 0, 0]
    tops = sums.of_whole_people(rows)[:, sums.TOPS] // sums.SCALE
    assert tops.tolist() == [[2, 0, 0, 3, 0, 0, 0], [1, 0, 0, 4, 0, 0, 0]]
