"""A store in memory whose observations another caller may erase between any two calls."""

from dataclasses import dataclass, field

import numpy as np

from liveclass.names import SessionName
from liveclass.session import sums
from liveclass.session.model import FOREVER, Session
from liveclass.session.ports import BucketQuery, Groups, Snapshot
from liveclass.session.timeline import Series

NAME = SessionName("default", "7b", "maths")

Seen = tuple[str, int, int]
"""(source, second, faces)."""


@dataclass
class MemoryStore:
    """One session that hides nothing."""

    observations: list[Seen]
    erased_next: list[str] = field(default_factory=list)
    """Sources of which one is erased after every call."""
    end_time: int | None = None

    async def get_session(self, name: SessionName) -> Session:
        return self._then_erase(self._session())

    async def snapshot(self, name: SessionName, query: BucketQuery) -> Snapshot:
        """As the port says: all of one moment."""
        chosen = [
            one
            for one in self.observations
            if query.start <= one[1] // query.resolution * query.resolution < query.end and query.source in ("", one[0])
        ]
        series = self._series(chosen, query.resolution)
        merged = self._series(chosen, query.merged)
        groups = None if query.source else Groups(merged.starts, merged.group)
        return self._then_erase(Snapshot(self._session(), series.starts, series, groups))

    async def close_cells(self, name: SessionName) -> None:
        """All are closed."""

    def _then_erase(self, answer):
        if self.erased_next:
            erased = self.erased_next.pop(0)
            self.observations = [one for one in self.observations if one[0] != erased]
        return answer

    def _session(self) -> Session:
        seconds = [second for _, second, _ in self.observations]
        first, last = min(seconds, default=None), max(seconds, default=None)
        return Session(1, NAME, "", 0, self.end_time, 1, 10**9, first, last, FOREVER)

    @staticmethod
    def _series(chosen: list[Seen], length: int) -> Series:
        buckets: dict[int, list[Seen]] = {}
        for one in chosen:
            buckets.setdefault(one[1] // length * length, []).append(one)
        starts = np.array(sorted(buckets), np.int64)
        rows = np.zeros((len(starts), sums.WIDTH), np.int64)
        rows[:, sums.FRAMES] = [len(buckets[start]) for start in starts.tolist()]
        group = np.array([people(buckets[start]) for start in starts.tolist()], np.int64)
        return Series(length, starts, rows, group, group)


def people(observations: list[Seen]) -> int:
    """The sum over sources of the most faces at once."""
    most: dict[str, int] = {}
    for source, _, faces in observations:
        most[source] = max(most.get(source, 0), faces)
    return sum(most.values())
