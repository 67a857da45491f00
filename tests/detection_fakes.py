"""The detection service in this process, on a real port, with fakes behind its ports."""

import asyncio
from contextlib import AsyncExitStack

import cv2
import grpc
import numpy as np
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_status import rpc_status
from prometheus_client import CollectorRegistry
from skimage import data

from liveclass.detection.frame import Classification
from liveclass.detection.scene import SceneMemory
from liveclass.detection.service import serving
from liveclass.detection.servicer import SERVICE_NAME
from liveclass.detection.settings import DetectionSettings
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.v1 import detection_pb2_grpc

DETAILS = {
    message.DESCRIPTOR.full_name: message
    for message in (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.RetryInfo,
    )
}


def astronaut(extension: str = ".jpg") -> bytes:
    return cv2.imencode(extension, cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))[1].tobytes()


def details(status: status_pb2.Status) -> dict[str, object]:
    """By short name: BadRequest, ErrorInfo, RetryInfo."""
    found = {}
    for packed in status.details:
        message = DETAILS[packed.type_url.rpartition("/")[2]]()
        assert packed.Unpack(message)
        found[type(message).__name__] = message
    return found


def details_of(error: grpc.RpcError) -> dict[str, object]:
    return details(rpc_status.from_call(error))


class FakeClassifier:
    """Everybody is happy, at 0.7, unless told otherwise."""

    def __init__(self) -> None:
        self.serving, self.error, self.seconds = True, None, 0.0
        self.versions = {"", "1", "2", "3", "7"}
        self.asked: list[tuple[int, str, float]] = []
        self.top = 3
        self._change = asyncio.Event()

    async def has_been_asked(self, times: int) -> None:
        while len(self.asked) < times:
            self._change.clear()
            await self._change.wait()

    async def classify(self, faces, version, deadline):
        self.asked.append((len(faces), version.number, deadline.remaining()))
        self._change.set()
        await asyncio.sleep(self.seconds)
        if self.error:
            raise self.error
        scores = np.full((len(faces), 7), 0.05, np.float32)
        scores[:, self.top] = 0.7
        return Classification(scores, version.number or "2", version.labels or "votes")

    async def require(self, version):
        if version.number not in self.versions:
            raise InvalidArgumentError(version.field, f"version {version.number} is not being served")

    async def ready(self) -> bool:
        return self.serving

    async def close(self) -> None:
        pass


class FakeRecorder:
    def __init__(self) -> None:
        self.error: status_pb2.Status | None = None
        self.observations: list = []
        self.deadlines: list[float] = []
        self.hangs = False
        self._change = asyncio.Event()

    async def has_been_asked(self, times: int) -> None:
        while len(self.deadlines) < times:
            self._change.clear()
            await self._change.wait()

    async def record(self, observation, deadline):
        self.deadlines.append(deadline.remaining())
        self._change.set()
        if self.hangs:
            await asyncio.Event().wait()
        if self.error is None:
            self.observations.append(observation)
        return self.error

    async def close(self) -> None:
        pass


class DetectionService:
    """`async with DetectionService() as service:` serves until the end of the block.

    With a `session_address` it records there, and else with a fake.
    """

    def __init__(
        self,
        in_flight: int = 8,
        threads: int = 2,
        memory: SceneMemory | None = None,
        **settings: object,
    ) -> None:
        self.classifier, self.registry = FakeClassifier(), CollectorRegistry()
        self.recorder = None if "session_address" in settings else FakeRecorder()
        self._memory = memory
        self._settings = DetectionSettings(
            detection_port=0, detection_threads=threads, max_frames_in_flight=in_flight, **settings
        )

    async def __aenter__(self) -> "DetectionService":
        self._closing = AsyncExitStack()
        running = await self._closing.enter_async_context(
            serving(self._settings, self.registry, self.classifier, self.recorder, self._memory)
        )
        self.port, self.decoders = running.port, running.decoders
        self.channel = await self._closing.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{self.port}"))
        self.stub = detection_pb2_grpc.DetectionServiceStub(self.channel)
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._closing.aclose()

    async def health(self) -> str:
        request = health_pb2.HealthCheckRequest(service=SERVICE_NAME)
        answer = await health_pb2_grpc.HealthStub(self.channel).Check(request)
        return health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status)

    def metric(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)
