"""What is remembered of a source between two of its frames, so that the next search is cheap."""

import asyncio
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import AsyncIterator, Hashable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.detection.following import Patch, cut_patch, find_again
from liveclass.detection.frame import ImageSize
from liveclass.detection.motion import SearchedPicture
from liveclass.detection.readings import Readings
from liveclass.detection.scanning import ScanPart, ScanSchedule, scan_parts
from liveclass.detection.tracking import Track, Tracker, TrackingSettings
from liveclass.preprocessing import Box, GrayImage
from liveclass.runtime.deadline import NO_DEADLINE, Deadline
from liveclass.vision.faces import Detection, FaceDetector, distinct

_THUMBNAIL = (16, 12)
_SAMPLING = 8
_CUT_CORRELATION = 0.5
"""Below this, two frames do not show the same scene. Camera motion and noise leave it above 0.8."""
_FLAT = 4.0
"""Standard deviation of gray values below which a picture is too flat to be compared."""

_OFTEN_SCAN_SECONDS, _RARE_SCAN_SECONDS = 0.15, 5.0
"""Seconds in which the whole frame of a source of single frames is searched once, without and with motion search."""
_EPSILON = 1e-3
"""Seconds by which times of frames may be early."""

_STREAM_TRACKING = TrackingSettings(min_hits=2)
_SINGLE_FRAME_TRACKING = TrackingSettings(min_hits=1, lifetime=2.0)


class Savings(NamedTuple):
    """How much less is done for a frame because of the frames before it. Zero turns a saving off."""

    carry_over_seconds: float = 0.0
    """As in `Readings`."""
    follow_seconds: float = 0.0
    """How long a face is followed by its looks before the detector looks for it again."""
    motion_seconds: float = 0.0
    """How often what has changed in the picture is searched for new faces."""


NO_SAVINGS = Savings()


class Scene(ABC):
    """The faces of one source, and how far the search for new ones has got. Used by one thread at a time."""

    def __init__(self, scan_interval: float, tracking: TrackingSettings, savings: Savings) -> None:
        """Within `scan_interval` seconds the whole frame is searched once."""
        self.readings = Readings(savings.carry_over_seconds)
        self._savings = savings
        self._tracker, self._schedule = Tracker(tracking), ScanSchedule(scan_interval)
        self._size: ImageSize | None = None
        self._smallest = 0
        self._parts: list[ScanPart] = []
        self._thumbnail: npt.NDArray[np.float32] | None = None
        self._patches: dict[str, Patch] = {}
        self._picture = SearchedPicture()
        self._searched_at = self._frame_at = 0.0

    def find(
        self,
        pixels: GrayImage,
        smallest: int,
        detector: FaceDetector,
        now: float,
        deadline: Deadline = NO_DEADLINE,
    ) -> list[Track]:
        """The faces of `pixels` [H, W] of at least `smallest` pixels, taken at `now` seconds; highest score first.

        Raises `DeadlineExceededError`, between two steps of the search.
        """
        if self._has_changed(pixels, smallest):
            self._tracker.forget()
            return self._find_all(pixels, detector, now, deadline)
        parts = self._schedule.due(self._parts, now)
        if len(parts) == len(self._parts):
            return self._find_all(pixels, detector, now, deadline)
        followed, verified = self._follow(pixels, detector, now, deadline)
        again = distinct([*verified, *followed])
        if self._needs_full_search(len(again)):
            return self._find_all(pixels, detector, now, deadline)
        known = [found.box for found in again]
        changed = self._changed(pixels, known, now)
        if any(part.region[2:] == pixels.shape[::-1] for part in changed):
            return self._find_all(pixels, detector, now, deadline)
        new = self._search([*parts, *changed], pixels, known, detector, deadline)
        tracks = self._tracker.update(distinct([*again, *new]), now, certain=self._is_slow(now))
        return self._with_patches(pixels, tracks, {found.box for found in followed}, now)

    def _find_all(self, pixels: GrayImage, detector: FaceDetector, now: float, deadline: Deadline) -> list[Track]:
        self._schedule.whole(now)
        found = detector.detect(pixels, self._smallest, deadline=deadline)
        if self._savings.motion_seconds:
            self._picture.searched(pixels)
            self._searched_at = now
        return self._with_patches(pixels, self._tracker.update(found, now, certain=True), set(), now)

    def _follow(
        self, pixels: GrayImage, detector: FaceDetector, now: float, deadline: Deadline
    ) -> tuple[list[Detection], list[Detection]]:
        """The known faces: those that were found by their looks, and those that the detector has found again."""
        by_looks, looked_for = [], []
        for track in self._tracker.tracks:
            expected, patch = track.expected_at(now), self._patches.get(track.track_id)
            box = patch and find_again(pixels, patch, expected)
            if patch and box and now - patch.time < self._savings.follow_seconds:
                by_looks.append(Detection(box, track.score))
            else:
                looked_for.append((track, expected, patch, box))
        found = detector.detect_near(pixels, [expected for _, expected, *_ in looked_for], deadline)
        for (track, _, patch, box), detection in zip(looked_for, found, strict=True):
            # The detector misses a face now and then that has not changed.
            if not detection and patch and box and now - patch.time < 2 * self._savings.follow_seconds:
                by_looks.append(Detection(box, track.score))
        return by_looks, [detection for detection in found if detection]

    def _with_patches(self, pixels: GrayImage, tracks: list[Track], followed: set[Box], now: float) -> list[Track]:
        """The same tracks, when it is noted what their faces look like that the detector has found."""
        if self._savings.follow_seconds:
            before, self._patches = self._patches, {}
            for track in tracks:
                patch = before.get(track.track_id) if track.box in followed else cut_patch(pixels, track.box, now)
                if patch:
                    self._patches[track.track_id] = patch
        return tracks

    def _changed(self, pixels: GrayImage, known: list[Box], now: float) -> list[ScanPart]:
        """What of the picture is to be searched, because it has changed."""
        if not self._savings.motion_seconds or now - self._searched_at < self._savings.motion_seconds - _EPSILON:
            return []
        self._searched_at = now
        regions = self._picture.changed(pixels, self._smallest, known)
        return [ScanPart(region, self._smallest, max(region.width, region.height)) for region in regions]

    def _is_slow(self, now: float) -> bool:
        """Whether the next frame comes too late to confirm a new face."""
        before, self._frame_at = self._frame_at, now
        return bool(self._savings.motion_seconds) and now - before >= self._savings.motion_seconds - _EPSILON

    @abstractmethod
    def _needs_full_search(self, found: int) -> bool:
        """Whether so few known faces (`found`) are where they should be that the whole frame is searched for them."""

    def _all_have_gone(self, found: int) -> bool:
        """As `_needs_full_search`, where the next frame, or what has changed, tells the rest."""
        # A single known face is searched for once, when it has just gone: it may have left.
        return found == 0 and self._tracker.confirmed > (0 if self._tracker.visible else 1)

    def _search(
        self, parts: list[ScanPart], pixels: GrayImage, known: list[Box], detector: FaceDetector, deadline: Deadline
    ) -> list[Detection]:
        """The faces in these parts of the frame that are not `known`."""
        return [found for part in parts for found in _scan(pixels, part, detector, known, deadline)]

    def _has_changed(self, pixels: GrayImage, smallest: int) -> bool:
        """Whether this is the first frame, of another size, or of another scene."""
        size = ImageSize(pixels.shape[1], pixels.shape[0])
        before, self._thumbnail = self._thumbnail, _thumbnail(pixels)
        if (size, smallest) != (self._size, self._smallest):
            self._size, self._smallest, self._parts = size, smallest, scan_parts(size, smallest)
            return True
        return before is None or is_cut(before, self._thumbnail)


class StreamScene(Scene):
    """Of a stream: the next frame confirms a new face or corrects a mistake."""

    def __init__(self, scan_interval: float = 2.0, savings: Savings = NO_SAVINGS) -> None:
        super().__init__(scan_interval, _STREAM_TRACKING, savings)

    def _needs_full_search(self, found: int) -> bool:
        return self._all_have_gone(found)


class SingleFrameScene(Scene):
    """Of a source that sends single frames: every answer stands alone, and no later frame corrects it.

    So a new face is detected twice: many parts, often searched, err at ever more places. Where what has changed is not
    known, one known face that is not found again has the whole frame searched.
    """

    def __init__(self, scan_interval: float | None = None, savings: Savings = NO_SAVINGS) -> None:
        """Within `scan_interval` seconds the whole frame is searched once. None: as often as the savings need it."""
        usual = _RARE_SCAN_SECONDS if savings.motion_seconds else _OFTEN_SCAN_SECONDS
        super().__init__(scan_interval or usual, _SINGLE_FRAME_TRACKING, savings)

    def _needs_full_search(self, found: int) -> bool:
        return self._all_have_gone(found) if self._savings.motion_seconds else found < self._tracker.visible

    def _search(
        self, parts: list[ScanPart], pixels: GrayImage, known: list[Box], detector: FaceDetector, deadline: Deadline
    ) -> list[Detection]:
        found = super()._search(parts, pixels, known, detector, deadline)
        return _detect_near(pixels, [detection.box for detection in found], detector, deadline)


@dataclass
class _Remembered:
    scene: SingleFrameScene
    used_at: float
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class SceneMemory:
    """Scenes of the sources that send single frames, for a short time. Event loop only."""

    def __init__(self, lifetime: float = 2.0, capacity: int = 1000, savings: Savings = NO_SAVINGS) -> None:
        """A scene is remembered for `lifetime` seconds after its last frame."""
        self._lifetime, self._capacity, self._savings = lifetime, capacity, savings
        self._scenes: OrderedDict[Hashable, _Remembered] = OrderedDict()

    @asynccontextmanager
    async def checkout(self, source: Hashable | None, now: float) -> AsyncIterator[SingleFrameScene]:
        """The scene of `source` for the time of a block; a new one where none is known.

        Frames of one source that come at once take turns: each of them is searched where the one before had faces. None
        is an unknown source, of which nothing is remembered.
        """
        if source is None:
            yield SingleFrameScene(savings=self._savings)
            return
        remembered = self._scenes.pop(source, None)
        if remembered is None or now - remembered.used_at >= self._lifetime:
            remembered = _Remembered(SingleFrameScene(savings=self._savings), now)
        remembered.used_at = max(now, remembered.used_at)
        self._scenes[source] = remembered
        while len(self._scenes) > self._capacity or next(iter(self._scenes.values())).used_at <= now - self._lifetime:
            self._scenes.popitem(last=False)
        async with remembered.turn:
            yield remembered.scene


def is_cut(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> bool:
    """Whether two thumbnails show different scenes: their correlation, so that light may change."""
    if before.std() < _FLAT and after.std() < _FLAT:
        return False
    product = ((before - before.mean()) * (after - after.mean())).mean()
    return float(product / max(before.std() * after.std(), 1e-6)) < _CUT_CORRELATION


def _thumbnail(pixels: GrayImage) -> npt.NDArray[np.float32]:
    sampled = np.ascontiguousarray(pixels[::_SAMPLING, ::_SAMPLING])
    return cv2.resize(sampled, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)


def _detect_near(
    pixels: GrayImage, boxes: Iterable[Box], detector: FaceDetector, deadline: Deadline
) -> list[Detection]:
    found = detector.detect_near(pixels, list(boxes), deadline)
    return [detection for detection in found if detection is not None]


def _scan(
    pixels: GrayImage, part: ScanPart, detector: FaceDetector, known: list[Box], deadline: Deadline
) -> list[Detection]:
    left, top, width, height = part.region
    region = pixels[top : top + height, left : left + width]
    inside = [Box(box.x - left, box.y - top, box.width, box.height) for box in known]
    return [
        Detection(Box(found.box.x + left, found.box.y + top, found.box.width, found.box.height), found.score)
        for found in detector.detect(region, part.smallest, part.largest, inside, deadline)
    ]
