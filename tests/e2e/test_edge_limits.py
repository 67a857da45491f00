"""What the edge does with requests that are too large, too slow, or never end."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import psutil
import pytest
from edge_helpers import call

from liveclass.identity.local_keys import LocalKey, create_key, read_key
from liveclass.stack import Ports, Stack

MEGABYTE = 1024 * 1024


class Edge(NamedTuple):
    """An edge in front of the same services."""

    port: int
    process: "subprocess.Popen[bytes]"


@contextlib.contextmanager
def another_edge(stack: Stack, folder: Path, **settings: str) -> Iterator[Edge]:
    ports = Ports.free()
    environment = {
        **stack.environment,
        "LIVECLASS_EDGE_PORT": str(ports.edge),
        "LIVECLASS_EDGE_METRICS_PORT": str(ports.edge_metrics),
        "LIVECLASS_DATA_DIRECTORY": str(folder),
        **{f"LIVECLASS_{name.upper()}": value for name, value in settings.items()},
    }
    with subprocess.Popen([sys.executable, "-m", "liveclass.edge"], env=environment) as process:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not _accepts(ports.edge):
            time.sleep(0.1)
        try:
            yield Edge(ports.edge, process)
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def hasty(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an edge that waits one second for a request."""
    with another_edge(stack, tmp_path_factory.mktemp("hasty"), edge_request_seconds="1") as edge:
        yield edge.port


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def exchange(stack: Stack, port: int, request: bytes, *, half_close: bool = False) -> bytes:
    """What comes back until the edge closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
        return answer


def head(stack: Stack, port: int, method: str, path: str, *lines: str, token: str = "") -> bytes:
    authorization = f"authorization: Bearer {token or stack.edge_token}"
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"host: localhost:{port}", authorization, *lines, "", ""]).encode()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_body_that_is_too_large_is_refused(stack: Stack) -> None:
    image = b"x" * (13 * MEGABYTE)
    as_it_is = call(stack, "POST", "/v1/frames:classifyImage", image, headers={"content-type": "image/jpeg"})
    in_json = call(stack, "POST", "/v1/frames:classify", b'{"image":"' + b"A" * (13 * MEGABYTE) + b'"}')

    assert as_it_is.status == 413
    assert in_json.status == 413


def test_a_body_without_end_is_refused_before_all_of_it_has_come(stack: Stack) -> None:
    port = urlsplit(stack.edge_url).port or 0
    lines = ("content-type: application/json", "transfer-encoding: chunked")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head(stack, port, "POST", "/v1/frames:classify", *lines) + b'b\r\n{"image": "\r\n')
        chunk = b"%x\r\n" % MEGABYTE + b"A" * MEGABYTE + b"\r\n"
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                connection.sendall(chunk)
        assert status_of(connection.recv(65536)) == 413


def test_ten_megabytes_of_no_picture_are_refused_by_the_service(stack: Stack) -> None:
    answer = call(stack, "POST", "/v1/frames:classifyImage", b"x" * (10 * MEGABYTE))

    assert answer.status == 400
    assert answer.json["details"][-1]["reason"] == "IMAGE_TOO_LARGE"


def test_large_bodies_side_by_side_leave_memory_bounded(stack: Stack) -> None:
    edge, *_ = psutil.Process(stack.pid("edge")).children()  # Envoy itself
    before = edge.memory_info().rss
    connections = []
    try:
        for _ in range(20):
            connection = socket.create_connection(("127.0.0.1", stack.ports.edge), timeout=20)
            size = 11 * MEGABYTE
            lines = (f"content-length: {size}", "content-type: image/jpeg")
            connection.sendall(head(stack, stack.ports.edge, "POST", "/v1/frames:classifyImage", *lines))
            connection.sendall(b"x" * (size - 1))  # the last byte never comes
            connections.append(connection)
        grown = edge.memory_info().rss - before
    finally:
        for connection in connections:
            connection.close()
    assert grown < 20 * 13 * MEGABYTE
    assert call(stack, "GET", "/v1/classrooms/7b/sessions").status == 200


def forged_tokens(stack: Stack, folder: Path) -> dict[str, str]:
    """Tokens that look right, and are not the issuer's, or no more."""
    everything = ["classrooms/*:admin"]
    own, another = read_key(stack.directory / "keys"), create_key(folder, "liveclass-local")
    renamed = LocalKey(own.issuer, {**another.jwk, "kid": own.key_id})
    return {
        "of another key": another.sign("me", everything, 600, audience="liveclass")[0],
        "of another key by the same name": renamed.sign("me", everything, 600, audience="liveclass")[0],
        "for others": own.sign("me", everything, 600, audience="somebody-else")[0],
        "of another issuer": LocalKey("another", own.jwk).sign("me", everything, 600, audience="liveclass")[0],
        "expired": own.sign("me", everything, -60, audience="liveclass")[0],
    }


def test_a_strangers_body_is_not_waited_for(stack: Stack, tmp_path: Path) -> None:
    """Whoever has no token of the issuer is refused by the header alone, and so cannot have a body kept in memory."""
    for name, token in forged_tokens(stack, tmp_path).items():
        for path in ("/v1/frames:classifyImage", "/liveclass.v1.DetectionService/ClassifyFrame"):
            kind = "image/jpeg" if path.startswith("/v1/") else "application/grpc-web+proto"
            lines = (f"content-length: {11 * MEGABYTE}", f"content-type: {kind}")
            with socket.create_connection(("127.0.0.1", stack.ports.edge), timeout=5) as connection:
                connection.sendall(head(stack, stack.ports.edge, "POST", path, *lines, token=token))
                answer = connection.recv(65536)  # of the body, nothing was sent
            is_refused = status_of(answer) == 401 or b"grpc-status: 16" in answer
            assert is_refused, (name, path, answer)


def test_a_new_key_of_the_issuer_is_soon_known(stack: Stack) -> None:
    folder = stack.directory / "keys"
    new = create_key(folder, "liveclass-local", rotate=True)
    token, _ = new.sign("teacher", ["classrooms/7b:view"], 600, audience="liveclass")
    deadline = time.monotonic() + 20
    while call(stack, "GET", "/v1/classrooms/7b/sessions", token=token).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert call(stack, "GET", "/v1/classrooms/7b/sessions").status == 200  # by the key before it


def test_what_is_under_way_is_finished_when_it_is_stopped(stack: Stack, tmp_path: Path) -> None:
    """A request of which half has come, though somebody watches; whoever comes later finds the door closed."""
    body = b'{"display_name": "Algebra", "minimum_group_size": 1}'
    classroom = f"/v1/classrooms/stopped-{uuid.uuid4().hex[:12]}/sessions"
    lines = ("content-type: application/json", f"content-length: {len(body)}")
    with another_edge(stack, tmp_path) as edge, contextlib.ExitStack() as connections:
        half, watch = (
            connections.enter_context(socket.create_connection(("127.0.0.1", edge.port), timeout=10)) for _ in range(2)
        )
        created = head(stack, edge.port, "POST", f"{classroom}?session_id=watched", *lines, "connection: close") + body
        assert status_of(exchange(stack, edge.port, created)) == 200
        watch.sendall(head(stack, edge.port, "GET", f"{classroom}/watched:watch"))
        half.sendall(head(stack, edge.port, "POST", f"{classroom}?session_id=half", *lines) + body[:10])
        time.sleep(0.5)  # until both are under way

        edge.process.terminate()
        deadline = time.monotonic() + 10
        while _accepts(edge.port) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _accepts(edge.port)
        half.sendall(body[10:])

        assert status_of(half.recv(65536)) == 200
        assert edge.process.wait(timeout=15) == 0
    assert call(stack, "GET", f"{classroom}/half").status == 200


def test_an_envoy_of_somebody_else_is_told_to_finish(stack: Stack, tmp_path: Path) -> None:
    """As the container beside Envoy does on a cluster, before both are stopped."""
    request = ("GET", "/v1/classrooms/7b/sessions")
    with another_edge(stack, tmp_path) as edge:
        command = [sys.executable, "-m", "liveclass.edge", "--drain", str(tmp_path / "edge")]
        with subprocess.Popen(command, env={**stack.environment, "LIVECLASS_EDGE_REQUEST_SECONDS": "5"}) as draining:
            answers = []
            while draining.poll() is None and _accepts(edge.port):
                answers.append(exchange(stack, edge.port, head(stack, edge.port, *request, "connection: close")))
                time.sleep(0.1)
            assert draining.wait(timeout=20) == 0
        assert {status_of(answer) for answer in answers} == {200}  # until others have learned of it
        assert not _accepts(edge.port)
        assert edge.process.poll() is None


def post_json(stack: Stack, port: int, path: str, body: bytes, token: str = "") -> bytes:
    lines = ("content-type: application/json", f"content-length: {len(body)}", "connection: close")
    return exchange(stack, port, head(stack, port, "POST", path, *lines, token=token) + body)


def test_where_a_service_is_away_the_answer_is_json_and_says_when_to_try_again(stack: Stack, tmp_path: Path) -> None:
    with another_edge(stack, tmp_path, detection_address="127.0.0.1:1") as edge:
        answer = post_json(stack, edge.port, "/v1/faces:classify", b'{"faces": []}')
    assert status_of(answer) == 503
    body = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert body["code"] == 14
    assert body["details"] == [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retry_delay": "1s"}]


def test_whoever_needs_no_token_may_send_little_and_not_often(stack: Stack, tmp_path: Path) -> None:
    with another_edge(stack, tmp_path) as edge:
        exchange_key = (stack, edge.port, "/v1/keys:exchange")
        assert status_of(post_json(*exchange_key, b'{"key":"' + b"x" * 5000 + b'"}', token="none")) == 413
        statuses = [status_of(post_json(*exchange_key, b'{"key":"lc_wrong"}', token="none")) for _ in range(25)]
    assert set(statuses) == {401, 429}
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_whoever_holds_its_memory_does_not_keep_others_out(stack: Stack, tmp_path: Path) -> None:
    megabytes = 128
    with (
        another_edge(stack, tmp_path, edge_max_memory_bytes=str(megabytes * MEGABYTE)) as edge,
        contextlib.ExitStack() as connections,
    ):
        for _ in range(3 * megabytes // 10):
            connection = connections.enter_context(socket.create_connection(("127.0.0.1", edge.port), timeout=10))
            with contextlib.suppress(OSError):  # some are ended while they send
                lines = f"content-length: {11 * MEGABYTE}", "content-type: image/jpeg"
                connection.sendall(head(stack, edge.port, "POST", "/v1/frames:classifyImage", *lines))
                connection.sendall(b"x" * (10 * MEGABYTE))
        time.sleep(3)  # long before the time limit of those requests
        request = head(stack, edge.port, "GET", "/v1/classrooms/7b/sessions", "connection: close")
        assert [status_of(exchange(stack, edge.port, request)) for _ in range(10)] == [200] * 10


@pytest.mark.parametrize("path", ["/v1/faces:classify", "/v1/classrooms/7b/sessions"])
def test_only_frames_may_be_large(stack: Stack, path: str) -> None:
    assert call(stack, "POST", path, b'{"session":' + b"9" * (5 * MEGABYTE) + b"}").status == 413


def test_a_thousand_headers_are_refused(stack: Stack) -> None:
    answer = call(stack, "GET", "/v1/classrooms/7b/sessions", headers={f"x-{n}": "1" for n in range(1000)})
    assert answer.status == 431


def test_a_header_of_64_kilobytes_is_refused(stack: Stack) -> None:
    answer = call(stack, "GET", "/v1/classrooms/7b/sessions", headers={"x-long": "1" * 65_536})
    assert answer.status == 431


def test_a_body_that_drips_is_cut_off(stack: Stack, hasty: int) -> None:
    """A byte each 0.2 s: never silent, and never done."""
    start = head(stack, hasty, "POST", "/v1/frames:classifyImage", "content-length: 1000", "content-type: image/jpeg")
    with socket.create_connection(("127.0.0.1", hasty), timeout=20) as connection:
        connection.sendall(start)
        connection.settimeout(0.2)
        answer = b""
        for _ in range(100):
            try:
                answer = connection.recv(65536)
                break
            except TimeoutError:
                connection.sendall(b"x")
    assert status_of(answer) == 408


def test_a_watch_is_not_cut_off_with_the_slow_requests(stack: Stack, hasty: int) -> None:
    body = b'{"display_name": "Watched"}'
    created = call(stack, "POST", "/v1/classrooms/7b/sessions?session_id=watched-for-long", body)
    assert created.status == 200
    path = "/v1/classrooms/7b/sessions/watched-for-long:watch"
    with socket.create_connection(("127.0.0.1", hasty), timeout=3) as connection:
        connection.sendall(head(stack, hasty, "GET", path))
        with pytest.raises(TimeoutError):  # open for three times what other requests may take, with nothing to send yet
            connection.recv(65536)


def test_a_request_that_is_half_closed_is_answered_or_refused(stack: Stack, hasty: int) -> None:
    path = "/v1/frames:classifyImage"
    whole = exchange(stack, hasty, head(stack, hasty, "GET", "/v1/classrooms/7b/sessions", "connection: close"))
    half = exchange(stack, hasty, head(stack, hasty, "POST", path, "content-length: 1000") + b"x", half_close=True)

    assert status_of(whole) == 200
    assert not half or 400 <= status_of(half) < 500


def test_what_is_no_http_is_refused(stack: Stack) -> None:
    answer = exchange(stack, stack.ports.edge, b"\x16\x03\x01\x02\x00" + os.urandom(64) + b"\r\n\r\n")
    assert not answer or status_of(answer) == 400


def test_the_log_has_neither_queries_nor_names_nor_tokens(stack: Stack) -> None:
    secret = "pseudonym-7341"
    call(stack, "GET", f"/v1/classrooms/7b-secret/sessions/algebra:timeline?source={secret}")
    deadline = time.monotonic() + 5
    while "GET" not in stack.logs("edge") and time.monotonic() < deadline:
        time.sleep(0.1)
    log = Path(stack.log_file("edge")).read_text("utf-8")
    assert '"route":"liveclass.v1.SessionService"' in log
    assert secret not in log
    assert "7b-secret" not in log
    assert stack.edge_token[:40] not in log
