"""Filters (AIP-160, comparisons joined by AND) and page tokens (AIP-158) of ListSessions."""

import base64
import binascii
import json
import re
from hashlib import blake2b

from google.protobuf.timestamp_pb2 import Timestamp

from liveclass import names
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session.model import MICROSECONDS, Session
from liveclass.session.store.port import Comparison, SessionQuery
from liveclass.v1 import session_pb2

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000

_COMPARISON = re.compile(r"""\s*(\w+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|'[^']*'|[^\s"'<>=!]+)\s*""")
_AND = re.compile(r"AND\b\s*")
_TIMES = ("start_time", "end_time")
_TEXTS = ("state", "classroom")


def query(request: session_pb2.ListSessionsRequest) -> SessionQuery:
    """What is asked for, one session more than fits on the page: that one tells whether there is a next page."""
    classroom = names.parse_classroom(request.parent, "parent", allow_wildcard=True)
    if request.page_size < 0:
        raise InvalidArgumentError("page_size", "must not be negative")
    size = min(request.page_size or DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)
    after = _read_token(request) if request.page_token else None
    return SessionQuery(classroom, parse_filter(request.filter), size + 1, after)


def next_page_token(request: session_pb2.ListSessionsRequest, last: Session) -> str:
    """A token that continues after `last`; it is good for the same parent and filter only."""
    value = json.dumps([last.start_time, last.id, _digest(request)])
    return base64.urlsafe_b64encode(value.encode()).decode()


def parse_filter(text: str) -> tuple[Comparison, ...]:
    """Reads `state = ACTIVE AND start_time >= "2026-01-01T00:00:00Z"`. Raises `InvalidArgumentError`."""
    comparisons: list[Comparison] = []
    position = 0
    while text[position:].strip():
        if comparisons:
            joint = _AND.match(text, position)
            if joint is None:
                raise InvalidArgumentError("filter", f"expected AND at '{text[position:].strip()}'")
            position = joint.end()
        match = _COMPARISON.match(text, position)
        if match is None:
            raise InvalidArgumentError("filter", f"expected a comparison at '{text[position:].strip()}'")
        comparisons.append(_comparison(match[1], match[2], match[3].strip("\"'")))
        position = match.end()
    return tuple(comparisons)


def _comparison(field: str, operator: str, value: str) -> Comparison:
    if field not in (*_TIMES, *_TEXTS):
        raise InvalidArgumentError("filter", f"'{field}' is not one of {', '.join((*_TEXTS, *_TIMES))}")
    if field in _TIMES:
        return Comparison(field, operator, _microseconds(value))
    if operator not in ("=", "!="):
        raise InvalidArgumentError("filter", f"{field} is compared by = and != only")
    if field == "state":
        value = value.removeprefix("STATE_")
        if value not in ("ACTIVE", "ENDED"):
            raise InvalidArgumentError("filter", "state is ACTIVE or ENDED")
    return Comparison(field, operator, value)


def _microseconds(value: str) -> int:
    time = Timestamp()
    try:
        time.FromJsonString(value)
    except ValueError as error:
        raise InvalidArgumentError("filter", f"'{value}' is not a time such as 2026-01-01T00:00:00Z") from error
    return time.seconds * MICROSECONDS + time.nanos // 1000


def _read_token(request: session_pb2.ListSessionsRequest) -> tuple[int, int]:
    unknown = InvalidArgumentError("page_token", "is not one that this service gave")
    try:
        start_time, number, digest = json.loads(base64.urlsafe_b64decode(request.page_token.encode()))
        after = int(start_time), int(number)
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise unknown from error
    if not all(0 <= one < 2**63 for one in after):
        raise unknown
    if digest != _digest(request):
        raise InvalidArgumentError("page_token", "belongs to another parent or filter")
    return after


def _digest(request: session_pb2.ListSessionsRequest) -> str:
    return blake2b(f"{request.parent}\n{request.filter}".encode(), digest_size=8).hexdigest()
