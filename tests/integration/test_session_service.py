"""The session service over gRPC, the same on SQLite and on PostgreSQL."""

import asyncio
import dataclasses
import itertools
import random
import time

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, NOON, SAD, RunningSession, observation, observed

from liveclass.capture_time import CaptureTimeLimits
from liveclass.runtime.errors import FailedPreconditionError, InvalidArgumentError
from liveclass.session.model import Recorded
from liveclass.session.observations import read_columns
from liveclass.session.settings import Limits
from liveclass.session.store import schema
from liveclass.session.store.recording import record_batch
from liveclass.session.store.releasing import CELLS_AT_ONCE, ROWS_AT_ONCE
from liveclass.v1 import emotion_pb2, session_pb2

MATHS = "classrooms/7b/sessions/maths"


@pytest.fixture
async def running(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as service:
        yield service


async def test_a_session_is_created_found_ended_and_deleted(running):
    name = await running.create(MATHS, display_name="Maths", minimum_group_size=3, retention=Duration(seconds=3600))
    session = await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))
    assert (session.name, session.display_name, session.minimum_group_size) == (MATHS, "Maths", 3)
    assert abs(session.start_time.ToSeconds() - time.time()) < 60
    assert session.state == session_pb2.Session.STATE_ACTIVE
    assert session.retention.seconds == 3600
    assert not session.HasField("end_time")
    ended = await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    assert ended.state == session_pb2.Session.STATE_ENDED
    again = await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    assert again == ended
    await running.stub.DeleteSession(session_pb2.DeleteSessionRequest(name=name))
    await refused(running.stub.GetSession(session_pb2.GetSessionRequest(name=name)), grpc.StatusCode.NOT_FOUND)


def marker(second: float, text: str) -> session_pb2.Marker:
    return session_pb2.Marker(time=Timestamp(seconds=int(second)), text=text)


async def mark(running, name: str, second: float, text: str) -> list[tuple[int, str]]:
    request = session_pb2.MarkSessionRequest(name=name, marker=marker(second, text))
    session = await running.stub.MarkSession(request)
    assert session == await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))
    return [(one.time.seconds, one.text) for one in session.markers]


async def test_moments_of_a_session_are_marked_in_order_once_each_and_taken_away(running):
    name = await running.create()

    assert await mark(running, name, 200, "quiz") == [(200, "quiz")]
    assert await mark(running, name, 100, "group work") == [(100, "group work"), (200, "quiz")]
    assert await mark(running, name, 200, "quiz") == [(100, "group work"), (200, "quiz")]  # a retry
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    assert await mark(running, name, 200, "test") == [(100, "group work"), (200, "test")]
    assert await mark(running, name, 100, "") == [(200, "test")]
    listed = await running.stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-"))
    assert [list(session.markers) for session in listed.sessions] == [[]]


async def test_a_mark_without_a_time_is_of_now(running):
    name = await running.create()
    request = session_pb2.MarkSessionRequest(name=name, marker=session_pb2.Marker(text="now"))
    (found,) = (await running.stub.MarkSession(request)).markers
    assert abs(found.time.seconds - time.time()) < 60


async def test_teachers_who_mark_at_once_lose_no_mark(running):
    name = await running.create()
    await asyncio.gather(*(running.stub.MarkSession(
        session_pb2.MarkSessionRequest(name=name, marker=marker(second, "mark"))) for second in range(20)))  # fmt: skip
    session = await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))
    assert [one.time.seconds for one in session.markers] == list(range(20))


@pytest.mark.parametrize("text", ["x" * 81, "a\nb", "alice@example.org", "\x1b[2J"])
async def test_a_mark_that_is_too_long_or_names_somebody_is_refused(running, text):
    name = await running.create()
    request = session_pb2.MarkSessionRequest(name=name, marker=marker(100, text))
    await refused(running.stub.MarkSession(request), grpc.StatusCode.INVALID_ARGUMENT)


async def test_marks_are_bounded(running):
    name = await running.create()
    for second in range(100):
        request = session_pb2.MarkSessionRequest(name=name, marker=marker(second, "m"))
        await running.stub.MarkSession(request)
    another = session_pb2.MarkSessionRequest(name=name, marker=marker(200, "one too many"))
    await refused(running.stub.MarkSession(another), grpc.StatusCode.FAILED_PRECONDITION)
    assert len(await mark(running, name, 50, "in the place of another")) == 100


async def test_a_session_is_renamed_and_nothing_else_of_it_changes(running):
    name = await running.create(display_name="Maths")
    before = await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))

    async def update(display_name: str, *paths: str) -> str:
        wanted = session_pb2.Session(name=name, display_name=display_name, minimum_group_size=2)
        request = session_pb2.UpdateSessionRequest(session=wanted, update_mask=FieldMask(paths=paths))
        updated = await running.stub.UpdateSession(request)
        assert updated == await running.stub.GetSession(session_pb2.GetSessionRequest(name=name))
        return updated.display_name

    assert await update("Maths, Monday", "display_name") == "Maths, Monday"
    assert await update("") == "Maths, Monday"
    assert await update("Maths, Tuesday") == "Maths, Tuesday"
    assert await update("", "display_name") == ""
    assert await update("Maths", "*") == "Maths"
    assert await running.stub.GetSession(session_pb2.GetSessionRequest(name=name)) == before
    for path, field in (("display_name", "session.display_name"), ("retention", "update_mask")):
        error = await refused(update("x" * 201, path), grpc.StatusCode.INVALID_ARGUMENT)
        assert detail(error, error_details_pb2.BadRequest).field_violations[0].field == field


async def test_settings_left_out_are_the_operators(running):
    created = await running.stub.CreateSession(
        session_pb2.CreateSessionRequest(parent="classrooms/7b", session=session_pb2.Session())
    )
    assert created.name.startswith("classrooms/7b/sessions/")
    assert (created.minimum_group_size, created.retention.seconds) == (5, 90 * 86_400)


async def test_observations_come_back_as_a_timeline(running):
    name = await running.create()
    assert await running.record(
        name, observation("a", NOON + 1, [HAPPY, SAD], seen=4), observation("b", NOON + 2.5, [HAPPY]),
        observation("c", NOON + 31, []),
    ) == (3, 0)  # fmt: skip
    first, second = await running.timeline(name)
    assert (first.start_time.seconds, first.duration.seconds) == (NOON, 10)
    assert (first.frames, first.faces, first.group_size) == (2, 3, 4)
    assert first.coverage == pytest.approx(3 / 5)
    assert not first.suppressed
    assert not first.open
    assert [share.emotion for share in first.emotions] == list(range(1, 8))
    happiness = first.emotions[emotion_pb2.EMOTION_HAPPINESS - 1]
    assert happiness.mean_score == pytest.approx(1.4 / 3, abs=1e-5)
    assert happiness.top_share == pytest.approx(2 / 3)
    assert happiness.mean_score_low < happiness.mean_score < happiness.mean_score_high
    assert (second.start_time.seconds, second.frames, second.faces, len(second.emotions)) == (NOON + 30, 1, 0, 0)


async def test_scores_that_are_carried_over_weigh_by_the_time_and_make_no_interval_narrower(running):
    """Of two people one is read in ten frames, the other in two of them: both weigh alike, and remain two people."""
    every, some = [await running.create(f"classrooms/7b/sessions/{name}") for name in ("every", "some")]
    often, seldom = [observation("f", NOON, (HAPPY, SAD)), observation("g", NOON + 0.5, (HAPPY, SAD))], []
    for number in range(10):
        one = observation(f"f{number}", NOON + number / 10, (HAPPY, SAD))
        one.faces[1].carried_over = number not in (0, 5)
        seldom.append(one)
    await running.record(every, *often)
    await running.record(some, *seldom)
    (bucket,), (other,) = [await running.timeline(name) for name in (every, some)]
    assert other.group_size == bucket.group_size == 2
    for one, same in zip(bucket.emotions, other.emotions, strict=True):
        assert same.mean_score == pytest.approx(one.mean_score, abs=1e-6)
        assert same.mean_score_low == pytest.approx(one.mean_score_low, abs=1e-6)
        assert same.mean_score_high == pytest.approx(one.mean_score_high, abs=1e-6)


async def test_a_retry_is_not_counted_twice(running):
    name = await running.create()
    assert await running.record(name, observation("a"), observation("b")) == (2, 0)
    # A retry may carry another time, where the server stamps it.
    assert await running.record(name, observation("a", NOON + 86_400 * 0.4), observation("c")) == (1, 1)
    assert await running.record(name, observation("d"), observation("d")) == (1, 1)
    assert [bucket.frames for bucket in await running.timeline(name)] == [4]
    counted = [
        running.registry.get_sample_value("liveclass_observations_total", {"outcome": outcome})
        for outcome in ("recorded", "duplicate")
    ]
    assert counted == [4, 2]


async def test_the_same_frame_id_counts_in_each_session(running):
    names = [await running.create(f"classrooms/7b/sessions/s{index}") for index in range(2)]
    for name in names:
        assert await running.record(name, observation("a")) == (1, 0)


async def test_many_writers_at_once_are_each_counted_once(running):
    names = [await running.create(f"classrooms/7b/sessions/s{index}") for index in range(3)]

    async def client(number: int) -> None:
        for frame in range(5):
            one = observation(f"{number}-{frame}", NOON + frame, source=f"seat-{number}")
            calls = [running.record(names[number % 3], one) for _ in range(2)]
            assert sorted(await asyncio.gather(*calls)) == [(0, 1), (1, 0)]

    await asyncio.gather(*(client(number) for number in range(30)))
    for name in names:
        (bucket,) = await running.timeline(name)
        assert (bucket.frames, bucket.faces, bucket.group_size) == (50, 50, 10)


async def test_group_size_sums_the_most_faces_of_each_source(running):
    name = await running.create()
    await running.record(
        name, observation("a", NOON, [HAPPY] * 3, "left"), observation("b", NOON + 5, [HAPPY] * 2, "left")
    )
    await running.record(name, observation("c", NOON + 5, [SAD] * 4, "right"))
    await running.record(name, observation("d", NOON + 15, [HAPPY] * 5, "left"))
    assert [bucket.group_size for bucket in await running.timeline(name, 10)] == [7, 5]
    assert [bucket.group_size for bucket in await running.timeline(name, 20)] == [9]
    assert [bucket.group_size for bucket in await running.timeline(name, 60)] == [9]
    assert [bucket.group_size for bucket in await running.timeline(name, 10, source="left")] == [3, 5]


@pytest.mark.parametrize("resolution", [1, 7, 10, 25, 60, 90, 600, 1200, 3600])
async def test_every_resolution_agrees_with_a_count_by_hand(running, resolution):
    name, chance = await running.create(), random.Random(resolution)
    seconds = [NOON + chance.randrange(4000) for _ in range(200)]
    sources = [f"seat-{chance.randrange(4)}" for _ in seconds]
    batch = [
        observation(f"{i}", s, [HAPPY] * (i % 3), q) for i, (s, q) in enumerate(zip(seconds, sources, strict=True))
    ]
    await running.record(name, *batch)
    expected: dict[int, dict[str, int]] = {}
    for index, (second, source) in enumerate(zip(seconds, sources, strict=True)):
        most = expected.setdefault(second // resolution * resolution, {})
        most[source] = max(most.get(source, 0), index % 3)
    buckets = await running.timeline(name, resolution)
    assert [(b.start_time.seconds, b.group_size) for b in buckets] == [
        (start, sum(most.values())) for start, most in sorted(expected.items())
    ]
    assert sum(bucket.frames for bucket in buckets) == 200


async def test_a_range_is_rounded_out_to_whole_buckets(running):
    name = await running.create()
    await running.record(name, *(observation(f"{s}", NOON + s) for s in range(0, 60, 10)))
    buckets = await running.timeline(name, 10, start=NOON + 15, end=NOON + 31)
    assert [bucket.start_time.seconds - NOON for bucket in buckets] == [10, 20, 30]
    assert await running.timeline(name, 10, start=NOON + 600) == []


async def test_too_small_a_group_is_suppressed(running):
    name = await running.create(minimum_group_size=5)
    await running.record(name, observation("a", NOON, [HAPPY] * 4))
    await running.record(name, *(observation(f"b-{second}", NOON + second, [HAPPY] * 5) for second in (690, 700)))
    running.settle()
    small, large = await running.timeline(name, 600)
    assert (small.suppressed, small.frames, small.faces, small.group_size, small.coverage) == (True, 0, 0, 0, 0)
    assert not small.emotions
    assert (large.suppressed, large.group_size) == (False, 5)
    # Faces that were seen but not classified do not hide anybody.
    await running.record(name, observation("c", NOON + 1400, [HAPPY] * 2, seen=9))
    assert (await running.timeline(name, 600))[-1].suppressed


async def test_one_source_is_held_to_the_minimum_too(running):
    name = await running.create(minimum_group_size=3)
    await running.record(
        name,
        observation("a", NOON - 60, [HAPPY] * 3, "room"), observation("b", NOON - 60, [SAD] * 3, "seat"),
        observation("c", NOON, [HAPPY] * 3, "room"), observation("d", NOON, [SAD] * 2, "seat"),
        observation("e", NOON + 10, [HAPPY] * 3, "room"), observation("f", NOON + 10, [SAD] * 3, "seat"),
    )  # fmt: skip

    running.settle()

    async def suppressed(source: str) -> list[bool]:
        return [bucket.suppressed for bucket in await running.timeline(name, start=NOON, source=source)]

    assert await suppressed("") == [False, False]
    assert await suppressed("seat") == [True, False]
    # With the room shown, the class less the room would be the two at the seat.
    assert await suppressed("room") == [True, False]
    # Whether a source is there at all is not told.
    assert await suppressed("nobody") == [True, True]


async def test_a_first_bucket_has_only_newcomers_and_is_suppressed(running):
    name = await running.create(minimum_group_size=3)
    seats = [f"seat-{number}" for number in range(3)]
    await running.record(
        name,
        *(observation(f"{source}-{second}", NOON + second, source=source) for source in seats for second in (0, 10)),
    )
    running.settle()
    assert [bucket.suppressed for bucket in await running.timeline(name)] == [True, False]


async def test_a_camera_counts_for_no_more_people_than_it_had_shown_before(running):
    name = await running.create(minimum_group_size=3)
    faces = {0: 2, 10: 2, 20: 9, 30: 9}  # seven are invented
    seen = [observation(f"{second}", NOON + second, [HAPPY] * count, "room") for second, count in faces.items()]
    await running.record(name, *seen)
    running.settle()
    assert [bucket.suppressed for bucket in await running.timeline(name)] == [True, True, True, False]


async def test_sources_that_are_invented_once_a_cell_is_over_do_not_show_it(running):
    name = await running.create(minimum_group_size=3)
    seconds = range(0, 60, 10)
    await running.record(name, *(observation(f"{second}", NOON + second, [SAD], "victim") for second in seconds))
    running.settle()
    assert all(bucket.suppressed for bucket in await running.timeline(name))
    for seat in range(4):  # as if they had been there before
        await running.record(name, *(
            observation(f"{seat}-{second}", NOON + second, [HAPPY], f"seat-{seat}") for second in (-60, *seconds)
        ))  # fmt: skip  # the arguments are the observations
    await running.record(name, observation("after", NOON + 60, [SAD], "victim"))
    running.settle()
    assert all(bucket.suppressed for bucket in await running.timeline(name))
    await running.end(name)
    assert all(bucket.suppressed for bucket in await running.timeline(name))


async def test_two_looks_differ_by_whole_cells_of_the_minimum_however_often_one_looks(running):
    name = await running.create(minimum_group_size=3)
    seats = [f"seat-{number}" for number in range(4)]
    looks = []
    for second in range(-20, 30, 5):
        for seat in seats:
            await running.record(name, observation(f"{seat}-{second}", NOON + second, source=seat))
            looks.append([visible(await running.timeline(name, length)) for length in (10, 60)])
    running.settle()
    looks.append([visible(await running.timeline(name, length)) for length in (10, 60)])
    grown = 0
    for (cells, minutes), (cells_later, minutes_later) in itertools.pairwise(looks):
        assert cells.items() <= cells_later.items()  # what was shown is as it was
        new = [bucket for start, bucket in cells_later.items() if start not in cells]
        assert all(bucket.group_size >= 3 for bucket in new)
        frames = [sum(bucket.frames for bucket in one.values()) for one in (minutes, minutes_later)]
        assert frames[1] - frames[0] == sum(bucket.frames for bucket in new)
        grown += len(new)
    assert grown == 4


def visible(buckets):
    """Those that show something, by their starts."""
    return {bucket.start_time.seconds: bucket for bucket in buckets if not bucket.suppressed}


async def test_buckets_are_released_once_they_are_over(running):
    start = int(time.time()) // 3600 * 3600 + 1810
    running.ahead = start - 5 - time.time()  # half past the hour, so that no longer bucket happens to end
    name = await running.create(minimum_group_size=3)
    await running.record(name, observation("past", start - 60, [SAD] * 3))
    running.ahead = start + 11 - time.time()  # a second before the observations of ten seconds are sure to have come
    await running.record(name, observation("a", start, [HAPPY] * 3))
    (open_bucket,) = await running.timeline(name, start=start)
    assert (open_bucket.suppressed, open_bucket.open, open_bucket.frames) == (True, True, 0)
    running.ahead += 1.5
    await running.record(name, observation("b", start + 12, [HAPPY] * 3))
    (bucket, _) = await running.timeline(name, start=start)
    assert (bucket.suppressed, bucket.open, bucket.group_size) == (False, False, 3)
    # Where nothing more comes, the last is released, too.
    running.ahead = start + 52 - time.time()
    assert [bucket.suppressed for bucket in await running.timeline(name, start=start)] == [False, False]
    # A longer bucket shows what of it is over.
    (longer,) = await running.timeline(name, 3600, start=start)
    assert (longer.open, longer.suppressed, longer.frames) == (True, False, 2)


async def test_a_lesson_that_is_sent_afterwards_is_released_as_it_comes(running):
    name = await running.create(minimum_group_size=3)
    await running.record(name, observation("first", NOON - 60, [HAPPY] * 4, "camera"))
    shown = []
    for second in (0, 4, 8, 10, 12, 21):
        await running.record(name, observation(f"{second}", NOON + second, [HAPPY] * 4, "camera"))
        shown.append([bucket.frames for bucket in await running.timeline(name, start=NOON)])
    assert shown == [[0], [0], [0], [0], [3, 0], [3, 2, 0]]


async def test_the_end_of_a_session_releases_what_is_left(running):
    name, now = await running.create(minimum_group_size=3), int(time.time())
    await running.record(name, observation("past", now - 60, [SAD] * 3), observation("a", now + 30, [HAPPY] * 3))
    assert [bucket.suppressed for bucket in await running.timeline(name)] == [True, True]
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    assert [bucket.suppressed for bucket in await running.timeline(name)] == [True, False]


async def test_a_session_says_whose_labels_its_scores_are_by_and_takes_no_others(running):
    name = await running.create(minimum_group_size=1)
    await running.record(name, observation("nobody", faces=[], labels=emotion_pb2.LABELS_UNSPECIFIED))
    assert await label_sets(running, name) == {emotion_pb2.LABELS_UNSPECIFIED}
    await running.record(name, observation("a"))
    assert await label_sets(running, name) == {emotion_pb2.LABELS_VOTES}

    other = observation("b", labels=emotion_pb2.LABELS_FER2013)
    error = await refused(running.record(name, other), grpc.StatusCode.FAILED_PRECONDITION)
    assert detail(error, error_details_pb2.ErrorInfo).reason == "SESSION_OF_OTHER_LABELS"
    assert error.details() == f"{name}: its scores are by the labels 'votes', these by 'fer2013'; begin a new session"
    unsaid = observation("c", labels=emotion_pb2.LABELS_UNSPECIFIED)  # of an older client, which knows FER2013's only
    await refused(running.record(name, unsaid), grpc.StatusCode.FAILED_PRECONDITION)

    await running.record(name, observation("nobody-2", faces=[], labels=emotion_pb2.LABELS_UNSPECIFIED))
    assert await running.record(name, observation("a"), observation("d")) == (1, 1)
    assert [bucket.frames for bucket in await running.timeline(name)] == [4]


async def label_sets(running: RunningSession, session: str) -> set[int]:
    """Those that all the answers about a session name."""
    stub = running.stub
    answers = [
        await stub.GetSession(session_pb2.GetSessionRequest(name=session)),
        *(await stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-"))).sessions,
        await stub.GetTimeline(session_pb2.GetTimelineRequest(session=session)),
        await stub.GetSummary(session_pb2.GetSummaryRequest(session=session)),
    ]
    assert len(answers) == 4
    return {answer.labels for answer in answers}


async def test_the_first_of_those_who_record_at_once_chooses_the_labels(running):
    name, limits = await running.create(), CaptureTimeLimits(time.time(), 600)
    requests = [
        session_pb2.RecordObservationsRequest(session=name, observations=[observation(frame, labels=labels)])
        for frame, labels in (("a", emotion_pb2.LABELS_UNSPECIFIED), ("b", emotion_pb2.LABELS_VOTES))
    ]
    first, second = await running.store.write(
        record_batch, [read_columns(request, limits, "default") for request in requests]
    )
    assert (first, type(second)) == (Recorded(1, 0), FailedPreconditionError)
    assert await label_sets(running, name) == {emotion_pb2.LABELS_FER2013}


@pytest.mark.parametrize(("late", "frames"), [(2, 3), (3, 6)])
async def test_late_observations_are_added_when_the_session_ends_if_they_are_enough(running, late, frames):
    name = await running.create(minimum_group_size=3)
    seats = [f"seat-{number}" for number in range(6)]
    await running.record(name, *(observation(f"before-{seat}", NOON - 60, source=seat) for seat in seats))
    await running.record(name, *(observation(f"on-time-{seat}", NOON, source=seat) for seat in seats[:3]))
    running.settle()
    shown = []
    for seat in seats[3 : 3 + late]:
        shown += [bucket.frames for bucket in await running.timeline(name, start=NOON)]
        assert await running.record(name, observation(f"late-{seat}", NOON, [SAD], seat)) == (1, 0)
        assert await running.record(name, observation(f"late-{seat}", NOON, [SAD], seat)) == (0, 1)
    await running.end(name)
    shown += [bucket.frames for bucket in await running.timeline(name, start=NOON)]
    assert shown == [*[3] * late, frames]


async def test_what_comes_late_where_nothing_was_shown_is_shown_when_the_session_ends(running):
    name = await running.create(minimum_group_size=3)
    on_time = [observation(f"{second}", NOON + second, [HAPPY] * 4, "room") for second in (0, 30)]
    await running.record(name, *on_time, observation("few", NOON + 15, [HAPPY], "seat"))
    running.settle()
    shown = [[bucket.frames for bucket in await running.timeline(name, start=NOON + 10)]]
    for second in (10, 11, 20):
        await running.record(name, observation(f"late-{second}", NOON + second, [HAPPY] * 4, "room"))
    shown.append([bucket.frames for bucket in await running.timeline(name, start=NOON + 10)])
    await running.end(name)
    shown.append([bucket.frames for bucket in await running.timeline(name, start=NOON + 10)])
    assert shown == [[0, 1], [0, 1], [3, 1, 1]]


async def test_more_late_cells_than_are_released_at_once_are_all_there_after_the_end(running):
    name = await running.create(minimum_group_size=3)
    cells = range(0, 10 * (2 * CELLS_AT_ONCE + 1), 10)
    sources = ("room", "hall")
    await running.record(name, *(observation(f"{one}-first", NOON - 60, [HAPPY] * 4, one) for one in sources))
    for source in sources:
        frames = [observation(f"{source}-{cell}", NOON + cell, [HAPPY] * 4, source) for cell in cells]
        await running.record(name, *frames)
        running.settle()
        await running.timeline(name)
    await running.end(name)
    assert [bucket.frames for bucket in await running.timeline(name, start=NOON)] == [2] * len(cells)


async def test_cells_of_many_sources_are_released_few_at_once(running):
    name = await running.create(minimum_group_size=3)
    sources, cells = [f"seat-{number}" for number in range(1000)], range(0, 120, 10)
    await running.record(name, *(observation(f"{one}-first", NOON - 60, source=one) for one in sources))
    await running.record(name, observation("last", NOON + 200, source="room"))
    running.settle()
    await running.timeline(name)
    for cell in cells:  # after those cells were closed
        await running.record(name, *(observation(f"{one}-{cell}", NOON + cell, source=one) for one in sources))

    def waiting(connection: sa.Connection) -> int:
        late = schema.late_buckets.c
        return connection.scalar(sa.select(sa.func.count(late.start.distinct())).where(late.resolution == 10))

    await running.end(name)
    assert await running.store.read(waiting) >= len(cells) - ROWS_AT_ONCE // len(sources)
    shown = await running.timeline(name, start=NOON, end=NOON + 120)
    assert [bucket.frames for bucket in shown] == [len(sources)] * len(cells)
    assert await running.store.read(waiting) == 0


async def test_an_erasure_of_few_withholds_a_bucket_for_good(running):
    name = await running.create(minimum_group_size=3)
    sources = {"room": 4, "hall": 4, "seat": 1}
    await running.record(
        name,
        *(
            observation(f"{source}-{second}", NOON + second, [HAPPY] * people, source)
            for source, people in sources.items()
            for second in (-60, 0, 10)
            if (source, second) != ("seat", 10)
        ),
    )
    running.settle()
    assert [bucket.suppressed for bucket in await running.timeline(name, start=NOON)] == [False, False]
    erase = session_pb2.DeleteObservationsRequest(session=name, source="seat")
    assert (await running.stub.DeleteObservations(erase)).observations == 2
    assert [bucket.suppressed for bucket in await running.timeline(name, start=NOON)] == [True, False]
    await running.record(name, observation("more", NOON, [SAD] * 4, "room"))
    await running.end(name)
    assert [bucket.suppressed for bucket in await running.timeline(name, start=NOON)] == [True, False]
    erase.source = "hall"
    await running.stub.DeleteObservations(erase)
    shown = await running.timeline(name, start=NOON)
    assert [(bucket.suppressed, bucket.group_size) for bucket in shown] == [(True, 0), (False, 4)]


async def test_means_are_over_people_and_not_over_faces(running):
    name = await running.create()
    often = [observation(f"{frame}", NOON, [HAPPY], "often") for frame in range(9)]
    await running.record(name, *often, observation("once", NOON, [SAD], "once"))
    (bucket,) = await running.timeline(name)
    happiness = bucket.emotions[emotion_pb2.EMOTION_HAPPINESS - 1]
    assert (happiness.mean_score, happiness.top_share) == pytest.approx((0.35, 0.5), abs=1e-5)
    assert bucket.faces == 10


async def test_a_smaller_minimum_than_the_operators_is_for_demonstrations(running):
    running.servicer = dataclasses.replace(running.servicer, limits=Limits(5, 86_400, 600, lowest_minimum=5))
    service = running.servicer
    request = session_pb2.CreateSessionRequest(parent="classrooms/7b")
    request.session.minimum_group_size = 4
    with pytest.raises(InvalidArgumentError, match="operator's minimum"):
        await service.CreateSession(request, None)
    for minimum in (0, 5, 6):
        request.session.minimum_group_size = minimum
        assert (await service.CreateSession(request, None)).minimum_group_size == (minimum or 5)


async def test_an_ended_session_takes_nothing_more_and_still_shows(running):
    name = await running.create()
    await running.record(name, observation("a"))
    await running.stub.EndSession(session_pb2.EndSessionRequest(name=name))
    error = await refused(running.record(name, observation("b")), grpc.StatusCode.FAILED_PRECONDITION)
    violation = detail(error, error_details_pb2.PreconditionFailure).violations[0]
    assert (violation.subject, detail(error, error_details_pb2.ErrorInfo).reason) == (name, "SESSION_ENDED")
    assert len(await running.timeline(name)) == 1


async def test_one_bad_write_does_not_fail_its_neighbours(running):
    name = await running.create()
    calls = [
        running.record(name, observation("a")),
        running.record("classrooms/7b/sessions/none", observation("a")),
        running.record(name, observation("b")),
    ]
    first, missing, second = await asyncio.gather(*calls, return_exceptions=True)
    assert (first, second) == ((1, 0), (1, 0))
    assert missing.code() == grpc.StatusCode.NOT_FOUND


async def test_an_unknown_session_is_named(running):
    name = "classrooms/7b/sessions/none"
    requests = [
        running.stub.GetSession(session_pb2.GetSessionRequest(name=name)),
        running.stub.EndSession(session_pb2.EndSessionRequest(name=name)),
        running.stub.UpdateSession(
            session_pb2.UpdateSessionRequest(session=session_pb2.Session(name=name, display_name="Maths"))
        ),
        running.stub.DeleteSession(session_pb2.DeleteSessionRequest(name=name)),
        running.stub.GetTimeline(session_pb2.GetTimelineRequest(session=name)),
        running.record(name, observation("a")),
    ]
    for request in requests:
        error = await refused(request, grpc.StatusCode.NOT_FOUND)
        info = detail(error, error_details_pb2.ResourceInfo)
        assert (info.resource_type, info.resource_name) == ("liveclass/Session", name)


async def test_a_session_id_is_taken_once(running):
    await running.create()
    error = await refused(running.create(), grpc.StatusCode.ALREADY_EXISTS)
    assert detail(error, error_details_pb2.ErrorInfo).reason == "ALREADY_EXISTS"
    await running.create("classrooms/8c/sessions/maths")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"frame_id": ""}, "observations[0].frame_id"),
        ({"frame_id": "x" * 129}, "observations[0].frame_id"),
        ({"source": "jo@school.org"}, "observations[0].source"),
        ({"capture_time": None}, "observations[0].capture_time"),
        ({"capture_time": Timestamp(seconds=NOON, nanos=2_000_000_000)}, "observations[0].capture_time"),
        ({"capture_time": Timestamp(seconds=NOON + 10 * 86_400)}, "observations[0].capture_time"),
        ({"capture_time": Timestamp(seconds=NOON - 91 * 86_400)}, "observations[0].capture_time"),
        ({"faces": [observed((0.5, 0.5))]}, "observations[0].faces[0].emotions"),
        ({"faces": [observed((0.5, 0.6, 0, 0, 0, 0, 0))]}, "observations[0].faces[0].emotions"),
        ({"faces": [observed((float("nan"), 0, 0, 0, 0, 0, 1))]}, "observations[0].faces[0].emotions"),
        ({"faces": [observed((-0.5, 1.5, 0, 0, 0, 0, 0))]}, "observations[0].faces[0].emotions"),
        ({"faces": [observed(HAPPY), observed(SAD)], "faces_seen": 1}, "observations[0].faces_seen"),
    ],
)
async def test_a_bad_observation_is_refused_and_records_nothing(running, change, field):
    name = await running.create()
    fields = {"frame_id": "a", "capture_time": Timestamp(seconds=NOON)} | change
    bad = session_pb2.Observation(**{key: value for key, value in fields.items() if value is not None})
    error = await refused(running.record(name, bad, observation("b")), grpc.StatusCode.INVALID_ARGUMENT)
    assert detail(error, error_details_pb2.BadRequest).field_violations[0].field == field
    assert detail(error, error_details_pb2.ErrorInfo).domain == "liveclass"
    assert await running.timeline(name) == []


async def test_bad_requests_name_the_field(running):
    name, stub = await running.create(), running.stub
    cases = [
        (stub.GetSession(session_pb2.GetSessionRequest(name="7b")), "name"),
        (stub.CreateSession(session_pb2.CreateSessionRequest(parent="7b")), "parent"),
        (stub.CreateSession(session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id="A b")), "session_id"),
        (running.create("classrooms/7b/sessions/x", minimum_group_size=-1), "session.minimum_group_size"),
        (running.create("classrooms/7b/sessions/x", display_name="x" * 201), "session.display_name"),
        (running.create("classrooms/7b/sessions/x", retention=Duration(nanos=5)), "session.retention"),
        (running.create("classrooms/7b/sessions/x", retention=Duration(seconds=-5)), "session.retention"),
        (running.record(name), "observations"),
        (running.record(name, *(observation(f"{i}") for i in range(1001))), "observations"),
        (running.timeline(name, 0), "resolution"),
        (running.timeline(name, start=NOON, end=NOON), "end_time"),
        (stub.GetTimeline(session_pb2.GetTimelineRequest(session=name, resolution=Duration(nanos=1))), "resolution"),
        (
            stub.GetTimeline(session_pb2.GetTimelineRequest(session=name, start_time=Timestamp(seconds=-1))),
            "start_time",
        ),
        (stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/")), "parent"),
        (stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-", page_size=-1)), "page_size"),
        (stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-", page_token="x")), "page_token"),
        (stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/-", filter="state ! 1")), "filter"),
    ]
    for call, field in cases:
        error = await refused(call, grpc.StatusCode.INVALID_ARGUMENT)
        assert detail(error, error_details_pb2.BadRequest).field_violations[0].field == field


async def test_sessions_are_listed_page_by_page_latest_first(running):
    for index in range(5):
        await running.create(f"classrooms/7b/sessions/s{index}")
    await running.create("classrooms/8c/sessions/other")
    await running.stub.EndSession(session_pb2.EndSessionRequest(name="classrooms/7b/sessions/s3"))

    async def listed(parent: str, **fields: object) -> list[str]:
        names, token = [], ""
        while True:
            request = session_pb2.ListSessionsRequest(parent=parent, page_size=2, page_token=token, **fields)
            page = await running.stub.ListSessions(request)
            names += [session.name.rpartition("/")[2] for session in page.sessions]
            token = page.next_page_token
            if not token:
                return names

    assert await listed("classrooms/7b") == ["s4", "s3", "s2", "s1", "s0"]
    assert await listed("classrooms/-") == ["other", "s4", "s3", "s2", "s1", "s0"]
    assert await listed("classrooms/7b", filter="state = ACTIVE") == ["s4", "s2", "s1", "s0"]
    assert await listed("classrooms/-", filter='classroom = "8c" AND state != ENDED') == ["other"]
    assert await listed("classrooms/-", filter='start_time >= "2020-01-01T00:00:00Z" AND state=ENDED') == ["s3"]
    assert await listed("classrooms/-", filter='end_time < "2020-01-01T00:00:00Z"') == []
    first = await running.stub.ListSessions(session_pb2.ListSessionsRequest(parent="classrooms/7b", page_size=1))
    other = session_pb2.ListSessionsRequest(parent="classrooms/8c", page_token=first.next_page_token)
    await refused(running.stub.ListSessions(other), grpc.StatusCode.INVALID_ARGUMENT)


async def test_deleting_a_session_takes_its_observations_along(running):
    name = await running.create()
    await running.record(name, observation("a"))
    await running.stub.DeleteSession(session_pb2.DeleteSessionRequest(name=name))
    assert await running.create() == name
    assert await running.timeline(name) == []
    assert await running.record(name, observation("a")) == (1, 0)


async def test_what_was_acknowledged_is_there_after_a_restart(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url) as before:
        name = await before.create()
        await before.record(name, observation("a"))
    async with RunningSession(database_url) as after:
        assert await after.record(name, observation("a"), observation("b")) == (1, 1)


async def test_services_that_start_together_agree_on_the_schema(database_url):  # noqa: F811  # the fixture
    both = [RunningSession(database_url) for _ in range(3)]
    await asyncio.gather(*(service.__aenter__() for service in both))
    name = await both[0].create()
    await both[1].record(name, observation("a"))
    assert len(await both[2].timeline(name)) == 1
    for service in both:
        await service.__aexit__()


async def refused(call, code: grpc.StatusCode) -> grpc.aio.AioRpcError:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert caught.value.code() == code, caught.value.details()
    return caught.value


def detail(error: grpc.aio.AioRpcError, kind: type):
    """The detail of this kind."""
    for packed in rpc_status.from_call(error).details:
        if packed.Is(kind.DESCRIPTOR):
            message = kind()
            packed.Unpack(message)
            return message
    raise AssertionError(f"no {kind.__name__} in {error}")


async def test_a_session_takes_so_many_sources_and_no_more(database_url):  # noqa: F811  # the fixture
    async with RunningSession(database_url, max_sources=3) as running:
        name = await running.create()
        await running.record(name, *(observation(seat, source=seat) for seat in ("a", "b")))
        # Of two in one transaction the first brings the third source, and the second one too many.
        answers = await asyncio.gather(
            *(running.record(name, observation(seat, source=seat)) for seat in ("c", "d")), return_exceptions=True
        )
        (error,) = (one for one in answers if isinstance(one, grpc.aio.AioRpcError))
        assert error.code() == grpc.StatusCode.INVALID_ARGUMENT
        assert detail(error, error_details_pb2.ErrorInfo).reason == "TOO_MANY_SOURCES"
        assert "observations[0].source" in error.details()
        assert "LIVECLASS_MAX_SOURCES" in error.details()
        assert await running.record(name, observation("again", source="a")) == (1, 0)
        await running.stub.DeleteObservations(session_pb2.DeleteObservationsRequest(session=name, source="a"))
        assert await running.record(name, observation("new", source="e")) == (1, 0)
