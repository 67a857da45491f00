"""The SDK and the command line with tokens, against a real session service that wants them."""

import asyncio
import json
import stat
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from identity_tokens import Issuer
from session_running import RunningSession
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.client import (
    AsyncLiveClass,
    LiveClass,
    PermissionDeniedError,
    TokenError,
    UnauthenticatedError,
)
from liveclass.identity.key_set import LEAST_SECONDS_BETWEEN

SESSION = "classrooms/7b/sessions/maths"
MANAGE = ("classrooms/7b:manage", "classrooms/7b:view")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


@pytest.fixture
async def running(tmp_path: Path, issuer: Issuer) -> AsyncIterator[RunningSession]:
    async with RunningSession(f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", **issuer.settings()) as running:
        yield running


class Source:
    """Gives one token after the other, the last one for ever, and counts how often it is asked."""

    def __init__(self, *tokens: str) -> None:
        self.tokens, self.calls, self.was_asked_again = list(tokens), 0, threading.Event()

    def __call__(self) -> str:
        self.calls += 1
        if self.calls == 2:
            self.was_asked_again.set()
        return self.tokens.pop(0) if len(self.tokens) > 1 else self.tokens[0]


def client(running: RunningSession, token: object) -> LiveClass:
    return LiveClass(session=f"127.0.0.1:{running.port}", token=token)


async def test_the_token_of_a_client_goes_with_every_call(running: RunningSession, issuer: Issuer) -> None:
    def use() -> None:
        with client(running, issuer.token(*MANAGE)) as lc:
            name = lc.create_session("7b", "maths").name
            assert lc.timeline(name).buckets == ()
            assert b"".join(lc.export(name)).startswith(b"start_time")
            lc.end_session(name)
            assert list(lc.watch(name)) == []
            with pytest.raises(PermissionDeniedError) as raised:
                lc.delete_session(name)
            assert raised.value.permission == "classrooms/7b:erase"

    await asyncio.to_thread(use)


async def test_a_refused_token_is_fetched_once_more(running: RunningSession, issuer: Issuer) -> None:
    source = Source("not.good.anymore", issuer.token(*MANAGE))
    never = Source("not.good.ever")

    def use() -> None:
        with client(running, source) as lc:
            lc.create_session("7b", "maths")  # which is retried in no other case
            assert source.calls == 2
            lc.get_session(SESSION)
            assert source.calls == 2
        with client(running, never) as lc, pytest.raises(UnauthenticatedError):
            lc.get_session(SESSION)
        assert never.calls == 2
        with client(running, "not.good.ever") as lc, pytest.raises(UnauthenticatedError):
            lc.get_session(SESSION)

    await asyncio.to_thread(use)


async def test_a_watch_goes_on_with_a_new_token(running: RunningSession, issuer: Issuer) -> None:
    source = Source(issuer.token(*MANAGE, exp=time.time() + 1), issuer.token(*MANAGE))

    def watch() -> None:
        with client(running, issuer.token(*MANAGE)) as lc:
            lc.create_session("7b", "maths")
        with client(running, source) as lc:
            assert list(lc.watch(SESSION)) == []  # until the session has ended

    watching = asyncio.create_task(asyncio.to_thread(watch))
    assert await asyncio.to_thread(source.was_asked_again.wait, 30)
    with client(running, issuer.token(*MANAGE)) as lc:
        await asyncio.to_thread(lc.end_session, SESSION)
    await watching


async def test_the_asynchronous_client_fetches_its_tokens_in_a_thread(running: RunningSession, issuer: Issuer) -> None:
    source = Source("not.good.anymore", issuer.token(*MANAGE))
    async with AsyncLiveClass(session=f"127.0.0.1:{running.port}", token=source) as lc:
        assert (await lc.create_session("7b", "maths")).name == SESSION
    assert source.calls == 2


def test_what_cannot_be_a_token_is_refused_before_it_is_sent() -> None:
    for text in ("two words", "naïve", "line\nbreak"):
        with pytest.raises(TokenError):
            LiveClass(token=text)


def is_private(file: Path) -> bool:
    return stat.S_IMODE(file.stat().st_mode) == 0o600


def holds_private_key(file: Path) -> bool:
    return '"d"' in file.read_text("utf-8")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIVECLASS_DATA_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")

    async def invoke(*arguments: str, text: str = "") -> str:
        answer = await asyncio.to_thread(CliRunner().invoke, app, list(arguments), text)
        assert answer.exit_code in (0, 1, 2), answer.exception
        # The service of this process logs to the same place.
        return "\n".join(line for line in answer.output.splitlines() if "[info " not in line).strip()

    return invoke


async def test_the_command_line_makes_a_key_signs_a_token_and_uses_it(tmp_path: Path, run, monkeypatch) -> None:
    made = json.loads(await run("keys", "create", "--json"))
    key, jwks = Path(made["signing_key"]), Path(made["jwks"])
    assert is_private(key)
    assert holds_private_key(key)
    assert not holds_private_key(jwks)
    assert "there is a key already" in await run("keys", "create")

    url, settings = f"sqlite+aiosqlite:///{tmp_path}/liveclass.db", {"issuer": made["issuer"], "jwks": str(jwks)}
    async with RunningSession(url, **settings) as running:
        address = ("--session-service", f"127.0.0.1:{running.port}")
        denied = await run("session", "create", "7b", "--id", "maths", *address)
        assert "liveclass login" in denied

        token = await run("token", "create", "--classroom", "7b", "--permit", "manage", "--permit", "view")
        monkeypatch.setenv("LIVECLASS_TOKEN", token)
        assert await run("session", "create", "7b", "--id", "maths", *address) == SESSION
        assert token not in await run("settings")
        monkeypatch.delenv("LIVECLASS_TOKEN")

        assert "Stored in" in await run("login", text=token)
        assert is_private(tmp_path / "token")
        assert SESSION in await run("session", "get", SESSION, *address)
        assert "lacks the permission classrooms/7b:erase" in await run("session", "delete", "--yes", SESSION, *address)

        await run("keys", "create", "--rotate")
        await asyncio.sleep(LEAST_SECONDS_BETWEEN)
        assert SESSION in await run("session", "get", SESSION, *address)  # by the old key's token
        await run("login", text=await run("token", "create", "--classroom", "*", "--permit", "admin", "--for", "5m"))
        assert SESSION in await run("session", "get", SESSION, *address)

        await run("logout")
        assert "liveclass login" in await run("session", "get", SESSION, *address)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--classroom", "7b", "--permit", "read"), "'read' is not one of classify, record, view"),
        (("--classroom", "7B", "--permit", "view"), "a classroom is 1 to 63 characters"),
        (("--classroom", "7b", "--permit", "view", "--for", "2h"), "at most 3600 s"),
        (("--classroom", "7b", "--permit", "view"), "`liveclass keys create` makes one"),
    ],
)
async def test_a_token_that_cannot_be_made_is_refused_with_a_sentence(run, arguments, message) -> None:
    assert message in " ".join((await run("token", "create", *arguments)).replace("│", "").split())
