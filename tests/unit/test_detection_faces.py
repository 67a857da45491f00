"""Faces are found where they are, and nowhere else."""

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.detection.frame import AnalysisOptions
from liveclass.detection.frame_analysis import AnalysisSettings, EncodedFrame, FrameDetections, analyze_frame
from liveclass.detection.image import InProcessDecoder, check_image
from liveclass.detection.scene import SingleFrameScene, StreamScene
from liveclass.detection.workers import FrameTools
from liveclass.preprocessing import Box
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError
from liveclass.vision.faces import Detection, HaarDetector, group_windows

FACE = (175, 64, 100, 100)
"""Of the astronaut, as seen by eye."""


@pytest.fixture(scope="module")
def detector() -> HaarDetector:
    return HaarDetector()


def gray(name: str) -> np.ndarray:
    image = getattr(data, name)()
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


def overlap(a, b) -> float:
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0, across) * max(0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def see(
    image: np.ndarray, detector: HaarDetector, options: AnalysisOptions | None = None, kind: str = ".jpg"
) -> FrameDetections:
    encoded = cv2.imencode(kind, image)[1].tobytes()
    settings = AnalysisSettings()
    frame = EncodedFrame(encoded, check_image(encoded, settings.limits), 0.0)
    tools = FrameTools(InProcessDecoder(), detector)
    return analyze_frame(frame, options or AnalysisOptions(), settings, SingleFrameScene(), tools)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0, 5.0])
@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp"])
def test_the_box_is_in_pixels_of_the_submitted_image(detector: HaarDetector, scale: float, kind: str) -> None:
    image = cv2.resize(gray("astronaut"), None, fx=scale, fy=scale)
    sight = see(image, detector, kind=kind)
    assert len(sight.faces) == 1
    assert overlap(sight.faces[0].detection.box, [value * scale for value in FACE]) > 0.75
    assert sight.faces[0].detection.score > 0
    assert sight.size == (image.shape[1], image.shape[0])
    assert sight.crops.shape == (1, 48, 48, 1)


@pytest.mark.parametrize("name", ["brick", "grass", "gravel", "coffee", "chelsea", "rocket", "page", "moon"])
@pytest.mark.parametrize("scale", [0.6, 1.0, 1.7])
def test_textures_and_things_have_no_face(detector: HaarDetector, name: str, scale: float) -> None:
    assert see(cv2.resize(gray(name), None, fx=scale, fy=scale), detector).faces == []


def test_clothes_have_no_face(detector: HaarDetector) -> None:
    assert see(gray("astronaut")[190:], detector).faces == []


def test_faces_smaller_than_asked_for_are_left_out(detector: HaarDetector) -> None:
    assert see(gray("astronaut"), detector, AnalysisOptions(min_face_size=150)).faces == []
    small = cv2.resize(gray("astronaut"), None, fx=0.28, fy=0.28, interpolation=cv2.INTER_AREA)
    assert see(small, detector).faces == []
    assert len(see(small, detector, AnalysisOptions(min_face_size=20)).faces) == 1


def test_the_highest_scoring_faces_are_kept(detector: HaarDetector) -> None:
    one = gray("astronaut")[:256, 60:316]
    two = np.hstack([one, cv2.GaussianBlur(one, (0, 0), 4)])
    assert len(see(two, detector).faces) == 2
    sight = see(two, detector, AnalysisOptions(max_faces=1))
    assert len(sight.faces) == len(sight.crops) == 1
    assert sight.faces_seen == 2
    assert sight.faces[0].detection.score == max(face.detection.score for face in see(two, detector).faces)


def test_a_frame_smaller_than_any_face_has_none(detector: HaarDetector) -> None:
    assert see(np.zeros((1, 1), np.uint8), detector, kind=".png").faces == []
    assert see(np.zeros((15, 900), np.uint8), detector).faces == []


def test_the_crop_is_the_face(detector: HaarDetector) -> None:
    image = gray("astronaut")
    sight = see(image, detector, kind=".png")
    x, y, width, height = sight.faces[0].detection.box
    expected = cv2.resize(image[y : y + height, x : x + width], (48, 48), interpolation=cv2.INTER_AREA)
    assert np.abs(sight.crops[0, ..., 0].astype(int) - expected).mean() < 3


def test_a_range_of_sizes_can_be_searched_alone(detector: HaarDetector) -> None:
    image = gray("astronaut")
    assert len(detector.detect(image, 80, 125)) == 1
    assert detector.detect(image, 24, 50) == []
    assert detector.detect(image, 180, 400) == []


def grouped_one_by_one(windows: list[Detection]) -> list[list[Detection]]:
    """The definition: each window joins the first group, highest confidence first, at whose place it is."""

    def same_place(one: Box, other: Box) -> bool:
        reach = max(one.width, other.width) / 2
        across = abs(one.x + one.width / 2 - other.x - other.width / 2)
        return across < reach and abs(one.y + one.height / 2 - other.y - other.height / 2) < reach

    groups: list[list[Detection]] = []
    for window in sorted(windows, key=lambda window: -window.score):
        mine = next((group for group in groups if same_place(window.box, group[0].box)), None)
        if mine is None:
            groups.append([window])
        else:
            mine.append(window)
    return groups


@pytest.mark.parametrize("count", [0, 1, 40, 900])
def test_windows_are_grouped_as_one_by_one(count: int) -> None:
    random = np.random.default_rng(count)
    windows = []
    for _ in range(count):
        x, y, size = (int(value) for value in random.integers([0, 0, 20], [900, 600, 200]))
        windows.append(Detection(Box(x, y, size, size), float(random.integers(20, 60))))  # many weigh the same
    expected = grouped_one_by_one(windows)
    assert group_windows(windows) == expected
    assert group_windows(windows, 40.0) == [group for group in expected if group[0].score >= 40.0]


def tiled_faces(count: int, side: int = 57) -> np.ndarray:
    face = gray("astronaut")[44:184, 155:295]
    return np.tile(cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA), (count, count))


def test_no_more_than_a_fixed_number_of_places_is_looked_at(detector: HaarDetector) -> None:
    found = detector.detect(tiled_faces(20), 48)
    assert 250 <= len(found) <= 300
    assert len(detector.detect(tiled_faces(12), 48)) > 120


def test_a_search_stops_at_its_deadline(detector: HaarDetector) -> None:
    with pytest.raises(DeadlineExceededError):
        detector.detect(gray("astronaut"), 20, deadline=Deadline.after(0))
    scene = StreamScene()
    scene.find(gray("astronaut"), 40, detector, 0.0)
    with pytest.raises(DeadlineExceededError):
        scene.find(gray("astronaut"), 40, detector, 0.1, Deadline.after(0))
