"""The red team on a real service: nobody's own scores come out of any answer, nor out of what two of them differ by."""

import time
from collections.abc import Sequence

import numpy as np
import pytest
import red_team
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import NOON, RunningSession, observation

from liveclass.v1 import session_pb2

MINUTE = 60
SEATS = [f"seat-{number}" for number in range(6)]
VICTIM = "victim"

Truth = dict[int, np.ndarray]


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


class Lesson:
    """Observations of people whose scores are drawn at random in every frame; those of the victim are remembered."""

    def __init__(self, sources: dict[str, int], first: int = NOON, seed: int = 0) -> None:
        """`sources` says how many people each shows. All are seen well before `first`, so that they count."""
        self.chance = np.random.default_rng(seed)
        self.first = first
        self.truth: Truth = {}
        self.frames = 0
        self.observations: list[session_pb2.Observation] = []
        for source, people in sources.items():
            self.see(source, first - MINUTE, people)

    def see(self, source: str, second: float, people: int = 1) -> None:
        faces = self.chance.dirichlet(np.ones(7), people)
        if source == VICTIM:
            self.truth[int(second)] = faces.mean(axis=0)
        self.frames += 1
        self.observations.append(observation(f"frame-{self.frames}", second, faces.tolist(), source))

    def everyone(self, sources: dict[str, int], seconds: Sequence[int]) -> "Lesson":
        for second in seconds:
            for source, people in sources.items():
                self.see(source, self.first + second, people)
        return self

    async def record(self, running: RunningSession, session: str) -> None:
        """What is new since the last time, in one call."""
        await running.record(session, *self.observations)
        self.observations.clear()
        self.truth.pop(self.first - MINUTE, None)


async def a_session(running: RunningSession, lesson: Lesson, name: str = "lesson") -> str:
    session = await running.create(f"classrooms/7b/sessions/{name}", minimum_group_size=5)
    await lesson.record(running, session)
    running.settle()
    return session


async def test_the_class_less_the_cameras_is_not_the_student(running):
    sources = {"cam-a": 6, "cam-b": 7, VICTIM: 1}
    lesson = Lesson(sources).everyone(sources, range(MINUTE))
    session = await a_session(running, lesson)
    assert await red_team.read(running.stub, session, 10)
    for attack in (red_team.over_sources, red_team.from_exports):
        assert not red_team.recovered(await attack(running.stub, session, list(sources)), lesson.truth)


async def test_a_bucket_less_its_parts_is_not_who_was_alone_in_the_rest(running):
    seats = dict.fromkeys(SEATS * 2, 2)
    lesson = Lesson({**seats, VICTIM: 1})
    for second in range(0, 1200, 10):
        alone = second // 10 % 4 == 3
        lesson.everyone({VICTIM: 1} if alone else seats, [second])
    session = await a_session(running, lesson)
    assert await red_team.read(running.stub, session, 60)
    for attack in (red_team.over_resolutions, red_team.from_the_summary):
        assert not red_team.recovered(await attack(running.stub, session), lesson.truth)
    windows = await red_team.over_windows(running.stub, session, NOON, NOON + 1200)
    assert not red_team.recovered(windows, lesson.truth)


async def test_ten_seconds_less_their_seconds_are_not_who_came_for_one(running):
    seats = dict.fromkeys(SEATS, 2)
    lesson = Lesson({**seats, VICTIM: 1}).everyone(seats, range(MINUTE))
    for second in range(3, MINUTE, 10):
        lesson.see(VICTIM, NOON + second)
    session = await a_session(running, lesson)
    assert await red_team.read(running.stub, session, 1)
    assert not red_team.recovered(await red_team.over_resolutions(running.stub, session), lesson.truth)


async def test_polling_does_not_isolate_who_arrives(running):
    """The cell lies ahead, so that it is open however slow the machine is, until the clock is moved past it."""
    start = int(time.time()) // 10 * 10 + 20
    lesson = Lesson({**dict.fromkeys(SEATS, 1), VICTIM: 1}, start)
    session = await a_session(running, lesson)
    found: red_team.Estimates = []
    for second in range(start, start + 30, 10):
        views = []
        for source in (*SEATS, VICTIM):
            lesson.see(source, second + len(views))
            await lesson.record(running, session)
            views.append(await red_team.read(running.stub, session, 10))
        found += red_team.changes(views)
    running.ahead = 60
    views += [await red_team.read(running.stub, session, 10)]
    assert len(views[-1]) == 3
    assert not red_team.recovered(found + red_team.changes(views), lesson.truth)


async def test_a_late_arrival_is_not_what_a_bucket_changed_by(running):
    seats = dict.fromkeys(SEATS, 1)
    lesson = Lesson({**seats, VICTIM: 1}).everyone(seats, range(MINUTE))
    session = await a_session(running, lesson)
    views = [[await red_team.read(running.stub, session, length) for length in (10, 60)]]
    for second in range(0, MINUTE, 10):
        lesson.see(VICTIM, NOON + second)
        await lesson.record(running, session)
        views.append([await red_team.read(running.stub, session, length) for length in (10, 60)])
    await running.end(session)
    views.append([await red_team.read(running.stub, session, length) for length in (10, 60)])
    assert views[0][0]
    for by_length in zip(*views, strict=True):
        assert not red_team.recovered(red_team.changes(by_length), lesson.truth)


def frames_of_a_camera(lesson: Lesson) -> list[session_pb2.Observation]:
    """Two seconds apart, of six people. In the middle of each ten seconds the victim is there in one frame more."""
    frames = []
    for second in range(0, MINUTE, 2):
        faces = lesson.chance.dirichlet(np.ones(7), 6)
        frames.append(observation(f"camera-{second}", NOON + second, faces.tolist(), "camera"))
        if second % 10 == 4:
            lesson.truth[NOON + second] = lesson.chance.dirichlet(np.ones(7))
            with_victim = [*faces.tolist(), lesson.truth[NOON + second].tolist()]
            frames.append(observation(f"victim-{second}", NOON + second + 0.1, with_victim, "camera"))
    return frames


async def views_while_frames_come(running: RunningSession, session: str, frames: Sequence[session_pb2.Observation]):
    """What is read after each frame, and at last after the session's end."""
    views = []
    for frame in frames:
        await running.record(session, frame)
        views.append(await red_team.read(running.stub, session, 10, "camera"))
    await running.end(session)
    return [*views, await red_team.read(running.stub, session, 10, "camera")]


async def test_a_lesson_that_is_sent_afterwards_is_not_shown_frame_by_frame(running):
    lesson = Lesson({"camera": 6})
    session = await running.create("classrooms/7b/sessions/lesson", minimum_group_size=5)
    await lesson.record(running, session)
    views = await views_while_frames_come(running, session, frames_of_a_camera(lesson))
    assert len(views[-2]) == 5  # all but the last are shown while the lesson is sent
    assert len(views[-1]) == 6
    assert not red_team.recovered(red_team.frame_by_frame(views), lesson.truth)


async def test_what_comes_late_of_a_camera_is_not_shown_frame_by_frame(running):
    lesson = Lesson({"camera": 6, "other": 6}).everyone({"other": 6}, range(MINUTE))
    first, *late = frames_of_a_camera(lesson)
    lesson.observations.append(first)
    session = await a_session(running, lesson)
    before = await running.timeline(session, start=NOON)
    views = await views_while_frames_come(running, session, late)
    after = await running.timeline(session, start=NOON)
    assert [bucket.frames for bucket in before] == [11, *[10] * 5]
    assert [bucket.frames for bucket in after] == [16] * 6
    assert not red_team.recovered(red_team.frame_by_frame(views), lesson.truth)


async def test_an_erasure_does_not_reveal_the_erased(running):
    sources = {**dict.fromkeys(SEATS, 1), VICTIM: 1}
    lesson = Lesson(sources).everyone(sources, range(MINUTE))
    session = await a_session(running, lesson)
    lengths = (1, 10, 60, 600)
    before = [await red_team.read(running.stub, session, length) for length in lengths]
    await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=session, source=VICTIM))
    after = [await red_team.read(running.stub, session, length) for length in lengths]
    assert any(before)
    for pair in zip(before, after, strict=True):
        assert not red_team.recovered(red_team.changes(pair), mean_of_cells(lesson.truth) | lesson.truth)


async def test_those_who_are_sent_again_do_not_reveal_who_was_left_out(running):
    """A camera is erased, and sent again without one of its faces: beside seats in the first cell, and then alone."""
    lesson = Lesson({"camera": 6, **dict.fromkeys(SEATS, 1)}).everyone(dict.fromkeys(SEATS, 1), [0])
    faces = lesson.chance.dirichlet(np.ones(7), 6).tolist()
    lesson.observations += [observation(f"first-{second}", NOON + second, faces, "camera") for second in (0, 10)]
    session = await a_session(running, lesson)
    views = [await red_team.read(running.stub, session, 10)]
    await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=session, source="camera"))
    views.append(await red_team.read(running.stub, session, 10))
    again = [observation(f"again-{second}", NOON + second, faces[:5], "camera") for second in (-MINUTE, 0, 10)]
    await running.record(session, *again)
    await running.end(session)
    views.append(await red_team.read(running.stub, session, 10))
    assert [len(view) for view in views] == [2, 1, 1]
    assert not red_team.recovered(red_team.changes(views), dict.fromkeys((NOON, NOON + 10), np.array(faces[5])))


async def test_a_late_arrival_does_not_hide_behind_those_who_are_there_already(running):
    """One more frame of hundreds hardly moves a mean, so that what changes is nearly all of whoever is new."""
    seats = dict.fromkeys(SEATS, 1)
    lesson = Lesson({**seats, VICTIM: 1})
    lesson.observations += [
        observation(f"{seat}-{frame}", NOON, lesson.chance.dirichlet(np.ones(7), 1).tolist(), seat)
        for frame in range(150)
        for seat in SEATS
    ]
    session = await a_session(running, lesson)
    views = [await red_team.read(running.stub, session, 10)]
    lesson.everyone({**dict.fromkeys(SEATS[:4], 1), VICTIM: 1}, [1])
    await lesson.record(running, session)
    await running.end(session)
    views.append(await red_team.read(running.stub, session, 10))
    assert views[0]
    assert not red_team.recovered(red_team.changes(views), lesson.truth)


async def test_an_interval_does_not_tell_the_last_two_apart(running):
    sources = {**dict.fromkeys(SEATS[:4], 1), VICTIM: 1}
    lesson = Lesson(sources)
    own = lesson.chance.dirichlet(np.ones(7) * 3, 5)
    frames = [observation(source, NOON, [own[index].tolist()], source) for index, source in enumerate(sources)]
    lesson.observations += frames
    session = await a_session(running, lesson)
    buckets = await running.timeline(session)
    assert red_team.visible(buckets)
    assert not red_team.recovered(red_team.by_the_interval(buckets, own[:3]), {NOON: own[4]})


async def test_fractions_of_people_do_not_tell_whose_they_are(running):
    sources = {**dict.fromkeys(SEATS[:4], 1), VICTIM: 1}
    lesson = Lesson(sources).everyone(sources, range(7)).everyone(dict.fromkeys(SEATS[:4], 1), range(7, 10))
    session = await a_session(running, lesson)
    bucket = next(one for one in await running.timeline(session) if one.emotions)
    truth = np.bincount([scores.argmax() for scores in lesson.truth.values()], minlength=7)
    found = red_team.highest_by_fractions(bucket, frames=7, of_others=10)
    assert sum(share.top_share for share in bucket.emotions) == pytest.approx(1)
    assert 0 < truth.max() < 7
    assert not any(counts == {count} for counts, count in zip(found, truth.tolist(), strict=True) if count)


async def test_one_who_makes_most_faces_is_not_the_mean(running):
    sources = {**dict.fromkeys(SEATS[:4], 1), VICTIM: 1}
    lesson = Lesson(sources).everyone(sources, [0])
    own = lesson.truth[NOON]
    for frame in range(599):
        lesson.observations.append(observation(f"again-{frame}", NOON + 5, [own.tolist()], VICTIM))
    session = await a_session(running, lesson)
    view = await red_team.read(running.stub, session, 10)
    assert view[NOON].group == 5
    assert not red_team.recovered(red_team.by_dominance(view), {NOON: own})


async def test_five_invented_faces_do_not_show_the_sixth(running):
    invented = [(0.0,) * index + (1.0,) + (0.0,) * (6 - index) for index in range(5)]
    lesson = Lesson({**dict.fromkeys(SEATS, 1), VICTIM: 1})
    for second in range(0, MINUTE, 10):
        lesson.see(VICTIM, NOON + second)
        for index, scores in enumerate(invented):
            fake = observation(f"fake-{second}-{index}", NOON + second, [scores], f"fake-{second}-{index}")
            lesson.observations.append(fake)
    session = await a_session(running, lesson)
    estimates: red_team.Estimates = []
    for length in (1, 10, 60):
        view = await red_team.read(running.stub, session, length)
        estimates += red_team.less_the_known(view, [np.array(one) for one in invented])
    assert not red_team.recovered(estimates, lesson.truth)


async def test_a_watcher_sees_no_more_than_a_reader(running):
    sources = dict.fromkeys(SEATS, 1)
    lesson = Lesson({**sources, VICTIM: 1}).everyone(sources, range(MINUTE))
    session = await a_session(running, lesson)
    request = session_pb2.WatchTimelineRequest(session=session)
    request.start_time.seconds = NOON
    call = running.stub.WatchTimeline(request)
    buckets = aiter(call)
    seen = [await anext(buckets) for _ in range(6)]
    for second in range(0, MINUTE, 10):
        lesson.see(VICTIM, NOON + second)
        await lesson.record(running, session)
    await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=session, source=SEATS[0]))
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=session))
    seen += [bucket async for bucket in buckets]
    found = red_team.changes([red_team.visible([bucket]) for bucket in seen])
    assert not red_team.recovered(found, lesson.truth)


async def test_a_source_view_does_not_tell_whether_the_source_sent_anything(running):
    sources = {"cam-a": 6, VICTIM: 1}
    lesson = Lesson(sources).everyone(sources, range(20))
    lesson.everyone({"cam-a": 6}, range(20, 40))
    session = await a_session(running, lesson)
    views = {source: await running.timeline(session, 10, source=source) for source in (VICTIM, "nobody")}
    assert views[VICTIM]
    assert views[VICTIM] == views["nobody"]


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_that_happens_to_a_lesson_gives_the_victim_away(running, seed):
    """Cameras and seats at random; late arrivals and erasures at random; all answers after each of them."""
    chance = np.random.default_rng(seed)
    sources = {f"source-{number}": int(people) for number, people in enumerate(chance.choice([1, 1, 2, 5, 6, 7], 7))}
    lesson = Lesson({**sources, VICTIM: 1}, seed=seed)
    for second in range(0, MINUTE, 5):
        here = {source: people for source, people in sources.items() if chance.random() < 0.7}
        lesson.everyone({**here, VICTIM: 1} if chance.random() < 0.8 else here, [second])
    session = await a_session(running, lesson)
    views: dict[tuple[int, str], list[dict[int, red_team.Bucket]]] = {}
    found: red_team.Estimates = []
    ended = int(chance.integers(3, 8))
    for index, step in enumerate(chance.permutation([*sources][:2] + [VICTIM] * 3 + [""] * 3).tolist()):
        for length in (1, 10, 60):
            for source in ("", *sources):
                view = await red_team.read(running.stub, session, length, source)
                views.setdefault((length, source), []).append(view)
        found += await red_team.over_sources(running.stub, session, list(sources), (1, 10, 60))
        found += await red_team.from_the_summary(running.stub, session)
        if step in sources:
            erase = session_pb2.DeleteObservationsRequest(session=session, source=step)
            await running.stub.DeleteObservations(erase)
        elif index < ended:  # one frame of the victim comes late, or one of everybody
            late = {VICTIM: 1} if step else {**sources, VICTIM: 1}
            lesson.everyone(late, [int(chance.integers(0, MINUTE))])
            await lesson.record(running, session)
        if index == ended - 1:
            await running.end(session)
    found += [estimate for one in views.values() for estimate in red_team.changes(one)]
    assert any(any(one) for one in views.values())
    assert not red_team.recovered(found, mean_of_cells(lesson.truth) | lesson.truth)


def mean_of_cells(truth: Truth) -> Truth:
    """The mean scores in each ten seconds."""
    cells = {second // 10 * 10 for second in truth}
    return {
        cell: np.mean([scores for second, scores in truth.items() if second // 10 * 10 == cell], axis=0)
        for cell in cells
    }
