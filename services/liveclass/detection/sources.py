"""Counts the sources that are live, and those of them that show no face. Metrics get the numbers, never the names."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

Clock = Callable[[], float]

LIVE_SECONDS = 30.0
"""How long after its last frame a source is live: longer than any usual pause between two frames."""

FACELESS_SECONDS = 60.0
"""How long a live source must have shown no face to be counted as without faces: people turn away for a while."""


@dataclass
class _Source:
    seen_at: float
    face_at: float
    """When a face was last found, or else the first frame came."""


class LiveSources:
    """The live sources. Updated on the event loop; read from any thread."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._sources: OrderedDict[Hashable, _Source] = OrderedDict()

    def note_frame(self, source: Hashable, faces: int) -> None:
        """A frame of `source` was searched, and `faces` were found."""
        now = self._clock()
        self._forget(now)
        known = self._sources.pop(source, None) or _Source(now, now)
        known.seen_at = now
        if faces:
            known.face_at = now
        self._sources[source] = known

    @property
    def live(self) -> int:
        """How many there are."""
        return len(self._live())

    @property
    def without_faces(self) -> int:
        """How many live sources have shown no face for `FACELESS_SECONDS`."""
        since = self._clock() - FACELESS_SECONDS
        return sum(one.face_at <= since for one in self._live())

    def _live(self) -> list[_Source]:
        since = self._clock() - LIVE_SECONDS
        everyone = list(self._sources.values())  # copied at once: the metrics are read on another thread
        return [one for one in everyone if one.seen_at > since]

    def _forget(self, now: float) -> None:
        while self._sources and next(iter(self._sources.values())).seen_at <= now - LIVE_SECONDS:
            self._sources.popitem(last=False)
