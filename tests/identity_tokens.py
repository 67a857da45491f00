"""An issuer of tokens for the tests: keys of every kind, good tokens, and all that is wrong with a token."""

import base64
import hashlib
import hmac
import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://issuer.example", "liveclass"

_MAKERS = {
    "EdDSA": (ed25519.Ed25519PrivateKey.generate, OKPAlgorithm),
    "ES256": (lambda: ec.generate_private_key(ec.SECP256R1()), ECAlgorithm),
    "RS256": (lambda: rsa.generate_private_key(65537, 2048), RSAAlgorithm),
}


class Issuer:
    """Signs with a key for each algorithm, and publishes them as a JWKS file."""

    def __init__(self, jwks: Path, *algorithms: str) -> None:
        self.jwks = jwks
        self.keys: dict[str, Any] = {}
        for algorithm in algorithms or ("EdDSA",):
            self.keys[algorithm] = _MAKERS[algorithm][0]()
        self.publish()

    def publish(self) -> None:
        self.jwks.write_text(json.dumps({"keys": [self.public(algorithm) for algorithm in self.keys]}), "utf-8")

    def public(self, algorithm: str) -> dict[str, Any]:
        jwk = _MAKERS[algorithm][1].to_jwk(self.keys[algorithm].public_key(), as_dict=True)
        return {**jwk, "kid": algorithm, "use": "sig"}

    def settings(self) -> dict[str, object]:
        """Of a service that takes its tokens."""
        return {"issuer": ISSUER, "audience": AUDIENCE, "jwks": str(self.jwks)}

    def token(self, *permissions: str, algorithm: str = "", **claims: object) -> str:
        """A good token, but for what `claims` change; None takes a claim away."""
        algorithm = algorithm or next(iter(self.keys))
        given = good_claims(*permissions) | claims
        kept = {name: value for name, value in given.items() if value is not None}
        return jwt.encode(kept, self.keys[algorithm], algorithm, headers={"kid": algorithm})

    def with_public_key_as_secret(self, *permissions: str) -> str:
        """HS256, its secret the public key: what a verifier takes that lets the token choose the algorithm."""
        algorithm = next(iter(self.keys))
        pem = (
            self.keys[algorithm]
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        signed = f"{_part({'alg': 'HS256', 'kid': algorithm})}.{_part(good_claims(*permissions))}"
        return f"{signed}.{_encoded(hmac.digest(pem, signed.encode(), hashlib.sha256))}"

    def without_signature(self, *permissions: str) -> str:
        """`alg: none`."""
        return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(good_claims(*permissions))}."


def good_claims(*permissions: str) -> dict[str, object]:
    now = int(time.time())
    return {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "teacher-1",
        "iat": now,
        "exp": now + 600,
        "permissions": list(permissions),
    }


def bearer(token: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {token}"),)


def _part(value: object) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
