"""The contracts as Markdown: one page for each file under proto/, made of its comments."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import google.api
import grpc_tools
from google.api import field_behavior_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)
from grpc_tools import protoc

PACKAGE = "liveclass.v1"

# Field numbers in descriptor.proto: where a comment stands is given as a path of them.
MESSAGE, ENUM, SERVICE, SYNTAX, PACKAGE_CLAUSE = 4, 5, 6, 12, 2
FIELD, NESTED, NESTED_ENUM, VALUE, METHOD = 2, 3, 4, 2, 2

FieldPath = tuple[int, ...]
Comments = dict[FieldPath, str]

BEHAVIORS = {
    field_behavior_pb2.REQUIRED: "required",
    field_behavior_pb2.OUTPUT_ONLY: "output only",
    field_behavior_pb2.IMMUTABLE: "immutable",
    field_behavior_pb2.OPTIONAL: "optional",
    field_behavior_pb2.IDENTIFIER: "identifier",
}


def contract_pages(proto: Path) -> dict[str, str]:
    """Markdown by the name of its page, such as `detection.md`. Raises `RuntimeError` where protoc fails."""
    everything = _descriptors(proto)
    options = _Options(everything)
    files = [file for file in everything.file if file.package == PACKAGE]
    pages = {name: Path(file.name).with_suffix(".md").name for file in files for name in _names(file)}
    return {Path(file.name).with_suffix(".md").name: _Page(file, pages, options).markdown() for file in files}


def _descriptors(proto: Path) -> FileDescriptorSet:
    includes = [proto, Path(grpc_tools.__file__).parent / "_proto", Path(next(iter(google.api.__path__))).parent.parent]
    sources = [str(path) for path in sorted(proto.rglob("*.proto"))]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "descriptors")
        flags = ["--include_imports", "--include_source_info", f"--descriptor_set_out={target}"]
        if protoc.main(["protoc", *(f"-I{include}" for include in includes), *flags, *sources]) != 0:
            raise RuntimeError("protoc failed; the message above says where")
        return FileDescriptorSet.FromString(target.read_bytes())


def _names(file: FileDescriptorProto) -> Iterator[str]:
    """The full names of all messages, enums and services of a file, nested ones too."""
    for enum_or_service in (*file.enum_type, *file.service):
        yield f"{PACKAGE}.{enum_or_service.name}"
    for message in file.message_type:
        yield from _nested_names(message, PACKAGE)


def _nested_names(message: DescriptorProto, scope: str) -> Iterator[str]:
    full = f"{scope}.{message.name}"
    yield full
    for enum in message.enum_type:
        yield f"{full}.{enum.name}"
    for nested in message.nested_type:
        yield from _nested_names(nested, full)


class _Options:
    """Our own options of methods, which the classes of descriptor.proto do not know: read by classes made here."""

    def __init__(self, files: FileDescriptorSet) -> None:
        self._pool = descriptor_pool.DescriptorPool()
        self._methods = message_factory.GetMessages(list(files.file), self._pool)["google.protobuf.MethodOptions"]
        self._authorization = self._pool.FindExtensionByName(f"{PACKAGE}.authorization")

    def needed(self, method: MethodDescriptorProto) -> str:
        """The permissions of an RPC, in one sentence."""
        option = self._methods.FromString(method.options.SerializeToString()).Extensions[self._authorization]
        name = self._permission(option.permission)
        if name == "`none`":
            return "Needs no token."
        where = f"the classroom in `{option.resource}`" if option.resource else "all classrooms of the tenant"
        needed = [f"Needs {name} for {where}"]
        needed += [f"{self._permission(one.permission)} where `{one.field}` is set" for one in option.when_set]
        return f"{', and '.join(needed)}."

    def _permission(self, number: int) -> str:
        name = self._pool.FindEnumTypeByName(f"{PACKAGE}.Permission").values_by_number[number].name
        return f"`{name.removeprefix('PERMISSION_').lower()}`"


class _Page:
    """One file's page."""

    def __init__(self, file: FileDescriptorProto, pages: dict[str, str], options: _Options) -> None:
        """`pages` gives the page of every full name that can be linked to."""
        self._file, self._pages, self._options = file, pages, options
        self._page = Path(file.name).with_suffix(".md").name
        self._comments: Comments = {
            tuple(one.path): one.leading_comments.strip() for one in file.source_code_info.location
        }

    def markdown(self) -> str:
        return "\n\n".join(part for part in self._parts() if part) + "\n"

    def _parts(self) -> Iterator[str]:
        yield f"# {Path(self._file.name).stem}.proto"
        # Written above `package` or above `syntax`.
        yield self._comment(PACKAGE_CLAUSE) or self._comment(SYNTAX)
        for index, service in enumerate(self._file.service):
            yield from self._service(service, (SERVICE, index))
        for index, message in enumerate(self._file.message_type):
            yield from self._message(message, (MESSAGE, index), PACKAGE)
        for index, enum in enumerate(self._file.enum_type):
            yield from self._enum(enum, (ENUM, index), PACKAGE)

    def _service(self, service: ServiceDescriptorProto, path: FieldPath) -> Iterator[str]:
        full = f"{PACKAGE}.{service.name}"
        yield _heading(2, service.name, full)
        yield self._comment(*path)
        for index, method in enumerate(service.method):
            yield _heading(3, method.name, f"{full}.{method.name}")
            request = ("stream " if method.client_streaming else "") + self._link(method.input_type)
            response = ("stream " if method.server_streaming else "") + self._link(method.output_type)
            yield f"{request} → {response}"
            yield self._options.needed(method)
            yield self._comment(*path, METHOD, index)

    def _message(self, message: DescriptorProto, path: FieldPath, scope: str) -> Iterator[str]:
        full = f"{scope}.{message.name}"
        if message.options.map_entry:
            return
        yield _heading(2, full.removeprefix(f"{PACKAGE}."), full)
        yield self._comment(*path)
        rows = [self._field(field, message, (*path, FIELD, index)) for index, field in enumerate(message.field)]
        if rows:
            yield "\n".join(("| field | type | |", "|---|---|---|", *rows))
        for index, nested in enumerate(message.nested_type):
            yield from self._message(nested, (*path, NESTED, index), full)
        for index, enum in enumerate(message.enum_type):
            yield from self._enum(enum, (*path, NESTED_ENUM, index), full)

    def _field(self, field: FieldDescriptorProto, message: DescriptorProto, path: FieldPath) -> str:
        if field.type in (FieldDescriptorProto.TYPE_MESSAGE, FieldDescriptorProto.TYPE_ENUM):
            kind = self._link(field.type_name)
        else:
            kind = FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
        if field.label == FieldDescriptorProto.LABEL_REPEATED:
            kind = f"repeated {kind}"
        notes = [BEHAVIORS[one] for one in field.options.Extensions[field_behavior_pb2.field_behavior]]
        if field.HasField("oneof_index") and not field.proto3_optional:
            notes.append(f"one of `{message.oneof_decl[field.oneof_index].name}`")
        prefix = f"*{', '.join(notes)}.* " if notes else ""
        return f"| `{field.name}` | {kind} | {prefix}{_in_cell(self._comment(*path))} |"

    def _enum(self, enum: EnumDescriptorProto, path: FieldPath, scope: str) -> Iterator[str]:
        full = f"{scope}.{enum.name}"
        yield _heading(2, full.removeprefix(f"{PACKAGE}."), full)
        yield self._comment(*path)
        rows = [
            f"| `{value.name}` | {value.number} | {_in_cell(self._comment(*path, VALUE, index))} |"
            for index, value in enumerate(enum.value)
        ]
        yield "\n".join(("| value | number | |", "|---|---|---|", *rows))

    def _link(self, type_name: str) -> str:
        """A type's name: a link where it is one of ours, otherwise short (Timestamp, Status)."""
        full = type_name.removeprefix(".")
        if full not in self._pages:
            return f"`{full.rpartition('.')[2]}`"
        page = self._pages[full]
        target = f"#{full}" if page == self._page else f"{page}#{full}"
        return f"[`{full.removeprefix(PACKAGE + '.')}`]({target})"

    def _comment(self, *path: int) -> str:
        lines = self._comments.get(path, "").splitlines()
        return "\n".join(line.removeprefix(" ") for line in lines).replace("\n- ", "\n\n- ", 1)


def _heading(level: int, text: str, anchor: str) -> str:
    return f"{'#' * level} {text} {{#{anchor}}}"


def _in_cell(comment: str) -> str:
    return " ".join(comment.split()).replace("|", "\\|")
