"""The way in over HTTP, as a stranger, a browser and an LMS meet it."""

import re
import time
import urllib.request
import uuid

import pytest
from deploy_metrics import ENVOY
from edge_helpers import call

from liveclass.client import LiveClass
from liveclass.identity.local_keys import read_key
from liveclass.stack import Stack


@pytest.fixture
def session(stack: Stack) -> str:
    """The name of a new session that shows single people."""
    classroom = f"edge-{uuid.uuid4().hex[:12]}"
    path = f"/v1/classrooms/{classroom}/sessions?session_id=algebra"
    answer = call(stack, "POST", path, {"display_name": "Algebra", "minimum_group_size": 1})
    assert answer.status == 200, answer.body
    return answer.json["name"]


def test_a_photograph_is_sent_as_it_is(stack: Stack, session: str, photograph: bytes) -> None:
    path = f"/v1/frames:classifyImage?session={session}&frame_id=f1&source=camera-1"
    answer = call(stack, "POST", path, photograph, headers={"content-type": "image/jpeg"})

    assert answer.status == 200, answer.body
    assert answer.json["recorded"] is True
    assert answer.json["frame_id"] == "f1"
    assert [face["emotion"] for face in answer.json["faces"]] == ["EMOTION_HAPPINESS"]
    buckets = call(stack, "GET", f"/v1/{session}:timeline").json["buckets"]
    assert sum(int(bucket["frames"]) for bucket in buckets) == 1


@pytest.mark.parametrize("path", ["/v1/classrooms/7b/sessions", "/liveclass.v1.SessionService/ListSessions"])
@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic bWU6bWU="}, {"connection": "authorization"}])
def test_nothing_is_answered_without_a_token(stack: Stack, path: str, headers: dict[str, str]) -> None:
    """Nor where the connection's own header has the token dropped on the way to the service."""
    token = stack.edge_token if "connection" in headers else None
    answer = call(stack, "GET", path, token=token, headers=headers)

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json["code"] == 16


@pytest.mark.parametrize("token", ["another", "a.b.c"])
def test_a_token_of_nobody_is_refused(stack: Stack, token: str) -> None:
    answer = call(stack, "GET", "/v1/classrooms/7b/sessions", token=token)

    assert answer.status == 401
    assert answer.json["details"][-1]["reason"] == "UNAUTHENTICATED"


def test_a_token_may_do_through_the_edge_what_it_says_and_no_more(stack: Stack, session: str) -> None:
    key = read_key(stack.directory / "keys")
    classroom = session.split("/")[1]
    token, _ = key.sign("teacher", [f"classrooms/{classroom}:view"], 600, audience="liveclass")

    assert call(stack, "GET", f"/v1/{session}", token=token).status == 200
    assert call(stack, "POST", f"/v1/{session}:end", {}, token=token).status == 403
    assert call(stack, "GET", "/v1/classrooms/another/sessions", token=token).status == 403


def test_grpc_on_this_machine_needs_no_token(stack: Stack, session: str) -> None:
    with LiveClass(stack.detection_address, stack.session_address) as client:
        assert client.get_session(session).display_name == "Algebra"


def test_a_name_that_was_made_to_lead_here_is_refused(stack: Stack) -> None:
    """DNS rebinding: the page of a stranger, whose host name resolves to this machine by now."""
    answer = call(stack, "GET", "/v1/classrooms/7b/sessions", headers={"host": "attacker.example:8080"})

    assert answer.status == 421


@pytest.mark.parametrize("origin", ["http://attacker.example", "null", "http://localhost:1", "http://localhost"])
def test_a_page_of_another_origin_changes_nothing(stack: Stack, session: str, origin: str) -> None:
    answer = call(stack, "POST", f"/v1/{session}:end", {}, headers={"origin": origin})

    assert answer.status == 403
    assert "access-control-allow-origin" not in answer.headers
    assert call(stack, "GET", f"/v1/{session}").json["state"] == "STATE_ACTIVE"


def test_a_page_of_its_own_origin_does(stack: Stack, session: str) -> None:
    answer = call(stack, "POST", f"/v1/{session}:end", {}, headers={"origin": stack.edge_url})

    assert answer.status == 200
    assert answer.json["state"] == "STATE_ENDED"


def test_it_has_the_metrics_that_dashboards_and_alerts_ask_for(stack: Stack) -> None:
    for token in ("", None):
        call(stack, "GET", "/v1/classrooms/7b/sessions", token=token)
    deadline = time.monotonic() + 20
    missing = ENVOY
    while missing and time.monotonic() < deadline:
        with urllib.request.urlopen(f"http://127.0.0.1:{stack.ports.edge_metrics}/metrics") as answer:
            text = answer.read().decode()
        missing = {name for name in ENVOY if not re.search(rf"^{name}[{{ ]", text, re.MULTILINE)}
        time.sleep(0.2)
    assert missing == set()


def test_it_describes_itself_to_whoever_asks(stack: Stack) -> None:
    document = call(stack, "GET", "/v1/openapi.json", token=None)
    page = call(stack, "GET", "/docs", token=None)

    assert document.json["openapi"] == "3.1.0"
    assert page.status == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
