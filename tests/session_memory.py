"""A store in memory, counted out by hand, that says of every bucket exactly which observations are in it."""

import numpy as np

from liveclass.names import SessionName
from liveclass.session import figures
from liveclass.session.model import Session
from liveclass.session.store.port import Buckets
from liveclass.session.timeline import Groups, Series

Seen = tuple[str, int, int]
"""(source, second, faces)."""


class MemoryStore:
    """Observation number i counts as 2**i frames, so that a sum of frames is a set of observations; at most 60."""

    def __init__(self, observations: list[Seen]) -> None:
        self.observations = observations

    def session(self, minimum: int) -> Session:
        seconds = [second for _, second, _ in self.observations]
        name = SessionName("7b", "maths")
        return Session(1, name, "", 0, None, minimum, 10**9, min(seconds), max(seconds))

    async def read_buckets(self, session, query):
        series = [self._series(length, query.start, query.end, None) for length in query.people]
        people = [Groups(one.starts, one.group, one.shown) for one in series]
        return Buckets(self._series(query.resolution, query.start, query.end, query.source or None), people)

    async def read_groups(self, session, base, starts, resolution):
        kept = set(starts.tolist())
        chosen = [one for one in self.observations if one[1] // base * base in kept]
        buckets = sorted({second // resolution * resolution for _, second, _ in chosen})
        sizes = [self.people([one for one in chosen if one[1] // resolution * resolution == b]) for b in buckets]
        return Groups(np.array(buckets), np.array(sizes), np.array(sizes))

    def _series(self, resolution, start, end, source):
        buckets = {}
        for index, one in enumerate(self.observations):
            begin = one[1] // resolution * resolution
            if start <= begin < end and source in (None, one[0]):
                buckets.setdefault(begin, []).append(index)
        starts = np.array(sorted(buckets), np.int64)
        rows = np.zeros((len(starts), figures.WIDTH), np.int64)
        rows[:, figures.FRAMES] = [sum(1 << index for index in buckets[begin]) for begin in starts.tolist()]
        people = np.array([self.people([self.observations[i] for i in buckets[b]]) for b in starts.tolist()], np.int64)
        return Series(resolution, starts, rows, people, people)

    @staticmethod
    def people(observations: list[Seen]) -> int:
        """The sum over sources of the most faces at once."""
        most: dict[str, int] = {}
        for source, _, faces in observations:
            most[source] = max(most.get(source, 0), faces)
        return sum(most.values())

    def people_in(self, frames: int) -> int:
        """The same for a set of observations, given as a sum of frames."""
        return self.people([one for index, one in enumerate(self.observations) if frames >> index & 1])
