"""Removes, every so often, what is past its retention."""

import asyncio
from dataclasses import dataclass

import structlog

from liveclass.session.answers import Clock
from liveclass.session.store.port import SessionStore


@dataclass(frozen=True)
class Sweeper:
    """Sweeps a store for ever."""

    store: SessionStore
    seconds: float
    audit_seconds: int
    clock: Clock

    async def run(self) -> None:
        """Sweeps at once, for what a crash left behind, and then every `seconds`."""
        log = structlog.get_logger()
        while True:
            try:
                removed = await self.store.sweep(int(self.clock()), self.audit_seconds)
                if removed:
                    log.info("swept", removed=removed)
            except Exception as error:  # noqa: BLE001  # the database may be away; the next sweep makes up for it
                log.warning("sweep failed", error=type(error).__name__)
            await asyncio.sleep(self.seconds)
