"""What the edge answers is what the OpenAPI document says, whatever it is sent; and it is what gRPC answers."""

import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import grpc
import pytest
from deploy_helpers import ROOT, run, tool
from edge_helpers import call
from google.protobuf.json_format import MessageToDict
from grpc_status import rpc_status

from liveclass.stack import Stack
from liveclass.v1 import session_pb2, session_pb2_grpc

DOCUMENT = ROOT / "services" / "liveclass" / "web" / "openapi.json"
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
ON_THEIR_OWN = ("DeleteSession", "WatchTimeline")
"""One deletes the session that all others are about, the other goes on until that ends."""


@pytest.mark.parametrize("operation", [None, *ON_THEIR_OWN])
def test_no_request_is_answered_otherwise_than_documented(stack: Stack, tmp_path: Path, operation: str | None) -> None:
    schemathesis, classroom = tool("schemathesis"), f"schema-{uuid.uuid4().hex[:12]}"
    created = call(stack, "POST", f"/v1/classrooms/{classroom}/sessions?session_id=algebra", {"minimum_group_size": 1})
    assert created.status == 200
    if operation == "WatchTimeline":
        assert call(stack, "POST", f"/v1/classrooms/{classroom}/sessions/algebra:end", {}).status == 200
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(f'[parameters]\nclassroom = "{classroom}"\nsession = "algebra"\n', "utf-8")
    chosen = ("include", [operation]) if operation else ("exclude", ON_THEIR_OWN)

    done = run(
        *(schemathesis, "--config-file", settings, "run", DOCUMENT, "--url", stack.edge_url, "--no-color"),
        *("--header", f"authorization: Bearer {stack.edge_token}", "--checks", ",".join(CHECKS)),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--max-time", "20", "--seed", "1"),
        *("--request-timeout", "20", *(part for name in chosen[1] for part in (f"--{chosen[0]}-operation-id", name))),
    )

    assert done.returncode == 0, done.stdout[-8000:]
    assert f"{1 if operation else 20} selected / 22 total" in done.stdout


@pytest.fixture(scope="module")
def lesson(stack: Stack) -> str:
    """A session with a frame in it."""
    classroom = f"same-{uuid.uuid4().hex[:12]}"
    path = f"/v1/classrooms/{classroom}/sessions?session_id=algebra"
    name: str = call(stack, "POST", path, {"minimum_group_size": 1}).json["name"]
    now = datetime.now(timezone.utc).isoformat()
    observation = {"frame_id": "f1", "capture_time": now, "source": "a"}
    assert call(stack, "POST", f"/v1/{name}/observations:record", {"observations": [observation]}).status == 200
    assert call(stack, "POST", f"/v1/{name}:end", {}).status == 200  # what is shown does not change any more
    return name


def as_json(message: Any) -> Any:
    return MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)


def test_reads_are_what_grpc_answers(stack: Stack, lesson: str) -> None:
    parent = lesson.rpartition("/sessions")[0]
    with grpc.insecure_channel(stack.session_address) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        pairs = {
            f"/v1/{lesson}": stub.GetSession(session_pb2.GetSessionRequest(name=lesson)),
            f"/v1/{parent}/sessions": stub.ListSessions(session_pb2.ListSessionsRequest(parent=parent)),
            f"/v1/{lesson}:timeline": stub.GetTimeline(session_pb2.GetTimelineRequest(session=lesson)),
            f"/v1/{lesson}:summary": stub.GetSummary(session_pb2.GetSummaryRequest(session=lesson)),
        }
    for path, message in pairs.items():
        answer = call(stack, "GET", path)
        assert answer.status == 200
        assert answer.json == as_json(message), path


@pytest.mark.parametrize(
    ("method", "path", "body", "rpc", "request_fields", "status"),
    [
        ("GET", "/v1/classrooms/7b/sessions/none", None, "GetSession", {"name": "classrooms/7b/sessions/none"}, 404),
        ("GET", "/v1/classrooms/7B/sessions", None, "ListSessions", {"parent": "classrooms/7B"}, 400),
        ("POST", "/v1/classrooms/7b/sessions/none:end", {}, "EndSession", {"name": "classrooms/7b/sessions/none"}, 404),
    ],
)
def test_errors_are_what_grpc_answers(
    stack: Stack, method: str, path: str, body: Any, rpc: str, request_fields: dict[str, str], status: int
) -> None:
    answer = call(stack, method, path, body)
    with grpc.insecure_channel(stack.session_address) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            getattr(stub, rpc)(getattr(session_pb2, f"{rpc}Request")(**request_fields))
    expected = rpc_status.from_call(refused.value)

    assert answer.status == status
    assert answer.json["code"] == expected.code
    assert answer.json["message"] == expected.message
    assert [detail["@type"] for detail in answer.json["details"]] == [one.type_url for one in expected.details]
