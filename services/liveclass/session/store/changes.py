"""Telling readers that something was written: in this process at once, and on PostgreSQL in every replica."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from liveclass.session.store.writing import Change

EVERYTHING = (-(2**62), 2**62)


class Subscription:
    """What changed in a session. Changes that are not taken yet are put together."""

    def __init__(self) -> None:
        self._changed: tuple[int, int] | None = None

    def add(self, first: int, last: int) -> None:
        known = self._changed or (first, last)
        self._changed = (min(known[0], first), max(known[1], last))

    def take(self) -> tuple[int, int] | None:
        """The first and last second of what changed since the last call; None where nothing did."""
        changed, self._changed = self._changed, None
        return changed


class ChangeFeed:
    """Hands changes on to those who wait for them."""

    def __init__(self) -> None:
        self._subscriptions: dict[int, list[Subscription]] = {}

    @asynccontextmanager
    async def subscribe(self, session_id: int) -> AsyncIterator[Subscription]:
        mine = Subscription()
        self._subscriptions.setdefault(session_id, []).append(mine)
        try:
            yield mine
        finally:
            remaining = [one for one in self._subscriptions[session_id] if one is not mine]
            if remaining:
                self._subscriptions[session_id] = remaining
            else:
                del self._subscriptions[session_id]

    def publish(self, change: Change) -> None:
        for subscription in self._subscriptions.get(change.session_id, ()):
            subscription.add(change.first, change.last)

    def publish_unknown(self) -> None:
        """Something may have changed anywhere: notices may have been missed."""
        for subscriptions in self._subscriptions.values():
            for subscription in subscriptions:
                subscription.add(*EVERYTHING)
