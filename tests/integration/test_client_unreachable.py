"""What is said where the other end is not what was meant: swapped addresses, unknown hosts. TLS: `test_tls.py`."""

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


def said(address: str) -> str:
    """By a call that is not tried again."""
    with LiveClass(address, address) as lc, pytest.raises(UnavailableError) as caught:
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
