"""Metrics of the session service."""

import math
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge

from liveclass.session.model import Recorded
from liveclass.session.ports import SessionStore


class SessionMetrics:
    """What became of observations, how many wait, and whether the database takes writes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._observations = Counter(
            "liveclass_observations",
            "Observations answered, by outcome: recorded, or duplicate (it was there already).",
            ["outcome"],
            registry=registry,
        )
        self.observations_waiting = Gauge(
            "liveclass_observations_waiting", "Observations that wait for the next commit.", registry=registry
        )
        self.clock_trusted = Gauge(
            "liveclass_clock_trusted",
            "1 where the server's clock is plausible; 0 where nothing past its retention is removed because it is not.",
            registry=registry,
        )
        self.storage_writable = Gauge(
            "liveclass_storage_writable", "1 where the last write to the database's disk succeeded.", registry=registry
        )
        self._disk_free = Gauge("liveclass_disk_free_bytes", "Room on the disk of the database.", registry=registry)
        self._disk_total = Gauge("liveclass_disk_total_bytes", "Size of the disk of the database.", registry=registry)
        self.answered(Recorded(0, 0))  # from zero on: a series that begins at 1 has not increased

    def watch_disk(self, store: SessionStore) -> None:
        """Exports the size and the free room of the database's disk; NaN where that is another machine's."""
        self.storage_writable.set_function(lambda: store.takes_writes)
        for gauge, name in ((self._disk_free, "free"), (self._disk_total, "total")):
            gauge.set_function(partial(_disk_bytes, store, name))

    def answered(self, recorded: Recorded) -> None:
        """Observations are on disk."""
        self._observations.labels("recorded").inc(recorded.recorded)
        self._observations.labels("duplicate").inc(recorded.duplicates)


def _disk_bytes(store: SessionStore, name: str) -> float:
    usage = store.disk_usage()
    return math.nan if usage is None else float(getattr(usage, name))
