"""A signing key on this machine, for those who have no issuer: a private JWK (RFC 7517), and the set that verifies."""

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from jwt.algorithms import ECAlgorithm, OKPAlgorithm

Algorithm = Literal["EdDSA", "ES256"]

KEY_FILE, JWKS_FILE = "signing-key.json", "jwks.json"
MOST_PUBLISHED = 4
"""Keys in the set: the one that signs now, and those before it, whose tokens are still about."""


class KeyFileError(ValueError):
    """A key is there already, or cannot be used; the message says what to do."""


@dataclass(frozen=True)
class LocalKey:
    """Signs tokens as `issuer`."""

    issuer: str
    jwk: dict[str, Any]
    """The private key."""

    @property
    def key_id(self) -> str:
        return str(self.jwk["kid"])

    def sign(
        self,
        subject: str,
        permissions: Sequence[str],
        seconds: float,
        *,
        audience: str,
        tenant: str = "",
    ) -> tuple[str, int]:
        """A token, and when it expires in seconds since the epoch."""
        now = int(time.time())
        expires_at = now + round(seconds)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": audience,
            "sub": subject,
            "iat": now,
            "exp": expires_at,
            "jti": uuid4().hex,
            "permissions": list(permissions),
        }
        if tenant:
            claims["tenant"] = tenant
        key = jwt.PyJWK(self.jwk).key
        return jwt.encode(claims, key, self.jwk["alg"], headers={"kid": self.key_id}), expires_at


def create_key(directory: Path, issuer: str, algorithm: Algorithm = "EdDSA", *, rotate: bool = False) -> LocalKey:
    """Makes a key and adds it to the set; with `rotate` in the place of the one that is there.

    Raises `KeyFileError` where there is one and `rotate` is not given, and `OSError`.
    """
    key_file, jwks_file = directory / KEY_FILE, directory / JWKS_FILE
    if key_file.exists() and not rotate:
        raise KeyFileError(f"there is a key already: {key_file}; --rotate makes a new one, and keeps the old one valid")
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = LocalKey(issuer, _new_jwk(algorithm))
    earlier = json.loads(jwks_file.read_text("utf-8"))["keys"] if jwks_file.exists() else []
    # The set first: a token must never be signed by a key that no service can know.
    write_file(jwks_file, json.dumps({"keys": [_public(key.jwk), *earlier][:MOST_PUBLISHED]}, indent=2), mode=0o644)
    write_file(key_file, json.dumps({"issuer": issuer, "key": key.jwk}, indent=2), mode=0o600)
    return key


def read_key(directory: Path) -> LocalKey:
    """Raises `KeyFileError` where there is none, or others can read it."""
    return read_key_file(directory / KEY_FILE)


def read_key_file(file: Path, *, forbidden: int = 0o077) -> LocalKey:
    """Raises `KeyFileError` where there is none, or its mode has one of the bits `forbidden`."""
    try:
        if file.stat().st_mode & forbidden:
            raise KeyFileError(f"others can read {file}; run: chmod 600 {file}")
        content = json.loads(file.read_text("utf-8"))
        return LocalKey(content["issuer"], content["key"])
    except FileNotFoundError as error:
        raise KeyFileError(f"there is no key at {file}; `liveclass keys create` makes one") from error
    except (json.JSONDecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise KeyFileError(f"{file} holds no key; `liveclass keys create --rotate` makes a new one") from error


def write_file(path: Path, text: str, *, mode: int) -> None:
    """Replaces a file in one step: who reads it sees the old or the new one, never with other rights than `mode`."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _new_jwk(algorithm: Algorithm) -> dict[str, Any]:
    if algorithm == "EdDSA":
        jwk = OKPAlgorithm.to_jwk(ed25519.Ed25519PrivateKey.generate(), as_dict=True)
    else:
        jwk = ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()), as_dict=True)
    return {**jwk, "alg": algorithm, "use": "sig", "kid": uuid4().hex}


def _public(jwk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in jwk.items() if name != "d"}
