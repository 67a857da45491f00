"""What is remembered of a camera between two of its frames, and how that makes the next search cheap."""

from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.detection.frame import ImageSize
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
"""Standard deviation of a picture's gray values below which it shows nothing that could be compared."""

FAST_STREAM = TrackingSettings(min_hits=2)
SINGLE_FRAMES = TrackingSettings(min_hits=1, lifetime=2.0)


class Scene:
    """The faces of one camera and how far the search for new ones has got. Used by one thread at a time."""

    def __init__(self, scan_interval: float = 2.0, tracking: TrackingSettings = FAST_STREAM) -> None:
        """Within `scan_interval` seconds the whole frame is searched once.

        With `tracking.min_hits` of one, as for single frames, no later frame can put a mistake right. So a face that
        was in the last frame and is not found again has the whole frame searched for it, and one that a part of the
        search finds is looked at twice, as a stream's next frame does: many parts, often searched, err at ever more
        places.
        """
        self._tracker, self._schedule = Tracker(tracking), ScanSchedule(scan_interval)
        self._are_single = tracking.min_hits == 1
        self._size: ImageSize | None = None
        self._smallest = 0
        self._parts: list[ScanPart] = []
        self._thumbnail: npt.NDArray[np.float32] | None = None

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
        again = distinct(_seen_again(pixels, self._tracker.expected_at(now), detector, deadline))
        if self._is_lost(len(again)):
            return self._find_all(pixels, detector, now, deadline)
        known = [found.box for found in again]
        new = [found for part in parts for found in _scan(pixels, part, detector, known, deadline)]
        if self._are_single:
            new = _seen_again(pixels, [found.box for found in new], detector, deadline)
        return self._tracker.update(distinct([*again, *new]), now)

    def _find_all(self, pixels: GrayImage, detector: FaceDetector, now: float, deadline: Deadline) -> list[Track]:
        self._schedule.whole(now)
        found = detector.detect(pixels, self._smallest, deadline=deadline)
        return self._tracker.update(found, now, certain=True)

    def _is_lost(self, found: int) -> bool:
        """Whether so few known faces are where they should be that it is worth searching for them everywhere."""
        if self._are_single:
            return found < self._tracker.in_sight
        # Where one face alone was known, it is worth it once, when it has just gone: it may have left.
        return found == 0 and self._tracker.born > (0 if self._tracker.in_sight else 1)

    def _has_changed(self, pixels: GrayImage, smallest: int) -> bool:
        """Whether this is the first frame, of another size, or of another scene."""
        size = ImageSize(pixels.shape[1], pixels.shape[0])
        before, self._thumbnail = self._thumbnail, _thumbnail(pixels)
        if (size, smallest) != (self._size, self._smallest):
            self._size, self._smallest, self._parts = size, smallest, scan_parts(size, smallest)
            return True
        return before is None or is_cut(before, self._thumbnail)


class SceneMemory:
    """Scenes of sources that send single frames, for as long as they are worth something. Event loop only."""

    def __init__(self, lifetime: float = 2.0, scan_interval: float = 0.15, most: int = 1000) -> None:
        """A scene is remembered for `lifetime` seconds; within `scan_interval` it is searched for new faces."""
        self._lifetime, self._scan_interval, self._most = lifetime, scan_interval, most
        self._scenes: OrderedDict[Hashable, tuple[float, Scene]] = OrderedDict()

    def take(self, key: Hashable, now: float) -> Scene:
        """The scene of `key`, which is the caller's alone until it is given back; a new one where there is none."""
        seen_at, scene = self._scenes.pop(key, (now, None))
        if scene is None or now - seen_at >= self._lifetime:
            return Scene(self._scan_interval, SINGLE_FRAMES)
        return scene

    @contextmanager
    def lent(self, key: Hashable, now: float) -> Iterator[Scene]:
        """The scene of `key` for the time of a block, at whose end nobody uses it any more."""
        scene = self.take(key, now)
        try:
            yield scene
        finally:
            self.give_back(key, scene, now)

    def give_back(self, key: Hashable, scene: Scene, now: float) -> None:
        self._scenes[key] = (now, scene)
        self._scenes.move_to_end(key)
        while self._scenes and (len(self._scenes) > self._most or self._oldest() <= now - self._lifetime):
            self._scenes.popitem(last=False)

    def _oldest(self) -> float:
        return next(iter(self._scenes.values()))[0]


def is_cut(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> bool:
    """Whether two thumbnails show different scenes: their correlation, so that light may change."""
    if before.std() < _FLAT and after.std() < _FLAT:
        return False
    product = ((before - before.mean()) * (after - after.mean())).mean()
    return float(product / max(before.std() * after.std(), 1e-6)) < _CUT_CORRELATION


def _thumbnail(pixels: GrayImage) -> npt.NDArray[np.float32]:
    sampled = np.ascontiguousarray(pixels[::_SAMPLING, ::_SAMPLING])
    return cv2.resize(sampled, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32)


def _seen_again(pixels: GrayImage, boxes: Iterable[Box], detector: FaceDetector, deadline: Deadline) -> list[Detection]:
    found = []
    for box in boxes:
        deadline.check("faces were being followed")
        found.append(detector.detect_near(pixels, box))
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
