"""Handing observations to the session service: the port, and gRPC behind it."""

from collections.abc import Sequence
from typing import Any, Protocol

import grpc
from google.rpc import status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client import Gauge

from liveclass.detection.frame import Observation
from liveclass.detection.messages import observation_message
from liveclass.identity.caller import authorization, current_caller
from liveclass.reasons import from_rpc_error
from liveclass.runtime.breaker import Attempt, CircuitBreaker, CircuitOpenError
from liveclass.runtime.channel import KEEPALIVE, channel_options
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, UnavailableError, to_status
from liveclass.secure_channel import open_channel
from liveclass.tls import Tls
from liveclass.v1 import session_pb2, session_pb2_grpc

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

_RETRY_SECONDS = 1.0
_PROBE_TIMEOUT_SECONDS = 1.0
_LEAST_SECONDS = 0.005
"""Nothing is sent where less is left: it could not be answered, and would look like a service that hangs."""

MOST_WAITING = 256
"""Observations handed over and not answered yet; more than a service that keeps up ever has."""


class ObservationRecorder(Protocol):
    """A port."""

    async def record(self, observation: Observation, deadline: Deadline) -> status_pb2.Status | None:
        """None: the observation is on disk. Otherwise why it is not. Raises nothing."""

    async def close(self) -> None: ...


class SessionServiceRecorder:
    """The session service, over one connection that is kept. One that hangs is not waited for again and again."""

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
        if self._waiting >= MOST_WAITING:
            return to_status(_absent("the session service is too slow: too many observations wait for it"))
        if deadline.remaining() < _LEAST_SECONDS:
            return to_status(DeadlineExceededError("the deadline leaves no time to record the frame"))
        self._waiting += 1
        try:
            with self._breaker.attempt() as attempt:
                return await self._send(observation, deadline, attempt)
        except CircuitOpenError:
            return to_status(_absent("the session service does not answer"))
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        await self._breaker.close()
        await self._channel.close(None)

    async def _send(self, observation: Observation, deadline: Deadline, attempt: Attempt) -> status_pb2.Status | None:
        request = session_pb2.RecordObservationsRequest(
            session=str(observation.origin.session), observations=[observation_message(observation)]
        )
        try:
            await self._stub.RecordObservations(
                request, timeout=min(deadline.remaining(), self._timeout), metadata=authorization(current_caller())
            )
        except grpc.aio.AioRpcError as error:
            status = from_rpc_error(error)
            is_silent = not status.details and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            if not is_silent:
                attempt.answered()
            return _why(status, error.code(), deadline)
        attempt.answered()
        return None

    async def _answers(self) -> bool:
        request = health_pb2.HealthCheckRequest(service=_SERVICE)
        answer = await self._health.Check(request, timeout=_PROBE_TIMEOUT_SECONDS)
        return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _why(status: status_pb2.Status, code: grpc.StatusCode, deadline: Deadline) -> status_pb2.Status:
    """What the session service said; where gRPC speaks for it, our words: gRPC's name addresses of the inside."""
    if status.details:
        return status
    if code is grpc.StatusCode.DEADLINE_EXCEEDED and deadline.remaining() <= 0:
        return to_status(DeadlineExceededError("the session service did not answer within the deadline"))
    if code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
        return to_status(_absent("the session service does not answer"))
    return status


def _absent(message: str) -> UnavailableError:
    return UnavailableError(message, _RETRY_SECONDS, Reason.SESSION_SERVICE_UNAVAILABLE)
