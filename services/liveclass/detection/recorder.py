"""Sends observations to the session service: the port, and gRPC behind it."""

from collections.abc import Sequence
from typing import Any, Protocol

import grpc
import numpy as np
import numpy.typing as npt
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import Gauge

from liveclass.detection.frame import Observation
from liveclass.detection.responses import LABELS_MESSAGE
from liveclass.emotions import LABELS
from liveclass.identity.caller import authorization, current_caller
from liveclass.reasons import from_rpc_error
from liveclass.runtime.breaker import CircuitBreaker, CircuitOpenError
from liveclass.runtime.channel import KEEPALIVE, channel_options
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, UnavailableError, to_status
from liveclass.secure_channel import open_channel
from liveclass.tls import Tls
from liveclass.v1 import emotion_pb2, session_pb2, session_pb2_grpc

_SERVICE = session_pb2.DESCRIPTOR.services_by_name["SessionService"].full_name

_SERVICE_CONFIG = {
    "methodConfig": [
        {
            "name": [{"service": _SERVICE, "method": "RecordObservations"}],
            # Safe, because frame_id keeps a retry from counting twice.
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.02s",
                "maxBackoff": "0.2s",
                "backoffMultiplier": 3,
                "retryableStatusCodes": ["UNAVAILABLE"],
            },
        }
    ],
    "loadBalancingConfig": [{"round_robin": {}}],
}

_EMOTIONS = [emotion_pb2.Emotion.Value(f"EMOTION_{label.upper()}") for label in LABELS]
"""In label order."""
_RETRY_SECONDS = 1.0
_PROBE_TIMEOUT_SECONDS = 1.0
_MIN_SECONDS = 0.005
"""With less time left nothing is sent: a timeout would be taken for a service that hangs."""

MAX_WAITING = 256
"""Observations in flight; more than a service that keeps up ever has."""


class ObservationRecorder(Protocol):
    """A port."""

    async def record(self, observation: Observation, deadline: Deadline) -> status_pb2.Status | None:
        """None: the observation is on disk. Otherwise why it is not. Raises nothing."""

    async def close(self) -> None: ...


class SessionServiceRecorder:
    """Records in the session service, over one connection. While that hangs, it is not called."""

    def __init__(
        self,
        address: str,
        circuit_state: Gauge,
        *,
        timeout: float = 2.0,
        interceptors: Sequence[grpc.aio.ClientInterceptor] = (),
        tls: Tls | None = None,
    ) -> None:
        """`timeout`, in seconds, is the longest wait for one observation, and for any sign of life.

        TLS is spoken where `tls` is given or the address begins with https://. Raises `TlsError`.
        """
        self._channel = open_channel(
            grpc.aio, address, tls, options=[*channel_options(_SERVICE_CONFIG), *KEEPALIVE], interceptors=interceptors
        )
        self._stub: Any = session_pb2_grpc.SessionServiceStub(self._channel)  # typed as if it blocked
        self._health = health_pb2_grpc.HealthStub(self._channel)
        self._timeout, self._waiting = timeout, 0
        self._breaker = CircuitBreaker("session", self._answers, circuit_state, silence_seconds=0.9 * timeout)

    async def record(self, observation: Observation, deadline: Deadline) -> status_pb2.Status | None:
        if self._waiting >= MAX_WAITING:
            return to_status(_unavailable("the session service is too slow: too many observations wait for it"))
        timeout = min(deadline.remaining(), self._timeout)
        if timeout < _MIN_SECONDS:
            return to_status(DeadlineExceededError("the deadline leaves no time to record the frame"))
        self._waiting += 1
        try:
            with self._breaker.attempt() as attempt:
                try:
                    await self._stub.RecordObservations(
                        _request(observation), timeout=timeout, metadata=authorization(current_caller())
                    )
                except grpc.aio.AioRpcError as error:
                    status = from_rpc_error(error)
                    if status.details or error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                        attempt.answered()
                    return _without_addresses(status, error.code(), deadline)
                attempt.answered()
                return None
        except CircuitOpenError:
            return to_status(_unavailable("the session service does not answer"))
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        await self._breaker.close()
        await self._channel.close(None)

    async def _answers(self) -> bool:
        request = health_pb2.HealthCheckRequest(service=_SERVICE)
        answer = await self._health.Check(request, timeout=_PROBE_TIMEOUT_SECONDS)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _request(observation: Observation) -> session_pb2.RecordObservationsRequest:
    origin = observation.origin
    capture_time = Timestamp()
    capture_time.FromNanoseconds(origin.capture_time_ns)
    message = session_pb2.Observation(
        frame_id=origin.frame_id,
        capture_time=capture_time,
        source=origin.source,
        faces=[
            session_pb2.ObservedFace(emotions=_scores(scores), carried_over=carried_over)
            for scores, carried_over in zip(observation.scores, observation.carried_over, strict=True)
        ],
        faces_seen=observation.faces_seen,
        model_version=observation.model_version,
        labels=LABELS_MESSAGE[observation.labels],
    )
    return session_pb2.RecordObservationsRequest(session=str(origin.session), observations=[message])


def _scores(scores: npt.NDArray[np.float32]) -> list[emotion_pb2.EmotionScore]:
    """In label order."""
    return [
        emotion_pb2.EmotionScore(emotion=emotion, score=float(score))
        for emotion, score in zip(_EMOTIONS, scores, strict=True)
    ]


def _without_addresses(status: status_pb2.Status, code: grpc.StatusCode, deadline: Deadline) -> status_pb2.Status:
    """The session service's own status; in place of gRPC's, which names internal addresses, one of ours."""
    if status.details:
        return status
    if code is grpc.StatusCode.DEADLINE_EXCEEDED and deadline.remaining() <= 0:
        return to_status(DeadlineExceededError("the session service did not answer within the deadline"))
    if code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
        return to_status(_unavailable("the session service does not answer"))
    return status


def _unavailable(message: str) -> UnavailableError:
    return UnavailableError(message, _RETRY_SECONDS, Reason.SESSION_SERVICE_UNAVAILABLE)
