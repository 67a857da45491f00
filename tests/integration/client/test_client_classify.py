"""The SDK: frames, faces and streams."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import cv2
import grpc
import numpy as np
import pytest
from client_fakes import AWAY, NOON, PNG, SESSION

from liveclass import client
from liveclass.client import AsyncLiveClass, Emotion, Frame, LiveClass


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


def test_an_overloaded_service_is_spared_what_it_would_refuse(lc, services):
    services.detection.limit = 0

    reasons = [refusal_of(lc).reason for _ in range(200)]

    assert reasons.count("TOO_MANY_FRAMES") == services.detection.refused < 100
    assert reasons.count("NOT_SENT") == 200 - services.detection.refused


async def test_an_overloaded_service_is_spared_by_the_async_client_too(services):
    services.detection.limit, messages = 0, []
    async with AsyncLiveClass(*services.addresses) as lc:
        for _ in range(200):
            with pytest.raises(client.ResourceExhaustedError) as caught:
                await lc.classify(PNG, retry=False)
            messages.append(str(caught.value))

    not_sent = (
        f"the detection service at {services.addresses[0]} is overloaded and refuses most calls, so this one was not "
        "sent; try again later"
    )
    assert messages.count(not_sent) == 200 - services.detection.refused > 100


def refusal_of(lc: LiveClass) -> client.ResourceExhaustedError:
    with pytest.raises(client.ResourceExhaustedError) as caught:
        lc.classify(PNG, retry=False)
    return caught.value


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
    assert results[0].frame.faces[0].carried_over
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
