"""Tracks the same face from frame to frame. Pure: boxes and times in, tracks out.

Detections are assigned to tracks by overlap, all at once (the Hungarian method, as in SORT, Bewley et al. 2016); a
track is expected where it was last detected, moved on by its speed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from liveclass.preprocessing import Box
from liveclass.vision.faces import Detection

_MIN_OVERLAP = 0.25
"""Intersection over union below which two boxes are not the same face."""
_SPEED_MEMORY = 0.5
"""Share of the old speed that is kept when a new one is measured."""
_MIN_SECONDS = 1 / 30
"""Speed is computed over this time at least: over less, the inaccuracy of boxes would dominate."""


class TrackingSettings(NamedTuple):
    """When tracks begin and end."""

    min_hits: int = 2
    """Frames in which a face must be detected before its track is confirmed, as in SORT."""
    lifetime: float = 1.0
    """Seconds without a detection after which a track ends."""


@dataclass
class Track:
    """One face over time."""

    box: Box
    """Where it was last detected, moved on since as the other faces moved."""
    seen_at: float
    """When, in seconds."""
    score: float
    hits: int = 1
    speed: tuple[float, float] = (0.0, 0.0)
    """Pixels per second across and down."""
    placed_at: float = field(init=False)
    """The time that `box` is of."""
    track_id: str = field(default_factory=lambda: secrets.token_hex(8))
    """Random: it does not identify anybody."""

    def __post_init__(self) -> None:
        self.placed_at = self.seen_at

    def expected_at(self, now: float) -> Box:
        """Its expected box."""
        seconds = max(0.0, now - self.placed_at)
        x, y, width, height = self.box
        return Box(round(x + self.speed[0] * seconds), round(y + self.speed[1] * seconds), width, height)

    def speed_to(self, box: Box, now: float) -> tuple[float, float] | None:
        """In pixels per second, if it is at `box` now. None where no time has passed."""
        if now <= self.placed_at:
            return None
        seconds = max(now - self.placed_at, _MIN_SECONDS)
        (x, y), (from_x, from_y) = _middle(box), _middle(self.box)
        return (x - from_x) / seconds, (y - from_y) / seconds

    def update(self, detection: Detection, now: float) -> None:
        speed = self.speed_to(detection.box, now)
        if speed is not None:
            keep = _SPEED_MEMORY if self.hits > 1 else 0.0
            across, down = (keep * old + (1 - keep) * new for old, new in zip(self.speed, speed, strict=True))
            self.speed = (across, down)
        self.box, self.score, self.seen_at, self.placed_at = detection.box, detection.score, now, now
        self.hits += 1

    def drift(self, speed: tuple[float, float], now: float) -> None:
        """Moves it, undetected, as the others move: the camera turns, and may turn back."""
        self.speed = speed
        self.box, self.placed_at = self.expected_at(now), now


class Tracker:
    """The faces of one camera. Not thread-safe."""

    def __init__(self, settings: TrackingSettings | None = None) -> None:
        self._settings = settings or TrackingSettings()
        self._tracks: list[Track] = []
        self._visible = 0

    def expected_at(self, now: float) -> list[Box]:
        """The expected boxes of all tracks."""
        return [track.expected_at(now) for track in self._tracks]

    def update(self, detections: Sequence[Detection], now: float, *, certain: bool = False) -> list[Track]:
        """Takes the distinct faces of a frame, and returns its confirmed tracks, highest score first.

        `certain`: new tracks are confirmed at once, as after a search of the whole frame.
        """
        pairs = self._assigned(detections, now)
        self._drift(pairs, now)
        for track, detection in pairs:
            track.update(detection, now)
        known = {id(detection) for _, detection in pairs}
        for detection in detections:
            if id(detection) not in known:
                first = self._settings.min_hits if certain else 1
                self._tracks.append(Track(detection.box, now, detection.score, first))
        self._tracks = [track for track in self._tracks if self._is_alive(track, now)]
        visible = [track for track in self._tracks if track.seen_at == now]
        self._visible = len(visible)
        return sorted(filter(self._is_confirmed, visible), key=lambda track: -track.score)

    @property
    def tracks(self) -> list[Track]:
        """All that are alive."""
        return list(self._tracks)

    @property
    def visible(self) -> int:
        """How many faces were detected in the last frame."""
        return self._visible

    @property
    def confirmed(self) -> int:
        """How many tracks are confirmed, detected in the last frame or not."""
        return sum(self._is_confirmed(track) for track in self._tracks)

    def forget(self) -> None:
        """Ends all tracks, as after a cut."""
        self._tracks, self._visible = [], 0

    def _drift(self, pairs: Sequence[tuple[Track, Detection]], now: float) -> None:
        """Moves the tracks that are not detected now by the median speed of those that are."""
        speeds = [speed for track, detection in pairs if (speed := track.speed_to(detection.box, now))]
        if not speeds:
            return
        seen = {id(track) for track, _ in pairs}
        across, down = (median(column) for column in zip(*speeds, strict=True))
        for track in self._tracks:
            if id(track) not in seen:
                track.drift((across, down), now)

    def _assigned(self, detections: Sequence[Detection], now: float) -> list[tuple[Track, Detection]]:
        if not self._tracks or not detections:
            return []
        overlaps = overlap(self.expected_at(now), [detection.box for detection in detections])
        rows, columns = linear_sum_assignment(overlaps, maximize=True)
        return [
            (self._tracks[row], detections[column])
            for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
            if overlaps[row, column] >= _MIN_OVERLAP
        ]

    def _is_confirmed(self, track: Track) -> bool:
        return track.hits >= self._settings.min_hits

    def _is_alive(self, track: Track, now: float) -> bool:
        # A face that was detected once and not in the next frame was a false detection.
        return now - track.seen_at < self._settings.lifetime if self._is_confirmed(track) else track.seen_at == now


def overlap(ones: Sequence[Box], others: Sequence[Box]) -> "np.typing.NDArray[np.float64]":
    """Intersection over union of every pair: [len(ones), len(others)]."""
    one = np.array(ones, np.float64)[:, np.newaxis]
    other = np.array(others, np.float64)[np.newaxis]
    starts = np.maximum(one[..., :2], other[..., :2])
    ends = np.minimum(one[..., :2] + one[..., 2:], other[..., :2] + other[..., 2:])
    both = np.clip(ends - starts, 0, None).prod(axis=-1)
    result: np.typing.NDArray[np.float64] = both / (one[..., 2:].prod(-1) + other[..., 2:].prod(-1) - both)
    return result


def _middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2
