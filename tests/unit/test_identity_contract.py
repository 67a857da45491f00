"""Every RPC says which permission it needs; a service with one that does not is not served."""

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message import Message

from liveclass.identity.caller import Caller
from liveclass.identity.methods import rules_of
from liveclass.identity.permissions import Permission, Permissions
from liveclass.runtime.errors import InvalidArgumentError, PermissionDeniedError
from liveclass.v1 import audit_pb2, authorization_pb2, detection_pb2, identity_pb2, session_pb2

FILES = (detection_pb2.DESCRIPTOR, session_pb2.DESCRIPTOR, audit_pb2.DESCRIPTOR, identity_pb2.DESCRIPTOR)
SERVICES = [service for file in FILES for service in file.services_by_name.values()]
METHODS = [method for service in SERVICES for method in service.methods]
RULES = rules_of(service.full_name for service in SERVICES)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_rpc_names_its_permission_and_its_resource(method) -> None:
    option = method.GetOptions().Extensions[authorization_pb2.authorization]

    assert option.permission != authorization_pb2.PERMISSION_UNSPECIFIED
    of_the_tenant = (authorization_pb2.PERMISSION_ADMIN, authorization_pb2.PERMISSION_NONE)
    assert option.resource or option.permission in of_the_tenant
    assert f"/{method.containing_service.full_name}/{method.name}" in RULES


def test_an_rpc_that_names_no_permission_cannot_be_served() -> None:
    unsaid = descriptor_pb2.FileDescriptorProto(
        name="test/unsaid.proto", package="liveclass.test", dependency=["liveclass/v1/session.proto"]
    )
    method = unsaid.service.add(name="Unsaid").method.add(name="Read")
    method.input_type, method.output_type = ".liveclass.v1.GetSessionRequest", ".liveclass.v1.Session"
    descriptor_pool.Default().Add(unsaid)

    with pytest.raises(ValueError, match=r"liveclass\.test\.Unsaid\.Read does not say which permission it needs"):
        rules_of(["liveclass.test.Unsaid"])


def test_the_permissions_of_the_contract_are_those_of_the_tokens() -> None:
    values = authorization_pb2.DESCRIPTOR.enum_types_by_name["Permission"].values
    named = [value.name.removeprefix("PERMISSION_").lower() for value in values]

    assert named[1:-1] == [permission.value for permission in Permission]


def test_only_the_exchange_of_a_key_needs_no_token() -> None:
    assert [path for path, rule in RULES.items() if rule.permission is None] == [
        "/liveclass.v1.IdentityService/ExchangeKey"
    ]


def check(method: str, request: Message, *permissions: str) -> str:
    """The permission that is missing; empty where the call is allowed."""
    rule = next(rule for path, rule in RULES.items() if path.endswith(f"/{method}"))
    try:
        rule.check(request, Caller("somebody", Permissions.parse(permissions), "issuer"))
    except PermissionDeniedError as error:
        return error.permission
    return ""


SESSION = "classrooms/7b/sessions/maths"
CLASSIFY = detection_pb2.ClassifyFrameRequest()
CLASSIFY_AND_RECORD = detection_pb2.ClassifyFrameRequest(session=SESSION)
STREAM = detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig(session=SESSION))
TIMELINE = session_pb2.GetTimelineRequest(session=SESSION)
OF_A_SOURCE = session_pb2.GetTimelineRequest(session=SESSION, source="front")
EXPORT = session_pb2.ExportTimelineRequest(timeline=OF_A_SOURCE)
DELETE = session_pb2.DeleteSessionRequest(name=SESSION)
EVERYWHERE = session_pb2.ListSessionsRequest(parent="classrooms/-")


@pytest.mark.parametrize(
    ("method", "request_", "permissions", "missing"),
    [
        ("ClassifyFrame", CLASSIFY, ["classrooms/9a:classify"], ""),
        ("ClassifyFrame", CLASSIFY, ["classrooms/7b:view"], "classrooms/*:classify"),
        ("ClassifyFrame", CLASSIFY_AND_RECORD, ["classrooms/7b:classify"], "classrooms/7b:record"),
        ("ClassifyFrame", CLASSIFY_AND_RECORD, ["classrooms/7b:record"], "classrooms/7b:classify"),
        ("ClassifyFrame", CLASSIFY_AND_RECORD, ["classrooms/7b:classify", "classrooms/*:record"], ""),
        ("ClassifyStream", STREAM, ["classrooms/*:classify"], "classrooms/7b:record"),
        ("ClassifyStream", STREAM, ["classrooms/9a:classify", "classrooms/7b:record"], "classrooms/7b:classify"),
        ("GetTimeline", TIMELINE, ["classrooms/7b:view"], ""),
        ("GetTimeline", TIMELINE, ["classrooms/7:view", "classrooms/7b:record"], "classrooms/7b:view"),
        ("GetTimeline", OF_A_SOURCE, ["classrooms/7b:view"], "classrooms/7b:admin"),
        ("GetTimeline", OF_A_SOURCE, ["classrooms/7b:admin"], ""),
        ("ExportTimeline", EXPORT, ["classrooms/*:view"], "classrooms/7b:admin"),
        ("ListSessions", EVERYWHERE, ["classrooms/9a:view"], ""),
        ("ListSessions", EVERYWHERE, ["classrooms/9a:record"], "classrooms/*:view"),
        ("DeleteSession", DELETE, ["classrooms/7b:manage"], "classrooms/7b:erase"),
    ],
)  # fmt: skip
def test_a_call_needs_what_the_contract_says(method, request_, permissions, missing) -> None:
    assert check(method, request_, *permissions) == missing


def test_a_name_that_is_none_is_refused_with_its_field() -> None:
    with pytest.raises(InvalidArgumentError, match="name: must be"):
        check("GetSession", session_pb2.GetSessionRequest(name="classrooms/7b"), "classrooms/7b:view")


@pytest.mark.parametrize(
    "text",
    ["7b:view", "classrooms/7b", "classrooms/7b:", "classrooms/7b:View", "classrooms/7B:view", "classrooms/-:view",
     "classrooms/7b/sessions/a:view", "classrooms/**:view", " classrooms/7b:view", "classrooms/7b:view\n", ""],
)  # fmt: skip
def test_what_is_no_permission_permits_nothing(text) -> None:
    assert Permissions.parse([text]) == Permissions()


def test_no_permission_implies_another_but_admin_all() -> None:
    for given in Permission:
        permissions = Permissions.parse([f"classrooms/7b:{given.value}"])
        allowed = {other for other in Permission if permissions.allows(other, "7b")}
        assert allowed == (set(Permission) if given is Permission.ADMIN else {given})
        assert not any(permissions.allows(other, "9a") for other in Permission)
