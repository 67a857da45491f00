"""Protobuf times and lengths of time ↔ whole numbers."""

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.runtime.errors import InvalidArgumentError, Reason
from liveclass.session.model import MICROSECONDS

_MAX_SECONDS = 253_402_300_799  # the end of the year 9999, as in timestamp.proto
NANOSECONDS = 1_000_000_000


def read_timestamp(value: Timestamp, field: str) -> tuple[int, int]:
    """(seconds, nanoseconds) since the epoch. Raises `InvalidArgumentError` for what is no time, or before 1970."""
    if not 0 <= value.seconds <= _MAX_SECONDS or not 0 <= value.nanos < NANOSECONDS:
        raise InvalidArgumentError(field, "must be a time between 1970 and 9999", Reason.INVALID_TIMESTAMP)
    return value.seconds, value.nanos


def whole_seconds(value: Duration, field: str, most: int) -> int:
    """A length of time that must be a whole number of seconds from 1 to `most`."""
    if value.nanos or not 1 <= value.seconds <= most:
        raise InvalidArgumentError(field, f"must be a whole number of seconds from 1 to {most}")
    return value.seconds


def timestamp(microseconds: int) -> Timestamp:
    seconds, rest = divmod(microseconds, MICROSECONDS)
    return Timestamp(seconds=seconds, nanos=rest * 1000)
