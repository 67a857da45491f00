"""The calls of administrators: the audit log, and program keys. They need `admin` for all classrooms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from types import TracebackType
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.client.channel import channel_options
from liveclass.client.errors import ServiceError, error_from_rpc
from liveclass.client.messages import write_time
from liveclass.client.token_source import token_source
from liveclass.client.tokens import CallToken, Tokens, TokenSource
from liveclass.secure_channel import open_channel, uses_tls
from liveclass.tls import Tls
from liveclass.v1 import audit_pb2, audit_pb2_grpc, identity_pb2, identity_pb2_grpc


@dataclass(frozen=True)
class AuditEntry:
    """That somebody called an RPC."""

    time: datetime
    issuer: str
    subject: str
    client: str
    """A name in the client's certificate, or its address."""
    action: str
    """The name of the RPC."""
    resource: str
    outcome: str
    """The gRPC status, or "BEGUN"."""
    calls: int
    """How often within a second."""


@dataclass(frozen=True)
class ProgramKey:
    """A program key, without its secret."""

    id: str
    display_name: str
    permissions: tuple[str, ...]
    created: datetime
    last_used: datetime | None
    """To the minute."""
    revoked: datetime | None


class Administration:
    """A client of the session service's administrative RPCs. Every method raises ServiceError."""

    def __init__(
        self,
        session: str = "localhost:50052",
        *,
        timeout: float = 10.0,
        tls: Tls | None = None,
        token: TokenSource | None = None,
        plaintext_token: bool = False,
    ) -> None:
        """As for `LiveClass`."""
        self._address, self._timeout, self._tls = session, timeout, tls
        self._tokens = Tokens(token_source(token, [session], session, tls, plaintext=plaintext_token))
        self._channel = open_channel(grpc, session, tls, options=channel_options())
        self._audit: Any = audit_pb2_grpc.AuditServiceStub(self._channel)
        self._identity: Any = identity_pb2_grpc.IdentityServiceStub(self._channel)

    def __enter__(self) -> "Administration":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._channel.close()

    def audit_entries(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        action: str = "",
        subject: str = "",
        outcome: str = "",
        resource: str = "",
    ) -> Iterator[AuditEntry]:
        """The entries of the tenant, latest first; pages are fetched as they are needed."""
        request = audit_pb2.ListAuditEntriesRequest(
            page_size=200,
            start_time=write_time(start),
            end_time=write_time(end),
            action=action,
            subject=subject,
            outcome=outcome,
            resource=resource,
        )
        while True:
            page = self._call(self._audit.ListAuditEntries, request)
            yield from map(_entry, page.entries)
            if not page.next_page_token:
                return
            request.page_token = page.next_page_token

    def create_key(self, permissions: Sequence[str], display_name: str = "") -> tuple[ProgramKey, str]:
        """Makes a key; its text "lc_…" is shown this once."""
        request = identity_pb2.CreateKeyRequest(display_name=display_name, permissions=permissions)
        made = self._call(self._identity.CreateKey, request)
        return _key(made.key), str(made.secret)

    def list_keys(self) -> list[ProgramKey]:
        """Latest first, revoked ones included."""
        return list(map(_key, self._call(self._identity.ListKeys, identity_pb2.ListKeysRequest()).keys))

    def revoke_key(self, key_id: str) -> ProgramKey:
        """The key cannot be exchanged any more."""
        return _key(self._call(self._identity.RevokeKey, identity_pb2.RevokeKeyRequest(name=f"keys/{key_id}")))

    def _call(self, method: Any, request: Any) -> Any:
        """Once more with another token, where the first is refused."""
        token = CallToken(self._tokens)
        try:
            return method(request, timeout=self._timeout, metadata=token.metadata())
        except grpc.RpcError as failed:
            if not token.was_replaced(self._error(failed)):
                raise self._error(failed) from None
        try:
            return method(request, timeout=self._timeout, metadata=token.metadata())
        except grpc.RpcError as failed:
            raise self._error(failed) from None

    def _error(self, error: grpc.RpcError) -> ServiceError:
        return error_from_rpc(error, "session", self._address, tls=uses_tls(self._address, self._tls))


def _time(time: Timestamp) -> datetime:
    return time.ToDatetime(timezone.utc)


def _entry(entry: audit_pb2.AuditEntry) -> AuditEntry:
    return AuditEntry(
        _time(entry.time),
        entry.issuer,
        entry.subject,
        entry.client,
        entry.action,
        entry.resource,
        entry.outcome,
        entry.calls,
    )


def _key(key: identity_pb2.ProgramKey) -> ProgramKey:
    return ProgramKey(
        key.name.removeprefix("keys/"),
        key.display_name,
        tuple(key.permissions),
        _time(key.create_time),
        _time(key.last_use_time) if key.HasField("last_use_time") else None,
        _time(key.revoke_time) if key.HasField("revoke_time") else None,
    )
