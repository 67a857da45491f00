"""The audit log over real gRPC, on both databases: who sees it, page by page, and that nothing changes it."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.timestamp_pb2 import Timestamp
from identity_tokens import ISSUER, Issuer, bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import RunningSession, timeline_request

from liveclass.identity.audit import AuditEntry
from liveclass.runtime.errors import ServiceError
from liveclass.session.store.transaction import Transaction
from liveclass.v1 import audit_pb2, session_pb2

SESSION = "classrooms/7b/sessions/maths"
READ = timeline_request(SESSION)


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
async def running(database_url: str, issuer: Issuer) -> AsyncIterator[RunningSession]:  # noqa: F811
    async with RunningSession(database_url, **issuer.settings()) as service:
        request = session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id="maths")
        await service.stub.CreateSession(request, metadata=bearer(issuer.token("classrooms/7b:manage", sub="ms-may")))
        yield service


def admin(issuer: Issuer, tenant: str = "default"):
    return bearer(issuer.token("classrooms/*:admin", sub="head", tenant=tenant))


async def listed(running: RunningSession, metadata, **query) -> list[audit_pb2.AuditEntry]:
    """All pages of two entries each."""
    await running.auditor.flush()
    request = audit_pb2.ListAuditEntriesRequest(page_size=2, **query)
    entries: list[audit_pb2.AuditEntry] = []
    while True:
        page = await running.audit_stub.ListAuditEntries(request, metadata=metadata)
        entries += page.entries
        assert len(page.entries) <= 2
        if not page.next_page_token:
            return entries
        request.page_token = page.next_page_token


async def denied(call) -> grpc.StatusCode:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    return error.value.code()


async def test_an_admin_sees_who_did_what_and_who_was_denied(running: RunningSession, issuer: Issuer) -> None:
    viewer, other = (bearer(issuer.token(f"classrooms/{one}:view", sub=f"of-{one}")) for one in ("7b", "9a"))
    for _ in range(3):
        await running.stub.GetTimeline(READ, metadata=viewer)
        assert await denied(running.stub.GetTimeline(READ, metadata=other)) is grpc.StatusCode.PERMISSION_DENIED
    assert await denied(running.stub.GetTimeline(READ)) is grpc.StatusCode.UNAUTHENTICATED
    request = session_pb2.DeleteSessionRequest(name=SESSION)
    await running.stub.DeleteSession(request, metadata=bearer(issuer.token("classrooms/*:erase", sub="mr-lee")))

    entries = await listed(running, admin(issuer))

    found = {(one.subject, one.action, one.resource, one.outcome) for one in entries}
    assert found == {
        ("ms-may", "CreateSession", "classrooms/7b", "OK"),
        ("of-7b", "GetTimeline", SESSION, "OK"),
        ("of-9a", "GetTimeline", SESSION, "PERMISSION_DENIED"),
        ("", "GetTimeline", "", "UNAUTHENTICATED"),
        ("mr-lee", "DeleteSession", SESSION, "BEGUN"),
        ("mr-lee", "DeleteSession", SESSION, "OK"),
    }
    assert sum(one.calls for one in entries if one.subject == "of-9a") == 3
    assert {one.issuer for one in entries} == {ISSUER, ""}
    assert {one.client for one in entries} == {"ipv4:127.0.0.1"}
    times = [one.time.ToMicroseconds() for one in entries]
    assert times == sorted(times, reverse=True)
    assert abs(times[0] / 1e6 - time.time()) < 60


async def test_entries_are_filtered_by_time_action_subject_outcome_and_resource(
    running: RunningSession, issuer: Issuer
) -> None:
    viewer = bearer(issuer.token("classrooms/7b:view", sub="ms-lee"))
    await running.stub.GetTimeline(READ, metadata=viewer)
    await running.stub.GetSummary(session_pb2.GetSummaryRequest(session=SESSION), metadata=viewer)
    now = Timestamp(seconds=int(time.time()) + 60)

    async def actions(**query) -> list[str]:
        return [one.action for one in await listed(running, admin(issuer), **query)]

    assert await actions(subject="ms-lee") == ["GetSummary", "GetTimeline"]
    assert await actions(subject="ms-lee", action="GetSummary") == ["GetSummary"]
    assert await actions(resource="classrooms/7b") == ["CreateSession"]
    assert await actions(outcome="PERMISSION_DENIED") == []
    assert await actions(start_time=now) == []
    assert len(await actions(end_time=now, outcome="OK", action="ListAuditEntries")) >= 3  # to look is entered, too


async def test_another_tenant_and_another_classrooms_admin_see_nothing(running: RunningSession, issuer: Issuer) -> None:
    assert await listed(running, admin(issuer, "north")) == []
    of_7b = bearer(issuer.token("classrooms/7b:admin"))
    call = running.audit_stub.ListAuditEntries(audit_pb2.ListAuditEntriesRequest(), metadata=of_7b)
    assert await denied(call) is grpc.StatusCode.PERMISSION_DENIED
    request = audit_pb2.ListAuditEntriesRequest(page_size=1)
    await running.stub.GetTimeline(READ, metadata=admin(issuer))
    await running.auditor.flush()
    page = await running.audit_stub.ListAuditEntries(request, metadata=admin(issuer))
    request.page_token = page.next_page_token
    for metadata, action in ((admin(issuer, "north"), ""), (admin(issuer), "GetTimeline")):
        request.action = action
        call = running.audit_stub.ListAuditEntries(request, metadata=metadata)
        assert await denied(call) is grpc.StatusCode.INVALID_ARGUMENT


async def test_entries_of_the_same_moment_are_each_on_one_page(running: RunningSession, issuer: Issuer) -> None:
    moment = int(time.time() * 1e6)
    same = [AuditEntry(moment, "default", "", f"subject-{n}", "", "GetTimeline", SESSION, "OK") for n in range(7)]
    await running.store.add_audit(same)
    found = [one.subject for one in await listed(running, admin(issuer), action="GetTimeline")]
    assert found == [f"subject-{n}" for n in reversed(range(7))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET subject = 'nobody'",
        "UPDATE audit SET time = 0",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE action = 'CreateSession'",
    ],
)
async def test_no_statement_changes_or_removes_an_entry(
    running: RunningSession, issuer: Issuer, statement: str
) -> None:
    before = await listed(running, admin(issuer), action="CreateSession")
    assert len(before) == 1

    def tamper(begun: Transaction) -> None:
        begun.connection.execute(sa.text(statement))

    with pytest.raises((sa.exc.DBAPIError, ServiceError)):
        await running.store.write(tamper)
    assert await listed(running, admin(issuer), action="CreateSession") == before


async def test_what_is_past_the_logs_own_retention_is_removed(running: RunningSession, issuer: Issuer) -> None:
    assert len(await listed(running, admin(issuer), action="CreateSession")) == 1
    now = int(time.time())
    await running.store.sweep(now, 3_600)
    assert len(await listed(running, admin(issuer), action="CreateSession")) == 1
    await running.store.sweep(now + 7_200, 3_600)
    assert await listed(running, admin(issuer), action="CreateSession") == []


async def test_bad_requests_name_the_field(running: RunningSession, issuer: Issuer) -> None:
    for field, request in {
        "page_size": audit_pb2.ListAuditEntriesRequest(page_size=-1),
        "page_token": audit_pb2.ListAuditEntriesRequest(page_token="abc"),  # no secret
        "subject": audit_pb2.ListAuditEntriesRequest(subject="a\nb"),
        "action": audit_pb2.ListAuditEntriesRequest(action="x" * 301),
    }.items():
        with pytest.raises(grpc.aio.AioRpcError, match=f"{field}: ") as error:
            await running.audit_stub.ListAuditEntries(request, metadata=admin(issuer))
        assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
