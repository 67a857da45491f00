"""What is said where the other end is not what was meant: swapped addresses, TLS against plaintext, unknown hosts."""

import subprocess
from concurrent import futures

import grpc
import pytest
from client_fakes import PNG, FakeServices
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.client import LiveClass, ServiceError, UnavailableError


@pytest.fixture(scope="module")
def services():
    services = FakeServices()
    yield services
    services.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=liveclass", "-addext"]
    subprocess.run([*command, "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key.read_bytes(), cert.read_bytes()


@pytest.fixture(scope="module")
def behind_tls(certificate):
    server = grpc.server(futures.ThreadPoolExecutor(1))
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([certificate]))
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(0)


def said(address: str, credentials: grpc.ChannelCredentials | None = None) -> str:
    """By a call that is not tried again."""
    with LiveClass(address, address, credentials=credentials) as lc, pytest.raises(UnavailableError) as caught:
        lc.create_session("7b")
    return str(caught.value)


def test_swapped_addresses_are_said_to_be(services):
    detection, session = services.addresses

    with LiveClass(session, detection) as lc:
        with pytest.raises(ServiceError) as frame:
            lc.classify(PNG)
        with pytest.raises(ServiceError) as lesson:
            lc.create_session("7b")

    assert str(frame.value) == (
        f"{session} is not a detection service, or an older one; is it the address of the session service?"
    )
    assert "is it the address of the detection service?" in str(lesson.value)


def test_swapped_addresses_on_the_command_line(services):
    detection = services.addresses[0]

    answer = CliRunner().invoke(app, ["session", "list", "--session-service", detection])

    assert answer.exit_code == 1
    assert answer.stderr.startswith(f"error: {detection} is not a session service")


def test_plaintext_to_a_service_behind_tls(behind_tls):
    assert "if it is behind TLS, say so with credentials=" in said(behind_tls)


def test_tls_to_a_service_that_speaks_plaintext(services, certificate):
    answer = said(services.addresses[1], grpc.ssl_channel_credentials(certificate[1]))

    assert "it speaks plaintext, and TLS was asked for" in answer


def test_a_certificate_that_nobody_trusts(behind_tls):
    assert "its TLS certificate is not trusted: self signed certificate" in said(
        behind_tls, grpc.ssl_channel_credentials()
    )


@pytest.mark.parametrize("address", ["no-such-host.invalid:50052", "no-such-host.invalid"])
def test_an_unknown_host(address):
    answer = CliRunner().invoke(app, ["session", "list", "--session-service", address])

    assert answer.exit_code == 1
    assert answer.stderr.startswith(
        f"error: cannot reach the session service at {address} (there is no host of that name)"
    )
    assert "liveclass up" not in answer.stderr  # it would not help


@pytest.mark.parametrize("address", ["http://127.0.0.1:50052", "localhost:port"])
def test_what_is_no_address(address):
    assert "write it as host:port" in said(address)
