"""The messages and enums of the contracts as JSON Schemas, as protobuf's JSON mapping and the edge write them."""

from collections.abc import Iterator
from typing import Any

from google.api import field_behavior_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
)

Schema = dict[str, Any]
Field = FieldDescriptorProto

PACKAGE = "liveclass.v1"

# Field numbers in descriptor.proto: where a comment stands is given as a path of them.
MESSAGE, ENUM, SERVICE, PACKAGE_CLAUSE = 4, 5, 6, 2
FIELD, NESTED, NESTED_ENUM, VALUE, METHOD = 2, 3, 4, 2, 2

_SCALARS: dict[int, Schema] = {
    Field.TYPE_BOOL: {"type": "boolean"},
    Field.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    Field.TYPE_DOUBLE: {"type": "number"},
    Field.TYPE_FLOAT: {"type": "number"},
    Field.TYPE_INT32: {"type": "integer", "format": "int32"},
    Field.TYPE_INT64: {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"},
    Field.TYPE_STRING: {"type": "string"},
}

_WELL_KNOWN: dict[str, Schema] = {
    ".google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s$", "examples": ["10s"]},
    ".google.protobuf.Empty": {"type": "object", "maxProperties": 0},
    ".google.protobuf.FieldMask": {"type": "string", "examples": ["display_name"]},
    ".google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    ".google.rpc.Status": {"$ref": "#/components/schemas/Status"},
}

STATUS: Schema = {
    "type": "object",
    "description": "Why a call was refused (google.rpc.Status).",
    "required": ["code", "message", "details"],
    "properties": {
        "code": {"type": "integer", "format": "int32", "description": "The gRPC status code."},
        "message": {"type": "string", "description": "One sentence for people."},
        "details": {
            "type": "array",
            "description": "Details for programs: ErrorInfo with a `reason`, and what belongs to it (AIP-193).",
            "items": {
                "type": "object",
                "required": ["@type"],
                "properties": {"@type": {"type": "string"}},
            },
        },
    },
}


class Contract:
    """What the proto files say: messages, enums and comments by their full names."""

    def __init__(self, files: FileDescriptorSet) -> None:
        self.files = [file for file in files.file if file.package == PACKAGE]
        self.messages: dict[str, DescriptorProto] = {}
        self.enums: dict[str, EnumDescriptorProto] = {}
        self.comments: dict[str, str] = {}
        for file in self.files:
            self._read(file)

    def schemas(self, names: set[str]) -> dict[str, Schema]:
        """The schemas of the named messages and enums, and of all that they refer to."""
        found: dict[str, Schema] = {}
        waiting = sorted(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.enum_schema(name) if name in self.enums else self.message_schema(name)
                waiting += sorted(_references(found[name]) - {"Status"})
        return dict(sorted(found.items()))

    def message_schema(self, name: str, leave_out: frozenset[str] = frozenset()) -> Schema:
        """Of a message, without those fields that are given elsewhere."""
        message = self.messages[name]
        fields = [field for field in message.field if field.name not in leave_out]
        schema: Schema = {"type": "object", "description": self.comments.get(name, "")}
        if required := [field.name for field in fields if is_required(field)]:
            schema["required"] = required
        schema["properties"] = {field.name: self.field_schema(field, f"{name}.{field.name}") for field in fields}
        return schema

    def field_schema(self, field: Field, name: str) -> Schema:
        """Of a field; `name` is its full name, which its comment is found by."""
        schema = dict(self._type_schema(field))
        if field.label == Field.LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        if comment := self.comments.get(name):
            schema["description"] = comment
        behavior = field.options.Extensions[field_behavior_pb2.field_behavior]
        if field_behavior_pb2.OUTPUT_ONLY in behavior or field_behavior_pb2.IDENTIFIER in behavior:
            schema["readOnly"] = True
        return schema

    def enum_schema(self, name: str) -> Schema:
        """Of an enum, whose values JSON has by name."""
        enum, comment = self.enums[name], self.comments.get(name, "")
        values = [(value.name, self.comments.get(f"{name}.{value.name}", "")) for value in enum.value]
        listed = "\n".join(f"- `{value}`: {about}" for value, about in values if about)
        return {
            "type": "string",
            "description": f"{comment}\n\n{listed}".strip(),
            "enum": [value for value, _ in values],
        }

    def _type_schema(self, field: Field) -> Schema:
        if field.type in _SCALARS:
            return _SCALARS[field.type]
        if field.type_name in _WELL_KNOWN:
            return _WELL_KNOWN[field.type_name]
        return {"$ref": reference(local_name(field.type_name))}

    def _read(self, file: FileDescriptorProto) -> None:
        texts = {tuple(one.path): one.leading_comments for one in file.source_code_info.location}

        def note(name: str, *path: int) -> None:
            self.comments[name] = "\n".join(line.removeprefix(" ") for line in texts.get(path, "").splitlines()).strip()

        note(file.name, PACKAGE_CLAUSE)
        for number, service in enumerate(file.service):
            note(service.name, SERVICE, number)
            for index, method in enumerate(service.method):
                note(f"{service.name}.{method.name}", SERVICE, number, METHOD, index)
        for name, message, path in _nested(file):
            self.messages[name] = message
            note(name, *path)
            for index, field in enumerate(message.field):
                note(f"{name}.{field.name}", *path, FIELD, index)
        for name, enum, path in _enums(file):
            self.enums[name] = enum
            note(name, *path)
            for index, value in enumerate(enum.value):
                note(f"{name}.{value.name}", *path, VALUE, index)


def is_required(field: Field) -> bool:
    return field_behavior_pb2.REQUIRED in field.options.Extensions[field_behavior_pb2.field_behavior]


def local_name(type_name: str) -> str:
    """Of ".liveclass.v1.Session.State": "Session.State"."""
    return type_name.removeprefix(f".{PACKAGE}.")


def reference(name: str) -> str:
    return f"#/components/schemas/{name}"


def _references(schema: Any) -> set[str]:
    """The names of the schemas that one refers to."""
    if isinstance(schema, list):
        return {name for one in schema for name in _references(one)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
    return own | {name for value in schema.values() for name in _references(value)}


def _nested(file: FileDescriptorProto) -> Iterator[tuple[str, DescriptorProto, tuple[int, ...]]]:
    """All messages of a file with their names and paths, nested ones too."""
    waiting = [(message.name, message, (MESSAGE, index)) for index, message in enumerate(file.message_type)]
    while waiting:
        name, message, path = waiting.pop()
        yield name, message, path
        inner = enumerate(message.nested_type)
        waiting += [(f"{name}.{one.name}", one, (*path, NESTED, index)) for index, one in inner]


def _enums(file: FileDescriptorProto) -> Iterator[tuple[str, EnumDescriptorProto, tuple[int, ...]]]:
    for index, enum in enumerate(file.enum_type):
        yield enum.name, enum, (ENUM, index)
    for name, message, path in _nested(file):
        for index, enum in enumerate(message.enum_type):
            yield f"{name}.{enum.name}", enum, (*path, NESTED_ENUM, index)
