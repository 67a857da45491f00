"""Program keys "lc_{id}_{secret}": long-lived secrets of programs, kept as hashes and exchanged for short tokens."""

import hmac
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple, Protocol

from liveclass.identity.audit import AuditedCall, Auditor
from liveclass.identity.caller import Caller
from liveclass.identity.local_keys import LocalKey
from liveclass.identity.permissions import Permissions
from liveclass.reasons import Reason
from liveclass.runtime.errors import (
    FailedPreconditionError,
    ResourceExhaustedError,
    ServiceError,
    UnauthenticatedError,
)
from liveclass.runtime.rate_limit import RateLimit

SECRET_BYTES = 32

_ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz234567"
_ID_LENGTH = 16
_KEY = re.compile(rf"lc_([{_ID_CHARACTERS}]{{{_ID_LENGTH}}})_([A-Za-z0-9_-]{{43}})")
_NAME = re.compile(rf"keys/([{_ID_CHARACTERS}]{{{_ID_LENGTH}}})")

USE_SECONDS = 60
"""How exactly the last use is kept: a write for each exchange would cost more than the exchange."""

MOST_FAILURES, FAILURES_PER_SECOND = 100, 5.0
"""Of one client: at once, and in the long run. Many programs may share an address: a right key counts as none."""

MOST_CLIENTS = 10_000
"""Whose failures are remembered."""

_NO_HASH = bytes(32)
"""Compared with where there is no such key, so that this takes as long. No secret has it."""


@dataclass(frozen=True, slots=True)
class ProgramKey:
    """What is kept of a key. Times are microseconds since the epoch."""

    id: str
    tenant: str
    display_name: str
    permissions: tuple[str, ...]
    secret_hash: bytes
    """SHA-256. A slow hash would protect a guessable password; 256 random bits cannot be guessed, however fast."""
    create_time: int
    last_use_time: int | None = None
    revoke_time: int | None = None

    @property
    def name(self) -> str:
        return f"keys/{self.id}"


class KeyStore(Protocol):
    """Keeps program keys."""

    async def find_key(self, key_id: str) -> ProgramKey | None: ...

    async def note_key_use(self, key_id: str, time: int) -> None: ...


class Issued(NamedTuple):
    """A token."""

    token: str
    expires_at: int
    """Seconds since the epoch."""


def new_secret() -> tuple[str, str]:
    """The id and the secret of a new key."""
    return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_LENGTH)), secrets.token_urlsafe(SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def key_text(key_id: str, secret: str) -> str:
    """As its owner keeps it."""
    return f"lc_{key_id}_{secret}"


def key_id_in(name: str) -> str | None:
    """The id in "keys/{id}"; None where that is no such name."""
    match = _NAME.fullmatch(name)
    return match[1] if match else None


class TokenIssuer(NamedTuple):
    """Signs tokens with the installation's own key."""

    key: LocalKey
    audience: str
    seconds: float
    """For how long a token is valid."""

    def issue(self, key: ProgramKey) -> Issued:
        token, expires_at = self.key.sign(
            _subject(key), key.permissions, self.seconds, audience=self.audience, tenant=key.tenant
        )
        return Issued(token, expires_at)


class KeyExchange:
    """Exchanges keys for tokens. Used from the event loop only."""

    def __init__(
        self,
        store: KeyStore,
        issuer: TokenIssuer | None,
        auditor: Auditor,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Without an `issuer` nothing can be exchanged."""
        self._store, self._issuer, self._auditor = store, issuer, auditor
        self._clock, self._failures = clock, RateLimit(MOST_CLIENTS, clock)

    def require_issuer(self) -> TokenIssuer:
        """Raises `FailedPreconditionError`."""
        if self._issuer is None:
            description = "this installation signs no tokens: LIVECLASS_SIGNING_KEY is not set"
            raise FailedPreconditionError("keys", description, Reason.NO_SIGNING_KEY)
        return self._issuer

    async def exchange(self, text: str, client: str) -> Issued:
        """A token for the key `text`.

        Raises `UnauthenticatedError`, the same in the same time for an id that is not known and for a wrong secret, and
        `ResourceExhaustedError` in its place where the client has failed too often.
        """
        issuer = self.require_issuer()
        match = _KEY.fullmatch(text)
        key_id, secret = match.groups() if match else ("", "")
        found = await self._store.find_key(key_id)
        is_right = hmac.compare_digest(hash_secret(secret), found.secret_hash if found else _NO_HASH)
        if found is None or not is_right or found.revoke_time is not None:
            wait = self._failures.take(client, FAILURES_PER_SECOND, MOST_FAILURES)
            if wait:
                message = "this client exchanges wrong keys too often"
                raise ResourceExhaustedError(message, wait, Reason.TOO_MANY_EXCHANGES)
            raise UnauthenticatedError("program_key", "this key is unknown, wrong or revoked")
        await self._note_use(found)
        caller = Caller(_subject(found), Permissions(), issuer.key.issuer, found.tenant)
        self._auditor.note(caller, AuditedCall(client, "ExchangeKey", found.name), "OK")
        return issuer.issue(found)

    async def _note_use(self, found: ProgramKey) -> None:
        now = int(self._clock() * 1_000_000)
        if found.last_use_time is None or now - found.last_use_time >= USE_SECONDS * 1_000_000:
            with suppress(ServiceError):  # a full disk keeps nobody from reading
                await self._store.note_key_use(found.id, now)


def _subject(key: ProgramKey) -> str:
    return f"key:{key.id}"
