"""The OpenAPI document says what the contracts say."""

import json

from deploy_helpers import ROOT
from google.api import annotations_pb2
from openapi_spec_validator import OpenAPIV31SpecValidator

from liveclass.v1 import audit_pb2, detection_pb2, identity_pb2, session_pb2

DOCUMENT = json.loads((ROOT / "services" / "liveclass" / "web" / "openapi.json").read_text("utf-8"))
METHODS = [
    method
    for contract in (audit_pb2, detection_pb2, identity_pb2, session_pb2)
    for service in contract.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]


def operations() -> dict[str, tuple[str, str, dict]]:
    """Verb, path and description of each operation, by its name."""
    return {
        operation["operationId"]: (verb, path, operation)
        for path, verbs in DOCUMENT["paths"].items()
        for verb, operation in verbs.items()
    }


def test_it_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_every_rpc_can_be_called_over_http_as_it_says() -> None:
    found = operations()
    assert set(found) == {method.name for method in METHODS} - {"ExportTimeline"}  # DownloadTimeline over HTTP
    for method in METHODS:
        rule = method.GetOptions().Extensions[annotations_pb2.http]
        if verb := rule.WhichOneof("pattern"):
            assert found[method.name][0] == verb


def test_fields_in_the_path_are_not_in_the_body() -> None:
    _, path, operation = operations()["MarkSession"]
    assert path == "/v1/classrooms/{classroom}/sessions/{session}:mark"
    assert [parameter["name"] for parameter in operation["parameters"]] == ["classroom", "session"]
    assert list(operation["requestBody"]["content"]["application/json"]["schema"]["properties"]) == ["marker"]


def test_a_picture_is_a_body_and_all_else_are_parameters() -> None:
    _, _, operation = operations()["ClassifyImage"]
    assert set(operation["requestBody"]["content"]) == {"image/jpeg", "image/png", "image/webp"}
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {"session", "frame_id", "source", "capture_time", "options.max_faces"} <= names


def test_watching_is_a_stream_of_events_and_exports_are_files() -> None:
    found = operations()
    assert list(found["WatchTimeline"][2]["responses"]["200"]["content"]) == ["text/event-stream"]
    assert set(found["DownloadTimeline"][2]["responses"]["200"]["content"]) == {"text/csv", "application/jsonl"}


def test_every_operation_says_what_it_needs() -> None:
    needs_no_token = {name for name, (_, _, operation) in operations().items() if operation.get("security") == []}
    assert needs_no_token == {"ExchangeKey"}
    for name, (_, _, operation) in operations().items():
        needed = "Needs no token." if name in needs_no_token else "Needs the permission `"
        assert needed in operation["description"], name
    assert DOCUMENT["security"] == [{"token": []}]
