"""What is remembered of a source between two of its frames, so that the next search is cheap."""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.detection.frame import ImageSize
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

_STREAM_TRACKING = TrackingSettings(min_hits=2)
_SINGLE_FRAME_TRACKING = TrackingSettings(min_hits=1, lifetime=2.0)


class Scene(ABC):
    """The faces of one source, and how far the search for new ones has got. Used by one thread at a time."""

    def __init__(self, scan_interval: float, tracking: TrackingSettings, carry_over_seconds: float) -> None:
        """Within `scan_interval` seconds the whole frame is searched once; `carry_over_seconds` as in `Readings`."""
        self.readings = Readings(carry_over_seconds)
        self._tracker, self._schedule = Tracker(tracking), ScanSchedule(scan_interval)
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
        again = distinct(_detect_near(pixels, self._tracker.expected_at(now), detector, deadline))
        if self._needs_full_search(len(again)):
            return self._find_all(pixels, detector, now, deadline)
        known = [found.box for found in again]
        new = self._search(parts, pixels, known, detector, deadline)
        return self._tracker.update(distinct([*again, *new]), now)

    def _find_all(self, pixels: GrayImage, detector: FaceDetector, now: float, deadline: Deadline) -> list[Track]:
        self._schedule.whole(now)
        found = detector.detect(pixels, self._smallest, deadline=deadline)
        return self._tracker.update(found, now, certain=True)

    @abstractmethod
    def _needs_full_search(self, found: int) -> bool:
        """Whether so few known faces (`found`) are where they should be that the whole frame is searched for them."""

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

    def __init__(self, scan_interval: float = 2.0, carry_over_seconds: float = 0.0) -> None:
        super().__init__(scan_interval, _STREAM_TRACKING, carry_over_seconds)

    def _needs_full_search(self, found: int) -> bool:
        # A single known face is searched for once, when it has just gone: it may have left.
        return found == 0 and self._tracker.confirmed > (0 if self._tracker.visible else 1)


class SingleFrameScene(Scene):
    """Of a source that sends single frames: every answer stands alone, and no later frame corrects it.

    So one known face that is not found again has the whole frame searched, and a new face is detected twice: many
    parts, often searched, err at ever more places.
    """

    def __init__(self, scan_interval: float = 0.15, carry_over_seconds: float = 0.0) -> None:
        super().__init__(scan_interval, _SINGLE_FRAME_TRACKING, carry_over_seconds)

    def _needs_full_search(self, found: int) -> bool:
        return found < self._tracker.visible

    def _search(
        self, parts: list[ScanPart], pixels: GrayImage, known: list[Box], detector: FaceDetector, deadline: Deadline
    ) -> list[Detection]:
        found = super()._search(parts, pixels, known, detector, deadline)
        return _detect_near(pixels, [detection.box for detection in found], detector, deadline)


class SceneMemory:
    """Scenes of the sources that send single frames, for a short time. Event loop only."""

    def __init__(self, lifetime: float = 2.0, capacity: int = 1000, carry_over_seconds: float = 0.0) -> None:
        """A scene is remembered for `lifetime` seconds after its last frame; `carry_over_seconds` as in `Readings`."""
        self._lifetime, self._capacity, self._carry_over_seconds = lifetime, capacity, carry_over_seconds
        self._scenes: OrderedDict[Hashable, tuple[float, SingleFrameScene]] = OrderedDict()

    @contextmanager
    def checkout(self, source: Hashable | None, now: float) -> Iterator[SingleFrameScene]:
        """The scene of `source` for the time of a block, in which nobody else gets it; a new one where none is known.

        None is an unknown source, of which nothing is remembered.
        """
        used_at, scene = self._scenes.pop(source, (now, None))
        if scene is None or now - used_at >= self._lifetime:
            scene = SingleFrameScene(carry_over_seconds=self._carry_over_seconds)
        try:
            yield scene
        finally:
            if source is not None:
                self._remember(source, scene, now)

    def _remember(self, source: Hashable, scene: SingleFrameScene, now: float) -> None:
        self._scenes[source] = (now, scene)
        self._scenes.move_to_end(source)
        while self._scenes and (len(self._scenes) > self._capacity or self._oldest() <= now - self._lifetime):
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
