"""Error reasons and the status of a failed call, shared by services and clients, which do not import each other."""

from enum import Enum
from typing import cast

import grpc
from google.rpc import status_pb2
from grpc_status import rpc_status

DOMAIN = "liveclass"


class Reason(str, Enum):
    """Why a call was refused, for machines (`ErrorInfo.reason`). Part of the contract: never renamed."""

    INVALID_FIELD = "INVALID_FIELD"
    INVALID_NAME = "INVALID_NAME"
    INVALID_TIMESTAMP = "INVALID_TIMESTAMP"
    SOURCE_NOT_PSEUDONYMOUS = "SOURCE_NOT_PSEUDONYMOUS"
    IMAGE_EMPTY = "IMAGE_EMPTY"
    IMAGE_FORMAT_UNSUPPORTED = "IMAGE_FORMAT_UNSUPPORTED"
    IMAGE_TRUNCATED = "IMAGE_TRUNCATED"
    IMAGE_TOO_LARGE = "IMAGE_TOO_LARGE"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    NOT_FOUND = "NOT_FOUND"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    NO_SIGNING_KEY = "NO_SIGNING_KEY"
    TOO_MANY_KEYS = "TOO_MANY_KEYS"
    TOO_MANY_EXCHANGES = "TOO_MANY_EXCHANGES"
    SESSION_ENDED = "SESSION_ENDED"
    SESSION_OF_OTHER_LABELS = "SESSION_OF_OTHER_LABELS"
    TOO_MANY_MARKERS = "TOO_MANY_MARKERS"
    TOO_MANY_SOURCES = "TOO_MANY_SOURCES"
    CLIENT_NOT_ALLOWED = "CLIENT_NOT_ALLOWED"
    TOO_MANY_FRAMES = "TOO_MANY_FRAMES"
    TOO_MANY_READS = "TOO_MANY_READS"
    TOO_MANY_CALLS = "TOO_MANY_CALLS"
    REQUEST_TOO_SLOW = "REQUEST_TOO_SLOW"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    MODEL_OVERLOADED = "MODEL_OVERLOADED"
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    STORE_UNAVAILABLE = "STORE_UNAVAILABLE"
    STORE_FULL = "STORE_FULL"
    STORE_READ_ONLY = "STORE_READ_ONLY"
    SESSION_SERVICE_UNAVAILABLE = "SESSION_SERVICE_UNAVAILABLE"
    ISSUER_UNAVAILABLE = "ISSUER_UNAVAILABLE"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    STREAM_IDLE = "STREAM_IDLE"
    STREAM_TOO_OLD = "STREAM_TOO_OLD"
    DEADLINE_TOO_SHORT = "DEADLINE_TOO_SHORT"
    INTERNAL = "INTERNAL"


def from_rpc_error(error: grpc.RpcError) -> status_pb2.Status:
    """The status of a failed call, including its details."""
    call = cast(grpc.Call, error)  # every RpcError that a call raises is one; the type stubs do not say so
    status: status_pb2.Status | None = rpc_status.from_call(call)
    return status or status_pb2.Status(code=call.code().value[0], message=call.details() or "")
