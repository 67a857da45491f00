"""The token that calls carry: a text, or what a function gives, which is asked again before it expires."""

import base64
import json
import logging
import math
import threading
import time
from collections.abc import Callable

from liveclass.client.errors import ServiceError, TokenError, UnauthenticatedError

TokenSource = str | Callable[[], str]
"""A token, or a function that gives one. It is called from any thread, and never by two at once."""

Metadata = tuple[tuple[str, str], ...]

RENEWED_AFTER = 0.75
"""The share of a token's remaining life after which the next one is fetched, in the background."""


class Tokens:
    """The token of a client. May be used from many threads."""

    def __init__(self, source: TokenSource | None, clock: Callable[[], float] = time.time) -> None:
        self._source = source if callable(source) else None
        self._clock = clock
        self._fetching = threading.Lock()
        self._token, self._renew_at, self._expires_at = "", math.inf, math.inf
        if isinstance(source, str):
            self._keep(source)

    @property
    def is_ready(self) -> bool:
        """Whether `current` answers at once."""
        return self._source is None or (bool(self._token) and self._clock() < self._expires_at)

    def current(self) -> str:
        """The token; empty where there is none. Fetches the first one, and one in the place of an expired one.

        Raises what the function raises, and TokenError for what cannot be a token.
        """
        if not self.is_ready:
            with self._fetching:
                if not self.is_ready:
                    self._fetch()
        elif self._source is not None and self._clock() >= self._renew_at and self._fetching.acquire(blocking=False):
            threading.Thread(target=self._renew, daemon=True).start()
        return self._token

    def replace(self, refused: str) -> bool:
        """Fetches another token than the one that was refused; whether there is one."""
        if self._source is None:
            return False
        with self._fetching:
            if self._token == refused:  # otherwise another thread was faster
                self._fetch()
            return self._token != refused

    def _renew(self) -> None:
        """In the background; the lock is held already."""
        try:
            self._fetch()
        except Exception as error:  # noqa: BLE001  whatever the caller's function raises; the old token is still good
            logging.getLogger(__name__).warning("no new token could be fetched: %s", type(error).__name__)
            self._renew_at = math.inf  # the next one is fetched when this one has expired
        finally:
            self._fetching.release()

    def _fetch(self) -> None:
        if self._source is not None:
            self._keep(self._source())

    def _keep(self, token: str) -> None:
        token = token.strip()
        if not token.isascii() or not token.isprintable() or " " in token:
            raise TokenError("a token is ASCII text without spaces; what was given is none")
        now, expires_at = self._clock(), expiry_of(token)
        self._token, self._expires_at = token, expires_at
        self._renew_at = now + RENEWED_AFTER * (expires_at - now)


class CallToken:
    """The token of one call, replaced once where it is refused."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._sent = ""
        self._may_replace = True

    def metadata(self) -> Metadata:
        """What the call carries. Blocks while a token is fetched, unless `Tokens.is_ready`."""
        self._sent = self._tokens.current()
        return (("authorization", f"Bearer {self._sent}"),) if self._sent else ()

    def was_replaced(self, error: ServiceError) -> bool:
        """Whether the call is worth another attempt, with another token. Blocks while that is fetched."""
        if not isinstance(error, UnauthenticatedError) or not self._may_replace:
            return False
        self._may_replace = False
        return self._tokens.replace(self._sent)

    def was_accepted(self) -> None:
        """The stream goes on: should it end because the token has expired, another one is fetched."""
        self._may_replace = True


def expiry_of(token: str) -> float:
    """When a JWT expires, in seconds since the epoch; infinity for what is none. Nothing is verified."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        return math.inf
