"""Every RPC with every kind of token, status by status, over real gRPC."""

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import generated_images as images
import grpc
import pytest
from detection_fakes import DetectionService
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_status import rpc_status
from identity_tokens import Issuer, bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import RunningSession, observation

from liveclass.identity.permissions import Permission
from liveclass.v1 import detection_pb2, session_pb2

SESSION, OVER, GONE = (f"classrooms/7b/sessions/{name}" for name in ("maths", "over", "gone"))
FRAME = images.encoded("jpeg")
TIMELINE = session_pb2.GetTimelineRequest(session=SESSION)
STREAM = [
    detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig(session=SESSION)),
    detection_pb2.ClassifyStreamRequest(frame=detection_pb2.StreamFrame(image=FRAME)),
]

# Every RPC with a request that succeeds, and the permissions that it needs.
SESSION_CALLS: dict[str, tuple[Any, set[Permission]]] = {
    "CreateSession": (session_pb2.CreateSessionRequest(parent="classrooms/7b"), {Permission.MANAGE}),
    "GetSession": (session_pb2.GetSessionRequest(name=SESSION), {Permission.VIEW}),
    "ListSessions": (session_pb2.ListSessionsRequest(parent="classrooms/7b"), {Permission.VIEW}),
    "UpdateSession": (
        session_pb2.UpdateSessionRequest(session=session_pb2.Session(name=SESSION, display_name="Maths")),
        {Permission.MANAGE},
    ),
    "MarkSession": (
        session_pb2.MarkSessionRequest(name=SESSION, marker=session_pb2.Marker(text="group work")),
        {Permission.MANAGE},
    ),
    "EndSession": (session_pb2.EndSessionRequest(name=OVER), {Permission.MANAGE}),
    "DeleteSession": (session_pb2.DeleteSessionRequest(name=GONE), {Permission.ERASE}),
    "RecordObservations": (
        session_pb2.RecordObservationsRequest(session=SESSION, observations=[observation("f1", time.time())]),
        {Permission.RECORD},
    ),
    "GetTimeline": (TIMELINE, {Permission.VIEW}),
    "WatchTimeline": (session_pb2.WatchTimelineRequest(session=OVER), {Permission.VIEW}),
    "GetSummary": (session_pb2.GetSummaryRequest(session=SESSION), {Permission.VIEW}),
    "ExportTimeline": (session_pb2.ExportTimelineRequest(timeline=TIMELINE), {Permission.VIEW}),
    "DeleteObservations": (
        session_pb2.DeleteObservationsRequest(session=SESSION, source="front"),
        {Permission.ERASE},
    ),
}
DETECTION_CALLS: dict[str, tuple[Any, set[Permission]]] = {
    "ClassifyFrame": (
        detection_pb2.ClassifyFrameRequest(image=FRAME, session=SESSION),
        {Permission.CLASSIFY, Permission.RECORD},
    ),
    "ClassifyFaces": (
        detection_pb2.ClassifyFacesRequest(faces=[bytes(48 * 48)], session=SESSION),
        {Permission.CLASSIFY, Permission.RECORD},
    ),
    "ClassifyStream": (STREAM, {Permission.CLASSIFY, Permission.RECORD}),
}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json", "EdDSA", "ES256", "RS256")


@pytest.fixture
def everything(issuer: Issuer) -> tuple[tuple[str, str], ...]:
    return bearer(issuer.token("classrooms/*:admin"))


@pytest.fixture
async def session_service(database_url: str, issuer: Issuer, everything) -> AsyncIterator[RunningSession]:  # noqa: F811
    async with RunningSession(database_url, **issuer.settings()) as running:
        for name in (SESSION, OVER):
            await create(running, name, everything)
        await running.stub.EndSession(session_pb2.EndSessionRequest(name=OVER), metadata=everything)
        yield running


async def create(running: RunningSession, name: str, metadata) -> None:
    _, classroom, _, session = name.split("/")
    request = session_pb2.CreateSessionRequest(parent=f"classrooms/{classroom}", session_id=session)
    await running.stub.CreateSession(request, metadata=metadata)


async def outcome(stub: Any, method: str, request: Any, metadata) -> str:
    """The status of a call; the missing permission after it, where it is denied."""
    call = getattr(stub, method)(iter(request) if isinstance(request, list) else request, metadata=metadata)
    try:
        if hasattr(call, "__aiter__"):
            async for _ in call:
                pass
        else:
            await call
    except grpc.aio.AioRpcError as error:
        info = error_info(error)
        reason = "" if info.reason == error.code().name else info.reason  # the two reasons that are the status's name
        return " ".join(filter(None, [error.code().name, reason, *info.metadata.values()]))
    return "OK"


def error_info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo:
    info = error_details_pb2.ErrorInfo()
    assert any(packed.Unpack(info) for packed in rpc_status.from_call(error).details)
    return info


BAD_TOKENS: dict[str, Callable[[Issuer, Path], tuple[tuple[str, str], ...]]] = {
    "no token": lambda issuer, folder: (),
    "empty": lambda issuer, folder: (("authorization", ""),),
    "no bearer": lambda issuer, folder: (("authorization", issuer.token("classrooms/*:admin")),),
    "two tokens": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin")) * 2,
    "malformed": lambda issuer, folder: bearer("a.b.c"),
    "expired": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", exp=int(time.time()) - 1)),
    "without exp": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", exp=None)),
    "expires in a day": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", exp=time.time() + 86_400)),
    "not valid yet": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", nbf=time.time() + 120)),
    "wrong audience": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", aud="other")),
    "wrong issuer": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", iss="https://other.example")),
    "no subject": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", sub=None)),
    "bad tenant": lambda issuer, folder: bearer(issuer.token("classrooms/*:admin", tenant="../7b")),
    "wrong key": lambda issuer, folder: bearer(Issuer(folder / "other.json").token("classrooms/*:admin")),
    "alg none": lambda issuer, folder: bearer(issuer.without_signature("classrooms/*:admin")),
    "HS256 by the public key": lambda issuer, folder: bearer(issuer.with_public_key_as_secret("classrooms/*:admin")),
}


async def table(stub: Any, calls: dict[str, Any], tokens: dict[str, Any]) -> dict[tuple[str, str], str]:
    return {
        (method, kind): await outcome(stub, method, request, metadata)
        for kind, metadata in tokens.items()
        for method, (request, _) in calls.items()
    }


async def test_without_a_good_token_every_rpc_of_the_session_service_is_unauthenticated(
    session_service: RunningSession, issuer: Issuer, tmp_path: Path
) -> None:
    tokens = {kind: make(issuer, tmp_path) for kind, make in BAD_TOKENS.items()}

    found = await table(session_service.stub, SESSION_CALLS, tokens)

    assert len(found) == 13 * len(BAD_TOKENS)
    assert {row: status for row, status in found.items() if status != "UNAUTHENTICATED"} == {}


async def test_without_a_good_token_every_rpc_of_the_detection_service_is_unauthenticated(
    issuer: Issuer, tmp_path: Path
) -> None:
    tokens = {kind: make(issuer, tmp_path) for kind, make in BAD_TOKENS.items()}
    async with DetectionService(**issuer.settings()) as service:
        found = await table(service.stub, DETECTION_CALLS, tokens)

        assert len(found) == 3 * len(BAD_TOKENS)
        assert {row: status for row, status in found.items() if status != "UNAUTHENTICATED"} == {}
        assert service.classifier.asked == []
        assert service.metric("liveclass_denied_calls_total", reason="expired") == 3
        assert service.metric("liveclass_denied_calls_total", reason="audience") == 3
        assert service.metric("liveclass_denied_calls_total", reason="algorithm") == 3


def expected(needed: set[Permission], given: set[Permission], classroom: str) -> str:
    if classroom == "7b" and (needed <= given or Permission.ADMIN in given):
        return "OK"
    missing = [one for one in Permission if one in needed and (one not in given or classroom != "7b")]
    return f"PERMISSION_DENIED classrooms/7b:{missing[0].value}"


GRANTS = [({permission}, classroom) for permission in Permission for classroom in ("7b", "9a")]
GRANTS += [({Permission.CLASSIFY, Permission.RECORD}, "7b"), (set(Permission), "9a"), (set(), "7b")]


def grant_token(issuer: Issuer, given: set[Permission], classroom: str, algorithm: str):
    return bearer(issuer.token(*(f"classrooms/{classroom}:{one.value}" for one in given), algorithm=algorithm))


async def test_each_rpc_of_the_session_service_needs_its_own_permission_in_its_own_classroom(
    session_service: RunningSession, issuer: Issuer, everything
) -> None:
    found, wanted = {}, {}
    for number, (given, classroom) in enumerate(GRANTS):
        metadata = grant_token(issuer, given, classroom, ("EdDSA", "ES256", "RS256")[number % 3])
        for method, (request, needed) in SESSION_CALLS.items():
            row = (method, tuple(sorted(given)), classroom)
            wanted[row] = expected(needed, given, classroom)
            if method == "DeleteSession" and wanted[row] == "OK":
                await create(session_service, GONE, everything)
            found[row] = await outcome(session_service.stub, method, request, metadata)
    assert found == wanted


async def test_each_rpc_of_the_detection_service_needs_classify_and_record(issuer: Issuer) -> None:
    found, wanted = {}, {}
    async with DetectionService(**issuer.settings()) as service:
        for given, classroom in GRANTS:
            metadata = grant_token(issuer, given, classroom, "ES256")
            for method, (request, needed) in DETECTION_CALLS.items():
                row = (method, tuple(sorted(given)), classroom)
                wanted[row] = expected(needed, given, classroom)
                found[row] = await outcome(service.stub, method, request, metadata)
        assert found == wanted
        allowed = [row for row, status in wanted.items() if status == "OK"]
        assert len(service.recorder.observations) == len(allowed)


async def test_a_source_alone_is_shown_to_an_admin_only(session_service: RunningSession, issuer: Issuer) -> None:
    viewer, admin = (bearer(issuer.token(f"classrooms/7b:{one}")) for one in ("view", "admin"))
    of_a_source = session_pb2.GetTimelineRequest(session=SESSION, source="front")
    calls = {
        "GetTimeline": of_a_source,
        "WatchTimeline": session_pb2.WatchTimelineRequest(session=OVER, source="front"),
        "ExportTimeline": session_pb2.ExportTimelineRequest(timeline=of_a_source),
    }
    for method, request in calls.items():
        denied = "PERMISSION_DENIED classrooms/7b:admin"
        assert await outcome(session_service.stub, method, request, viewer) == denied
        assert await outcome(session_service.stub, method, request, admin) == "OK"


async def test_all_classrooms_are_listed_as_far_as_the_caller_may_view_them(
    session_service: RunningSession, issuer: Issuer, everything
) -> None:
    await create(session_service, "classrooms/9a/sessions/art", everything)

    async def listed(*permissions: str) -> set[str]:
        request = session_pb2.ListSessionsRequest(parent="classrooms/-")
        answer = await session_service.stub.ListSessions(request, metadata=bearer(issuer.token(*permissions)))
        return {session.name for session in answer.sessions}

    assert await listed("classrooms/9a:view", "classrooms/7b:record") == {"classrooms/9a/sessions/art"}
    assert await listed("classrooms/*:view") == {"classrooms/9a/sessions/art", SESSION, OVER}
    assert await listed("classrooms/7b:admin") == {SESSION, OVER}


async def test_a_stream_ends_when_its_token_expires(session_service: RunningSession, issuer: Issuer) -> None:
    metadata = bearer(issuer.token("classrooms/7b:view", exp=time.time() + 1))
    watch = session_pb2.WatchTimelineRequest(session=SESSION)

    assert await outcome(session_service.stub, "WatchTimeline", watch, metadata) == "UNAUTHENTICATED"


async def test_a_stream_that_sends_nothing_ends_when_its_token_expires(issuer: Issuer) -> None:
    metadata = bearer(issuer.token("classrooms/7b:classify", exp=time.time() + 1))
    async with DetectionService(**issuer.settings()) as service:
        call = service.stub.ClassifyStream(metadata=metadata)  # and not one message

        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call.read()
    assert raised.value.code() is grpc.StatusCode.UNAUTHENTICATED


async def test_health_is_open_and_reflection_is_the_admin_s(session_service: RunningSession, issuer: Issuer) -> None:
    health = health_pb2_grpc.HealthStub(session_service.channel)
    assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING

    reflection = reflection_pb2_grpc.ServerReflectionStub(session_service.channel)
    question = [reflection_pb2.ServerReflectionRequest(list_services="")]
    for token, status in (
        ("classrooms/*:view", "PERMISSION_DENIED classrooms/*:admin"),
        ("classrooms/7b:admin", "PERMISSION_DENIED classrooms/*:admin"),
        ("classrooms/*:admin", "OK"),
    ):
        metadata = bearer(issuer.token(token))
        assert await outcome(reflection, "ServerReflectionInfo", question, metadata) == status
    assert await outcome(reflection, "ServerReflectionInfo", question, ()) == "UNAUTHENTICATED"


async def test_the_answer_does_not_tell_which_check_failed(
    session_service: RunningSession, issuer: Issuer, tmp_path: Path
) -> None:
    statuses = set()
    for make in BAD_TOKENS.values():
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await session_service.stub.GetTimeline(TIMELINE, metadata=make(issuer, tmp_path))
        statuses.add(rpc_status.from_call(raised.value).SerializeToString())
    assert len(statuses) == 1


async def test_detection_records_as_its_caller_and_can_do_no_more(tmp_path: Path, issuer: Issuer, everything) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **issuer.settings()) as sessions:
        await create(sessions, SESSION, everything)
        address = f"127.0.0.1:{sessions.port}"
        request = detection_pb2.ClassifyFrameRequest(image=FRAME, session=SESSION)
        async with DetectionService(session_address=address, **issuer.settings()) as service:
            both = bearer(issuer.token("classrooms/7b:classify", "classrooms/7b:record"))
            assert (await service.stub.ClassifyFrame(request, metadata=both)).recorded

            in_a_stream = [response async for response in service.stub.ClassifyStream(iter(STREAM), metadata=both)]
            assert [response.frame.recorded for response in in_a_stream] == [True]

            stolen = bearer(issuer.token("classrooms/7b:classify"))
            denied = "PERMISSION_DENIED classrooms/7b:record"
            assert await outcome(service.stub, "ClassifyFrame", request, stolen) == denied
            assert await outcome(service.stub, "ClassifyStream", STREAM, stolen) == denied
            record, _ = SESSION_CALLS["RecordObservations"]
            assert await outcome(sessions.stub, "RecordObservations", record, stolen) == denied
            denied = "PERMISSION_DENIED classrooms/7b:view"
            assert await outcome(sessions.stub, "GetTimeline", TIMELINE, stolen) == denied

        async with DetectionService(session_address=address) as unchecked:  # it knows no caller, and is none itself
            answer = await unchecked.stub.ClassifyFrame(request, metadata=both)
            assert answer.record_error.code == grpc.StatusCode.UNAUTHENTICATED.value[0]
