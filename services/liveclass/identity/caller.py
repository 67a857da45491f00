"""Who makes the call that is being answered."""

import math
from contextvars import ContextVar
from dataclasses import dataclass, field

from liveclass.identity.permissions import ALL, NONE, Permissions

DEFAULT_TENANT = "default"
"""Of callers whose tokens name none."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A person or program, as its token describes it."""

    subject: str
    """Its name at the issuer."""
    permissions: Permissions
    issuer: str = ""
    tenant: str = DEFAULT_TENANT
    expires_at: float = math.inf
    """In seconds since the epoch."""
    token: str = field(default="", repr=False)
    """As it came, to be passed on to other services; empty where none was needed."""

    @property
    def is_identified(self) -> bool:
        """Whether an issuer says who it is."""
        return bool(self.issuer)


LOCAL_OPERATOR = Caller("local-operator", ALL)
"""Everybody on this machine, where tokens are not checked."""

NOBODY = Caller("", NONE)

AUTHORIZATION = "authorization"
"""The metadata key of a token: "Bearer …"."""

_current: ContextVar[Caller] = ContextVar("caller", default=NOBODY)


def current_caller() -> Caller:
    """The caller of the RPC that is being answered; `NOBODY` outside of one."""
    return _current.get()


def set_current_caller(caller: Caller) -> None:
    """For this task and those that it starts."""
    _current.set(caller)


def authorization(caller: Caller) -> tuple[tuple[str, str], ...]:
    """The metadata with which another service is called in the caller's name: it may do what the caller may."""
    return ((AUTHORIZATION, f"Bearer {caller.token}"),) if caller.token else ()
