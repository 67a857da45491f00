"""The RPC of `liveclass.v1.AuditService`: the audit log, a page at a time."""

import re
from dataclasses import dataclass
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.identity.audit import AuditEntry
from liveclass.identity.caller import current_caller
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.session.model import FOREVER, MICROSECONDS
from liveclass.session.pages import page_size, page_token, read_page_token
from liveclass.session.ports import AuditQuery, SessionStore
from liveclass.v1 import audit_pb2, audit_pb2_grpc

AUDIT_SERVICE = audit_pb2.DESCRIPTOR.services_by_name["AuditService"].full_name

DEFAULT_PAGE_SIZE = 100

MAX_TEXT_LENGTH = 300
"""Of what entries are filtered by; in the log are a subject's 255 characters, and names."""

NEVER = FOREVER * MICROSECONDS

_POSITION = re.compile(r"([0-9]{1,19}) ([0-9]{1,9})")
_FILTERS = ("action", "subject", "outcome", "resource")


@dataclass(frozen=True)
class AuditServicer(audit_pb2_grpc.AuditServiceServicer):
    """Answers for the audit log of one store."""

    store: SessionStore

    async def ListAuditEntries(
        self,
        request: audit_pb2.ListAuditEntriesRequest,
        context: Any,  # noqa: ARG002  # every RPC is given one
    ) -> audit_pb2.ListAuditEntriesResponse:
        query = _query(request, current_caller().tenant)
        found = await self.store.list_audit(query)
        page = found[: query.limit - 1]
        token = _next_page_token(request, query, page) if len(found) == query.limit else ""
        return audit_pb2.ListAuditEntriesResponse(entries=map(_message, page), next_page_token=token)


def _query(request: audit_pb2.ListAuditEntriesRequest, tenant: str) -> AuditQuery:
    """Asks for one entry more than fits on the page, to know whether there is a next page."""
    size = page_size(request, DEFAULT_PAGE_SIZE)
    filters = {name: _text(request, name) for name in _FILTERS}
    start = _microseconds(request.start_time) if request.HasField("start_time") else 0
    end = _microseconds(request.end_time) if request.HasField("end_time") else NEVER
    skip = 0
    if request.page_token:
        # The time before which the page begins, and how many entries to skip there.
        position = read_page_token(request, tenant, _POSITION)
        end, skip = min(int(position[1]), NEVER), int(position[2])
    return AuditQuery(tenant, start, end, size + 1, skip, **filters)


def _next_page_token(request: audit_pb2.ListAuditEntriesRequest, query: AuditQuery, page: list[AuditEntry]) -> str:
    """Continues after the last entry. It names times only: the numbers of rows would tell of other tenants."""
    last = page[-1].time
    end, shown = last + 1, sum(entry.time == last for entry in page)
    if end == query.end:  # the page before ended at the same time
        shown += query.skip
    return page_token(request, query.tenant, f"{end} {shown}")


def _text(request: audit_pb2.ListAuditEntriesRequest, name: str) -> str:
    value = str(getattr(request, name))
    if len(value) > MAX_TEXT_LENGTH or not value.isprintable():
        raise InvalidArgumentError(name, f"must be at most {MAX_TEXT_LENGTH} characters without control characters")
    return value


def _microseconds(time: Timestamp) -> int:
    return min(max(0, time.seconds * MICROSECONDS + time.nanos // 1000), NEVER)


def _message(entry: AuditEntry) -> audit_pb2.AuditEntry:
    message = audit_pb2.AuditEntry(
        issuer=entry.issuer,
        subject=entry.subject,
        client=entry.client,
        action=entry.action,
        resource=entry.resource,
        outcome=entry.outcome,
        calls=entry.calls,
    )
    message.time.FromMicroseconds(entry.time)
    return message
