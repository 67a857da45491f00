"""Which sources are live, and which of them show no face: how many, for an operator; never which."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

Clock = Callable[[], float]

LIVE_SECONDS = 30.0
"""For so long after its last frame is a source live: longer than any sensible pause between two of them."""

FACELESS_SECONDS = 60.0
"""For so long must a live source have shown no face to be one without: people turn round and bend over their desks."""


@dataclass
class _Source:
    seen_at: float
    face_at: float
    """When it last showed a face, or began to be live."""


class LiveSources:
    """Sources by their last frames. Told on the event loop; may be asked on any thread."""

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
        """How many of the live ones have shown no face for a while."""
        since = self._clock() - FACELESS_SECONDS
        return sum(one.face_at <= since for one in self._live())

    def _live(self) -> list[_Source]:
        since = self._clock() - LIVE_SECONDS
        everyone = list(self._sources.values())  # at one stroke: the metrics' thread asks
        return [one for one in everyone if one.seen_at > since]

    def _forget(self, now: float) -> None:
        while self._sources and next(iter(self._sources.values())).seen_at <= now - LIVE_SECONDS:
            self._sources.popitem(last=False)
