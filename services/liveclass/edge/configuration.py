"""Envoy's configuration, from the settings and the contracts."""

import json
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from google.api import annotations_pb2, httpbody_pb2
from google.protobuf.descriptor import FileDescriptor, MethodDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.rpc import error_details_pb2
from mako.template import Template  # type: ignore[import-untyped]  # Mako has no types

from liveclass.edge.settings import EdgeSettings
from liveclass.reasons import DOMAIN, Reason
from liveclass.secure_channel import target
from liveclass.security_headers import SECURITY_HEADERS
from liveclass.tls import Tls
from liveclass.v1 import audit_pb2, authorization_pb2, detection_pb2, identity_pb2, session_pb2

TEMPLATE = Path(__file__).parent / "envoy.yaml.mako"

_CONTRACTS = (detection_pb2, session_pb2, audit_pb2, identity_pb2)

_DESCRIPTIONS = (*_CONTRACTS, annotations_pb2, httpbody_pb2, error_details_pb2)
"""What Envoy has to know: the services, how they are called over HTTP, and the details of errors."""

_CLUSTERS = {
    "DetectionService": "detection",
    "SessionService": "session",
    "AuditService": "session",
    "IdentityService": "session",
}

STREAMS = "_streams"
"""Ends the names of the clusters that streams go to: the same addresses, counted apart from requests."""

_SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    **SECURITY_HEADERS,
}
"""Added to every answer that does not set them itself."""

_HSTS = {"strict-transport-security": "max-age=31536000"}


_RPC = "type.googleapis.com/google.rpc."
_NO_TOKEN = ({"@type": f"{_RPC}ErrorInfo", "reason": Reason.UNAUTHENTICATED.value, "domain": DOMAIN},)
_TRY_AGAIN = ({"@type": f"{_RPC}RetryInfo", "retry_delay": "1s"},)


class LocalAnswer(NamedTuple):
    """What Envoy says by itself: the gRPC code, the message, and the details."""

    code: int
    message: str = "%LOCAL_REPLY_BODY%"
    """By default Envoy's own words."""
    details: tuple[dict[str, str], ...] = ()

    def as_format(self) -> str:
        """As Envoy's `json_format`."""
        return json.dumps({"code": self.code, "message": self.message, "details": list(self.details)})


_LOCAL_ANSWERS = {
    400: LocalAnswer(3),
    401: LocalAnswer(16, "a valid token is required: send the header 'authorization: Bearer TOKEN'", _NO_TOKEN),
    403: LocalAnswer(7, "pages of other origins may not do this"),
    404: LocalAnswer(5, "there is no such path, or not with this method; /v1/openapi.json lists what there is"),
    405: LocalAnswer(12),
    408: LocalAnswer(4, "the request took too long to arrive"),
    413: LocalAnswer(3, "the request is larger than this server accepts"),
    415: LocalAnswer(3),
    421: LocalAnswer(3, "this server does not answer to this host name"),
    426: LocalAnswer(3),
    429: LocalAnswer(8, "this address calls too often: try again in a second", _TRY_AGAIN),
    431: LocalAnswer(3, "the request has too many header fields, or too long ones"),
    500: LocalAnswer(13),
    501: LocalAnswer(12),
    502: LocalAnswer(14),
    503: LocalAnswer(14, "no service answers here: try again in a second", _TRY_AGAIN),
    504: LocalAnswer(4, "the request could not be answered in time"),
}
"""By HTTP status."""


def write_configuration(settings: EdgeSettings, folder: Path) -> Path:
    """Writes envoy.yaml, and the files beside it that it refers to, into `folder`; returns its path.

    Raises `TlsError` for certificates that cannot be used, and OSError where the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "descriptors.pb").write_bytes(descriptor_set().SerializeToString(deterministic=True))
    _write_certificates(settings, folder)
    path = folder / "envoy.yaml"
    path.write_text(render(settings), "utf-8")
    return path


def _write_certificates(settings: EdgeSettings, folder: Path) -> None:
    """What the edge shows and trusts, as files that Envoy follows: it reads the PEM files anew when they change.

    Raises `TlsError` for files that cannot be used: Envoy would start all the same, and serve nobody.
    """
    shown = Tls(None, settings.edge_certificate, settings.edge_key)
    upstream = Tls(settings.ca, settings.certificate, settings.key)
    secrets: dict[str, dict[str, Any]] = {}
    for name, tls in (("certificate", shown), ("client-certificate", upstream)):
        tls.read()
        if tls.certificate and tls.key:
            files = {"certificate_chain": _named(tls.certificate), "private_key": _named(tls.key)}
            secrets[name] = {"tls_certificate": {**files, "watched_directory": _folder_of(tls.certificate)}}
    if upstream.ca:
        trusted = {"trusted_ca": _named(upstream.ca), "watched_directory": _folder_of(upstream.ca)}
        secrets["authority"] = {"validation_context": trusted}
    for name, secret in secrets.items():
        kind = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"
        text = json.dumps({"resources": [{"@type": kind, "name": name, **secret}]})  # JSON is YAML
        (folder / f"{name}.yaml").write_text(text, "utf-8")


def _named(path: str | Path) -> dict[str, str]:
    return {"filename": str(Path(path).absolute())}


def _folder_of(path: str | Path) -> dict[str, str]:
    """Where the file, or the link to it, is replaced."""
    return {"path": str(Path(path).absolute().parent)}


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def render(settings: EdgeSettings) -> str:
    """The text of envoy.yaml."""
    template = Template(  # noqa: S702  # no page of HTML: YAML, in which every value is written as JSON
        filename=str(TEMPLATE), strict_undefined=True, imports=["from json import dumps"], default_filters=["dumps"]
    )
    text: str = template.render(
        settings=settings,
        headers=_SECURITY_HEADERS | (_HSTS if settings.edge_certificate else {}),
        local_answers=_LOCAL_ANSWERS,
        origins=[*_own_origins(settings), *settings.edge_origins],
        services={f"/liveclass.v1.{service}/": cluster for service, cluster in _CLUSTERS.items()},
        streams={path: f"{_CLUSTERS[method.containing_service.name]}{STREAMS}" for path, method in _streams().items()},
        open_paths=_paths_without_token(),
        upstreams={
            f"{name}{kind}": host_and_port(address)
            for name, address in (("detection", settings.detection_address), ("session", settings.session_address))
            for kind in ("", STREAMS)
        },
        web=host_and_port(settings.web_address),
        is_ip_address=_is_ip_address,
    )
    return text


def host_and_port(address: str) -> tuple[str, int]:
    """Of an address of one service, as the SDK takes it. Raises `ValueError` where it has no port, or names several."""
    host, _, port = target(address).removeprefix("dns:///").rpartition(":")
    if not host or not port.isdecimal() or set(host) & set(",/"):
        raise ValueError(f"{address} is no address of one service; write it as host:port or https://host[:port]")
    return host.strip("[]"), int(port)


def descriptor_set() -> FileDescriptorSet:
    """The contracts and everything that they import, each after what it imports."""
    found: dict[str, FileDescriptor] = {}

    def add(file: FileDescriptor) -> None:
        for imported in file.dependencies:
            add(imported)
        found.setdefault(file.name, file)

    for module in _DESCRIPTIONS:
        add(module.DESCRIPTOR)
    descriptors = FileDescriptorSet()
    for file in found.values():
        file.CopyToProto(descriptors.file.add())
    return descriptors


def _own_origins(settings: EdgeSettings) -> list[str]:
    """The origins of the pages that come through this edge."""
    schemes = ["https"] if settings.edge_certificate else ["http"]
    if settings.edge_trusted_proxies:  # one of them may be what TLS ends at
        schemes = ["http", "https"]
    names = [f"{host}{port}" for host in settings.edge_hosts for port in _public_ports(settings)]
    return [f"{scheme}://{name}" for scheme in schemes for name in names]


def _public_ports(settings: EdgeSettings) -> tuple[str, ...]:
    """As an origin has them: the default port of HTTP or HTTPS is left out of it."""
    own = f":{settings.edge_port}"
    return ("", own) if settings.edge_certificate or settings.edge_trusted_proxies else (own,)


def _methods() -> Iterator[tuple[str, MethodDescriptor]]:
    """Every RPC, with its path."""
    for contract in _CONTRACTS:
        for service in contract.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                yield f"/{service.full_name}/{method.name}", method


def _streams() -> dict[str, MethodDescriptor]:
    """The RPCs that go on for longer than a request does, by path."""
    return {path: method for path, method in _methods() if method.server_streaming}


def _paths_without_token() -> list[str]:
    """Of the RPCs that need none, since they prove themselves: over gRPC, and over HTTP."""
    found = []
    for path, method in _methods():
        options = method.GetOptions()
        if options.Extensions[authorization_pb2.authorization].permission == authorization_pb2.PERMISSION_NONE:
            found += [path, options.Extensions[annotations_pb2.http].post]
    return found
