"""The model versions that Triton serves, listed now and then, so that no frame waits for it."""

import time
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

from prometheus_client import Gauge

from liveclass.detection.frame import ModelChoice
from liveclass.runtime.errors import InvalidArgumentError

_REFRESH_SECONDS = 1.0
_KEEP_SECONDS = 15.0
"""How long a version counts as served after it was last listed: during a rollout replicas serve different ones."""


class VersionState(NamedTuple):
    """A version in Triton's model repository."""

    number: str
    is_ready: bool
    has_failed: bool
    """Triton tried to load it, and could not."""


class ModelVersions:
    """The versions seen lately. Used from the event loop only."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Iterable[VersionState]]],
        by_state: Gauge,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`ask` lists the versions, and raises where Triton does not answer; `by_state` has the label `state`."""
        self._ask, self._by_state, self._clock = ask, by_state, clock
        self._seen_at: dict[str, float] = {}
        self._asked_at = float("-inf")

    async def require(self, version: ModelChoice) -> None:
        """Raises `InvalidArgumentError` for a version that is not served, as far as that is known."""
        if not version.number or version.number in self._seen_at:
            return
        await self.refresh()
        if self._seen_at and version.number not in self._seen_at:
            served = " and ".join(sorted(self._seen_at, key=int))
            raise InvalidArgumentError(
                version.field, f"version {version.number} is not being served; leave it empty, or ask for {served}"
            )

    async def refresh(self) -> None:
        """Lists again, at most once a second. The known versions stay where Triton does not answer."""
        now = self._clock()
        if now - self._asked_at < _REFRESH_SECONDS:
            return
        self._asked_at = now
        try:
            states = list(await self._ask())
        except Exception:  # noqa: BLE001  # Triton's health shows why it does not answer
            return
        self._seen_at.update({state.number: now for state in states if state.is_ready})
        self._seen_at = {number: seen for number, seen in self._seen_at.items() if now - seen < _KEEP_SECONDS}
        self._by_state.labels("ready").set(sum(state.is_ready for state in states))
        self._by_state.labels("failed").set(sum(state.has_failed for state in states))
