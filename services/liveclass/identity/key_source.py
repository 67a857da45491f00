"""Where an issuer's public keys come from: a JWKS file, a JWKS URL, or the issuer's OIDC discovery document.

RFC 7517 (JWK sets), OpenID Connect Discovery 1.0. Everything here blocks, and is called in a thread.
"""

import json
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from liveclass.paths import is_loopback

KeySource = Callable[[], Any]
"""Gives a JWK set as JSON. Raises `OSError` or `ValueError`."""


class UnusableKeysError(ValueError):
    """What was read holds no keys."""


MOST_BYTES = 256 * 1024
TIMEOUT_SECONDS = 5.0
_DISCOVERY = "/.well-known/openid-configuration"


def file_source(path: Path) -> KeySource:
    """A JWKS file."""

    def read() -> Any:
        with path.open("rb") as file:
            return _json(file.read(MOST_BYTES + 1))

    return read


def url_source(url: str) -> KeySource:
    """A JWKS behind a URL. Raises `ValueError` for a URL that is not secure."""
    check_url(url)
    return lambda: _fetch(url)


def discovery_source(issuer: str) -> KeySource:
    """The JWKS that an issuer's discovery document names. Raises `ValueError` for an issuer that is no secure URL."""
    check_url(issuer)

    def read() -> Any:
        document = _fetch(issuer.rstrip("/") + _DISCOVERY)
        if not isinstance(document, dict) or document.get("issuer") != issuer:
            raise UnusableKeysError("the discovery document is of another issuer")
        url = document.get("jwks_uri")
        if not isinstance(url, str):
            raise UnusableKeysError("the discovery document names no jwks_uri")
        check_url(url)
        return _fetch(url)

    return read


def check_url(url: str) -> None:
    """Raises `ValueError` unless it is https, or http on this machine."""
    parts = urlsplit(url)
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not is_secure or not parts.hostname:
        raise ValueError(f"{url!r} must be an https URL; http is for this machine alone")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys come from where the operator said, and from nowhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _fetch(url: str) -> Any:
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
            return _json(response.read(MOST_BYTES + 1))
    except HTTPException as error:
        raise OSError(f"no HTTP answer: {type(error).__name__}") from error


def _json(data: bytes) -> Any:
    if len(data) > MOST_BYTES:
        raise UnusableKeysError(f"is longer than {MOST_BYTES} bytes")
    try:
        return json.loads(data)
    except RecursionError as error:
        raise UnusableKeysError("is nested too deeply") from error
