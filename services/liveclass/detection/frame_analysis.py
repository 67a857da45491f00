"""The work on pixels: decode → detect → crop. Runs on a worker's thread."""

from dataclasses import dataclass, field

import numpy as np

from liveclass.detection.frame import AnalysisOptions, Crops, DetectedFace, ImageSize, timed
from liveclass.detection.image import ImageLimits, decode_image
from liveclass.detection.image_formats import ImageHeader
from liveclass.detection.scene import Scene
from liveclass.detection.workers import FrameTools
from liveclass.preprocessing import FACE_SIZE, Box, GrayImage, crop_face
from liveclass.runtime.deadline import NO_DEADLINE, Deadline
from liveclass.vision.faces import Detection
from liveclass.vision.quality import DEFAULT_MIN_QUALITY, face_quality

_MIN_SECONDS = 0.002
"""What even a small frame takes."""


@dataclass(frozen=True)
class AnalysisSettings:
    """The operator's defaults."""

    limits: ImageLimits = field(default_factory=ImageLimits)
    min_face_size: int = 48
    min_face_share: float = 1 / 32
    max_faces: int = 100
    crop_margin: float = 0.0
    min_quality: float = DEFAULT_MIN_QUALITY


@dataclass
class FrameDetections:
    """The faces of a frame."""

    size: ImageSize
    faces: list[DetectedFace]
    """Highest score first."""
    crops: Crops
    """Of `faces`, in their order."""
    faces_seen: int
    """Before those of the highest score were picked."""
    to_read: list[int]
    """Indices of `faces` to classify; the others may keep the scores of an earlier frame."""
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class EncodedFrame:
    """A frame as it came, with its header by `check_image`."""

    data: bytes
    header: ImageHeader
    time: float
    """When it was taken, in seconds on the clock of its scene."""
    deadline: Deadline = NO_DEADLINE
    """When its caller no longer waits for it."""


def analyze_frame(
    frame: EncodedFrame,
    options: AnalysisOptions,
    settings: AnalysisSettings,
    scene: Scene,
    tools: FrameTools,
) -> FrameDetections:
    """Finds the faces of a frame and cuts them out.

    Raises `InvalidArgumentError` where it cannot be decoded, and `DeadlineExceededError` between two steps of the work.
    """
    frame.deadline.require(_MIN_SECONDS, "a frame")
    seconds: dict[str, float] = {}
    with timed(seconds, "decode"):
        smallest = smallest_face(frame.header.size, options, settings)
        image = decode_image(frame.data, frame.header, tools.decoder, smallest, frame.deadline)
    with timed(seconds, "detect"):
        scale = image.pixels.shape[1] / image.size.width
        found = scene.find(image.pixels, max(1, round(smallest * scale)), tools.detector, frame.time, frame.deadline)
    with timed(seconds, "crop"):
        tracks = found[: options.max_faces or settings.max_faces]
        crops = _crops(image.pixels, [track.box for track in tracks], settings.crop_margin)
        min_quality = settings.min_quality if options.min_quality is None else options.min_quality
        faces = []
        for track, crop in zip(tracks, crops, strict=True):
            box = _in_submitted(track.box, scale, image.size)
            quality = face_quality(crop, box.width)
            counts = quality.score >= min_quality
            faces.append(DetectedFace(Detection(box, track.score), quality, counts, track.track_id))
        to_read = scene.readings.choose(tracks, crops, frame.time)
    return FrameDetections(image.size, faces, crops, len(found), to_read, seconds)


def smallest_face(size: ImageSize, options: AnalysisOptions, settings: AnalysisSettings) -> int:
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
