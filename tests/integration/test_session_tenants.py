"""Two schools on one service, with classrooms, sessions, sources and frames of the same names."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
import sqlalchemy as sa
from google.protobuf.message import Message
from grpc_status import rpc_status
from identity_tokens import ISSUER, Issuer, bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import HAPPY, NOON, SAD, RunningSession, observation, timeline_request

from liveclass.identity.local_keys import KEY_FILE, create_key
from liveclass.identity.methods import Audited, rules_of
from liveclass.identity.permissions import Permission
from liveclass.session.audit import AUDIT_SERVICE
from liveclass.session.program_keys import IDENTITY_SERVICE
from liveclass.session.servicer import SERVICE_NAME
from liveclass.session.store import schema
from liveclass.v1 import audit_pb2, identity_pb2, session_pb2

LIVE, OVER = "classrooms/7b/sessions/maths", "classrooms/7b/sessions/art"
SOURCES = ("front", "back")
NORTH, SOUTH = "north", "south"
SCORES = {NORTH: HAPPY, SOUTH: SAD}

TIMELINE = timeline_request(OVER)
READS: dict[str, list[Message]] = {
    "GetSession": [session_pb2.GetSessionRequest(name=name) for name in (LIVE, OVER)],
    "ListSessions": [
        session_pb2.ListSessionsRequest(parent=parent, page_size=size) for parent in ("classrooms/-", "classrooms/7b")
        for size in (1, 50)
    ],
    "GetTimeline": [timeline_request(name, source=source) for name in (LIVE, OVER) for source in ("", *SOURCES)],
    "WatchTimeline": [session_pb2.WatchTimelineRequest(session=OVER, start_time=TIMELINE.start_time)],
    "GetSummary": [session_pb2.GetSummaryRequest(session=name) for name in (LIVE, OVER)],
    "ExportTimeline": [session_pb2.ExportTimelineRequest(timeline=TIMELINE)],
    "DownloadTimeline": [session_pb2.DownloadTimelineRequest(session=OVER)],
}  # fmt: skip  # a line for each RPC

AUDITED = ("CreateSession", "EndSession", "UpdateSession", "MarkSession", "DeleteObservations", "DeleteSession",
           "CreateKey", "RevokeKey")  # fmt: skip  # what changes something
ADMIN_READS: dict[str, list[Message]] = {
    "ListAuditEntries": [
        *(audit_pb2.ListAuditEntriesRequest(action=action, page_size=size) for action in AUDITED for size in (1, 50)),
        audit_pb2.ListAuditEntriesRequest(outcome="NOT_FOUND"),
    ],
    "ListKeys": [identity_pb2.ListKeysRequest()],
}
"""The reads that are not of sessions. Of the audit log, what its own tenant does not add to by asking."""


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
async def running(database_url: str, issuer: Issuer, tmp_path: Path) -> AsyncIterator[RunningSession]:  # noqa: F811
    create_key(tmp_path / "signing", ISSUER)
    signing = {"signing_key": tmp_path / "signing" / KEY_FILE}
    async with RunningSession(database_url, **issuer.settings(), **signing) as service:
        yield service


class School:
    """Calls a service with the token of one tenant."""

    def __init__(self, running: RunningSession, issuer: Issuer, tenant: str) -> None:
        self.tenant, self.stub, self._auditor = tenant, running.stub, running.auditor
        self._stubs = (running.stub, running.key_stub, running.audit_stub)
        self.metadata = bearer(issuer.token("classrooms/*:admin", tenant=tenant))

    async def call(self, method: str, request: Message) -> bytes:
        """All messages of the answer; the status where there is none."""
        stub = next(each for each in self._stubs if hasattr(each, method))
        call = getattr(stub, method)(request, metadata=self.metadata)
        try:
            if hasattr(call, "__aiter__"):
                return b"|".join([answer.SerializeToString(deterministic=True) async for answer in call])
            return (await call).SerializeToString(deterministic=True)
        except grpc.aio.AioRpcError as error:
            return rpc_status.from_call(error).SerializeToString(deterministic=True)

    async def create(self, name: str) -> None:
        _, classroom, _, session = name.split("/")
        new = session_pb2.Session(minimum_group_size=1, display_name=f"of the {self.tenant}")
        new.start_time.seconds = NOON
        request = session_pb2.CreateSessionRequest(parent=f"classrooms/{classroom}", session_id=session, session=new)
        await self.stub.CreateSession(request, metadata=self.metadata)

    async def record(self, session: str, numbers: range = range(20)) -> session_pb2.RecordObservationsResponse:
        seen = [
            observation(f"frame-{number}", NOON + number, [SCORES[self.tenant]], SOURCES[number % 2])
            for number in numbers
        ]
        request = session_pb2.RecordObservationsRequest(session=session, observations=seen)
        return await self.stub.RecordObservations(request, metadata=self.metadata)

    async def answers(self) -> dict[tuple[str, int], bytes]:
        """What every RPC that reads answers, of sessions, of the audit log and of program keys."""
        await self._auditor.flush()
        return {
            (method, index): await self.call(method, request)
            for method, requests in (READS | ADMIN_READS).items()
            for index, request in enumerate(requests)
        }


async def school(running: RunningSession, issuer: Issuer, tenant: str) -> School:
    """With a lesson that is live and one that is over."""
    new = School(running, issuer, tenant)
    for name in (LIVE, OVER):
        await new.create(name)
        await new.record(name)
    await new.call("EndSession", session_pb2.EndSessionRequest(name=OVER))
    for name in ("camera", "lms"):
        await new.call("CreateKey", new_key(f"{name} of the {tenant}"))
    return new


def new_key(name: str) -> Message:
    return identity_pb2.CreateKeyRequest(display_name=name, permissions=["classrooms/7b:view"])


def test_every_rpc_that_reads_is_asked() -> None:
    rules = rules_of([SERVICE_NAME])
    assert set(READS) == {path.split("/")[-1] for path, rule in rules.items() if rule.permission is Permission.VIEW}
    rules = rules_of([AUDIT_SERVICE, IDENTITY_SERVICE])
    read = {path.split("/")[-1] for path, rule in rules.items() if rule.audited is Audited.AFTERWARDS}
    assert set(ADMIN_READS) == read


# Among the changes a lesson that was over may be created anew, and a watch of it would not end.
NOT_WATCHED = [method for method in READS if method != "WatchTimeline"]

CHANGES: list[Callable[[random.Random], tuple[str, Message]]] = [
    lambda rng: ("RecordObservations", session_pb2.RecordObservationsRequest(session=LIVE, observations=[
        observation(f"frame-{rng.randrange(60)}", NOON + rng.randrange(60), [SAD], rng.choice(SOURCES))
        for _ in range(rng.randrange(1, 20))
    ])),
    lambda rng: ("DeleteObservations", session_pb2.DeleteObservationsRequest(
        session=rng.choice((LIVE, OVER)), source=rng.choice(SOURCES))),
    lambda rng: ("MarkSession", session_pb2.MarkSessionRequest(
        name=LIVE, marker=session_pb2.Marker(text=f"south {rng.randrange(9)}"))),
    lambda rng: ("UpdateSession", session_pb2.UpdateSessionRequest(
        session=session_pb2.Session(name=rng.choice((LIVE, OVER)), display_name=f"south {rng.randrange(9)}"))),
    lambda rng: ("EndSession", session_pb2.EndSessionRequest(name=rng.choice((LIVE, OVER)))),
    lambda rng: ("DeleteSession", session_pb2.DeleteSessionRequest(name=rng.choice((LIVE, OVER)))),
    lambda rng: ("CreateSession", session_pb2.CreateSessionRequest(
        parent="classrooms/7b", session_id=rng.choice(("maths", "art", "music")))),
    lambda rng: (method := rng.choice(NOT_WATCHED), rng.choice(READS[method])),
    lambda rng: ("CreateKey", new_key(f"key {rng.randrange(9)} of the south")),
    lambda rng: (method := rng.choice([*ADMIN_READS]), rng.choice(ADMIN_READS[method])),
]  # fmt: skip  # a line for each RPC


@pytest.mark.parametrize("seed", range(3))
async def test_nothing_that_one_tenant_does_changes_a_byte_of_another_s_answers(
    running: RunningSession, issuer: Issuer, seed: int
) -> None:
    north = await school(running, issuer, NORTH)
    before = await north.answers()
    keys = identity_pb2.ListKeysResponse.FromString(before["ListKeys", 0]).keys
    assert len(keys) == 2
    south = await school(running, issuer, SOUTH)
    its_own = await south.answers()
    rng = random.Random(seed)
    revoke_north_s = [("RevokeKey", identity_pb2.RevokeKeyRequest(name=key.name)) for key in keys]

    async def change() -> None:
        calls = [*(rng.choice(CHANGES)(rng) for _ in range(90)), *revoke_north_s]
        its_answers = await asyncio.gather(*(south.call(*call) for call in calls))
        assert all(b"of the north" not in answer for answer in its_answers)
        assert all(b"there is no key" in answer for answer in its_answers[-2:])

    changing = asyncio.create_task(change())
    while not changing.done():
        assert await north.answers() == before
    await changing
    assert await north.answers() == before
    assert all(b"south" not in answer and b"of the north" not in its_own[read] for read, answer in before.items())
    alike = ("ListSessions", "ListAuditEntries")  # they may hold the same, or nothing
    assert all(before[read] != its_own[read] for read in before if read[0] not in alike)


async def test_a_watch_tells_of_its_own_tenant_s_session_only(running: RunningSession, issuer: Issuer) -> None:
    schools = [await school(running, issuer, tenant) for tenant in (NORTH, SOUTH)]
    watch = session_pb2.WatchTimelineRequest(session=LIVE, start_time=TIMELINE.start_time)
    watches = [asyncio.create_task(each.call("WatchTimeline", watch)) for each in schools]
    await asyncio.sleep(0.1)
    await schools[1].call("EndSession", session_pb2.EndSessionRequest(name=LIVE))
    ended = await watches[1]
    assert not watches[0].done()
    await schools[0].record(LIVE, range(20, 30))
    await schools[0].call("EndSession", session_pb2.EndSessionRequest(name=LIVE))
    shown = [set(each.split(b"|")) for each in (await watches[0], ended)]
    assert all(shown)
    assert shown[0].isdisjoint(shown[1])


CALLS = {
    **{method: requests[0] for method, requests in READS.items() if method != "ListSessions"},
    "UpdateSession": session_pb2.UpdateSessionRequest(session=session_pb2.Session(name=OVER, display_name="x")),
    "MarkSession": session_pb2.MarkSessionRequest(name=OVER, marker=session_pb2.Marker(text="x")),
    "EndSession": session_pb2.EndSessionRequest(name=OVER),
    "DeleteSession": session_pb2.DeleteSessionRequest(name=OVER),
    "DeleteObservations": session_pb2.DeleteObservationsRequest(session=OVER, source="front"),
    "RecordObservations": session_pb2.RecordObservationsRequest(session=OVER, observations=[observation("f", NOON)]),
}


async def test_what_another_tenant_has_is_not_found_in_the_words_of_what_nobody_has(
    running: RunningSession, issuer: Issuer
) -> None:
    south = School(running, issuer, SOUTH)
    nobody_s = {method: await south.call(method, request) for method, request in CALLS.items()}
    await school(running, issuer, NORTH)
    assert {method: await south.call(method, request) for method, request in CALLS.items()} == nobody_s
    assert all(b"there is no session" in answer for answer in nobody_s.values())


async def test_a_page_token_of_another_tenant_is_refused_like_one_that_was_made_up(
    running: RunningSession, issuer: Issuer
) -> None:
    north, south = [await school(running, issuer, tenant) for tenant in (NORTH, SOUTH)]
    request = session_pb2.ListSessionsRequest(parent="classrooms/-", page_size=1)
    page = await running.stub.ListSessions(request, metadata=north.metadata)
    request.page_token = page.next_page_token
    rest = await running.stub.ListSessions(request, metadata=north.metadata)
    assert {session.name for session in (*page.sessions, *rest.sessions)} == {LIVE, OVER}
    refused = await south.call("ListSessions", request)
    request.page_token = "made up"
    assert refused == await south.call("ListSessions", request)


async def test_a_page_token_of_another_tenant_s_audit_log_is_refused_like_one_that_was_made_up(
    running: RunningSession, issuer: Issuer
) -> None:
    north, south = [await school(running, issuer, tenant) for tenant in (NORTH, SOUTH)]
    await running.auditor.flush()
    request = audit_pb2.ListAuditEntriesRequest(page_size=1)
    page = await running.audit_stub.ListAuditEntries(request, metadata=north.metadata)
    request.page_token = page.next_page_token
    assert (await running.audit_stub.ListAuditEntries(request, metadata=north.metadata)).entries
    refused = await south.call("ListAuditEntries", request)
    request.page_token = "made up"
    assert b"page_token" in refused
    assert refused == await south.call("ListAuditEntries", request)


async def test_each_tenant_has_its_own_frames_and_audit_log(running: RunningSession, issuer: Issuer) -> None:
    north, south = [await school(running, issuer, tenant) for tenant in (NORTH, SOUTH)]
    assert (await south.record(LIVE, range(40))).recorded == 20
    assert (await north.record(LIVE, range(40))).recorded == 20
    for each in (north, south):
        await each.call("GetTimeline", TIMELINE)
    await running.auditor.flush()
    read = (schema.audit.c.resource == OVER) & (schema.audit.c.action == "GetTimeline")
    query = sa.select(schema.audit.c.tenant).where(read)
    rows: Any = await running.store.read(lambda connection: connection.scalars(query).all())
    assert sorted(rows) == [NORTH, SOUTH]
