"""Handing observations to the session service: the port, and gRPC behind it."""

from collections.abc import Sequence
from typing import Protocol

import grpc
from google.rpc import status_pb2

from liveclass.detection.frame import Observation
from liveclass.detection.messages import observation_message
from liveclass.reasons import from_rpc_error
from liveclass.runtime.channel import channel_options
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, Reason, UnavailableError, to_status
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


class ObservationRecorder(Protocol):
    """A port."""

    async def record(self, observation: Observation, deadline: Deadline) -> status_pb2.Status | None:
        """None: the observation is on disk. Otherwise why it is not. Raises nothing."""


class SessionServiceRecorder:
    """The session service, over one connection that is kept."""

    def __init__(self, address: str, interceptors: Sequence[grpc.aio.ClientInterceptor] = ()) -> None:
        self._channel = grpc.aio.insecure_channel(
            address, options=channel_options(_SERVICE_CONFIG), interceptors=interceptors
        )
        self._stub = session_pb2_grpc.SessionServiceStub(self._channel)

    async def record(self, observation: Observation, deadline: Deadline) -> status_pb2.Status | None:
        request = session_pb2.RecordObservationsRequest(
            session=str(observation.origin.session), observations=[observation_message(observation)]
        )
        try:
            await self._stub.RecordObservations(request, timeout=max(0.0, deadline.remaining()))
        except grpc.aio.AioRpcError as error:
            return _why(error)
        return None

    async def close(self) -> None:
        await self._channel.close(None)


def _why(error: grpc.aio.AioRpcError) -> status_pb2.Status:
    """What the session service said; where gRPC speaks for it, our words: gRPC's name addresses of the inside."""
    status = from_rpc_error(error)
    if not status.details and error.code() is grpc.StatusCode.UNAVAILABLE:
        absent = UnavailableError(
            "the session service does not answer", _RETRY_SECONDS, Reason.SESSION_SERVICE_UNAVAILABLE
        )
        return to_status(absent)
    if not status.details and error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return to_status(DeadlineExceededError("the session service did not answer within the deadline"))
    return status
