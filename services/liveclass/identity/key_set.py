"""The keys that tokens are verified by: cached, renewed in the background, the last good ones kept in an outage."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from liveclass.identity.key_source import KeySource, UnusableKeysError
from liveclass.reasons import Reason
from liveclass.runtime.errors import UnavailableError, bounded

MOST_KEYS = 100
LEAST_RSA_BITS = 2048

LEAST_SECONDS_BETWEEN = 2.0
"""Between two attempts to read the keys because of a token that they do not verify."""

_RETRY_SECONDS = 1.0


class VerificationKey(NamedTuple):
    """A public key, and the one algorithm that it is used with: the token does not choose."""

    key: Any
    algorithm: str


class KeySet:
    """Used from the event loop only; reading happens in a thread."""

    def __init__(
        self, source: KeySource, refresh_seconds: float = 300.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source, self._refresh_seconds, self._clock = source, refresh_seconds, clock
        self._keys: Mapping[str, VerificationKey] | None = None
        self._attempted_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._log = structlog.get_logger()
        self.version = 0
        """Changes when the keys do."""

    async def key(self, key_id: str) -> VerificationKey | None:
        """The key of that id; with an empty id the only one that there is. None where there is none.

        Raises `UnavailableError` where the keys could not be read yet.
        """
        self.refresh_if_old()
        if self._keys is None or self._find(key_id) is None:
            await self.read_again()
        if self._keys is None:
            raise _unreadable()
        return self._find(key_id)

    async def all(self) -> Mapping[str, VerificationKey]:
        """Every key by its id, read anew where that is due. Raises `UnavailableError` as `key` does."""
        self.refresh_if_old()
        if self._reading is not None:
            await asyncio.shield(self._reading)
        if self._keys is None:
            raise _unreadable()
        return self._keys

    def refresh_if_old(self) -> None:
        """Starts to read the keys where they are due; nobody waits for it."""
        if self._attempted_at is None or self._clock() - self._attempted_at >= self._refresh_seconds:
            self._start_reading()

    def _find(self, key_id: str) -> VerificationKey | None:
        keys = self._keys or {}
        if not key_id and len(keys) == 1:
            return next(iter(keys.values()))
        return keys.get(key_id)

    async def read_again(self) -> None:
        """Reads the keys unless that was just done. However many tokens ask, there is one attempt at a time."""
        if self._reading is None:
            if self._attempted_at is not None and self._clock() - self._attempted_at < LEAST_SECONDS_BETWEEN:
                return
            self._start_reading()
        if self._reading is not None:
            await asyncio.shield(self._reading)

    def _start_reading(self) -> None:
        if self._reading is None:
            self._attempted_at = self._clock()
            self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            keys = await asyncio.to_thread(lambda: parse_keys(self._source()))
        except (OSError, ValueError) as error:
            kept = len(self._keys or ())
            self._log.warning("the issuer's keys cannot be read", cause=bounded(str(error), 200), keys_kept=kept)
        else:
            if keys != self._keys:
                self._log.info("the issuer's keys were read", keys=len(keys))
                self._keys = keys
                self.version += 1
        finally:
            self._reading = None


def _unreadable() -> UnavailableError:
    return UnavailableError("the issuer's keys cannot be read", _RETRY_SECONDS, Reason.ISSUER_UNAVAILABLE)


def public_jwks(keys: Mapping[str, VerificationKey]) -> dict[str, Any]:
    """The JWK set of these keys, as `parse_keys` reads it."""
    return {"keys": [_jwk(key_id, key) for key_id, key in keys.items()]}


def _jwk(key_id: str, key: VerificationKey) -> dict[str, Any]:
    written: dict[str, Callable[[Any], Any]] = {
        "RS256": RSAAlgorithm.to_jwk,
        "ES256": ECAlgorithm.to_jwk,
        "EdDSA": OKPAlgorithm.to_jwk,
    }
    found: dict[str, Any] = json.loads(written[key.algorithm](key.key))
    found.pop("key_ops", None)
    return {**found, **({"kid": key_id} if key_id else {}), "alg": key.algorithm, "use": "sig"}


def parse_keys(document: Any) -> dict[str, VerificationKey]:
    """The keys of a JWK set, by id. Keys of other kinds are left out. Raises `UnusableKeysError` where none is left."""
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise UnusableKeysError("is not a JWK set")
    found: dict[str, VerificationKey] = {}
    for entry in entries[:MOST_KEYS]:
        key = _public_key(entry)
        if key is not None:
            found[str(entry.get("kid", ""))] = key
    if not found:
        raise UnusableKeysError("the JWK set holds no RSA, P-256 or Ed25519 key for signatures")
    return found


def _public_key(entry: Any) -> VerificationKey | None:
    """None for a key that is not for signatures, of another kind, too short, or broken."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or "d" in entry:
        return None
    try:
        key = jwt.PyJWK(entry).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    algorithm = _algorithm(key)
    return VerificationKey(key, algorithm) if algorithm and entry.get("alg", algorithm) == algorithm else None


def _algorithm(key: Any) -> str:
    if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return "RS256"
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    return "EdDSA" if isinstance(key, Ed25519PublicKey) else ""
