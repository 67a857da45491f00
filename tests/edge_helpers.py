"""Calls of the edge as any HTTP client makes them."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from liveclass.stack import Stack


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def call(
    stack: Stack,
    method: str,
    path: str,
    body: bytes | Mapping[str, Any] | None = None,
    *,
    token: str | None = "",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request, with the stack's own token unless `token` says another one, or None for none at all."""
    given = {"host": f"localhost:{stack.ports.edge}", **(headers or {})}
    if token is not None:
        given["authorization"] = f"Bearer {token or stack.edge_token}"
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        given.setdefault("content-type", "application/json")
    connection = http.client.HTTPConnection("127.0.0.1", stack.ports.edge, timeout=30)
    try:
        connection.request(method, path, body, given)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()
