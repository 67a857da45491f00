"""The edge and TLS: to the services behind it, and what it refuses to listen on."""

import asyncio
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from certificates import Authority
from prometheus_client import CollectorRegistry

from liveclass.session import service as session_service
from liveclass.session.settings import SessionSettings


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


@contextmanager
def edge(folder: Path, **variables: object) -> Iterator[int]:
    """Envoy, as `liveclass up` runs it; gives its port."""
    port, metrics = free_ports(2)
    environment = {
        **os.environ,
        "LIVECLASS_DATA_DIRECTORY": str(folder),
        "LIVECLASS_EDGE_PORT": str(port),
        "LIVECLASS_EDGE_METRICS_PORT": str(metrics),
        **{f"LIVECLASS_{name}": str(value) for name, value in variables.items()},
    }
    process = subprocess.Popen([sys.executable, "-m", "liveclass.edge"], env=environment)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


def listing(port: int, seconds: float = 20.0) -> int:
    """The status of a read of the session service, once the edge answers at all."""
    end = time.monotonic() + seconds
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            headers = {"host": f"localhost:{port}", "authorization": "Bearer secret"}
            connection.request("GET", "/v1/classrooms/7b/sessions", headers=headers)
            return connection.getresponse().status
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        finally:
            connection.close()


async def test_the_edge_calls_the_services_by_mutual_tls(tmp_path):
    authority, stranger = Authority(tmp_path / "school"), Authority(tmp_path / "stranger")
    own, client, other = (
        authority.issue("session", "127.0.0.1"),
        authority.issue("edge", "edge"),
        authority.issue("other", "other"),
    )
    settings = SessionSettings(
        session_port=0,
        database_url=f"sqlite+aiosqlite:///{tmp_path}/liveclass.db",
        use_declaration="purpose=demonstration; jurisdiction=none",
        grace_seconds=1,
        certificate=own.certificate,
        key=own.key,
        client_ca=authority.file,
        allowed_clients="edge",
    )

    def through(ca: Path, tls: object = client) -> int:
        address = f"https://127.0.0.1:{session.port}"
        with edge(tmp_path, SESSION_ADDRESS=address, CA=ca, CERTIFICATE=tls.certificate, KEY=tls.key) as port:
            return listing(port)

    async with session_service.serving(settings, CollectorRegistry()) as session:
        assert await asyncio.to_thread(through, authority.file) == 200
        assert await asyncio.to_thread(through, authority.file, other) == 403
        assert await asyncio.to_thread(through, stranger.file) == 503


def shown(port: int, authority: Authority, seconds: float = 20.0) -> str:
    """The serial number of the certificate that a new connection is shown, once the edge answers at all."""
    context = ssl.create_default_context(cafile=str(authority.file))
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as encrypted:
                    return str(encrypted.getpeercert()["serialNumber"])
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def test_the_edge_speaks_tls_and_its_certificate_is_replaced_while_it_runs(tmp_path):
    authority = Authority(tmp_path / "school")
    served, new = tmp_path / "served", tmp_path / "new"
    tls = authority.issue("edge", "localhost", folder=served)
    authority.issue("edge", "localhost", folder=new)

    with edge(tmp_path, EDGE_CERTIFICATE=tls.certificate, EDGE_KEY=tls.key) as port:
        first = shown(port, authority)
        for name in ("edge-key.pem", "edge.pem"):
            (new / name).replace(served / name)
        end = time.monotonic() + 10
        while shown(port, authority) == first:
            assert time.monotonic() < end, "the new certificate is not shown"
            time.sleep(0.05)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"EDGE_HOST": "0.0.0.0"}, "LIVECLASS_EDGE_HOST=0.0.0.0 would let everybody"),
        (
            {"EDGE_HOST": "0.0.0.0", "ISSUER": "https://x.example"},
            "set LIVECLASS_EDGE_CERTIFICATE and LIVECLASS_EDGE_KEY",
        ),
        ({"METRICS_HOST": "0.0.0.0"}, "LIVECLASS_METRICS_HOST=0.0.0.0 would show /metrics"),
        ({"CA": "/nowhere/ca.pem"}, "/nowhere/ca.pem cannot be read"),
    ],
)
def test_an_edge_that_would_be_exposed_does_not_start(variables, says, tmp_path):
    given = {f"LIVECLASS_{name}": value for name, value in variables.items()}
    environment = {**os.environ, "LIVECLASS_DATA_DIRECTORY": str(tmp_path), **given}
    command = [sys.executable, "-m", "liveclass.edge", "--write", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
