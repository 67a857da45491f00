"""Handing observations to the session service: the port, and gRPC behind it."""

from collections.abc import Sequence
from typing import Protocol

import grpc
from google.rpc import status_pb2

from liveclass.detection.frame import Observation
from liveclass.detection.messages import observation_message
from liveclass.runtime.channel import channel_options
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import from_rpc_error
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
            return from_rpc_error(error)
        return None

    async def close(self) -> None:
        await self._channel.close(None)
