"""Program keys over real gRPC, on both databases: made, exchanged for tokens, revoked, and never shown."""

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
import sqlalchemy as sa
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from identity_tokens import bearer
from session_databases import database_url, postgres  # noqa: F401  # fixtures
from session_running import RunningSession, timeline_request
from structlog.testing import capture_logs

from liveclass.identity.local_keys import JWKS_FILE, KEY_FILE, LocalKey, create_key
from liveclass.identity.program_keys import MOST_FAILURES
from liveclass.session.store import schema
from liveclass.v1 import audit_pb2, identity_pb2, session_pb2

SESSION = "classrooms/7b/sessions/maths"
READ = timeline_request(SESSION)


@pytest.fixture
def signing(tmp_path: Path) -> LocalKey:
    return create_key(tmp_path, "liveclass-local")


def settings(folder: Path) -> dict[str, object]:
    return {"issuer": "liveclass-local", "jwks": str(folder / JWKS_FILE), "signing_key": folder / KEY_FILE}


@pytest.fixture
async def running(
    database_url: str,  # noqa: F811
    tmp_path: Path,
    signing: LocalKey,
) -> AsyncIterator[RunningSession]:
    async with RunningSession(database_url, **settings(tmp_path)) as service:
        request = session_pb2.CreateSessionRequest(parent="classrooms/7b", session_id="maths")
        await service.stub.CreateSession(request, metadata=admin(signing))
        yield service


def admin(signing: LocalKey, tenant: str = "default"):
    token, _ = signing.sign("head", ["classrooms/*:admin"], 600, audience="liveclass", tenant=tenant)
    return bearer(token)


async def new_key(running: RunningSession, signing: LocalKey, *permissions: str, tenant: str = "default"):
    request = identity_pb2.CreateKeyRequest(display_name="camera in the hall", permissions=permissions)
    return await running.key_stub.CreateKey(request, metadata=admin(signing, tenant))


async def exchanged(running: RunningSession, key: str):
    answer = await running.key_stub.ExchangeKey(identity_pb2.ExchangeKeyRequest(key=key))
    return bearer(answer.token)


async def refused(call) -> tuple[str, str]:
    """The status of a call and its reason."""
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call
    info = error_details_pb2.ErrorInfo()
    assert any(packed.Unpack(info) for packed in rpc_status.from_call(error.value).details)
    return error.value.code().name, info.reason


async def test_a_key_is_exchanged_for_a_token_with_its_permissions(running: RunningSession, signing: LocalKey) -> None:
    made = await new_key(running, signing, "classrooms/7b:view")
    token = await exchanged(running, made.secret)

    await running.stub.GetTimeline(READ, metadata=token)
    end = running.stub.EndSession(session_pb2.EndSessionRequest(name=SESSION), metadata=token)
    assert await refused(end) == ("PERMISSION_DENIED", "PERMISSION_DENIED")

    listed = await running.key_stub.ListKeys(identity_pb2.ListKeysRequest(), metadata=admin(signing))
    (key,) = listed.keys
    assert (key.display_name, list(key.permissions)) == ("camera in the hall", ["classrooms/7b:view"])
    assert key.HasField("last_use_time")
    assert not key.HasField("revoke_time")


async def test_a_revoked_key_is_not_exchanged_any_more(running: RunningSession, signing: LocalKey) -> None:
    made = await new_key(running, signing, "classrooms/*:record")
    await exchanged(running, made.secret)
    request = identity_pb2.RevokeKeyRequest(name=made.key.name)
    revoked = await running.key_stub.RevokeKey(request, metadata=admin(signing))
    again = await running.key_stub.RevokeKey(request, metadata=admin(signing))
    assert revoked.revoke_time == again.revoke_time
    assert await refused(exchanged(running, made.secret)) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


async def test_unknown_wrong_revoked_and_malformed_keys_get_the_same_answer(
    running: RunningSession, signing: LocalKey
) -> None:
    one, other = [await new_key(running, signing, "classrooms/7b:view") for _ in range(2)]
    await running.key_stub.RevokeKey(identity_pb2.RevokeKeyRequest(name=other.key.name), metadata=admin(signing))
    _, key_id, secret = one.secret.split("_", 2)
    answers = set()
    for text in (
        f"lc_{'a' * 16}_{secret}",
        f"lc_{key_id}_{'x' * 43}",
        f"lc_{key_id}_{secret[:-1]}",
        f"LC_{key_id}_{secret}",
        f"{one.secret}\n",
        other.secret,
        "",
        "x" * 100_000,
        "ключ",
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await exchanged(running, text)
        answers.add(rpc_status.from_call(error.value).SerializeToString(deterministic=True))
    assert len(answers) == 1
    assert await exchanged(running, one.secret)


async def test_the_secret_is_in_no_row_no_list_and_no_log(running: RunningSession, signing: LocalKey) -> None:
    with capture_logs() as lines:
        made = await new_key(running, signing, "classrooms/7b:view")
        token = await exchanged(running, made.secret)
        listed = await running.key_stub.ListKeys(identity_pb2.ListKeysRequest(), metadata=admin(signing))
        await running.auditor.flush()
    tables = (schema.program_keys, schema.audit)
    rows = [
        await running.store.read(lambda connection, table=table: connection.execute(sa.select(table)).all())
        for table in tables
    ]
    secret = made.secret.split("_", 2)[2]
    assert secret not in f"{lines} {listed} {rows}"
    assert token[0][1] not in f"{lines} {rows}"
    assert len(lines) > 3


async def test_keys_of_another_tenant_are_neither_listed_nor_revoked(
    running: RunningSession, signing: LocalKey
) -> None:
    made = await new_key(running, signing, "classrooms/7b:view", tenant="north")
    listed = await running.key_stub.ListKeys(identity_pb2.ListKeysRequest(), metadata=admin(signing))
    assert list(listed.keys) == []
    revoke = running.key_stub.RevokeKey(identity_pb2.RevokeKeyRequest(name=made.key.name), metadata=admin(signing))
    assert await refused(revoke) == ("NOT_FOUND", "NOT_FOUND")
    token = await exchanged(running, made.secret)  # it reads its own tenant's session, which there is not
    assert await refused(running.stub.GetTimeline(READ, metadata=token)) == ("NOT_FOUND", "NOT_FOUND")


async def test_keys_need_an_admin_of_all_classrooms(running: RunningSession, signing: LocalKey) -> None:
    token, _ = signing.sign("ms-may", ["classrooms/7b:admin"], 600, audience="liveclass")
    requests = {
        "CreateKey": identity_pb2.CreateKeyRequest(permissions=["classrooms/7b:view"]),
        "ListKeys": identity_pb2.ListKeysRequest(),
        "RevokeKey": identity_pb2.RevokeKeyRequest(name=f"keys/{'a' * 16}"),
    }
    for method, request in requests.items():
        call = getattr(running.key_stub, method)
        assert await refused(call(request, metadata=bearer(token))) == ("PERMISSION_DENIED", "PERMISSION_DENIED")
        assert await refused(call(request)) == ("UNAUTHENTICATED", "UNAUTHENTICATED")


async def test_who_tries_too_often_is_told_when_to_try_again(running: RunningSession, signing: LocalKey) -> None:
    key = f"lc_{'a' * 16}_{'x' * 43}"
    found = {await refused(exchanged(running, key)) for _ in range(MOST_FAILURES + 60)}
    assert found == {("UNAUTHENTICATED", "UNAUTHENTICATED"), ("RESOURCE_EXHAUSTED", "TOO_MANY_EXCHANGES")}


async def test_wrong_keys_keep_no_right_key_of_the_same_address_out(running: RunningSession, signing: LocalKey) -> None:
    made = await new_key(running, signing, "classrooms/7b:view")
    wrong = f"lc_{'a' * 16}_{'x' * 43}"
    answers = [await refused(exchanged(running, wrong)) for _ in range(MOST_FAILURES + 60)]
    assert answers[-1][1] == "TOO_MANY_EXCHANGES"
    for _ in range(MOST_FAILURES + 60):
        await exchanged(running, made.secret)
    assert await refused(exchanged(running, f"{made.secret[:-1]}_")) in (answers[0], answers[-1])


async def test_what_is_done_with_keys_is_audited(running: RunningSession, signing: LocalKey) -> None:
    made = await new_key(running, signing, "classrooms/7b:view")
    token = await exchanged(running, made.secret)
    await running.stub.GetTimeline(READ, metadata=token)
    await running.key_stub.RevokeKey(identity_pb2.RevokeKeyRequest(name=made.key.name), metadata=admin(signing))
    await refused(exchanged(running, made.secret))
    await running.auditor.flush()
    request = audit_pb2.ListAuditEntriesRequest(page_size=1000)
    entries = (await running.audit_stub.ListAuditEntries(request, metadata=admin(signing))).entries
    name, subject = made.key.name, f"key:{made.key.name.removeprefix('keys/')}"
    found = {(one.subject, one.action, one.resource, one.outcome) for one in entries}
    assert ("head", "CreateKey", "", "OK") not in found
    assert found >= {
        ("head", "CreateKey", "", "BEGUN"),
        ("head", "CreateKey", name, "OK"),
        (subject, "ExchangeKey", name, "OK"),
        (subject, "GetTimeline", SESSION, "OK"),
        ("head", "RevokeKey", name, "BEGUN"),
        ("head", "RevokeKey", name, "OK"),
        ("", "ExchangeKey", "", "UNAUTHENTICATED"),
    }


@pytest.mark.parametrize(
    ("field", "request_"),
    [
        ("permissions", identity_pb2.CreateKeyRequest()),
        ("permissions", identity_pb2.CreateKeyRequest(permissions=["classrooms/7b:view", "7b:view"])),
        ("permissions", identity_pb2.CreateKeyRequest(permissions=[f"classrooms/c{n}:view" for n in range(33)])),
        ("display_name", identity_pb2.CreateKeyRequest(permissions=["classrooms/7b:view"], display_name="x" * 129)),
        ("display_name", identity_pb2.CreateKeyRequest(permissions=["classrooms/7b:view"], display_name="a@b.example")),
    ],
)
async def test_bad_requests_name_the_field(running: RunningSession, signing: LocalKey, field: str, request_) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match=f"{field}: ") as error:
        await running.key_stub.CreateKey(request_, metadata=admin(signing))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_without_a_signing_key_there_are_no_program_keys(tmp_path: Path) -> None:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/keys.db") as running:
        create = running.key_stub.CreateKey(identity_pb2.CreateKeyRequest(permissions=["classrooms/7b:view"]))
        assert await refused(create) == ("FAILED_PRECONDITION", "NO_SIGNING_KEY")
        assert await refused(exchanged(running, "lc_x_y")) == ("FAILED_PRECONDITION", "NO_SIGNING_KEY")


async def test_a_signing_key_of_another_issuer_or_that_everybody_can_read_is_refused_at_the_start(
    tmp_path: Path, signing: LocalKey
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/keys.db"
    other = settings(tmp_path) | {"issuer": "https://issuer.example"}
    with pytest.raises(ValueError, match="it signs as liveclass-local, and LIVECLASS_ISSUER is https"):
        await RunningSession(url, **other).__aenter__()
    (tmp_path / KEY_FILE).chmod(0o644)
    with pytest.raises(ValueError, match="LIVECLASS_SIGNING_KEY: others can read"):
        await RunningSession(url, **settings(tmp_path)).__aenter__()
