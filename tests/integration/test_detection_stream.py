"""Streams over real gRPC: one answer per frame, in order, tracked, smoothed, and skipped where they come too fast."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress

import cv2
import grpc
import numpy as np
import pytest
from detection_fakes import DetectionService, astronaut, details_of
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import code_pb2

from liveclass.detection.streaming import Mailbox
from liveclass.runtime.errors import Reason, UnavailableError
from liveclass.v1 import detection_pb2

Request = detection_pb2.ClassifyStreamRequest
Config = detection_pb2.StreamConfig
FRAME = astronaut()
SESSION = "classrooms/7b/sessions/maths-1"
START = 1_750_000_000


@pytest.fixture
async def service() -> AsyncIterator[DetectionService]:
    async with DetectionService() as running:
        yield running


def frame(number: int, image: bytes = FRAME) -> Request:
    when = Timestamp()
    when.FromMilliseconds(START * 1000 + 100 * number)
    return Request(frame=detection_pb2.StreamFrame(image=image, frame_id=f"f{number}", capture_time=when))


async def converse(service: DetectionService, config: Config, frames: list[Request]) -> list:
    """Sends each frame after the answer to the one before."""
    call = service.stub.ClassifyStream()
    await call.write(Request(config=config))
    answers = []
    for each in frames:
        await call.write(each)
        answers.append(await call.read())
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    return answers


async def test_a_face_keeps_its_track_and_no_two_streams_share_one(service: DetectionService) -> None:
    frames = [frame(number) for number in range(4)]
    answers = await converse(service, Config(), frames)
    assert [answer.frame_id for answer in answers] == ["f0", "f1", "f2", "f3"]
    ids = {face.track_id for answer in answers for face in answer.frame.faces}
    assert len(ids) == 1
    again = await converse(service, Config(), frames)
    assert ids.isdisjoint({face.track_id for answer in again for face in answer.frame.faces})


async def test_scores_are_smoothed_and_the_raw_ones_stand_beside() -> None:
    faces = []
    async with DetectionService(carry_over_seconds=0) as service:
        call = service.stub.ClassifyStream()
        await call.write(Request(config=Config(smoothing_time=Duration(seconds=1))))
        for number in range(12):
            service.classifier.top = 3 if number == 0 else 6
            await call.write(frame(number))
            faces.append((await call.read()).frame.faces[0])
        await call.done_writing()
    assert [face.raw_emotions[0].emotion for face in faces[:2]] == [4, 7]
    assert faces[1].emotion == 4  # one other frame is no change of mood
    assert faces[-1].emotion == 7
    scores = [next(score.score for score in face.emotions if score.emotion == 7) for face in faces]
    assert scores == sorted(scores)
    assert scores[-1] < 0.7


async def test_a_face_that_does_not_change_is_classified_twice_a_second_and_answers_say_so(
    service: DetectionService,
) -> None:
    frames = [frame(number) for number in range(30)]
    answers = await converse(service, Config(session=SESSION, source="camera-1"), frames)
    faces = [answer.frame.faces[0] for answer in answers]
    measured = [not face.carried_over for face in faces]
    asked = [count for count, *_ in service.classifier.asked if count]
    assert sum(measured) == len(asked)
    assert 4 <= sum(measured[10:]) <= 6
    assert measured[0]
    before = faces[max(number for number in range(20) if measured[number])]
    assert all(face.emotions == before.emotions for face in faces[20:22] if face.carried_over)
    observed = [observation.carried_over for observation in service.recorder.observations]
    assert observed == [[face.carried_over] for face in faces]
    assert {answer.frame.model.version for answer in answers} == {"2"}


async def test_a_smoothing_time_of_zero_gives_each_frames_own_scores(service: DetectionService) -> None:
    answers = await converse(service, Config(smoothing_time=Duration()), [frame(0), frame(1)])
    face = answers[1].frame.faces[0]
    assert face.emotions == face.raw_emotions


async def test_when_frames_come_too_fast_the_newest_wins_and_all_are_answered_in_order(
    service: DetectionService,
) -> None:
    service.classifier.seconds = 0.3
    call = service.stub.ClassifyStream()
    await call.write(Request(config=Config()))
    for number in range(10):
        await call.write(frame(number))
    await call.done_writing()
    answers = [answer async for answer in call]
    assert [answer.frame_id for answer in answers] == [f"f{number}" for number in range(10)]
    skipped = [answer for answer in answers if answer.WhichOneof("result") == "skipped"]
    assert skipped
    assert {answer.skipped.reason for answer in skipped} == {detection_pb2.SkippedFrame.REASON_NEWER_FRAME}
    assert answers[-1].WhichOneof("result") == "frame"


async def test_a_bad_frame_is_answered_and_the_stream_goes_on(service: DetectionService) -> None:
    answers = await converse(service, Config(), [frame(0), frame(1, b"no image"), frame(2)])
    assert [answer.WhichOneof("result") for answer in answers] == ["frame", "error", "frame"]
    assert answers[1].frame_id == "f1"
    assert answers[1].error.code == code_pb2.INVALID_ARGUMENT


async def test_a_stream_outlives_an_absence_of_the_model(service: DetectionService) -> None:
    call = service.stub.ClassifyStream()
    await call.write(Request(config=Config()))
    service.classifier.error = UnavailableError("not served", 1.0, Reason.MODEL_UNAVAILABLE)
    await call.write(frame(0))
    assert (await call.read()).error.code == code_pb2.UNAVAILABLE
    service.classifier.error = None
    await call.write(frame(1))
    assert len((await call.read()).frame.faces) == 1
    await call.done_writing()


async def test_frames_are_recorded_with_what_the_stream_says_of_itself(service: DetectionService) -> None:
    answers = await converse(service, Config(session=SESSION, source="camera-1"), [frame(0), frame(1)])
    assert all(answer.frame.recorded for answer in answers)
    origins = [observation.origin for observation in service.recorder.observations]
    assert [origin.frame_id for origin in origins] == ["f0", "f1"]
    assert {(str(origin.session), origin.source) for origin in origins} == {(SESSION, "camera-1")}
    assert origins[1].capture_time_ns - origins[0].capture_time_ns == 100_000_000
    assert service.metric("liveclass_sources_live", kind="stream") == 1
    assert service.metric("liveclass_sources_live", kind="single") == 0
    assert service.metric("liveclass_records_total", outcome="recorded") == 2


async def test_faces_below_the_quality_asked_for_are_reported_and_not_counted(service: DetectionService) -> None:
    pixels = cv2.imdecode(np.frombuffer(FRAME, np.uint8), cv2.IMREAD_GRAYSCALE)
    blurred = cv2.imencode(".png", cv2.GaussianBlur(pixels, (0, 0), 7))[1].tobytes()
    answers = await converse(service, Config(session=SESSION, min_quality=0.75), [frame(0), frame(1, blurred)])
    (good,), (bad,) = (answer.frame.faces for answer in answers)
    assert good.quality.reason == detection_pb2.FaceQuality.REASON_UNSPECIFIED
    assert good.quality.score > 0.75 > bad.quality.score
    assert bad.quality.reason == detection_pb2.FaceQuality.REASON_BLURRED
    assert [len(observation.scores) for observation in service.recorder.observations] == [1, 0]
    assert [observation.faces_seen for observation in service.recorder.observations] == [1, 1]


@pytest.mark.parametrize(
    ("first", "field"),
    [
        (frame(0), "config"),
        (Request(), "config"),
        (Request(config=Config(session="x")), "config.session"),
        (Request(config=Config(source="a@b.example")), "config.source"),
        (Request(config=Config(min_quality=1.5)), "config.min_quality"),
        (Request(config=Config(min_quality=float("nan"))), "config.min_quality"),
        (Request(config=Config(smoothing_time=Duration(seconds=-1))), "config.smoothing_time"),
        (Request(config=Config(full_scan_interval=Duration(seconds=11))), "config.full_scan_interval"),
        (Request(config=Config(options=detection_pb2.ClassifyOptions(max_faces=-1))), "config.options.max_faces"),
    ],
)
async def test_a_stream_that_does_not_begin_with_a_valid_config_ends(service, first: Request, field: str) -> None:
    call = service.stub.ClassifyStream()
    await call.write(first)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call.read()
    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    found = details_of(raised.value)
    assert [violation.field for violation in found["BadRequest"].field_violations] == [field]


async def test_a_client_that_goes_away_leaves_nothing_behind(service: DetectionService) -> None:
    service.classifier.seconds = 5.0
    call = service.stub.ClassifyStream()
    await call.write(Request(config=Config()))
    await call.write(frame(0))
    await service.classifier.has_been_asked(1)
    assert service.metric("liveclass_frames_in_flight") == 1
    call.cancel()
    for _ in range(500):
        if not service.metric("liveclass_frames_in_flight"):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the frame is still in flight")


async def test_a_refusal_whose_caller_has_gone_is_no_error_of_a_task(service: DetectionService) -> None:
    reported = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["message"]))
    for number in range(40):  # the client goes at another moment each time
        call = service.stub.ClassifyStream()
        await call.write(Request())
        await asyncio.sleep(number * 0.0001)
        call.cancel()
    await service.stub.ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=FRAME))  # by now all have ended
    gc.collect()
    assert reported == []


async def test_callers_that_go_while_their_first_message_is_read_do_not_end_the_service(
    service: DetectionService,
) -> None:
    async def go(number: int) -> None:  # each at another moment
        call = service.stub.ClassifyStream(timeout=0.001 + 0.0007 * (number % 30))
        with suppress(grpc.aio.AioRpcError, asyncio.CancelledError, asyncio.InvalidStateError):
            await asyncio.sleep(0.0004 * (number % 9))
            await call.write(Request(config=Config()))
            await call.read()

    for _ in range(10):
        await asyncio.gather(*(go(number) for number in range(40)))
    answer = await service.stub.ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=FRAME))
    assert answer.faces


async def test_a_frame_id_is_checked_when_it_comes_and_not_kept(service: DetectionService) -> None:
    long = Request(frame=detection_pb2.StreamFrame(image=FRAME, frame_id="x" * 1_000_000))
    first, second, last = await converse(service, Config(), [frame(0), long, frame(2)])
    assert second.error.code == code_pb2.INVALID_ARGUMENT
    assert "frame_id" in second.error.message
    assert second.ByteSize() < 1000
    assert first.frame.faces
    assert last.frame.faces


async def test_frames_that_nobody_reads_the_answers_of_take_bounded_memory() -> None:
    async def frames() -> AsyncIterator[Request]:
        for number in range(100):
            yield Request(frame=detection_pb2.StreamFrame(image=FRAME, frame_id=f"{number}" + "x" * 100_000))
            yield Request(frame=detection_pb2.StreamFrame(image=FRAME, frame_id=f"{number}"))

    mailbox = Mailbox()
    await mailbox.fill(frames())
    kept = 0
    while (pending := await mailbox.next()) is not None:
        kept += len(pending.frame_id) + (pending.request.ByteSize() if pending.request else 0)
    assert kept < 2 * len(FRAME)


@pytest.mark.parametrize("messages", [[], [Request(config=Config())]])
async def test_a_stream_on_which_nothing_comes_is_ended_and_told_why(messages: list[Request]) -> None:
    async with DetectionService(stream_idle_seconds=0.2) as service:
        call = service.stub.ClassifyStream()
        for message in messages:
            await call.write(message)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call.read()
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    assert caught.value.details() == "nothing was sent for 0.2 s; open another stream when there is something"
    assert details_of(caught.value)["ErrorInfo"].reason == "STREAM_IDLE"


async def test_a_message_that_cannot_be_read_ends_the_stream_as_the_callers_mistake(service: DetectionService) -> None:
    call = service.channel.stream_stream("/liveclass.v1.DetectionService/ClassifyStream")()
    await call.write(Request(config=Config()).SerializeToString())
    await call.write(b"\xff\xff\xff")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "not a valid protobuf message" in caught.value.details()
