"""Tokens: JSON Web Tokens (RFC 7519) of one issuer, checked as RFC 8725 asks."""

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import jwt
from jwt.types import Options

from liveclass.identity.access import Metadata
from liveclass.identity.caller import AUTHORIZATION, DEFAULT_TENANT, Caller
from liveclass.identity.claims import OWN_CLAIMS, ClaimMapper
from liveclass.identity.key_set import KeySet, VerificationKey
from liveclass.runtime.errors import UnauthenticatedError

MOST_TOKEN_BYTES = 8 * 1024
MOST_SUBJECT_LENGTH = 255
MOST_VERIFIED = 4096
"""Tokens that are known to be good, so that a caller's next call costs no signature."""

CLOCK_SKEW_SECONDS = 30.0
"""By which the issuer's clock may be ahead."""

ALGORITHMS = ("RS256", "ES256", "EdDSA")

_OPTIONS = Options(require=["exp", "iss", "aud", "sub"], verify_exp=False, verify_nbf=False, verify_iat=False)
"""The times are checked here, by the same clock as everything else."""

_BEARER = re.compile(r"Bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)


class TokenRules(NamedTuple):
    """Which tokens are taken."""

    issuer: str
    audience: str
    most_seconds: float = 3600.0
    """How far ahead a token may expire."""


class TokenVerifier:
    """An `Authenticator` by tokens. Used from the event loop only."""

    def __init__(
        self,
        keys: KeySet,
        rules: TokenRules,
        claims: ClaimMapper = OWN_CLAIMS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`clock` gives seconds since the epoch."""
        self._keys, self._rules, self._claims, self._clock = keys, rules, claims, clock
        self._verified: OrderedDict[bytes, Caller] = OrderedDict()
        self._keys_version = keys.version

    async def caller(self, metadata: Metadata) -> Caller:
        token = _token(metadata)
        self._keys.refresh_if_old()
        if self._keys_version != self._keys.version:  # what a withdrawn key has signed is not known to be good any more
            self._verified.clear()
            self._keys_version = self._keys.version
        digest = sha256(token.encode()).digest()
        caller = self._verified.get(digest)
        if caller is None:
            caller = await self._verify(token)
            self._verified[digest] = caller
            while len(self._verified) > MOST_VERIFIED:
                self._verified.popitem(last=False)
        if caller.expires_at <= self._clock():
            self._verified.pop(digest, None)
            raise UnauthenticatedError("expired")
        return caller

    async def _verify(self, token: str) -> Caller:
        key_id = _key_id(token)
        version = self._keys.version
        try:
            return self._caller(token, self._claims_of(token, await self._key(key_id)))
        except UnauthenticatedError as error:
            if error.failed_check != "signature":
                raise
            await self._keys.read_again()  # the issuer may have another key of the same id, or give none
            if self._keys.version == version:
                raise
        return self._caller(token, self._claims_of(token, await self._key(key_id)))

    async def _key(self, key_id: str) -> VerificationKey:
        key = await self._keys.key(key_id)
        if key is None:
            raise UnauthenticatedError("unknown_key")
        return key

    def _claims_of(self, token: str, key: VerificationKey) -> Mapping[str, Any]:
        """The claims of a token whose signature, issuer, audience and times are right."""
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                audience=self._rules.audience,
                issuer=self._rules.issuer,
                options=_OPTIONS,
            )
        except jwt.InvalidSignatureError as error:
            raise UnauthenticatedError("signature") from error
        except jwt.InvalidIssuerError as error:
            raise UnauthenticatedError("issuer") from error
        except jwt.InvalidAudienceError as error:
            raise UnauthenticatedError("audience") from error
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
            raise UnauthenticatedError("malformed") from error
        return claims

    def _caller(self, token: str, claims: Mapping[str, Any]) -> Caller:
        expires_at, subject = self._expiry(claims), claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= MOST_SUBJECT_LENGTH or not subject.isprintable():
            raise UnauthenticatedError("malformed")
        try:
            tenant, permissions = self._claims.tenant_of(claims), self._claims.permissions_of(claims)
        except ValueError as error:
            raise UnauthenticatedError("malformed") from error
        return Caller(subject, permissions, self._rules.issuer, tenant or DEFAULT_TENANT, expires_at, token)

    def _expiry(self, claims: Mapping[str, Any]) -> float:
        now = self._clock()
        expires_at, not_before = _seconds(claims["exp"]), _seconds(claims.get("nbf", 0))
        issued_at = _seconds(claims.get("iat", 0))
        if expires_at <= now:
            raise UnauthenticatedError("expired")
        if expires_at > now + self._rules.most_seconds + CLOCK_SKEW_SECONDS:
            raise UnauthenticatedError("too_long_lived")
        if max(not_before, issued_at) > now + CLOCK_SKEW_SECONDS:
            raise UnauthenticatedError("not_yet_valid")
        return expires_at


def _token(metadata: Metadata) -> str:
    """The token of a call. Raises `UnauthenticatedError` where there is none, several, or what cannot be one."""
    values = [value for key, value in metadata if key == AUTHORIZATION]
    if not values:
        raise UnauthenticatedError("no_token")
    value = values[0]
    if len(values) > 1 or not isinstance(value, str) or len(value) > MOST_TOKEN_BYTES:
        raise UnauthenticatedError("malformed")
    match = _BEARER.fullmatch(value)
    if match is None:
        raise UnauthenticatedError("malformed")
    return match[1]


def _key_id(token: str) -> str:
    """Of the key that is said to have signed it; empty where none is named. It is only ever looked up, never shown."""
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError) as error:
        raise UnauthenticatedError("malformed") from error
    if header.get("alg") not in ALGORITHMS:
        raise UnauthenticatedError("algorithm")
    if "crit" in header:  # extensions that must be understood, of which we understand none
        raise UnauthenticatedError("malformed")
    key_id = header.get("kid", "")
    if not isinstance(key_id, str):
        raise UnauthenticatedError("malformed")
    return key_id


def _seconds(value: Any) -> float:
    """A NumericDate. Raises `UnauthenticatedError` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise UnauthenticatedError("malformed")
    return float(value)
