"""The exceptions of the SDK.

LiveClassError
├── UnreadableFrameError           a file, array or camera yields no frame; nothing was sent
├── TokenError                     the token is malformed; nothing was sent
├── MissingPackageError            a package is not installed; the message names the extra that brings it
└── ServiceError                   a service refused, or could not be reached
    ├── InvalidArgumentError       the request is invalid; `violations` names the fields
    ├── NotFoundError              no such session
    ├── AlreadyExistsError         a session of that name exists
    ├── UnauthenticatedError       the token is missing, expired or invalid
    ├── PermissionDeniedError      the token lacks `permission`
    ├── FailedPreconditionError    the session has ended, or is scored by other labels
    ├── ResourceExhaustedError     overloaded or over a limit; retry after `retry_after` seconds
    │   └── QuotaExceededError     the operator's limit for the tenant is reached; `quota` names it
    ├── UnavailableError           a service or its backend is unavailable; `retry_after` if it says so
    └── DeadlineExceededError      no answer in time

Every ServiceError carries `code` (grpc.StatusCode), `reason` (an UPPER_SNAKE constant, empty where the service could
not be reached, NOT_SENT where it is overloaded and the call was not sent), `message` and `attempts` (how often the call
was sent), and reads as one sentence: `str(error)`.
"""

from typing import NamedTuple

import grpc
from google.rpc import error_details_pb2, status_pb2

from liveclass.client.unreachable import cause_of
from liveclass.reasons import from_rpc_error


class LiveClassError(Exception):
    """Base class of all errors of the SDK."""


class UnreadableFrameError(LiveClassError, ValueError):
    """No frame can be read: a missing or damaged file, an array of the wrong shape, a broken camera."""


class TokenError(LiveClassError, ValueError):
    """The token is malformed."""


class MissingPackageError(LiveClassError, ImportError):
    """A package is not installed; the message says how to install it."""


class Violation(NamedTuple):
    """An invalid field of a request."""

    field: str
    description: str


class ServiceError(LiveClassError):
    """A service answered with an error, or not at all.

    `retry_after` is in seconds; None if a retry is of no use or the service does not say.
    """

    def __init__(
        self,
        message: str,
        code: grpc.StatusCode = grpc.StatusCode.UNKNOWN,
        reason: str = "",
        violations: tuple[Violation, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.reason = reason
        self.violations = violations
        self.retry_after = retry_after
        self.attempts = 1

    def note_attempts(self, attempts: int, seconds: float) -> None:
        """Adds the number of attempts to the message, if more than one."""
        self.attempts = attempts
        if attempts > 1:
            self.args = (f"{self.message} (tried {attempts} times in {seconds:.1f} s)",)


class InvalidArgumentError(ServiceError):
    """The request is invalid."""


class NotFoundError(ServiceError):
    """No such session."""


class AlreadyExistsError(ServiceError):
    """A session of that name exists already."""


class UnauthenticatedError(ServiceError):
    """The token is missing, expired or invalid; the service does not say which."""


class PermissionDeniedError(ServiceError):
    """The token lacks a permission."""

    permission = ""
    """Such as "classrooms/7b:record"; empty where the service does not say."""


class FailedPreconditionError(ServiceError):
    """The session is in the wrong state: it has ended, or its scores are by other labels."""


class ResourceExhaustedError(ServiceError):
    """The service is overloaded, or a limit is exceeded."""


class QuotaExceededError(ResourceExhaustedError):
    """The tenant has used up what the operator lets it have."""

    quota = ""
    """"frames_per_second", "open_streams" or "stored_sessions"; empty where the service does not say."""


class UnavailableError(ServiceError):
    """A service or its backend is unavailable."""


class DeadlineExceededError(ServiceError):
    """No answer in time."""


_CODES = {code.value[0]: code for code in grpc.StatusCode}


def _class_of(code: grpc.StatusCode) -> type[ServiceError]:
    return {
        grpc.StatusCode.INVALID_ARGUMENT: InvalidArgumentError,
        grpc.StatusCode.NOT_FOUND: NotFoundError,
        grpc.StatusCode.ALREADY_EXISTS: AlreadyExistsError,
        grpc.StatusCode.UNAUTHENTICATED: UnauthenticatedError,
        grpc.StatusCode.PERMISSION_DENIED: PermissionDeniedError,
        grpc.StatusCode.FAILED_PRECONDITION: FailedPreconditionError,
        grpc.StatusCode.RESOURCE_EXHAUSTED: ResourceExhaustedError,
        grpc.StatusCode.UNAVAILABLE: UnavailableError,
        grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceededError,
    }.get(code, ServiceError)


def error_from_status(status: status_pb2.Status) -> ServiceError:
    """The error for a google.rpc.Status, including its details."""
    code = _CODES.get(status.code, grpc.StatusCode.UNKNOWN)
    info, bad_request, retry, quota = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.RetryInfo(),
        error_details_pb2.QuotaFailure(),
    )
    for detail in status.details:
        for kind in (info, bad_request, retry, quota):
            if detail.Is(kind.DESCRIPTOR):
                detail.Unpack(kind)
    violations = tuple(Violation(v.field, v.description) for v in bad_request.field_violations)
    delay = retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None
    kind_of_error = QuotaExceededError if quota.violations else _class_of(code)
    error = kind_of_error(status.message, code, info.reason, violations, delay)
    if isinstance(error, QuotaExceededError):
        error.quota = quota.violations[0].quota_id
    if isinstance(error, PermissionDeniedError):
        error.permission = info.metadata.get("permission", "")
    return error


def error_from_rpc(error: grpc.RpcError, service: str, address: str, *, tls: bool = False) -> ServiceError:
    """The error that a call to `service` at `address`, over TLS or in plaintext, ended with."""
    read = error_from_status(from_rpc_error(error))
    if read.reason:
        return read
    # No ErrorInfo: the error comes from the connection, not from the service, and gRPC's message is unhelpful.
    where = f"the {service} service at {address}"
    if isinstance(read, UnavailableError):
        message = f"cannot reach {where} ({cause_of(read.message, tls=tls)})"
    elif isinstance(read, DeadlineExceededError):
        message = f"{where} did not answer in time"
    elif read.code is grpc.StatusCode.UNIMPLEMENTED:
        other = "session" if service == "detection" else "detection"
        message = f"{address} is not a {service} service, or an older one; is it the address of the {other} service?"
    else:
        message = f"{where} answered {read.code.name}: {_first_line(read.message)}"
    return type(read)(message, read.code, read.reason, read.violations, read.retry_after)


def _first_line(text: str) -> str:
    return (text.splitlines() or ["no reason given"])[0]
