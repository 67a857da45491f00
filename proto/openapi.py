"""Generates the OpenAPI 3.1 document of the edge from the contracts; `--check` fails where it has drifted.

The plug-ins of protoc that do this write OpenAPI 3.0 or 2.0, and know neither server-sent events nor bodies that are no
JSON.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import google.api
import grpc_tools
from google.api import annotations_pb2
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorSet, MethodDescriptorProto
from grpc_tools import protoc
from openapi_schemas import STATUS, Contract, Schema, is_required, local_name, reference

from liveclass.v1 import authorization_pb2

PROTO = Path(__file__).parent
TARGET = PROTO.parent / "services" / "liveclass" / "web" / "openapi.json"
HTTP_BODY = ".google.api.HttpBody"

ID_PATTERN = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"
KEY_PATTERN = "^[a-z2-7]{16}$"
ANY_CLASSROOM = f"{ID_PATTERN}|^-$"
EXAMPLES = {"classroom": "7b", "session": "algebra", "key": "b7xq2m4nd3kpzr5a"}

IMAGES = ("image/jpeg", "image/png", "image/webp")
DOWNLOADS = ("text/csv", "application/jsonl")

REFUSALS = {
    400: "The request is not as this document says, or the session is not in a state for it.",
    401: "There is no token, or none that is valid.",
    403: "The token lacks the permission, or a page of another origin sent the request.",
    404: "There is no such session or key.",
    408: "The request took too long to arrive.",
    409: "There is a session of that id already.",
    413: "The request is too large.",
    421: "The server does not answer to this host name.",
    429: "There is more work than can be finished in time: `RetryInfo` says when to try again.",
    431: "There are too many header fields, or too long ones.",
    503: "Something that the call depends on is not there at the moment: `RetryInfo` says when to try again.",
    504: "The call could not be answered in time.",
}
_ONLY_CREATING = 409


DESCRIPTION = """Frames of a class go in, and how the class feels over time comes out.

Fields are named as in the contracts (`proto/liveclass/v1`), 64-bit numbers are strings, times are RFC 3339, and
durations are seconds with an "s"."""


class Operation(NamedTuple):
    """One RPC and one way to call it over HTTP."""

    service: str
    method: MethodDescriptorProto
    verb: str
    template: str
    """As in google.api.http, such as "/v1/{name=classrooms/*/sessions/*}:end"."""
    body: str
    """The field that is the body; "*": all that are not in the path; empty: none."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where the document has drifted")
    text = json.dumps(document(), indent=1, ensure_ascii=False) + "\n"
    if not parser.parse_args().check:
        TARGET.write_text(text, "utf-8")
    elif not TARGET.exists() or TARGET.read_text("utf-8") != text:
        print(f"{TARGET.name} has drifted from the contracts; run 'make proto'", file=sys.stderr)  # noqa: T201  # a script's way to speak
        return 1
    return 0


def document() -> dict[str, Any]:
    """The whole document."""
    contract = Contract(_descriptors())
    paths: dict[str, dict[str, Any]] = {}
    needed: set[str] = set()
    served: set[str] = set()
    for operation in _operations(contract):
        described = _Described(contract, operation)
        path, verb = described.path, operation.verb
        paths.setdefault(path, {})[verb] = described.as_json()
        needed |= described.needed
        served.add(operation.service)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "liveclass",
            "version": "v1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": DESCRIPTION,
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [
            {"name": service.name, "description": contract.comments[service.name]}
            for file in contract.files
            for service in file.service
            if service.name in served
        ],
        "paths": dict(sorted(paths.items())),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "responses": {str(status): _refusal(text) for status, text in REFUSALS.items()},
            "schemas": {**contract.schemas(needed), "Status": STATUS},
        },
    }


def _refusal(text: str) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": reference("Status")}}}}


class _Described:
    """An operation as OpenAPI has it."""

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._contract, self._operation = contract, operation
        self._request = local_name(operation.method.input_type)
        bound = re.match(r".*?\{([\w.]+)=(.*?)\}", operation.template)
        self._bound = bound[1] if bound else ""
        pattern = bound[2] if bound else ""
        self._path_ids = [part.removesuffix("s") for part in pattern.split("/")[::2] if part]
        readable = re.sub(r"(\w+)s/\*", r"\1s/{\1}", pattern)
        self.path = re.sub(r"\{.*?\}", lambda _: readable, operation.template)
        self.needed: set[str] = set()
        """The schemas that it refers to."""

    def as_json(self) -> dict[str, Any]:
        operation, method = self._operation, self._operation.method
        comment = self._contract.comments[f"{operation.service}.{method.name}"]
        summary, *_ = re.split(r"(?<=[.:])\s", comment.replace("\n", " "), maxsplit=1)
        described = {
            "operationId": method.name,
            "tags": [operation.service],
            "summary": summary.rstrip(".:"),
            "description": f"{comment}\n\n{_permission(method)}",
            "parameters": [*self._path_parameters(), *self._query_parameters()],
            "responses": {"200": self._answer(), **self._refusals()},
        }
        if operation.body:
            described["requestBody"] = {"required": True, "content": self._body()}
        if _needed_permission(method) is None:
            described["security"] = []
        return described

    def _path_parameters(self) -> Iterator[Schema]:
        for name in self._path_ids:
            lists_all = self._operation.method.name == "ListSessions"
            pattern = KEY_PATTERN if name == "key" else ANY_CLASSROOM if lists_all else ID_PATTERN
            example = EXAMPLES[name]
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "description": f"The id of the {name}{'; `-` for all' if lists_all else ''}.",
                "schema": {"type": "string", "pattern": pattern, "examples": [example]},
            }

    def _query_parameters(self) -> Iterator[Schema]:
        if self._operation.body == "*":
            return
        leave_out = {self._bound, self._operation.body, self._bound.partition(".")[0]}
        for path, field, name in self._leaves(self._request):
            if path.partition(".")[0] in leave_out:
                continue
            schema = self._contract.field_schema(field, name)
            self._note(field)
            description = schema.pop("description", "")
            yield {
                "name": path,
                "in": "query",
                "description": description,
                **({"required": True} if is_required(field) else {}),
                "schema": schema,
            }

    def _leaves(self, message: str, prefix: str = "") -> Iterator[tuple[str, FieldDescriptorProto, str]]:
        """Each field that a query parameter can give, by its path: those of messages inside, too."""
        for field in self._contract.messages[message].field:
            path, inner = f"{prefix}{field.name}", local_name(field.type_name)
            if inner in self._contract.messages:
                yield from self._leaves(inner, f"{path}.")
            else:
                yield path, field, f"{message}.{field.name}"

    def _body(self) -> Schema:
        body = self._operation.body
        message = self._contract.messages[self._request]
        if body == "*":
            schema = self._contract.message_schema(self._request, frozenset({self._bound}))
            for field in message.field:
                self._note(field)
            if self._operation.method.client_streaming:
                schema = {"type": "array", "description": "The messages of the stream, in order.", "items": schema}
            return {"application/json": {"schema": schema}}
        field = next(field for field in message.field if field.name == body)
        if field.type_name == HTTP_BODY:
            return {kind: {"schema": {}} for kind in IMAGES}
        self._note(field)
        return {"application/json": {"schema": self._contract.field_schema(field, f"{self._request}.{body}")}}

    def _answer(self) -> Schema:
        method = self._operation.method
        if method.output_type == HTTP_BODY:
            return {
                "description": "The file.",
                "headers": {"content-disposition": {"description": "Its name.", "schema": {"type": "string"}}},
                "content": {kind: {"schema": {"type": "string"}} for kind in DOWNLOADS},
            }
        name = local_name(method.output_type)
        if method.server_streaming:
            self.needed.add(name)
            text = f"Server-sent events; the data of each is a `{name}` as JSON (see the schema of that name)."
            return {"description": text, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        if name == ".google.protobuf.Empty":
            return {"description": "Done.", "content": {"application/json": {"schema": {"type": "object"}}}}
        self.needed.add(name)
        return {"description": "The answer.", "content": {"application/json": {"schema": {"$ref": reference(name)}}}}

    def _refusals(self) -> Schema:
        creates = self._operation.method.name == "CreateSession"
        return {
            str(status): {"$ref": f"#/components/responses/{status}"}
            for status in REFUSALS
            if status != _ONLY_CREATING or creates
        }

    def _note(self, field: FieldDescriptorProto) -> None:
        name = local_name(field.type_name)
        if name in self._contract.messages or name in self._contract.enums:
            self.needed.add(name)


def _permission(method: MethodDescriptorProto) -> str:
    permission = _needed_permission(method)
    if permission is None:
        return "Needs no token."
    needed = [f"Needs the permission `{permission}`"]
    option = method.options.Extensions[authorization_pb2.authorization]
    needed += [f"`{_name(one.permission)}` where `{one.field}` is set" for one in option.when_set]
    return f"{', and '.join(needed)}."


def _needed_permission(method: MethodDescriptorProto) -> str | None:
    """Its name; None where the call needs no token."""
    permission = method.options.Extensions[authorization_pb2.authorization].permission
    return None if permission == authorization_pb2.PERMISSION_NONE else _name(permission)


def _name(permission: "authorization_pb2.Permission.ValueType") -> str:
    return authorization_pb2.Permission.Name(permission).removeprefix("PERMISSION_").lower()


def _operations(contract: Contract) -> Iterator[Operation]:
    for file in contract.files:
        for service in file.service:
            for method in service.method:
                rule = method.options.Extensions[annotations_pb2.http]
                if verb := rule.WhichOneof("pattern"):
                    yield Operation(service.name, method, verb, getattr(rule, verb), rule.body)


def _descriptors() -> FileDescriptorSet:
    """The contracts with their comments."""
    includes = [PROTO, Path(grpc_tools.__file__).parent / "_proto", Path(next(iter(google.api.__path__))).parent.parent]
    sources = [str(path) for path in sorted(PROTO.rglob("*.proto"))]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "descriptors")
        flags = ["--include_source_info", f"--descriptor_set_out={target}"]
        if protoc.main(["protoc", *(f"-I{include}" for include in includes), *flags, *sources]) != 0:
            sys.exit("protoc failed; the message above says where")
        return FileDescriptorSet.FromString(target.read_bytes())


if __name__ == "__main__":
    sys.exit(main())
