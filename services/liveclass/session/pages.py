"""Pages of lists (AIP-158): how long they are, and the tokens by which a list is continued."""

import base64
import re
from hashlib import blake2b
from typing import Any

from liveclass.runtime.errors import InvalidArgumentError

MAX_PAGE_SIZE = 1_000
MAX_TOKEN_LENGTH = 300


ListRequest = Any
"""A message with `page_size` and `page_token`."""


def page_size(request: ListRequest, default: int) -> int:
    """Raises `InvalidArgumentError` for a negative one."""
    if request.page_size < 0:
        raise InvalidArgumentError("page_size", "must not be negative")
    return min(int(request.page_size) or default, MAX_PAGE_SIZE)


def page_token(request: ListRequest, tenant: str, position: str) -> str:
    """A token that continues at `position`; it is good for the same tenant and, but for the page, the same request."""
    return base64.urlsafe_b64encode(f"{position} {_digest(request, tenant)}".encode()).decode()


def read_page_token(request: ListRequest, tenant: str, position: re.Pattern[str]) -> re.Match[str]:
    """The position in a request's token, as `position` matches it. Raises `InvalidArgumentError`."""
    text, _, digest = _from_base64(request.page_token).rpartition(" ")
    match = position.fullmatch(text)
    if match is None or digest != _digest(request, tenant):
        raise InvalidArgumentError("page_token", "is not one that this service gave for this request")
    return match


def _from_base64(token: str) -> str:
    """Empty for what is no token."""
    if len(token) > MAX_TOKEN_LENGTH:
        return ""
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except ValueError:
        return ""


def _digest(request: ListRequest, tenant: str) -> str:
    same = type(request)()
    same.CopyFrom(request)
    same.ClearField("page_token")
    same.ClearField("page_size")
    return blake2b(tenant.encode() + b"\n" + same.SerializeToString(deterministic=True), digest_size=8).hexdigest()
