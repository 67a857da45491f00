"""A real OpenID Connect provider as the issuer: discovery, new keys while calls run, and an outage."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from identity_tokens import bearer
from session_running import RunningSession

from liveclass.identity.key_set import LEAST_SECONDS_BETWEEN
from liveclass.stack.ports import Ports
from liveclass.v1 import session_pb2

AUDIENCE, REDIRECT = "liveclass", "http://localhost/signed-in"
TEACHER = {"sub": "teacher-1", "permissions": ["classrooms/7b:view", "classrooms/7b:manage"]}
LIST = session_pb2.ListSessionsRequest(parent="classrooms/7b")


class Provider:
    """A process of its own: stopping it is an outage, and starting it again brings a new key."""

    def __init__(self, port: int) -> None:
        self.url, self._port = f"http://127.0.0.1:{port}", port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = [f"--port={self._port}", f"--user-claims={json.dumps(TEACHER)}"]
        command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", *arguments]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/jwks", timeout=5).close()
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def token(self) -> str:
        """Of the teacher, by the authorization code flow."""
        question = {"client_id": AUDIENCE, "redirect_uri": REDIRECT, "response_type": "code", "scope": "openid"}
        sign_in = f"{self.url}/oauth2/authorize?{urllib.parse.urlencode(question)}"
        location = redirected(sign_in, {"sub": TEACHER["sub"]})
        (code,) = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)["code"]
        exchange = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT,
            "client_id": AUDIENCE,
            "client_secret": "any",
        }
        with urllib.request.urlopen(f"{self.url}/oauth2/token", form(exchange), timeout=10) as answer:
            return json.load(answer)["id_token"]


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def redirected(url: str, fields: dict[str, str]) -> str:
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.build_opener(_StayHere).open(url, form(fields), timeout=10)
    with raised.value as answer:
        return answer.headers["Location"]


def form(fields: dict[str, str]) -> bytes:
    return urllib.parse.urlencode(fields).encode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    port = Ports.free().detection
    provider = Provider(port)
    provider.start()
    yield provider
    provider.stop()


async def status(running: RunningSession, token: str) -> str:
    try:
        await running.stub.ListSessions(LIST, metadata=bearer(token))
    except grpc.aio.AioRpcError as error:
        return error.code().name
    return "OK"


async def test_keys_are_discovered_and_replaced_while_calls_run_and_kept_in_an_outage(
    provider: Provider, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    async with RunningSession(url, issuer=provider.url, audience=AUDIENCE) as running:
        first = await asyncio.to_thread(provider.token)
        assert await status(running, first) == "OK"
        assert await status(running, first + "x") == "UNAUTHENTICATED"
        seen: list[str] = []
        stop = asyncio.Event()

        async def keep_calling() -> None:
            while not stop.is_set():
                seen.append(await status(running, first))
                await asyncio.sleep(0.02)

        calling = asyncio.create_task(keep_calling())
        provider.stop()
        await asyncio.sleep(LEAST_SECONDS_BETWEEN)
        assert await status(running, first + "x") == "UNAUTHENTICATED"  # the keys are asked for, in vain
        stop.set()
        await calling
        assert set(seen) == {"OK"}

        await asyncio.to_thread(provider.start)  # with another key
        second = await asyncio.to_thread(provider.token)
        await asyncio.sleep(LEAST_SECONDS_BETWEEN)
        assert await status(running, second) == "OK"
        assert await status(running, first) == "UNAUTHENTICATED"  # its key was withdrawn


async def test_an_issuer_that_is_away_from_the_start_is_unavailable_until_it_comes(tmp_path: Path) -> None:
    port = Ports.free().detection
    provider = Provider(port)
    url = f"sqlite+aiosqlite:///{tmp_path}/liveclass.db"
    try:
        async with RunningSession(url, issuer=provider.url, audience=AUDIENCE) as running:
            assert await status(running, "eyJhbGciOiJSUzI1NiJ9.e30.AA") == "UNAVAILABLE"
            await asyncio.to_thread(provider.start)
            token = await asyncio.to_thread(provider.token)
            await asyncio.sleep(LEAST_SECONDS_BETWEEN)
            assert await status(running, token) == "OK"
    finally:
        provider.stop()
