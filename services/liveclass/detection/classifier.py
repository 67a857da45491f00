"""Classifies faces: the port, and Triton behind it."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import grpc
import numpy as np
from prometheus_client import Gauge
from tritonclient.grpc import InferInput, InferResult
from tritonclient.grpc.aio import InferenceServerClient
from tritonclient.utils import InferenceServerException

from liveclass.detection.frame import Classification, Crops, Labels, ModelChoice
from liveclass.detection.model_versions import ModelVersions, VersionState
from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE
from liveclass.runtime.breaker import CircuitBreaker, CircuitOpenError
from liveclass.runtime.channel import channel_options
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import (
    DeadlineExceededError,
    InvalidArgumentError,
    Reason,
    ResourceExhaustedError,
    ServiceError,
    UnavailableError,
)
from liveclass.secure_channel import HTTPS, credentials, target
from liveclass.tls import Tls

MAX_BATCH = 64
"""The most faces that Triton takes in one request (`max_batch_size` in config.pbtxt)."""

OUTPUTS: Mapping[Labels, str] = {"fer2013": "scores", "votes": "votes"}
"""The model's output for these labels."""

Headers = Callable[[], Mapping[str, str]]

_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{"service": "inference.GRPCInferenceService"}],
            # A Triton that stops has "no available versions" (NOT_FOUND) from the moment it unloads its models, for
            # seconds; in the end it is UNAVAILABLE, and what it was busy with is CANCELLED. Retrying is harmless.
            "retryPolicy": {
                "maxAttempts": 5,
                "initialBackoff": "0.02s",
                "maxBackoff": "0.2s",
                "backoffMultiplier": 3,
                # A backend process that has died fails its requests as INTERNAL; the next one goes to another process.
                "retryableStatusCodes": ["UNAVAILABLE", "NOT_FOUND", "CANCELLED", "INTERNAL"],
            },
        }
    ],
    # A full queue is UNAVAILABLE as well. Without a bound each refusal would be sent five times, and a Triton that has
    # too much to do would get five times as much: nothing is sent again while more fail than succeed. There are enough
    # tokens for what is in flight when a Triton stops.
    "retryThrottling": {"maxTokens": 100, "tokenRatio": 1},
    # Round robin alone would go on sending every other request to a Triton that has lost its model, as its connection
    # is fine. One that has refused everything for a moment is left out for a second, then for two, and so on; never
    # more than half of them. (gRPC's A50; "experimental" is part of its name.)
    "loadBalancingConfig": [
        {
            "outlier_detection_experimental": {
                "interval": "0.1s",
                "baseEjectionTime": "1s",
                "maxEjectionTime": "10s",
                "maxEjectionPercent": 50,
                "failurePercentageEjection": {"threshold": 90, "minimumHosts": 2, "requestVolume": 1},
                "childPolicy": [{"round_robin": {}}],
            }
        }
    ],
}

_RETRY_SECONDS = 1.0
_QUEUE_RETRY_SECONDS = 0.1
_SILENCE_SECONDS = 2.0
_TIMEOUT_SECONDS = 4.0
"""Triton answers sooner, were it only that its queue is too long (2 s in config.pbtxt), unless it hangs."""
_READY_SECONDS = 1.0
"""The model counts as ready for this time after an answer; then it is probed."""
_READY_TIMEOUT_SECONDS = 0.9
_READY_ATTEMPTS = 2
"""Round robin asks another Triton each time, and one that has the model is enough."""
_BLANK_FACE = np.zeros((1, FACE_SIZE, FACE_SIZE, 1), np.uint8)


class EmotionClassifier(Protocol):
    """A port."""

    async def classify(self, faces: Crops, version: ModelChoice, deadline: Deadline) -> Classification:
        """Scores of `faces`, by the model `version` or, where it is empty, the newest one.

        Raises UnavailableError, ResourceExhaustedError, DeadlineExceededError, and InvalidArgumentError for a
        version that is not served, or does not answer by the labels asked for.
        """

    async def require(self, version: ModelChoice) -> None:
        """Raises InvalidArgumentError for a version that is known not to be served, without asking the model."""

    async def ready(self) -> bool:
        """Whether the model answers, behind whichever server."""

    async def close(self) -> None: ...


class TritonClassifier:
    """A model in NVIDIA Triton, over one connection."""

    def __init__(
        self,
        address: str,
        model: str,
        circuit_state: Gauge,
        versions_by_state: Gauge,
        *,
        headers: Headers = dict,
        labels: Labels = "votes",
        tls: Tls | None = None,
    ) -> None:
        """`headers` gives the metadata of a request: the trace that it belongs to.

        `labels` are those to answer by where a request asks for none. TLS is spoken to an address that begins with
        https://, with the files of `tls` as they are now. Raises `TlsError`.
        """
        self._model, self._headers, self._labels = model, headers, labels
        self._client = InferenceServerClient(
            target(address),
            creds=credentials((tls or Tls()).read()) if address.startswith(HTTPS) else None,
            channel_args=channel_options(_SERVICE_CONFIG),
        )
        self._versions = ModelVersions(self._list_versions, versions_by_state)
        self._breaker = CircuitBreaker("triton", self._answers, circuit_state, silence_seconds=_SILENCE_SECONDS)
        self._answered_at = -math.inf

    async def classify(self, faces: Crops, version: ModelChoice, deadline: Deadline) -> Classification:
        batches: list[Classification] = []
        for start in range(0, len(faces), MAX_BATCH):
            deadline.require(0.001, "classifying the faces")
            request = self._request(
                faces[start : start + MAX_BATCH], version.number, min(deadline.remaining(), _TIMEOUT_SECONDS)
            )
            with self._attempt(version, deadline):
                result = await self._client.infer(**request)
            self._answered_at = time.monotonic()
            batches.append(self._read(result, version))
            # All batches of a frame are classified by one version, even if a newer one is loaded in between.
            version = version._replace(number=batches[0].version)
        if not batches:
            return Classification(np.empty((0, len(LABELS)), np.float32), version="")
        scores = np.concatenate([batch.scores for batch in batches])
        return Classification(scores, batches[0].version, batches[0].labels)

    async def require(self, version: ModelChoice) -> None:
        await self._versions.require(version)

    async def ready(self) -> bool:
        """Asks for a real answer: Triton calls a model ready whose processes have died."""
        await self._versions.refresh()
        if time.monotonic() - self._answered_at < _READY_SECONDS:
            return True
        for _ in range(_READY_ATTEMPTS):
            if await self._answers():
                return True
        return False

    async def close(self) -> None:
        await self._breaker.close()
        await self._client.close()

    async def _answers(self) -> bool:
        try:
            await self._client.infer(**self._request(_BLANK_FACE, "", _READY_TIMEOUT_SECONDS))
        except InferenceServerException:
            return False
        self._answered_at = time.monotonic()
        return True

    async def _list_versions(self) -> list[VersionState]:
        index = await self._client.get_model_repository_index(client_timeout=_READY_TIMEOUT_SECONDS)
        return [
            VersionState(each.version, each.state == "READY", each.state == "UNAVAILABLE" and each.reason != "unloaded")
            for each in index.models
            if each.name == self._model and each.version
        ]

    @contextmanager
    def _attempt(self, version: ModelChoice, deadline: Deadline) -> Iterator[None]:
        """Around one request: it is not sent to a Triton that hangs, and its errors become ours."""
        try:
            with self._breaker.attempt() as attempt:
                try:
                    yield
                except InferenceServerException as error:
                    if error.status() != str(grpc.StatusCode.DEADLINE_EXCEEDED):
                        attempt.answered()
                    elif deadline.remaining() > 0:
                        raise _hangs() from error
                    raise self._translated(error, version) from error
                attempt.answered()
        except CircuitOpenError as error:
            raise _hangs() from error

    def _read(self, result: InferResult, version: ModelChoice) -> Classification:
        """The scores by the labels asked for. No output was named: a version answers all that it has."""
        number, labels = result.get_response().model_version, version.labels or self._labels
        scores = result.as_numpy(OUTPUTS[labels])
        if scores is not None:
            return Classification(scores, number, labels)
        if version.labels:
            raise InvalidArgumentError(version.labels_field, f"version {number} does not answer by {labels}")
        return Classification(result.as_numpy(OUTPUTS["fer2013"]), number, "fer2013")

    def _request(self, faces: Crops, version: str, timeout: float) -> dict[str, Any]:
        """The arguments of `infer`."""
        tensor = InferInput("face", list(faces.shape), "UINT8")
        tensor.set_data_from_numpy(faces)
        return {
            "model_name": self._model,
            "inputs": [tensor],
            "model_version": version,
            "headers": dict(self._headers()),
            "timeout": max(1, int(timeout * 1e6)),  # µs: Triton drops it where its queue is longer
            "client_timeout": timeout,
        }

    @staticmethod
    def _translated(error: InferenceServerException, version: ModelChoice) -> ServiceError:
        status, message = error.status(), error.message() or ""
        if status == str(grpc.StatusCode.DEADLINE_EXCEEDED):
            return DeadlineExceededError("the model did not answer within the deadline")
        # Triton says UNAVAILABLE also when its queue is full or too slow, in these words.
        if (
            "maximum queue size" in message
            or "timeout expired" in message
            or status == str(grpc.StatusCode.RESOURCE_EXHAUSTED)
        ):
            return ResourceExhaustedError("the model's queue is full", _QUEUE_RETRY_SECONDS, Reason.MODEL_OVERLOADED)
        if version.number and f"version {version.number} is not found" in message:
            return InvalidArgumentError(version.field, f"version {version.number} is not being served")
        return UnavailableError("the model is not being served", _RETRY_SECONDS, Reason.MODEL_UNAVAILABLE)


def _hangs() -> UnavailableError:
    return UnavailableError("the model does not answer", _RETRY_SECONDS, Reason.MODEL_UNAVAILABLE)
