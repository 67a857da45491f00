"""The SDK against both services' contracts, over real connections."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import cv2
import grpc
import numpy as np
import pytest
from client_fakes import NOON, PNG, SESSION, FakeServices, bucket

from liveclass import client
from liveclass.client import AsyncLiveClass, BackgroundSender, Emotion, Frame, LiveClass
from liveclass.runtime import errors
from liveclass.v1 import emotion_pb2

AWAY = errors.UnavailableError("the model is not being served", 0.01, errors.Reason.MODEL_UNAVAILABLE)


@pytest.fixture
def services():
    services = FakeServices()
    yield services
    services.stop()


@pytest.fixture
def lc(services):
    with LiveClass(*services.addresses) as lc:
        yield lc


@pytest.fixture
def session(lc) -> str:
    return lc.create_session("classrooms/7b", "geometry").name


def until_it_refuses(sender: BackgroundSender) -> None:
    while True:
        sender.submit(PNG)


def test_a_frame_comes_back_as_typed_faces(lc, services):
    frame = lc.classify(PNG, session=SESSION, source="front", capture_time=NOON, frame_id="f1")

    face = frame.faces[0]
    assert (face.emotion, face.top(1)[0].emotion) == (Emotion.HAPPINESS, Emotion.HAPPINESS)
    assert face.box == (10, 20, 60, 60)
    assert sum(score for _, score in face.emotions) == pytest.approx(1)
    assert (frame.frame_id, frame.recorded, frame.record_error) == ("f1", True, None)
    assert (frame.image_size, frame.model, frame.model_version) == ((640, 480), "emotion", "3")
    assert frame.timings == {"decode": 0.002, "infer": 0.003}
    request = services.detection.requests[0]
    assert (request.image, request.session, request.source) == (PNG, SESSION, "front")
    assert request.capture_time.ToDatetime() == NOON.replace(tzinfo=None)


def test_a_retry_carries_the_frame_id_that_the_client_made_up(lc, services):
    services.detection.faults.next["ClassifyFrame"] = [AWAY, AWAY]

    frame = lc.classify(PNG)

    assert services.detection.faults.calls == ["ClassifyFrame"] * 3
    assert services.detection.requests[0].frame_id == frame.frame_id != ""


@pytest.mark.parametrize("threads", [1, 4, 8, 32])
def test_frames_from_many_threads_are_all_answered_by_a_busy_service(lc, services, threads):
    services.detection.limit, services.detection.seconds = 2, 0.003

    with ThreadPoolExecutor(threads) as pool:
        frames = list(pool.map(lambda _: lc.classify(PNG), range(64)))

    assert [len(frame.faces) for frame in frames] == [1] * 64
    assert len({request.frame_id for request in services.detection.requests}) == 64
    assert threads <= 2 or services.detection.refused > 0


async def test_frames_gathered_at_once_are_all_answered_by_a_busy_service(services):
    services.detection.limit, services.detection.seconds = 2, 0.003
    async with AsyncLiveClass(*services.addresses) as lc:
        frames = await asyncio.gather(*(lc.classify(PNG) for _ in range(64)))

    assert [len(frame.faces) for frame in frames] == [1] * 64
    assert services.detection.refused > 0


def test_a_service_that_stays_busy_is_said_with_how_often_it_was_asked(lc, services):
    services.detection.limit = 0

    with pytest.raises(
        client.ResourceExhaustedError, match=r"too much is in flight \(tried \d+ times in 0\.\d s\)"
    ) as caught:
        lc.classify(PNG, timeout=0.3)

    assert caught.value.attempts == services.detection.refused > 3


def test_retrying_can_be_left_to_the_caller(lc, services):
    services.detection.faults.next["ClassifyFrame"] = [AWAY]

    with pytest.raises(client.UnavailableError) as caught:
        lc.classify(PNG, retry=False)

    assert caught.value.attempts == len(services.detection.faults.calls) == 1


def test_two_frames_never_share_an_id(lc):
    assert lc.classify(PNG).frame_id != lc.classify(PNG).frame_id


def test_what_is_not_idempotent_is_not_retried(lc, services):
    services.session.faults.next["CreateSession"] = [AWAY]

    with pytest.raises(client.UnavailableError) as caught:
        lc.create_session("classrooms/7b")

    assert services.session.faults.calls == ["CreateSession"]
    assert caught.value.retry_after == pytest.approx(0.01)
    assert caught.value.reason == "MODEL_UNAVAILABLE"


def test_a_refusal_names_the_field(lc):
    with pytest.raises(client.InvalidArgumentError) as caught:
        lc.classify(b"")

    error = caught.value
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "IMAGE_EMPTY")
    assert error.violations == (("image", "must not be empty"),)
    assert str(error) == "image: must not be empty"


def test_a_service_that_is_not_there_is_said_to_be_unreachable():
    with LiveClass("127.0.0.1:1", "127.0.0.1:1") as lc, pytest.raises(client.UnavailableError) as caught:
        lc.get_session(SESSION)

    assert "cannot reach the session service at 127.0.0.1:1" in str(caught.value)


def test_a_deadline_is_on_every_call_and_can_be_set(lc, services):
    lc.classify(PNG)
    lc.classify(PNG, timeout=2)

    first, second = services.detection.faults.deadlines
    assert 5 < first < 11  # the server's clock reads a little more than was given
    assert second < 3


def test_a_call_that_takes_too_long_says_so(lc, services):
    services.detection.gate.clear()

    with pytest.raises(client.DeadlineExceededError, match="did not answer in time"):
        lc.classify(PNG, timeout=0.2)

    services.detection.gate.set()


def test_arrays_and_files_are_encoded(lc, services, tmp_path):
    pixels = np.full((40, 50, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / "frame.bmp"), pixels)
    cv2.imwrite(str(tmp_path / "frame.webp"), pixels)

    lc.classify(pixels)
    lc.classify(pixels[..., 0])
    lc.classify(tmp_path / "frame.bmp")
    lc.classify(str(tmp_path / "frame.webp"))

    images = [request.image for request in services.detection.requests]
    assert images[0].startswith(b"\xff\xd8\xff")
    assert images[2].startswith(b"\x89PNG")
    assert images[3] == (tmp_path / "frame.webp").read_bytes()
    assert all(cv2.imdecode(np.frombuffer(image, np.uint8), 1).shape[:2] == (40, 50) for image in images)


@pytest.mark.parametrize("shape", [(0, 5), (5,), (5, 5, 4)])
def test_an_array_that_is_no_picture_is_refused_here(lc, services, shape):
    with pytest.raises(client.UnreadableFrameError, match=r"\[H, W\]"):
        lc.classify(np.zeros(shape, np.uint8))

    assert services.detection.requests == []


def test_a_float_array_is_refused_here(lc):
    with pytest.raises(client.UnreadableFrameError, match="uint8"):
        lc.classify(np.zeros((5, 5)))


def test_a_file_that_is_no_picture_is_refused_here(lc, tmp_path):
    (tmp_path / "lesson.txt").write_text("hello")

    with pytest.raises(client.UnreadableFrameError, match="not a picture"):
        lc.classify(tmp_path / "lesson.txt")
    with pytest.raises(client.UnreadableFrameError, match="cannot be read"):
        lc.classify(tmp_path / "nothing.jpg")


def test_cropped_faces(lc, services):
    faces = [np.zeros((48, 48), np.uint8), np.zeros((48, 48, 1), np.uint8), bytes(2304)]

    frame = lc.classify_faces(faces, session=SESSION)

    assert [len(face) for face in services.detection.requests[0].faces] == [2304] * 3
    assert len(frame.faces) == 3
    assert frame.faces[0].box is None
    with pytest.raises(client.UnreadableFrameError, match="48"):
        lc.classify_faces([np.zeros((40, 48), np.uint8)])


def test_a_stream_answers_every_frame_in_order(lc, services):
    frames = [Frame(PNG, frame_id=f"f{index}") for index in range(4)]

    results = list(lc.classify_stream(frames, session=SESSION, source="front", smoothing_time=2.5))

    assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
    assert results[0].frame.faces[0].track_id == "t1"
    assert results[1].skipped == "newer_frame"
    assert isinstance(results[2].error, client.InvalidArgumentError)
    config = services.detection.requests[0].config
    assert (config.session, config.source, config.smoothing_time.ToTimedelta()) == (
        SESSION,
        "front",
        timedelta(seconds=2.5),
    )


def test_with_one_in_flight_a_frame_that_was_passed_over_is_sent_again(lc, services):
    frames = [Frame(PNG, frame_id=f"f{index}") for index in range(4)]

    results = list(lc.classify_stream(frames, in_flight=1))

    assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
    assert not any(result.skipped for result in results)
    sent = [message.frame.frame_id for message in services.detection.requests[1:]]
    assert sent == ["f0", "f1", "f1", "f2", "f3"]


def test_with_one_in_flight_a_stream_goes_on_after_a_restart(lc, services):
    services.detection.faults.next["ClassifyStream.frame"] = [None, AWAY, AWAY]
    frames = [Frame(PNG, frame_id=f"f{index}") for index in range(3)]
    waited = []

    results = list(lc.classify_stream(frames, in_flight=1, on_wait=waited.append))

    assert [result.frame_id for result in results] == ["f0", "f1", "f2"]
    assert [error.reason for error in waited[:2]] == ["MODEL_UNAVAILABLE"] * 2


def test_what_the_frames_raise_comes_out_of_the_stream(lc):
    def frames():
        yield PNG
        raise RuntimeError("the camera is gone")

    results = lc.classify_stream(frames())

    assert next(results).frame is not None
    with pytest.raises(RuntimeError, match="the camera is gone"):
        list(results)


def test_a_stream_can_be_left_early(lc):
    def endless():
        while True:
            yield PNG

    results = lc.classify_stream(endless(), in_flight=2)
    assert next(results).frame is not None
    results.close()

    assert lc.classify(PNG).faces  # the connection is still good


def test_a_session_from_creation_to_deletion(lc):
    created = lc.create_session(
        "classrooms/7b", "geometry", display_name="Geometry", minimum_group_size=3, retention=timedelta(days=7)
    )
    assert (created.name, created.display_name, created.state) == (SESSION, "Geometry", client.SessionState.ACTIVE)
    assert (created.minimum_group_size, created.retention, created.start_time) == (3, timedelta(days=7), NOON)
    assert created.end_time is None
    with pytest.raises(client.AlreadyExistsError):
        lc.create_session("classrooms/7b", "geometry")

    ended = lc.end_session(SESSION)
    assert ended.state is client.SessionState.ENDED
    assert ended.end_time == NOON + timedelta(hours=1)

    lc.delete_session(SESSION)
    with pytest.raises(client.NotFoundError, match="there is no session"):
        lc.get_session(SESSION)


def test_a_classroom_may_be_named_by_its_last_part(lc, services):
    created = lc.create_session("7b", "geometry")

    assert created.name == SESSION
    assert [session.name for session in lc.list_sessions("7b")] == [SESSION]


def test_listing_follows_the_pages(lc, services):
    for index in range(5):
        lc.create_session("classrooms/7b", f"s{index}")

    names = [session.name for session in lc.list_sessions("classrooms/7b", page_size=2)]

    assert names == [f"classrooms/7b/sessions/s{index}" for index in range(5)]
    assert services.session.faults.calls.count("ListSessions") == 3


def test_a_timeline_as_values_and_as_a_pandas_frame(lc):
    lc.create_session("classrooms/7b", "geometry")

    timeline = lc.timeline(SESSION, resolution=10)

    assert [b.suppressed for b in timeline.buckets] == [False, True, False]
    assert timeline.buckets[0].top.emotion is Emotion.HAPPINESS
    assert timeline.buckets[1].top is None
    frame = timeline.to_pandas()
    assert frame.index[0] == NOON
    assert frame["happiness"].tolist()[::2] == pytest.approx([0.6, 0.3])
    assert frame["happiness"].isna().tolist() == [False, True, False]
    assert frame["group_size"].tolist() == [6, 0, 6]


def test_an_empty_timeline_is_an_empty_frame(lc, services):
    lc.create_session("classrooms/7b", "geometry")
    services.session.buckets = []

    timeline = lc.timeline(SESSION)

    assert len(timeline.to_pandas()) == 0
    with pytest.raises(client.LiveClassError, match="empty"):
        timeline.plot("nowhere.png")


def test_a_plot_is_a_picture(lc, tmp_path):
    lc.create_session("classrooms/7b", "geometry")

    path = lc.timeline(SESSION).plot(tmp_path / "class.png")

    assert cv2.imread(str(path)).shape[1] > 1000


def test_a_watch_goes_on_where_it_broke_off(lc, services):
    services.session.faults.next["WatchTimeline.bucket"] = [AWAY]
    services.session.buckets = [bucket(second) for second in (0, 10, 20)]

    starts = [b.start_time - NOON for b in lc.watch(SESSION)]

    # The first bucket was the last thing seen before the connection broke, and comes again.
    assert starts == [timedelta(seconds=second) for second in (0, 0, 10, 20)]
    assert services.session.requests[1].start_time.ToDatetime() == NOON.replace(tzinfo=None)


def test_a_watch_of_nothing_says_so_at_once(lc, services):
    services.session.faults.next["WatchTimeline"] = [errors.NotFoundError("session", SESSION)]

    with pytest.raises(client.NotFoundError):
        list(lc.watch(SESSION))


def test_summary_export_and_erasure(lc):
    summary = lc.summary(SESSION)
    assert summary.change_points[0].emotion is Emotion.HAPPINESS
    assert [trend.emotion for trend in summary.trends] == list(Emotion)
    assert summary.top_pairs[0].share == pytest.approx(0.4)
    assert b"".join(lc.export(SESSION, format="csv")) == b"start_time,frames\n"
    with pytest.raises(ValueError, match="csv"):
        list(lc.export(SESSION, format="xlsx"))
    assert lc.delete_observations(SESSION, "front") == client.Erased(4, 9)


def test_recording_what_was_classified_elsewhere(lc, services):
    faces = (dict.fromkeys(Emotion, 1 / 7),)
    observation = client.Observation("f1", NOON, faces, source="front", faces_seen=2, labels="votes")

    assert lc.record(SESSION, [observation]) == client.Recorded(1, 0)

    sent = services.session.requests[0].observations[0]
    assert (sent.frame_id, sent.source, sent.faces_seen) == ("f1", "front", 2)
    assert sent.labels == emotion_pb2.LABELS_VOTES
    assert sorted(score.emotion for score in sent.faces[0].emotions) == list(range(1, 8))


def test_a_session_and_its_timeline_say_whose_labels_the_scores_are_by(lc, services):
    session = lc.create_session("classrooms/7b", "geometry")
    assert session.labels == ""
    services.session.sessions[session.name].labels = emotion_pb2.LABELS_FER2013

    assert lc.get_session(session.name).labels == "fer2013"
    assert lc.timeline(session.name).labels == "votes"  # as the fake says


def test_results_are_json(lc):
    lc.create_session("classrooms/7b", "geometry")

    frame = json.loads(json.dumps(client.as_json(lc.classify(PNG))))
    timeline = json.loads(json.dumps(client.as_json(lc.timeline(SESSION))))

    assert frame["faces"][0]["emotion"] == "happiness"
    assert frame["faces"][0]["box"] == {"x": 10, "y": 20, "width": 60, "height": 60}
    assert timeline["buckets"][0]["start_time"] == "2026-03-02T12:00:00+00:00"
    assert timeline["resolution"] == 10


def test_the_sender_sends_everything_when_there_is_time(lc, services, session):
    seen = []
    with BackgroundSender(lc, session=session, source="front", on_result=seen.append) as sender:
        ids = [sender.submit(PNG) for _ in range(10)]
    report = sender.report()

    assert (report.submitted, report.classified, report.recorded, report.dropped) == (10, 10, 10, 0)
    assert sorted(request.frame_id for request in services.detection.requests) == sorted(ids)
    assert all(request.HasField("capture_time") for request in services.detection.requests)
    assert len(seen) == 10


def test_the_sender_drops_the_oldest_and_says_so(lc, services):
    services.detection.gate.clear()
    sender = BackgroundSender(lc, capacity=3, in_flight=1)
    first = sender.submit(PNG)
    while "ClassifyFrame" not in services.detection.faults.calls:  # until it is on its way
        threading.Event().wait(0.01)
    later = [sender.submit(PNG) for _ in range(5)]
    services.detection.gate.set()
    report = sender.close()

    assert (report.submitted, report.classified, report.dropped, report.waiting) == (6, 4, 2, 0)
    assert [request.frame_id for request in services.detection.requests] == [first, *later[2:]]
    with pytest.raises(ValueError, match="closed"):
        sender.submit(PNG)


def test_the_sender_tries_again_under_the_same_id(lc, services, session):
    busy = errors.ResourceExhaustedError("busy", 0.01, errors.Reason.TOO_MANY_FRAMES)
    services.detection.faults.next["ClassifyFrame"] = [busy]
    services.detection.recorded = False  # the first answer is not on disk, the one after it is
    with BackgroundSender(lc, session=session) as sender:
        frame_id = sender.submit(PNG)
        sender.close()

    assert [request.frame_id for request in services.detection.requests] == [frame_id, frame_id]
    assert (sender.report().classified, sender.report().recorded, sender.report().failed) == (1, 1, 0)


def test_the_sender_keeps_frames_while_a_service_is_away(lc, services, session):
    busy = errors.ResourceExhaustedError("busy", 0.01, errors.Reason.TOO_MANY_FRAMES)
    services.detection.faults.next["ClassifyFrame"] = [AWAY, busy] * 20
    with BackgroundSender(lc, session=session, in_flight=1) as sender:
        ids = [sender.submit(PNG) for _ in range(3)]
        report = sender.close(None)

    assert (report.recorded, report.dropped, report.failed) == (3, 0, 0)
    assert [request.frame_id for request in services.detection.requests] == ids


def test_the_sender_can_wait_for_room_and_then_drops_nothing(lc, services):
    with BackgroundSender(lc, capacity=2, in_flight=1, when_full="wait") as sender:
        for _ in range(20):
            sender.submit(PNG)
            assert sender.report().waiting <= 3
        report = sender.close(None)

    assert (report.submitted, report.classified, report.dropped) == (20, 20, 0)


def test_the_sender_refuses_a_session_that_is_not_there_before_the_first_frame(lc, services, session):
    with pytest.raises(client.NotFoundError, match="there is no session"):
        BackgroundSender(lc, session="classrooms/7b/sessions/typo")
    lc.end_session(session)
    with pytest.raises(client.FailedPreconditionError, match="has ended"):
        BackgroundSender(lc, session=session)

    assert services.detection.requests == []


def test_the_sender_stops_when_the_session_ends(lc, services, session):
    services.detection.recorded = False
    services.detection.record_error = errors.FailedPreconditionError(session, "has ended", errors.Reason.SESSION_ENDED)
    sender = BackgroundSender(lc, session=session, in_flight=1)
    sender.submit(PNG)

    with pytest.raises(client.FailedPreconditionError, match="has ended"):
        until_it_refuses(sender)

    report = sender.close()
    assert (report.recorded, report.waiting) == (0, 0)
    assert report.submitted == report.failed + report.dropped
    assert len(services.detection.requests) == 1


def test_the_sender_reports_what_was_refused_and_goes_on(lc):
    with BackgroundSender(lc, in_flight=1, on_result=lambda _: 1 / 0) as sender:
        sender.submit(b"")
        sender.submit(np.zeros((2, 2)))
        sender.submit(PNG)
    report = sender.report()

    assert (report.failed, report.classified) == (2, 1)
    assert isinstance(report.last_error, client.UnreadableFrameError)


async def test_the_async_client_does_the_same(services):
    services.detection.faults.next["ClassifyFrame"] = [AWAY]
    async with AsyncLiveClass(*services.addresses) as lc:
        frame = await lc.classify(np.zeros((4, 4), np.uint8), session=SESSION)
        assert frame.recorded
        await lc.create_session("classrooms/7b", "geometry")
        assert [session.name async for session in lc.list_sessions()] == [SESSION]
        assert len((await lc.timeline(SESSION)).buckets) == 3
        assert (await lc.summary(SESSION)).total.faces == 30
        assert b"".join([chunk async for chunk in lc.export(SESSION)]) == b"start_time,frames\n"
        with pytest.raises(client.NotFoundError):
            await lc.end_session("classrooms/7b/sessions/none")


async def test_the_async_client_streams_and_watches(services):
    async def frames():
        for index in range(4):
            await asyncio.sleep(0)
            yield Frame(PNG, frame_id=f"f{index}")

    async with AsyncLiveClass(*services.addresses) as lc:
        results = [result async for result in lc.classify_stream(frames())]
        assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
        assert [result.skipped for result in results] == ["", "newer_frame", "", ""]
        services.detection.faults.next["ClassifyStream.frame"] = [None, AWAY]
        results = [result async for result in lc.classify_stream(frames(), in_flight=1)]
        assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
        assert [result.skipped for result in results] == [""] * 4
        services.session.faults.next["WatchTimeline.bucket"] = [AWAY]
        assert len([b async for b in lc.watch(SESSION)]) == 4
        with pytest.raises(client.UnreadableFrameError):
            async for _ in lc.classify_stream(["nothing.jpg"]):
                pass
