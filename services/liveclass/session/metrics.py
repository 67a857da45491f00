"""What an operator watches of the session service."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from liveclass.session.model import Recorded


class SessionMetrics:
    """What became of observations, and how many wait."""

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
        self.answered(Recorded(0, 0))  # from zero on: a series that begins at 1 has not increased

    def answered(self, recorded: Recorded) -> None:
        """Observations are on disk."""
        self._observations.labels("recorded").inc(recorded.recorded)
        self._observations.labels("duplicate").inc(recorded.duplicates)
