"""The SDK against services that answer over real connections."""

import pytest
from client_fakes import FakeServices

from liveclass.client import LiveClass


@pytest.fixture
def services():
    services = FakeServices()
    yield services
    services.stop()


@pytest.fixture
def lc(services):
    with LiveClass(*services.addresses) as lc:
        yield lc


@pytest.fixture
def session(lc) -> str:
    return lc.create_session("classrooms/7b", "geometry").name
