"""The RPCs of `liveclass.v1.IdentityService`: program keys are made, listed, revoked, and exchanged for tokens."""
# ruff: noqa: ARG002  # every RPC is given a context, and few need it

from dataclasses import dataclass
from typing import Any

from liveclass.identity.audit import client_of, set_resource
from liveclass.identity.caller import current_caller
from liveclass.identity.permissions import Permissions
from liveclass.identity.program_keys import KeyExchange, ProgramKey, hash_secret, key_id_in, key_text, new_secret
from liveclass.names import check_pseudonymous
from liveclass.runtime.errors import InvalidArgumentError, Reason
from liveclass.session.model import MICROSECONDS
from liveclass.session.ports import SessionStore
from liveclass.session.timeline_reader import Clock
from liveclass.v1 import identity_pb2, identity_pb2_grpc

Context = Any  # grpc.aio.ServicerContext, generic in the stubs only

IDENTITY_SERVICE = identity_pb2.DESCRIPTOR.services_by_name["IdentityService"].full_name

MAX_PERMISSIONS = 32
"""Of a key: its tokens have to fit into a call's metadata."""


@dataclass(frozen=True)
class IdentityServicer(identity_pb2_grpc.IdentityServiceServicer):
    """Answers for the program keys of one store."""

    store: SessionStore
    exchange: KeyExchange
    clock: Clock

    async def ExchangeKey(
        self, request: identity_pb2.ExchangeKeyRequest, context: Context
    ) -> identity_pb2.ExchangeKeyResponse:
        issued = await self.exchange.exchange(request.key, client_of(context))
        response = identity_pb2.ExchangeKeyResponse(token=issued.token)
        response.expire_time.seconds = issued.expires_at
        return response

    async def CreateKey(
        self, request: identity_pb2.CreateKeyRequest, context: Context
    ) -> identity_pb2.CreateKeyResponse:
        self.exchange.require_issuer()
        permissions = _permissions(request)
        name = check_pseudonymous(request.display_name, "display_name", "name the program, not a person")
        key_id, secret = new_secret()
        key = ProgramKey(key_id, current_caller().tenant, name, permissions, hash_secret(secret), self._now())
        await self.store.add_key(key)
        set_resource(key.name)
        return identity_pb2.CreateKeyResponse(key=_message(key), secret=key_text(key_id, secret))

    async def ListKeys(self, request: identity_pb2.ListKeysRequest, context: Context) -> identity_pb2.ListKeysResponse:
        return identity_pb2.ListKeysResponse(keys=map(_message, await self.store.list_keys(current_caller().tenant)))

    async def RevokeKey(self, request: identity_pb2.RevokeKeyRequest, context: Context) -> identity_pb2.ProgramKey:
        key_id = key_id_in(request.name)
        if key_id is None:
            raise InvalidArgumentError("name", 'must be "keys/{id}"', Reason.INVALID_NAME)
        return _message(await self.store.revoke_key(current_caller().tenant, key_id, self._now()))

    def _now(self) -> int:
        return int(self.clock() * MICROSECONDS)


def _permissions(request: identity_pb2.CreateKeyRequest) -> tuple[str, ...]:
    permissions = tuple(dict.fromkeys(request.permissions))
    if not 1 <= len(permissions) <= MAX_PERMISSIONS:
        raise InvalidArgumentError("permissions", f"must be 1 to {MAX_PERMISSIONS}, and are {len(permissions)}")
    for text in permissions:
        if Permissions.parse([text]) == Permissions():
            raise InvalidArgumentError("permissions", "must each be such as classrooms/7b:record or classrooms/*:view")
    return permissions


def _message(key: ProgramKey) -> identity_pb2.ProgramKey:
    message = identity_pb2.ProgramKey(name=key.name, display_name=key.display_name, permissions=key.permissions)
    message.create_time.FromMicroseconds(key.create_time)
    if key.last_use_time is not None:
        message.last_use_time.FromMicroseconds(key.last_use_time)
    if key.revoke_time is not None:
        message.revoke_time.FromMicroseconds(key.revoke_time)
    return message
