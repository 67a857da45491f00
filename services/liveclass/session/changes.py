"""Publishing what changed in a session to those who watch it."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

ALL_TIME = (-(2**62), 2**62)
"""A first and a last second with everything in between."""


@dataclass(frozen=True, slots=True)
class Change:
    """The seconds of a session, from `first` to `last`, in which readers see something change."""

    session_id: int
    first: int
    last: int


class Subscription:
    """What changed in a session. Changes that are not taken yet are put together."""

    def __init__(self, session_id: int) -> None:
        self.session_id = session_id
        self._changed: tuple[int, int] | None = None
        self._wake = asyncio.Event()

    def add(self, first: int, last: int) -> None:
        known = self._changed or (first, last)
        self._changed = (min(known[0], first), max(known[1], last))
        self._wake.set()

    async def take(self, wait_seconds: float) -> tuple[int, int] | None:
        """Waits for a change. Gives the first and last second of what changed since the last call.

        None: nothing did, in so many seconds.
        """
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), None if wait_seconds == inf else wait_seconds)
        self._wake.clear()
        changed, self._changed = self._changed, None
        return changed


class ChangeFeed:
    """Passes changes to their subscribers. Used from the event loop only."""

    def __init__(self) -> None:
        self._subscriptions: dict[int, list[Subscription]] = {}

    def subscribe(self, session_id: int) -> Subscription:
        subscription = Subscription(session_id)
        self._subscriptions.setdefault(session_id, []).append(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Does nothing where it was done before."""
        remaining = [one for one in self._subscriptions.pop(subscription.session_id, ()) if one is not subscription]
        if remaining:
            self._subscriptions[subscription.session_id] = remaining

    def publish(self, changes: Iterable[Change]) -> None:
        for change in changes:
            for subscription in self._subscriptions.get(change.session_id, ()):
                subscription.add(change.first, change.last)

    def publish_unknown(self) -> None:
        """Anything may have changed in any session: changes of other replicas may have been missed."""
        self.publish(Change(session_id, *ALL_TIME) for session_id in self._subscriptions)
