"""`liveclass audit` and `liveclass key`, program keys in the SDK, and tokens that are not sent in plaintext."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import Result
from session_running import RunningSession
from structlog.testing import capture_logs
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.client import AsyncLiveClass, LiveClass, PermissionDeniedError, Tls, TokenError, UnauthenticatedError
from liveclass.client.administration import Administration
from liveclass.commands.shared.stored_token import token_for
from liveclass.identity.local_keys import JWKS_FILE, KEY_FILE, LocalKey, create_key

SESSION = "classrooms/7b/sessions/maths"


@pytest.fixture
def signing(tmp_path: Path) -> LocalKey:
    return create_key(tmp_path, "liveclass-local")


@pytest.fixture
async def running(tmp_path: Path, signing: LocalKey) -> AsyncIterator[RunningSession]:
    url = f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    keys = {"jwks": str(tmp_path / JWKS_FILE), "signing_key": tmp_path / KEY_FILE}
    with capture_logs():  # of the service, which are no output of a command
        async with RunningSession(url, issuer="liveclass-local", **keys) as running:
            yield running


class Terminal:
    """Runs commands with a token that may do everything, or another."""

    def __init__(self, running: RunningSession, signing: LocalKey) -> None:
        self._running = running
        self._token, _ = signing.sign("head", ["classrooms/*:admin"], 600, audience="liveclass")

    async def run(self, *arguments: str, token: str = "") -> Result:
        environment = {
            "LIVECLASS_TOKEN": token or self._token,
            "LIVECLASS_SESSION_ADDRESS": f"127.0.0.1:{self._running.port}",
        }
        await self._running.auditor.flush()
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)


@pytest.fixture
def terminal(running: RunningSession, signing: LocalKey) -> Terminal:
    return Terminal(running, signing)


async def test_a_program_key_is_made_used_listed_and_revoked(terminal: Terminal) -> None:
    made = await terminal.run("key", "create", "camera", "--classroom", "7b", "--permit", "manage", "--permit", "view")
    secret = made.output.strip()
    assert secret.startswith("lc_")
    assert (await terminal.run("session", "create", "7b/maths", token=secret)).output.strip() == SESSION
    denied = await terminal.run("session", "delete", "7b/maths", "--yes", token=secret)
    assert denied.exit_code == 1
    assert "classrooms/7b:erase" in denied.output

    listed = json.loads((await terminal.run("key", "list", "--json")).output)
    assert (listed["display_name"], listed["permissions"]) == ("camera", ["classrooms/7b:manage", "classrooms/7b:view"])
    assert listed["last_used"]
    shown = (await terminal.run("key", "list")).output
    assert listed["id"] in shown
    assert secret.split("_", 2)[2] not in shown

    assert (await terminal.run("key", "revoke", listed["id"])).output.strip() == f"{listed['id']} is revoked"
    refused = await terminal.run("session", "list", "7b", token=secret)
    assert refused.exit_code == 1
    assert "this key is unknown, wrong or revoked" in refused.output


async def test_the_audit_log_is_shown_and_filtered(terminal: Terminal, signing: LocalKey) -> None:
    viewer, _ = signing.sign("ms-may", ["classrooms/7b:view"], 600, audience="liveclass")
    await terminal.run("session", "create", "7b/maths")
    await terminal.run("session", "get", "7b/maths", token=viewer)
    assert (await terminal.run("session", "delete", "7b/maths", "--yes", token=viewer)).exit_code == 1

    shown = (await terminal.run("audit")).output
    assert "ms-may" in shown
    assert "GetSession" in shown
    entry = json.loads((await terminal.run("audit", "--outcome", "PERMISSION_DENIED", "--json")).output)
    assert (entry["subject"], entry["action"], entry["resource"]) == ("ms-may", "DeleteSession", SESSION)
    assert "There are no such entries." in (await terminal.run("audit", "--subject", "nobody")).output
    refused = await terminal.run("audit", token=viewer)
    assert refused.exit_code == 1
    assert "classrooms/*:admin" in refused.output


async def test_the_sdk_exchanges_a_program_key(running: RunningSession, signing: LocalKey) -> None:
    address = f"127.0.0.1:{running.port}"
    token, _ = signing.sign("head", ["classrooms/*:admin"], 600, audience="liveclass")

    def use() -> str:
        with Administration(address, token=token) as administration:
            _, secret = administration.create_key(["classrooms/7b:manage"], "camera")
        with LiveClass(session=address, token=lambda: secret) as lc:
            assert lc.create_session("7b", "maths").name == SESSION
            with pytest.raises(PermissionDeniedError):
                lc.get_session(SESSION)
        with LiveClass(session=address, token="lc_no_key") as lc, pytest.raises(UnauthenticatedError, match="this key"):
            lc.get_session(SESSION)
        return secret

    secret = await asyncio.to_thread(use)
    async with AsyncLiveClass(session=address, token=secret) as lc:
        assert (await lc.create_session("7b", "art")).name == "classrooms/7b/sessions/art"


@pytest.mark.parametrize("address", ["session.example:50052", "dns:///10.0.0.7:50052", "ipv4:127.0.0.1:1,10.0.0.7:1"])
def test_a_token_is_not_sent_to_another_machine_in_plaintext(address: str) -> None:
    for of_client in (LiveClass, AsyncLiveClass):
        with pytest.raises(TokenError, match="in plaintext: write https://"):
            of_client("localhost:50051", address, token="a.b.c")
    with pytest.raises(TokenError, match="in plaintext"):
        Administration(address, token="a.b.c")
    with LiveClass("localhost:50051", address, token="a.b.c", plaintext_token=True):
        pass
    with LiveClass("localhost:50051", address):
        pass


@pytest.mark.parametrize("address", ["localhost:50052", "127.0.0.1:1", "[::1]:1", "unix:/tmp/x", "https://a.example"])
def test_on_this_machine_and_over_tls_a_token_is_sent(address: str) -> None:
    with LiveClass(session=address, token="a.b.c"):
        pass


def test_files_of_tls_are_enough(tmp_path: Path) -> None:
    with LiveClass("a.example:1", "b.example:1", tls=Tls(), token="a.b.c"):
        pass


def test_the_command_line_says_how_to_allow_it() -> None:
    environment = {"LIVECLASS_TOKEN": "a.b.c", "LIVECLASS_SESSION_ADDRESS": "session.example:50052"}
    refused = CliRunner().invoke(app, ["session", "list"], env=environment)
    assert refused.exit_code == 1
    assert "LIVECLASS_PLAINTEXT_TOKEN=true" in refused.output


def test_a_stored_token_is_for_services_that_ask_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECLASS_TOKEN", "lc_of_another_school")
    assert token_for({"LIVECLASS_ISSUER": "https://issuer.example"}) == "lc_of_another_school"
    assert token_for({}) is None
