"""The errors of the services, and their gRPC statuses. No other module makes a status.

ServiceError
├── InvalidArgumentError       INVALID_ARGUMENT     BadRequest
├── NotFoundError              NOT_FOUND            ResourceInfo
├── AlreadyExistsError         ALREADY_EXISTS       ResourceInfo
├── UnauthenticatedError       UNAUTHENTICATED
├── PermissionDeniedError      PERMISSION_DENIED
├── ClientNotAllowedError      PERMISSION_DENIED
├── FailedPreconditionError    FAILED_PRECONDITION  PreconditionFailure
├── ResourceExhaustedError     RESOURCE_EXHAUSTED   RetryInfo
├── QuotaExceededError         RESOURCE_EXHAUSTED   RetryInfo, QuotaFailure
├── UnavailableError           UNAVAILABLE          RetryInfo
└── DeadlineExceededError      DEADLINE_EXCEEDED

Each also carries an ErrorInfo (AIP-193) with a `Reason` and the domain "liveclass".
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import grpc
from google.protobuf.any_pb2 import Any
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from liveclass.reasons import DOMAIN
from liveclass.reasons import Reason as Reason  # noqa: PLC0414  errors are raised with their reason: one import for both

MOST_BYTES = 500
"""Of a message. It may quote the request, and gRPC trailers hold 8 KiB in all."""

_MOST_NAME_BYTES = 250


def bounded(text: str, most: int = MOST_BYTES) -> str:
    """`text` in at most so many bytes of UTF-8, an ellipsis included where it was longer."""
    encoded = text.encode("utf-8", errors="replace")
    if len(encoded) <= most:
        return encoded.decode()
    return encoded[: most - len("…".encode())].decode("utf-8", errors="ignore") + "…"


class ServiceError(Exception):
    """A call fails; `message` is sent to the caller."""

    code: ClassVar[grpc.StatusCode]
    failed_check: str = ""
    """Of a caller who may not make the call: one of a few constants, for the metric and not for the caller."""

    def __init__(self, message: str, reason: Reason) -> None:
        self.message = bounded(message)
        super().__init__(self.message)
        self.reason = reason

    def details(self) -> Sequence[Message]:
        """What the status carries besides ErrorInfo."""
        return ()

    def metadata(self) -> Mapping[str, str]:
        """What ErrorInfo carries besides the reason."""
        return {}


class InvalidArgumentError(ServiceError):
    """`field` of the request is not as the contract says."""

    code = grpc.StatusCode.INVALID_ARGUMENT

    def __init__(self, field: str, description: str, reason: Reason = Reason.INVALID_FIELD) -> None:
        self.field, self.description = bounded(field, _MOST_NAME_BYTES), bounded(description)
        super().__init__(f"{self.field}: {self.description}", reason)

    def details(self) -> Sequence[Message]:
        violation = error_details_pb2.BadRequest.FieldViolation(field=self.field, description=self.description)
        return (error_details_pb2.BadRequest(field_violations=[violation]),)


class _ResourceError(ServiceError):
    def __init__(self, resource_type: str, name: str, message: str, reason: Reason) -> None:
        super().__init__(message, reason)
        self.resource_type, self.name = resource_type, bounded(name, _MOST_NAME_BYTES)

    def details(self) -> Sequence[Message]:
        kind = f"{DOMAIN}/{self.resource_type.capitalize()}"
        return (error_details_pb2.ResourceInfo(resource_type=kind, resource_name=self.name, description=self.message),)


class NotFoundError(_ResourceError):
    """There is no `resource_type` called `name`."""

    code = grpc.StatusCode.NOT_FOUND

    def __init__(self, resource_type: str, name: str) -> None:
        super().__init__(resource_type, name, f"there is no {resource_type} '{name}'", Reason.NOT_FOUND)


class AlreadyExistsError(_ResourceError):
    """There is a `resource_type` called `name` already."""

    code = grpc.StatusCode.ALREADY_EXISTS

    def __init__(self, resource_type: str, name: str) -> None:
        super().__init__(resource_type, name, f"there is a {resource_type} '{name}' already", Reason.ALREADY_EXISTS)


class UnauthenticatedError(ServiceError):
    """The call carries no valid token. The caller never learns which check failed."""

    code = grpc.StatusCode.UNAUTHENTICATED

    def __init__(
        self,
        failed_check: str,
        message: str = "this call needs a valid token: send one that has not expired in the metadata 'authorization'",
    ) -> None:
        super().__init__(message, Reason.UNAUTHENTICATED)
        self.failed_check = failed_check


class PermissionDeniedError(ServiceError):
    """The caller's token lacks `permission`, such as "classrooms/7b:record"."""

    code = grpc.StatusCode.PERMISSION_DENIED
    failed_check = "permission"

    def __init__(self, permission: str) -> None:
        super().__init__(f"the token lacks the permission {permission}", Reason.PERMISSION_DENIED)
        self.permission = permission

    def metadata(self) -> Mapping[str, str]:
        return {"permission": self.permission}


class ClientNotAllowedError(ServiceError):
    """The certificate that a client showed is not one of those that may call this service."""

    code = grpc.StatusCode.PERMISSION_DENIED
    failed_check = "client_certificate"

    def __init__(self) -> None:
        message = "this client's certificate is valid, and none of its names is one that may call this service"
        super().__init__(message, Reason.CLIENT_NOT_ALLOWED)


class FailedPreconditionError(ServiceError):
    """`subject` is not in a state in which this can be done."""

    code = grpc.StatusCode.FAILED_PRECONDITION

    def __init__(self, subject: str, description: str, reason: Reason) -> None:
        self.subject, self.description = bounded(subject, _MOST_NAME_BYTES), bounded(description)
        super().__init__(f"{self.subject}: {self.description}", reason)

    def details(self) -> Sequence[Message]:
        violation = error_details_pb2.PreconditionFailure.Violation(
            type=self.reason.value, subject=self.subject, description=self.description
        )
        return (error_details_pb2.PreconditionFailure(violations=[violation]),)


class _RetryableError(ServiceError):
    def __init__(self, message: str, retry_after: float, reason: Reason) -> None:
        """`retry_after` is in seconds."""
        super().__init__(message, reason)
        self.retry_after = retry_after

    def details(self) -> Sequence[Message]:
        delay = Duration()
        delay.FromMilliseconds(max(1, round(self.retry_after * 1000)))
        return (error_details_pb2.RetryInfo(retry_delay=delay),)


class ResourceExhaustedError(_RetryableError):
    """There is more work in flight than can be finished in time."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED


class QuotaExceededError(_RetryableError):
    """A tenant has used up what the operator lets it have."""

    code = grpc.StatusCode.RESOURCE_EXHAUSTED

    def __init__(self, tenant: str, quota: str, message: str, retry_after: float) -> None:
        """`quota` is its name in the operator's file."""
        super().__init__(message, retry_after, Reason.QUOTA_EXCEEDED)
        self.tenant, self.quota = tenant, quota

    def details(self) -> Sequence[Message]:
        violation = error_details_pb2.QuotaFailure.Violation(
            subject=f"tenants/{self.tenant}", description=self.message, quota_id=self.quota
        )
        return (*super().details(), error_details_pb2.QuotaFailure(violations=[violation]))


class UnavailableError(_RetryableError):
    """A dependency of the call is not available at the moment."""

    code = grpc.StatusCode.UNAVAILABLE


class DeadlineExceededError(ServiceError):
    """The caller's deadline cannot be met."""

    code = grpc.StatusCode.DEADLINE_EXCEEDED

    def __init__(self, message: str, reason: Reason = Reason.DEADLINE_TOO_SHORT) -> None:
        super().__init__(message, reason)


class InternalError(ServiceError):
    """A defect of the service. The cause is logged and not sent."""

    code = grpc.StatusCode.INTERNAL

    def __init__(self) -> None:
        super().__init__("internal error", Reason.INTERNAL)


def to_status(error: ServiceError) -> status_pb2.Status:
    """The error as google.rpc.Status with all its details."""
    info = error_details_pb2.ErrorInfo(reason=error.reason.value, domain=DOMAIN, metadata=error.metadata())
    return status_pb2.Status(
        code=error.code.value[0], message=error.message, details=[_pack(m) for m in (*error.details(), info)]
    )


def _pack(message: Message) -> Any:
    packed = Any()
    packed.Pack(message)
    return packed
