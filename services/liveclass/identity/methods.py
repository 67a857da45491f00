"""What each RPC needs, as the contract's option `authorization` says, and whether a caller has it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from google.protobuf import descriptor_pool
from google.protobuf.descriptor import Descriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import MethodOptions
from google.protobuf.message import Message

from liveclass.identity.caller import DEFAULT_TENANT, Caller
from liveclass.identity.permissions import EVERYWHERE, Permission
from liveclass.names import parse_classroom, parse_session
from liveclass.runtime.errors import InvalidArgumentError, PermissionDeniedError
from liveclass.v1 import authorization_pb2

_KEY_NAME = re.compile(r"keys/[a-z0-9]{1,63}")

FieldPath = tuple[str, ...]
"""A field of a request, such as ("config", "session")."""


class Audited(Enum):
    """When a call is entered in the audit log."""

    WHEN_DENIED = "when denied"
    """Frames and observations: too many to enter each."""
    AFTERWARDS = "afterwards"
    BEFORE = "before"
    """On disk before anything is erased, or a program key is made or revoked."""


@dataclass(frozen=True)
class MethodRule:
    """What one RPC needs."""

    permission: Permission | None
    """None: the call needs no token, since it proves itself."""
    resource: FieldPath
    """Names the session or classroom. Empty: the RPC is about the whole tenant."""
    when_set: tuple[tuple[FieldPath, Permission], ...] = ()
    audited: Audited = Audited.WHEN_DENIED

    def check(self, request: Message, caller: Caller) -> None:
        """Raises `PermissionDeniedError`, and `InvalidArgumentError` where the resource's name is none."""
        if self.permission is None or caller.permissions.allows(Permission.ADMIN, EVERYWHERE):
            return
        classroom = self._classroom(request, caller)
        _require(caller, self.permission, classroom)
        for path, permission in self.when_set:
            if _value(request, path):
                _require(caller, permission, classroom)

    def resource_of(self, request: Message) -> str:
        """The name of the session, classroom or key that a request is for; empty where it is no name."""
        name = _value(request, self.resource) if self.resource else str(getattr(request, "name", ""))
        if _KEY_NAME.fullmatch(name):
            return name
        try:
            if self.resource and self.resource[-1] == "parent":
                parse_classroom(name, "", allow_wildcard=True)
            else:
                parse_session(name, "", DEFAULT_TENANT)
        except InvalidArgumentError:
            return ""
        return name

    def _classroom(self, request: Message, caller: Caller) -> str | None:
        """For which it is needed; None for any one."""
        if not self.resource:
            return EVERYWHERE
        name, field = _value(request, self.resource), ".".join(self.resource)
        if self.resource[-1] == "parent":
            return parse_classroom(name, field, allow_wildcard=True)
        if not name and self.permission is Permission.CLASSIFY:
            return None
        return parse_session(name, field, caller.tenant).classroom


def _require(caller: Caller, permission: Permission, classroom: str | None) -> None:
    allowed = (
        caller.permissions.allows_somewhere(permission)
        if classroom is None
        else caller.permissions.allows(permission, classroom)
    )
    if not allowed:
        raise PermissionDeniedError(f"classrooms/{classroom or EVERYWHERE}:{permission.value}")


def _value(request: Message, path: FieldPath) -> str:
    value = request
    for name in path:
        value = getattr(value, name)
    return str(value)


def rules_of(services: Iterable[str]) -> dict[str, MethodRule]:
    """The rule of each RPC of the services, by its path "/liveclass.v1.SessionService/GetSession".

    `services` are full proto names. Raises `ValueError` for an RPC that says nothing, or that names no field.
    """
    pool = descriptor_pool.Default()
    return {
        f"/{service}/{method.name}": _rule(method)
        for service in services
        for method in pool.FindServiceByName(service).methods
    }


def _rule(method: MethodDescriptor) -> MethodRule:
    option = method.GetOptions().Extensions[authorization_pb2.authorization]
    if option.permission == authorization_pb2.PERMISSION_NONE:
        return MethodRule(None, ())
    permission = _permission(option.permission, method)
    resource = _path(option.resource, method) if option.resource else ()
    extra = tuple((_path(one.field, method), _permission(one.permission, method)) for one in option.when_set)
    return MethodRule(permission, resource, extra, _audited(permission, method))


def _audited(permission: Permission, method: MethodDescriptor) -> Audited:
    if permission in (Permission.CLASSIFY, Permission.RECORD):
        return Audited.WHEN_DENIED
    only_reads = method.GetOptions().idempotency_level == MethodOptions.NO_SIDE_EFFECTS
    if permission in (Permission.ERASE, Permission.ADMIN) and not only_reads:
        return Audited.BEFORE
    return Audited.AFTERWARDS


def _permission(value: "authorization_pb2.Permission.ValueType", method: MethodDescriptor) -> Permission:
    if value == authorization_pb2.PERMISSION_UNSPECIFIED:
        raise ValueError(f"{method.full_name} does not say which permission it needs (option authorization)")
    return Permission(authorization_pb2.Permission.Name(value).removeprefix("PERMISSION_").lower())


def _path(text: str, method: MethodDescriptor) -> FieldPath:
    """Raises `ValueError` where it is not the path of a text field of the method's request."""
    message: Descriptor | None = method.input_type
    names = tuple(text.split("."))
    for name in names:
        field = message.fields_by_name.get(name) if message else None
        if field is None:
            raise ValueError(f"{method.full_name}: {method.input_type.name} has no field '{text}'")
        message = field.message_type
    if message is not None:
        raise ValueError(f"{method.full_name}: the field '{text}' is no text")
    return names
