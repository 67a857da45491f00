"""The detection service over real gRPC: what it answers, what it refuses, and what it records."""

import asyncio
import os
import signal
import struct
import time
from collections.abc import AsyncIterator

import cv2
import generated_images as images
import grpc
import numpy as np
import pytest
from detection_fakes import DetectionService, astronaut, details_of
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2

from liveclass.detection.scene import SceneMemory
from liveclass.runtime.errors import Reason, ResourceExhaustedError, UnavailableError
from liveclass.v1 import detection_pb2, emotion_pb2

Request = detection_pb2.ClassifyFrameRequest
Options = detection_pb2.ClassifyOptions
FacesRequest = detection_pb2.ClassifyFacesRequest
SESSION = "classrooms/7b/sessions/maths-1"
FRAME = astronaut()


@pytest.fixture
async def service() -> AsyncIterator[DetectionService]:
    async with DetectionService() as running:
        yield running


async def refused(service: DetectionService, request, code: grpc.StatusCode, timeout: float | None = None) -> dict:
    method = service.stub.ClassifyFaces if isinstance(request, FacesRequest) else service.stub.ClassifyFrame
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await method(request, timeout=timeout)
    assert raised.value.code() is code
    found = details_of(raised.value)
    assert found["ErrorInfo"].domain == "liveclass"
    return found


def huge_claim() -> bytes:
    data = bytearray(cv2.imencode(".jpg", np.zeros((16, 16), np.uint8))[1].tobytes())
    start = data.find(b"\xff\xc0")
    data[start + 5 : start + 9] = struct.pack(">HH", 30_000, 30_000)
    return bytes(data)


async def test_a_photograph_gives_its_face_in_its_own_pixels(service: DetectionService) -> None:
    answer = await service.stub.ClassifyFrame(Request(image=FRAME, frame_id="f1"))
    assert (answer.image_size.width, answer.image_size.height) == (512, 512)
    (face,) = answer.faces
    assert 150 < face.box.x < 190
    assert 50 < face.box.y < 80
    assert 80 < face.box.width < 120
    assert face.detection_score > 0
    assert face.emotion == emotion_pb2.EMOTION_HAPPINESS
    scores = [score.score for score in face.emotions]
    assert len({score.emotion for score in face.emotions}) == 7
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)
    assert (answer.frame_id, answer.model.name, answer.model.version) == ("f1", "emotion", "2")
    assert answer.timings.HasField("decode")
    assert answer.timings.HasField("infer")
    assert not answer.timings.HasField("record")


async def test_all_faces_of_a_frame_are_asked_at_once(service: DetectionService) -> None:
    one = cv2.imdecode(np.frombuffer(FRAME, np.uint8), cv2.IMREAD_GRAYSCALE)[:256, 60:316]
    crowd = cv2.imencode(".png", np.vstack([np.hstack([one] * 3)] * 2))[1].tobytes()
    answer = await service.stub.ClassifyFrame(Request(image=crowd))
    assert len(answer.faces) == 6
    assert [asked[0] for asked in service.classifier.asked] == [6]


async def test_an_answer_and_its_observation_say_whose_labels_they_are_by(service: DetectionService) -> None:
    answer = await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION))
    assert answer.model.labels == emotion_pb2.LABELS_VOTES
    assert service.recorder.observations[0].labels == "votes"
    asked = Options(labels=emotion_pb2.LABELS_FER2013)
    assert (await service.stub.ClassifyFrame(Request(image=FRAME, options=asked))).model.labels == asked.labels
    crop = FacesRequest(faces=[bytes(48 * 48)], labels=asked.labels)
    assert (await service.stub.ClassifyFaces(crop)).model.labels == asked.labels


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (Request(image=FRAME, session=SESSION, options=Options(labels=emotion_pb2.LABELS_FER2013)), "options.labels"),
        (FacesRequest(faces=[bytes(48 * 48)], session=SESSION, labels=emotion_pb2.LABELS_VOTES), "labels"),
        (FacesRequest(faces=[bytes(48 * 48)], labels=9), "labels"),
    ],
)
async def test_a_timelines_labels_are_the_operators_choice(service: DetectionService, request_, field: str) -> None:
    found = await refused(service, request_, grpc.StatusCode.INVALID_ARGUMENT)
    assert found["BadRequest"].field_violations[0].field == field
    assert service.recorder.observations == []


async def test_without_a_session_nothing_is_recorded(service: DetectionService) -> None:
    answer = await service.stub.ClassifyFrame(Request(image=FRAME))
    assert not answer.recorded
    assert not answer.HasField("record_error")
    assert answer.frame_id
    assert service.recorder.observations == []


async def test_recorded_says_that_the_observation_went_through(service: DetectionService) -> None:
    when = Timestamp(seconds=1_750_000_000, nanos=500_000_000)
    request = Request(image=FRAME, session=SESSION, frame_id="f1", capture_time=when, source="camera-1")
    answer = await service.stub.ClassifyFrame(request)
    assert answer.recorded
    (observation,) = service.recorder.observations
    assert str(observation.origin.session) == SESSION
    assert observation.origin.frame_id == "f1"
    assert observation.origin.source == "camera-1"
    assert observation.origin.capture_time_ns == when.ToNanoseconds()
    assert observation.scores.shape == (1, 7)
    assert (observation.faces_seen, observation.model_version) == (1, "2")


async def test_a_frame_without_faces_is_recorded_too(service: DetectionService) -> None:
    empty = cv2.imencode(".png", np.full((200, 200), 90, np.uint8))[1].tobytes()
    answer = await service.stub.ClassifyFrame(Request(image=empty, session=SESSION))
    assert answer.recorded
    assert len(answer.faces) == 0
    assert service.recorder.observations[0].faces_seen == 0


async def test_faces_come_back_when_they_could_not_be_recorded(service: DetectionService) -> None:
    service.recorder.error = status_pb2.Status(code=grpc.StatusCode.UNAVAILABLE.value[0], message="not there")
    answer = await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION))
    assert len(answer.faces) == 1
    assert not answer.recorded
    assert answer.record_error == service.recorder.error
    assert await service.health() == "SERVING"


@pytest.mark.parametrize(
    ("image", "reason"),
    [
        (b"", Reason.IMAGE_EMPTY),
        (b"%PDF-1.7 and so on", Reason.IMAGE_FORMAT_UNSUPPORTED),
        (astronaut(".png")[:50_000], Reason.IMAGE_TRUNCATED),
        (huge_claim(), Reason.IMAGE_TOO_LARGE),
        (FRAME + bytes(9 * 1024 * 1024), Reason.IMAGE_TOO_LARGE),
    ],
)
async def test_what_is_no_frame_is_an_invalid_argument(service: DetectionService, image: bytes, reason: Reason) -> None:
    found = await refused(service, Request(image=image), grpc.StatusCode.INVALID_ARGUMENT)
    assert [violation.field for violation in found["BadRequest"].field_violations] == ["image"]
    assert found["ErrorInfo"].reason == reason.value
    assert len((await service.stub.ClassifyFrame(Request(image=FRAME))).faces) == 1


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (Request(session="maths"), "session"),
        (Request(session="classrooms/7B/sessions/x"), "session"),
        (Request(frame_id="x" * 129), "frame_id"),
        (Request(frame_id="a\nb"), "frame_id"),
        (Request(source="x" * 129), "source"),
        (Request(source="anna@school.example"), "source"),
        (Request(capture_time=Timestamp(seconds=1)), "capture_time"),
        (Request(capture_time=Timestamp(seconds=int(time.time()) + 86_400)), "capture_time"),
        (Request(capture_time=Timestamp(seconds=1_750_000_000, nanos=-1)), "capture_time"),
        (Request(capture_time=Timestamp(seconds=2**62)), "capture_time"),
        (Request(options=Options(min_face_size=19)), "options.min_face_size"),
        (Request(options=Options(min_face_size=-1)), "options.min_face_size"),
        (Request(options=Options(max_faces=-1)), "options.max_faces"),
        (Request(options=Options(max_faces=1001)), "options.max_faces"),
        (Request(options=Options(model_version="latest")), "options.model_version"),
        (FacesRequest(), "faces"),
        (FacesRequest(faces=[bytes(2304)] * 65), "faces"),
        (FacesRequest(faces=[bytes(2304), bytes(2303)]), "faces[1]"),
        (FacesRequest(faces=[bytes(2304)], model_version="../1"), "model_version"),
        (FacesRequest(faces=[bytes(2304)], session="classrooms/x"), "session"),
    ],
)
async def test_the_field_that_is_wrong_is_named(service: DetectionService, request_, field: str) -> None:
    if isinstance(request_, Request):
        request_.image = FRAME
    found = await refused(service, request_, grpc.StatusCode.INVALID_ARGUMENT)
    assert [violation.field for violation in found["BadRequest"].field_violations] == [field]
    assert service.classifier.asked == []


async def test_without_a_model_calls_are_refused_and_health_says_so(service: DetectionService) -> None:
    service.classifier.error = UnavailableError("the model is not being served", 1.0, Reason.MODEL_UNAVAILABLE)
    service.classifier.serving = False
    found = await refused(service, Request(image=FRAME), grpc.StatusCode.UNAVAILABLE)
    assert found["RetryInfo"].retry_delay.ToMilliseconds() == 1000
    assert found["ErrorInfo"].reason == "MODEL_UNAVAILABLE"
    await eventually(service, "NOT_SERVING")
    service.classifier.error, service.classifier.serving = None, True
    await eventually(service, "SERVING")
    assert len((await service.stub.ClassifyFrame(Request(image=FRAME))).faces) == 1


async def test_a_full_queue_of_the_model_asks_to_try_again(service: DetectionService) -> None:
    service.classifier.error = ResourceExhaustedError("full", 0.1, Reason.MODEL_OVERLOADED)
    found = await refused(service, Request(image=FRAME), grpc.StatusCode.RESOURCE_EXHAUSTED)
    assert found["RetryInfo"].retry_delay.ToMilliseconds() == 100


async def test_more_frames_than_can_be_answered_in_time_are_refused() -> None:
    async with DetectionService(in_flight=2) as service:
        service.classifier.seconds = 1.0
        admitted = [asyncio.ensure_future(service.stub.ClassifyFrame(Request(image=FRAME))) for _ in range(2)]
        await service.classifier.has_been_asked(2)
        assert service.metric("liveclass_frames_in_flight") == 2
        found = await refused(service, Request(image=FRAME), grpc.StatusCode.RESOURCE_EXHAUSTED, timeout=0.5)
        assert found["RetryInfo"].retry_delay.ToMilliseconds() > 0
        assert all(len(answer.faces) == 1 for answer in await asyncio.gather(*admitted))
        assert service.metric("liveclass_frames_in_flight") == 0


async def test_an_idle_service_answers_a_burst() -> None:
    async with DetectionService(in_flight=4) as service:
        answers = await asyncio.gather(*(service.stub.ClassifyFrame(Request(image=FRAME)) for _ in range(64)))
        assert [len(answer.faces) for answer in answers] == [1] * 64
        assert service.metric("liveclass_frames_waiting") == 0


async def test_a_session_service_that_hangs_keeps_no_frame_waiting_that_names_no_session() -> None:
    async with DetectionService(in_flight=1) as service:
        service.recorder.hangs = True
        hanging = [
            asyncio.ensure_future(service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION))) for _ in range(5)
        ]
        await service.recorder.has_been_asked(5)
        for _ in range(5):
            assert len((await service.stub.ClassifyFrame(Request(image=FRAME), timeout=10)).faces) == 1
        assert not any(call.done() for call in hanging)
        for call in hanging:
            call.cancel()


async def test_a_version_that_is_not_served_is_refused_however_busy_the_service_is() -> None:
    async with DetectionService(in_flight=1) as service:
        service.classifier.seconds = 1.0
        admitted = asyncio.ensure_future(service.stub.ClassifyFrame(Request(image=FRAME)))
        await service.classifier.has_been_asked(1)
        wrong = Request(image=FRAME, options={"model_version": "99"})
        found = await refused(service, wrong, grpc.StatusCode.INVALID_ARGUMENT)
        assert found["BadRequest"].field_violations[0].field == "options.model_version"
        assert not admitted.done()
        assert len((await admitted).faces) == 1


class WatchedMemory(SceneMemory):
    """Notes the sources that it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def checkout(self, source, now):
        self.asked.append(source[-1])
        return super().checkout(source, now)


async def test_a_refused_frame_leaves_what_is_known_of_its_source() -> None:
    memory = WatchedMemory()
    async with DetectionService(in_flight=1, memory=memory) as service:
        service.classifier.seconds = 1.0
        admitted = asyncio.ensure_future(service.stub.ClassifyFrame(Request(image=FRAME, source="camera-1")))
        await service.classifier.has_been_asked(1)
        late = Request(image=FRAME, source="camera-2")
        await refused(service, late, grpc.StatusCode.RESOURCE_EXHAUSTED, timeout=0.5)
        await admitted
    assert memory.asked == ["camera-1"]


async def test_a_deadline_that_cannot_be_met_is_refused_before_the_work(service: DetectionService) -> None:
    # The caller's own clock may end the call first; it is the service's answer that is looked at here.
    call = service.stub.ClassifyFrame(Request(image=FRAME), timeout=0.03)
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    assert raised.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert service.classifier.asked == []


async def test_frames_that_their_callers_leave_do_not_cost_a_decoder() -> None:
    large = cv2.imencode(".png", np.zeros((4000, 4000), np.uint8))[1].tobytes()
    async with DetectionService(threads=1) as service:
        pids = [decoder.pid for decoder in service.decoders]
        for _ in range(3):
            with pytest.raises(grpc.aio.AioRpcError):
                await service.stub.ClassifyFrame(Request(image=large), timeout=0.1)
        assert (await service.stub.ClassifyFrame(Request(image=FRAME))).faces
        assert [decoder.pid for decoder in service.decoders] == pids


async def test_the_deadline_is_carried_on_less_a_reserve(service: DetectionService) -> None:
    await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION), timeout=5)
    assert 0 < service.classifier.asked[0][2] < 4.96
    assert 0 < service.recorder.deadlines[0] <= service.classifier.asked[0][2]


async def test_crops_of_the_client_are_classified_in_their_order(service: DetectionService) -> None:
    request = FacesRequest(faces=[bytes(2304)] * 3, session=SESSION, frame_id="f9", model_version="1")
    answer = await service.stub.ClassifyFaces(request)
    assert len(answer.faces) == 3
    assert not answer.faces[0].HasField("box")
    assert (answer.frame_id, answer.model.version, answer.recorded) == ("f9", "1", True)
    assert service.recorder.observations[0].faces_seen == 3
    assert not answer.timings.HasField("decode")


async def test_the_most_faces_is_the_callers_choice(service: DetectionService) -> None:
    one = cv2.imdecode(np.frombuffer(FRAME, np.uint8), cv2.IMREAD_GRAYSCALE)[:256, 60:316]
    pair = cv2.imencode(".png", np.hstack([one, one]))[1].tobytes()
    answer = await service.stub.ClassifyFrame(Request(image=pair, session=SESSION, options=Options(max_faces=1)))
    assert len(answer.faces) == 1
    assert service.recorder.observations[0].faces_seen == 2
    assert service.metric("liveclass_faces_total", outcome="surplus") == 1


async def test_stages_and_faces_are_measured(service: DetectionService) -> None:
    await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION))
    for stage in ("decode", "detect", "crop", "infer", "record"):
        assert service.metric("liveclass_frame_stage_seconds_count", stage=stage) == 1
    assert service.metric("liveclass_faces_total", outcome="classified") == 1


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (grpc.StatusCode.OK, "recorded"),
        (grpc.StatusCode.NOT_FOUND, "refused"),
        (grpc.StatusCode.UNAVAILABLE, "unavailable"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, "unavailable"),
        (grpc.StatusCode.INTERNAL, "failed"),
    ],
)
async def test_what_became_of_observations_is_counted(service: DetectionService, code, outcome: str) -> None:
    if code is not grpc.StatusCode.OK:
        service.recorder.error = status_pb2.Status(code=code.value[0])
    await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION))
    await service.stub.ClassifyFrame(Request(image=FRAME))  # is not to be recorded
    counted = {
        each: service.metric("liveclass_records_total", outcome=each)
        for each in ("recorded", "refused", "unavailable", "failed")
    }
    assert counted == {**dict.fromkeys(counted, 0), outcome: 1}


async def test_a_named_source_has_its_face_classified_no_more_often_than_it_changes(service: DetectionService) -> None:
    request = Request(image=FRAME, session=SESSION, source="camera-1")
    named = [(await service.stub.ClassifyFrame(request)).faces[0] for _ in range(3)]
    assert [face.carried_over for face in named] == [False, True, True]
    assert named[2].emotions == named[0].emotions
    assert [observation.carried_over for observation in service.recorder.observations] == [[False], [True], [True]]
    alone = [(await service.stub.ClassifyFrame(Request(image=FRAME))).faces[0] for _ in range(2)]
    assert [face.carried_over for face in alone] == [False, False]


async def test_sources_are_counted_once_however_many_frames_they_send(service: DetectionService) -> None:
    for source in ("camera-1", "camera-1", "camera-2"):
        await service.stub.ClassifyFrame(Request(image=FRAME, session=SESSION, source=source))
    assert service.metric("liveclass_sources_live", kind="single") == 2
    assert service.metric("liveclass_sources_live", kind="stream") == 0
    assert service.metric("liveclass_sources_without_faces", kind="single") == 0


async def eventually(service: DetectionService, status: str) -> None:
    for _ in range(60):
        if await service.health() == status:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"health never became {status}")


async def test_an_animated_png_is_refused_and_the_service_goes_on(service: DetectionService) -> None:
    found = await refused(service, Request(image=images.animated_png()), grpc.StatusCode.INVALID_ARGUMENT)
    assert found["ErrorInfo"].reason == Reason.IMAGE_FORMAT_UNSUPPORTED.value
    assert (await service.stub.ClassifyFrame(Request(image=FRAME))).faces


async def test_an_image_that_its_decoder_dies_of_costs_that_call_alone(service: DetectionService) -> None:
    for decoder in service.decoders:
        os.kill(decoder.pid, signal.SIGSTOP)
        os.kill(decoder.pid, signal.SIGSEGV)
        os.kill(decoder.pid, signal.SIGCONT)
    for _ in service.decoders:
        found = await refused(service, Request(image=FRAME), grpc.StatusCode.INVALID_ARGUMENT)
        assert found["BadRequest"].field_violations[0].field == "image"
    assert (await service.stub.ClassifyFrame(Request(image=FRAME))).faces
