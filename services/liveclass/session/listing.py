"""Filters (AIP-160, comparisons joined by AND) and pages of ListSessions."""

import re

from google.protobuf.timestamp_pb2 import Timestamp

from liveclass import names
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session.model import MICROSECONDS, Session
from liveclass.session.pages import page_size, page_token, read_page_token
from liveclass.session.ports import Comparison, SessionQuery
from liveclass.v1 import session_pb2

DEFAULT_PAGE_SIZE = 50
MAX_FILTER_LENGTH = 1_000
MAX_COMPARISONS = 20
MAX_ECHO = 60
"""The most characters of a request that an error repeats."""

_COMPARISON = re.compile(r"""(\w+)\s*(<=|>=|!=|=|<|>)\s*("[^"]*"|'[^']*'|[^\s"'<>=!]+)\s*""")
_POSITION = re.compile(rf"([0-9]{{1,18}}) ({names.ID_PATTERN}) ({names.ID_PATTERN})")
_AND = re.compile(r"AND\b\s*")
_TIMES = ("start_time", "end_time")
_TEXTS = ("state", "classroom")


def query(request: session_pb2.ListSessionsRequest, tenant: str, visible: frozenset[str] | None = None) -> SessionQuery:
    """The query of a request. It asks for one session more than fits on the page, to know whether there is a next page.

    `tenant` is the caller's; `visible` are the classrooms that it may see, None for all.
    """
    classroom = names.parse_classroom(request.parent, "parent", allow_wildcard=True)
    size = page_size(request, DEFAULT_PAGE_SIZE)
    comparisons = parse_filter(request.filter)
    after = None
    if request.page_token:
        position = read_page_token(request, tenant, _POSITION)
        after = int(position[1]), position[2], position[3]
    return SessionQuery(tenant, classroom, comparisons, size + 1, after, visible)


def next_page_token(request: session_pb2.ListSessionsRequest, last: Session) -> str:
    """A token that continues after `last`."""
    return page_token(request, last.name.tenant, f"{last.start_time} {last.name.classroom} {last.name.session}")


def parse_filter(text: str) -> tuple[Comparison, ...]:
    """Reads `state = ACTIVE AND start_time >= "2026-01-01T00:00:00Z"`. Raises `InvalidArgumentError`."""
    if len(text) > MAX_FILTER_LENGTH:
        raise InvalidArgumentError("filter", f"must be at most {MAX_FILTER_LENGTH} characters, and has {len(text)}")
    comparisons: list[Comparison] = []
    position = len(text) - len(text.lstrip())
    while position < len(text):
        if comparisons:
            joint = _AND.match(text, position)
            if joint is None:
                raise InvalidArgumentError("filter", f"expected AND at '{text[position : position + MAX_ECHO]}'")
            position = joint.end()
        match = _COMPARISON.match(text, position)
        if match is None:
            raise InvalidArgumentError("filter", f"expected a comparison at '{text[position : position + MAX_ECHO]}'")
        comparisons.append(_comparison(match[1], match[2], match[3].strip("\"'")))
        if len(comparisons) > MAX_COMPARISONS:
            raise InvalidArgumentError("filter", f"must hold at most {MAX_COMPARISONS} comparisons")
        position = match.end()
    return tuple(comparisons)


def _comparison(field: str, operator: str, value: str) -> Comparison:
    if field not in (*_TIMES, *_TEXTS):
        raise InvalidArgumentError("filter", f"'{field[:MAX_ECHO]}' is not one of {', '.join((*_TEXTS, *_TIMES))}")
    if field in _TIMES:
        return Comparison(field, operator, _microseconds(value))
    if operator not in ("=", "!="):
        raise InvalidArgumentError("filter", f"{field} is compared by = and != only")
    if field == "state":
        value = value.removeprefix("STATE_")
        if value not in ("ACTIVE", "ENDED"):
            raise InvalidArgumentError("filter", "state is ACTIVE or ENDED")
    if field == "classroom":
        names.parse_classroom(f"classrooms/{value}", "filter")
    return Comparison(field, operator, value)


def _microseconds(value: str) -> int:
    time = Timestamp()
    try:
        time.FromJsonString(value)
    except (ValueError, OverflowError) as error:
        description = f"'{value[:MAX_ECHO]}' is not a time such as 2026-01-01T00:00:00Z"
        raise InvalidArgumentError("filter", description) from error
    return time.seconds * MICROSECONDS + time.nanos // 1000
