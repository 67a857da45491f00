"""What stands behind the detection service's ports, against servers that speak Triton's and the session's protocol."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import grpc
import numpy as np
import pytest
from certificates import Authority
from google.rpc import code_pb2, error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import CollectorRegistry
from tritonclient.grpc import service_pb2, service_pb2_grpc

from liveclass.detection.classifier import TritonClassifier
from liveclass.detection.frame import ModelChoice, Observation, Origin
from liveclass.detection.metrics import DetectionMetrics
from liveclass.detection.recorder import SessionServiceRecorder
from liveclass.names import SessionName
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import (
    DeadlineExceededError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
    UnavailableError,
)
from liveclass.tls import Tls
from liveclass.v1 import emotion_pb2, session_pb2, session_pb2_grpc

NOT_FOUND, INTERNAL = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INTERNAL
NEWEST = ModelChoice()
ORIGIN = Origin("default", "f1", 1_750_000_000_500_000_000, "camera-1", SessionName("default", "7b", "maths"))
SCORES = [0.125, 0.0, 0.25, 0.5, 0.0625, 0.0625, 0.0]
OBSERVATION = Observation(ORIGIN, np.array([SCORES, SCORES[::-1]], np.float32), 3, "2", [False, True], "votes")
OF_ANOTHER_TENANT = replace(OBSERVATION, origin=replace(ORIGIN, tenant="other"))


def faces(count: int) -> np.ndarray:
    return np.arange(count, dtype=np.uint8).reshape(-1, 1, 1, 1) * np.ones((1, 48, 48, 1), np.uint8)


class Triton(service_pb2_grpc.GRPCInferenceServiceServicer):
    """Scores of a face: its brightness, seven times."""

    def __init__(self) -> None:
        self.refusal: tuple[grpc.StatusCode, str] | None = None
        self.version, self.seconds, self.answers_votes = "2", 0.0, False
        self.versions = {"1": ("READY", ""), "2": ("READY", "")}
        self.requests: list[service_pb2.ModelInferRequest] = []

    async def RepositoryIndex(self, request, context):
        answer = service_pb2.RepositoryIndexResponse()
        for version, (state, reason) in self.versions.items():
            answer.models.add(name="emotion", version=version, state=state, reason=reason)
        return answer

    async def ModelInfer(self, request, context):
        self.requests.append(request)
        await asyncio.sleep(self.seconds)
        if self.refusal:
            await context.abort(*self.refusal)
        pixels = np.frombuffer(request.raw_input_contents[0], np.uint8).reshape(request.inputs[0].shape)
        scores = np.repeat(pixels[:, 0, 0].astype(np.float32), 7, axis=1)
        answer = service_pb2.ModelInferResponse(
            model_name="emotion", model_version=request.model_version or self.version
        )
        answer.outputs.add(name="scores", datatype="FP32", shape=scores.shape)
        answer.raw_output_contents.append(scores.tobytes())
        if self.answers_votes:
            answer.outputs.add(name="votes", datatype="FP32", shape=scores.shape)
            answer.raw_output_contents.append((scores + 100).tobytes())
        return answer


class Gauges(DetectionMetrics):
    """The metrics of a service of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        super().__init__(self.registry)

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


def classifier_at(address: str, gauges: Gauges | None = None, tls: Tls | None = None) -> TritonClassifier:
    gauges = gauges or Gauges()
    return TritonClassifier(address, "emotion", gauges.circuit_state.labels("triton"), gauges.model_versions, tls=tls)


def recorder_at(address: str, gauges: Gauges | None = None, **settings: float) -> SessionServiceRecorder:
    return SessionServiceRecorder(address, (gauges or Gauges()).circuit_state.labels("session"), **settings)


class Sessions(session_pb2_grpc.SessionServiceServicer, health_pb2_grpc.HealthServicer):
    def __init__(self) -> None:
        self.is_serving = True
        self.refusals: list[grpc.StatusCode] = []
        self.seconds = 0.0
        self.requests: list[session_pb2.RecordObservationsRequest] = []

    async def Check(self, request, context):
        status = health_pb2.HealthCheckResponse.SERVING if self.is_serving else health_pb2.HealthCheckResponse.UNKNOWN
        return health_pb2.HealthCheckResponse(status=status)

    async def RecordObservations(self, request, context):
        self.requests.append(request)
        await asyncio.sleep(self.seconds)
        if self.refusals:
            await context.abort(self.refusals.pop(0), "as the test says")
        return session_pb2.RecordObservationsResponse(recorded=1)


@asynccontextmanager
async def tritons(count: int, gauges: Gauges | None = None) -> AsyncIterator[tuple[list[Triton], TritonClassifier]]:
    servicers, servers = [Triton() for _ in range(count)], [grpc.aio.server() for _ in range(count)]
    addresses = []
    for servicer, server in zip(servicers, servers, strict=True):
        service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(servicer, server)
        addresses.append(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
        await server.start()
    classifier = classifier_at("ipv4:" + ",".join(addresses), gauges)
    yield servicers, classifier
    await classifier.close()
    for server in servers:
        await server.stop(None)


@pytest.fixture
async def triton() -> AsyncIterator[tuple[Triton, TritonClassifier]]:
    async with tritons(1) as ((servicer,), classifier):
        yield servicer, classifier


@asynccontextmanager
async def session_service() -> AsyncIterator[tuple[Sessions, int]]:
    server, servicer = grpc.aio.server(), Sessions()
    session_pb2_grpc.add_SessionServiceServicer_to_server(servicer, server)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, port
    await server.stop(None)


@pytest.fixture
async def sessions() -> AsyncIterator[tuple[Sessions, SessionServiceRecorder]]:
    async with session_service() as (servicer, port):
        recorder = recorder_at(f"127.0.0.1:{port}")
        yield servicer, recorder
        await recorder.close()


async def test_scores_come_back_with_the_version_that_gave_them(triton) -> None:
    servicer, classifier = triton
    answer = await classifier.classify(faces(5), NEWEST, Deadline.after(5))
    assert answer.scores.shape == (5, 7)
    assert answer.scores[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert answer.version == "2"
    assert len(servicer.requests) == 1


async def test_triton_is_called_by_mutual_tls_where_its_address_asks_for_tls(tmp_path) -> None:
    authority = Authority(tmp_path)
    client, own = authority.issue("detection", "detection"), authority.issue("triton", "127.0.0.1").read()
    server = grpc.aio.server()
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(Triton(), server)
    credentials = grpc.ssl_server_credentials([(own.key, own.certificate)], own.ca, require_client_auth=True)
    address = f"https://127.0.0.1:{server.add_secure_port('127.0.0.1:0', credentials)}"
    await server.start()

    answers = []
    for tls in (client, Tls(authority.file)):
        classifier = classifier_at(address, tls=tls)
        answers.append(await classifier.ready())
        await classifier.close()
    await server.stop(None)

    assert answers == [True, False]


async def test_votes_are_read_where_the_version_answers_them_unless_others_are_asked_for(triton) -> None:
    servicer, classifier = triton
    before = await classifier.classify(faces(1), NEWEST, Deadline.after(5))
    servicer.answers_votes = True
    votes, scores = [
        await classifier.classify(faces(1), ModelChoice(labels=labels), Deadline.after(5))
        for labels in (None, "fer2013")
    ]
    read = [(answer.labels, answer.scores[0, 0]) for answer in (before, votes, scores)]
    assert read == [("fer2013", 0), ("votes", 100), ("fer2013", 0)]


async def test_votes_that_a_version_does_not_answer_are_refused_where_asked_for(triton) -> None:
    _, classifier = triton
    with pytest.raises(InvalidArgumentError, match=r"options\.labels: version 2 does not answer by votes"):
        await classifier.classify(
            faces(1), ModelChoice(labels="votes", labels_field="options.labels"), Deadline.after(5)
        )


async def test_many_faces_are_split_and_keep_one_model(triton) -> None:
    servicer, classifier = triton
    answer = await classifier.classify(faces(150), NEWEST, Deadline.after(5))
    assert answer.scores[:, 0].tolist() == list(range(150))
    assert [request.inputs[0].shape[0] for request in servicer.requests] == [64, 64, 22]
    assert [request.model_version for request in servicer.requests] == ["", "2", "2"]


async def test_without_faces_nothing_is_asked(triton) -> None:
    servicer, classifier = triton
    answer = await classifier.classify(faces(0), NEWEST, Deadline.after(5))
    assert answer.scores.shape == (0, 7)
    assert servicer.requests == []


async def test_a_full_queue_is_exhaustion_and_not_absence(triton) -> None:
    servicer, classifier = triton
    servicer.refusal = (grpc.StatusCode.UNAVAILABLE, "Exceeds maximum queue size")
    with pytest.raises(ResourceExhaustedError):
        await classifier.classify(faces(1), NEWEST, Deadline.after(5))


async def test_a_queue_that_stays_full_is_not_asked_again_and_again(triton) -> None:
    servicer, classifier = triton
    servicer.refusal = (grpc.StatusCode.UNAVAILABLE, "Exceeds maximum queue size")
    calls = [classifier.classify(faces(1), NEWEST, Deadline.after(5)) for _ in range(200)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ResourceExhaustedError}
    assert 200 <= len(servicer.requests) <= 300


@pytest.mark.parametrize("code", [NOT_FOUND, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED, INTERNAL])
async def test_of_two_the_one_without_a_model_fails_no_call_and_is_soon_left_out(code) -> None:
    async with tritons(2) as ((broken, sound), classifier):
        broken.refusal = (code, "Request for unknown model: 'emotion' has no available versions")
        for _ in range(20):
            await asyncio.gather(*(classifier.classify(faces(1), NEWEST, Deadline.after(5)) for _ in range(20)))
        assert len(sound.requests) == 400
        assert len(broken.requests) < 200


async def test_a_model_that_is_not_loaded_is_unavailable(triton) -> None:
    servicer, classifier = triton
    servicer.refusal = (grpc.StatusCode.UNAVAILABLE, "Request for unknown model: 'emotion' has no available versions")
    assert await classifier.ready() is False
    for version in (NEWEST, ModelChoice("7", "options.model_version")):
        with pytest.raises(UnavailableError):
            await classifier.classify(faces(1), version, Deadline.after(5))


async def test_a_triton_whose_processes_are_dead_is_not_ready_whatever_it_says(triton) -> None:
    servicer, classifier = triton
    assert await classifier.ready() is True
    servicer.refusal = (INTERNAL, "Stub process 'emotion_0_0' is not healthy.")
    await asyncio.sleep(1.1)
    assert await classifier.ready() is False


async def test_health_asks_the_model_at_most_once_a_second(triton) -> None:
    servicer, classifier = triton
    assert [await classifier.ready() for _ in range(10)] == [True] * 10
    assert len(servicer.requests) == 1


async def test_of_two_one_with_the_model_is_enough_to_be_ready() -> None:
    async with tritons(2) as ((broken, _), classifier):
        broken.refusal = (INTERNAL, "Stub process 'emotion_0_0' is not healthy.")
        assert [await classifier.ready() for _ in range(6)] == [True] * 6


async def test_a_version_that_is_not_served_is_refused_without_asking_the_model(triton) -> None:
    servicer, classifier = triton
    with pytest.raises(InvalidArgumentError) as raised:
        await classifier.require(ModelChoice("7", "options.model_version"))
    assert raised.value.field == "options.model_version"
    assert "1 and 2" in raised.value.message
    for served in (ModelChoice("1"), ModelChoice("2"), NEWEST):
        await classifier.require(served)
    assert servicer.requests == []


async def test_versions_that_are_not_served_use_up_nobodys_retries(triton) -> None:
    """A hundred mistakes, and a Triton that stops is still asked again."""
    servicer, classifier = triton
    for _ in range(100):
        with pytest.raises(InvalidArgumentError):
            await classifier.require(ModelChoice("7", "options.model_version"))
    servicer.refusal = (NOT_FOUND, "Request for unknown model: 'emotion' has no available versions")
    asking = asyncio.ensure_future(classifier.classify(faces(1), NEWEST, Deadline.after(5)))
    await eventually(lambda: bool(servicer.requests))
    servicer.refusal = None
    assert (await asking).version == "2"


async def test_a_version_that_has_just_gone_is_the_callers_mistake(triton) -> None:
    servicer, classifier = triton
    servicer.refusal = (grpc.StatusCode.UNAVAILABLE, "Request for unknown model: 'emotion' version 7 is not found")
    with pytest.raises(InvalidArgumentError) as raised:
        await classifier.classify(faces(1), ModelChoice("7", "options.model_version"), Deadline.after(5))
    assert raised.value.field == "options.model_version"


async def test_a_version_that_could_not_be_loaded_is_counted() -> None:
    gauges = Gauges()
    async with tritons(1, gauges) as ((servicer,), classifier):
        servicer.versions["3"] = ("UNAVAILABLE", "Internal: RuntimeError: no SavedModel")
        servicer.versions["4"] = ("UNAVAILABLE", "unloaded")
        assert await classifier.ready() is True
        assert gauges.value("liveclass_model_versions", state="failed") == 1
        assert gauges.value("liveclass_model_versions", state="ready") == 2


async def test_a_triton_that_hangs_is_not_waited_for_again_and_comes_back_by_itself() -> None:
    gauges = Gauges()
    async with tritons(1, gauges) as ((servicer,), classifier):
        servicer.seconds = 30.0
        with pytest.raises(DeadlineExceededError):
            await classifier.classify(faces(1), NEWEST, Deadline.after(2.1))
        assert gauges.value("liveclass_circuit_state", dependency="triton") == 2
        with pytest.raises(UnavailableError) as raised:
            await asyncio.wait_for(classifier.classify(faces(1), NEWEST, Deadline.after(30)), 0.1)
        assert raised.value.retry_after > 0
        servicer.seconds = 0.0
        await eventually(lambda: gauges.value("liveclass_circuit_state", dependency="triton") < 2)
        assert (await classifier.classify(faces(1), NEWEST, Deadline.after(5))).version == "2"
        assert gauges.value("liveclass_circuit_state", dependency="triton") == 0


async def test_a_deadline_ends_the_question(triton) -> None:
    servicer, classifier = triton
    with pytest.raises(DeadlineExceededError):
        await classifier.classify(faces(1), NEWEST, Deadline.after(-1))
    assert servicer.requests == []


async def test_without_triton_the_answer_is_immediate() -> None:
    classifier = classifier_at("127.0.0.1:1")
    with pytest.raises(UnavailableError) as raised:
        await classifier.classify(faces(1), NEWEST, Deadline.after(30))
    assert raised.value.retry_after > 0
    await classifier.close()


async def test_an_observation_arrives_whole(sessions) -> None:
    servicer, recorder = sessions
    assert await recorder.record(OBSERVATION, Deadline.after(5)) is None
    (request,) = servicer.requests
    (observation,) = request.observations
    assert request.session == "classrooms/7b/sessions/maths"
    assert (observation.frame_id, observation.source, observation.faces_seen) == ("f1", "camera-1", 3)
    assert observation.capture_time.ToNanoseconds() == ORIGIN.capture_time_ns
    assert (observation.model_version, observation.labels) == ("2", emotion_pb2.LABELS_VOTES)
    by_label = [sorted((each.emotion, each.score) for each in face.emotions) for face in observation.faces]
    assert by_label == [list(enumerate(SCORES, 1)), list(enumerate(SCORES[::-1], 1))]


async def test_a_hiccup_of_the_session_service_is_tried_again(sessions) -> None:
    servicer, recorder = sessions
    servicer.refusals = [grpc.StatusCode.UNAVAILABLE]
    assert await recorder.record(OBSERVATION, Deadline.after(5)) is None
    assert len({request.observations[0].frame_id for request in servicer.requests}) == 1


async def test_why_it_was_not_recorded_is_told(sessions) -> None:
    servicer, recorder = sessions
    servicer.refusals = [grpc.StatusCode.NOT_FOUND]
    status = await recorder.record(OBSERVATION, Deadline.after(5))
    assert status.code == code_pb2.NOT_FOUND


async def test_without_a_session_service_that_is_told_too() -> None:
    recorder = recorder_at("127.0.0.1:1")
    status = await recorder.record(OBSERVATION, Deadline.after(5))
    assert status.code == code_pb2.UNAVAILABLE
    assert status.message == "the session service does not answer"  # and not where it was looked for
    retry, info = error_details_pb2.RetryInfo(), error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(retry)
    assert status.details[1].Unpack(info)
    assert retry.retry_delay.ToMilliseconds() > 0
    assert (info.reason, info.domain) == (Reason.SESSION_SERVICE_UNAVAILABLE.value, "liveclass")
    await recorder.close()


async def test_a_session_service_that_is_too_slow_is_told_in_the_same_way(sessions) -> None:
    servicer, recorder = sessions
    servicer.seconds = 30.0
    status = await recorder.record(OBSERVATION, Deadline.after(0.2))
    assert status.code == code_pb2.DEADLINE_EXCEEDED
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.reason == Reason.DEADLINE_TOO_SHORT.value


@pytest.fixture
async def hanging() -> AsyncIterator[tuple[Sessions, SessionServiceRecorder, Gauges]]:
    """A session service that does not answer, and a recorder that has waited for it in vain."""
    async with session_service() as (servicer, port):
        gauges = Gauges()
        recorder = recorder_at(f"127.0.0.1:{port}", gauges, timeout=0.2)
        servicer.seconds, servicer.is_serving = 30.0, False
        status = await recorder.record(OBSERVATION, Deadline.after(5))
        assert (status.code, status.message) == (code_pb2.UNAVAILABLE, "the session service does not answer")
        yield servicer, recorder, gauges
        await recorder.close()


async def test_a_session_service_that_hangs_is_not_waited_for_again(hanging) -> None:
    servicer, recorder, gauges = hanging
    asked = len(servicer.requests)
    for _ in range(50):
        status = await asyncio.wait_for(recorder.record(OBSERVATION, Deadline.after(5)), 0.1)
        assert (status.code, status.message) == (code_pb2.UNAVAILABLE, "the session service does not answer")
    assert len(servicer.requests) == asked
    assert gauges.value("liveclass_circuit_state", dependency="session") == 2


async def test_a_session_service_that_answers_again_is_found_without_a_caller(hanging) -> None:
    servicer, recorder, gauges = hanging
    servicer.seconds, servicer.is_serving = 0.0, True
    await eventually(lambda: gauges.value("liveclass_circuit_state", dependency="session") == 1)
    assert await recorder.record(OBSERVATION, Deadline.after(5)) is None
    assert gauges.value("liveclass_circuit_state", dependency="session") == 0


async def test_a_session_service_that_only_seems_to_be_back_gets_one_frame_at_a_time(hanging) -> None:
    servicer, recorder, gauges = hanging
    servicer.is_serving = True
    await eventually(lambda: gauges.value("liveclass_circuit_state", dependency="session") == 1)
    asked = len(servicer.requests)
    statuses = await asyncio.gather(*(recorder.record(OBSERVATION, Deadline.after(5)) for _ in range(20)))
    assert {status.code for status in statuses} == {code_pb2.UNAVAILABLE}
    assert len(servicer.requests) == asked + 1
    assert gauges.value("liveclass_circuit_state", dependency="session") == 2


async def test_a_session_service_that_refuses_does_not_hang(sessions) -> None:
    servicer, recorder = sessions
    servicer.refusals = [NOT_FOUND] * 20
    for _ in range(20):
        assert (await recorder.record(OBSERVATION, Deadline.after(5))).code == code_pb2.NOT_FOUND
    assert await recorder.record(OBSERVATION, Deadline.after(5)) is None


@pytest.mark.parametrize("refusal", [grpc.StatusCode.RESOURCE_EXHAUSTED, NOT_FOUND])
async def test_what_one_tenant_is_refused_keeps_no_frame_of_another_from_being_recorded(refusal) -> None:
    async with session_service() as (servicer, port):
        gauges = Gauges()
        recorder = recorder_at(f"127.0.0.1:{port}", gauges, timeout=0.2)
        servicer.seconds, servicer.refusals = 0.01, [refusal] * 30
        for _ in range(30):  # for longer than it may be silent
            assert (await recorder.record(OBSERVATION, Deadline.after(5))).code == refusal.value[0]
        assert await recorder.record(OF_ANOTHER_TENANT, Deadline.after(5)) is None
        assert gauges.value("liveclass_circuit_state", dependency="session") == 0
        await recorder.close()


async def test_short_deadlines_of_one_tenant_keep_no_frame_of_another_from_being_recorded() -> None:
    async with session_service() as (servicer, port):
        gauges = Gauges()
        recorder = recorder_at(f"127.0.0.1:{port}", gauges, timeout=0.4)
        servicer.seconds = 0.1
        for _ in range(25):
            status = await recorder.record(OBSERVATION, Deadline.after(0.02))
            assert status.code == code_pb2.DEADLINE_EXCEEDED
        assert await recorder.record(OF_ANOTHER_TENANT, Deadline.after(5)) is None
        assert gauges.value("liveclass_circuit_state", dependency="session") == 0
        await recorder.close()


async def eventually(condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("waited in vain")
