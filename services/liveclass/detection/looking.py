"""The work on pixels: decode → detect → crop. Runs on a worker's thread."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from liveclass.detection.faces import FaceDetector
from liveclass.detection.frame import Crops, Detection, ImageSize, LookOptions
from liveclass.detection.image import ImageLimits, decode_image
from liveclass.preprocessing import FACE_SIZE, Box, GrayImage, crop_face


@dataclass(frozen=True)
class LookSettings:
    """The operator's defaults."""

    limits: ImageLimits = field(default_factory=ImageLimits)
    min_face_size: int = 40
    min_face_share: float = 1 / 32
    max_faces: int = 100
    crop_margin: float = 0.0


@dataclass
class Sight:
    """What was seen in a frame."""

    size: ImageSize
    faces: list[Detection]
    """Surest first, in pixels of the submitted image."""
    crops: Crops
    """Of `faces`, in their order."""
    faces_seen: int
    """Before the surest were picked."""
    seconds: dict[str, float] = field(default_factory=dict)


def look(data: bytes, header: ImageSize, options: LookOptions, settings: LookSettings, detector: FaceDetector) -> Sight:
    """Finds the faces of an encoded frame and cuts them out; `header` is its size by `check_image`.

    Raises `InvalidArgumentError` where it cannot be decoded.
    """
    seconds: dict[str, float] = {}
    with timed(seconds, "decode"):
        smallest = _smallest_face(header, options, settings)
        image = decode_image(data, header, smallest)
    with timed(seconds, "detect"):
        scale = image.pixels.shape[1] / image.size.width
        found = detector.detect(image.pixels, max(1, round(smallest * scale)))
    with timed(seconds, "crop"):
        faces = found[: options.max_faces or settings.max_faces]
        crops = _crops(image.pixels, [face.box for face in faces], settings.crop_margin)
    submitted = [Detection(_in_submitted(face.box, scale, image.size), face.score) for face in faces]
    return Sight(image.size, submitted, crops, len(found), seconds)


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Writes the time spent inside to `seconds[stage]`."""
    start = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = time.perf_counter() - start


def _smallest_face(size: ImageSize, options: LookOptions, settings: LookSettings) -> int:
    """In pixels of the submitted image."""
    return options.min_face_size or max(settings.min_face_size, round(max(size) * settings.min_face_share))


def _crops(pixels: GrayImage, boxes: list[Box], margin: float) -> Crops:
    crops = np.empty((len(boxes), FACE_SIZE, FACE_SIZE, 1), np.uint8)
    for index, box in enumerate(boxes):
        crops[index] = crop_face(pixels, box.with_margin(margin))
    return crops


def _in_submitted(box: Box, scale: float, size: ImageSize) -> Box:
    """From pixels of the decoded image to those of the submitted one, and never beyond its edges."""
    x, y = max(0, round(box.x / scale)), max(0, round(box.y / scale))
    return Box(x, y, min(round(box.width / scale), size.width - x), min(round(box.height / scale), size.height - y))
