"""What of a picture has changed since it was searched."""

import cv2
import numpy as np
import pytest
from skimage import data

from liveclass.detection.motion import SearchedPicture
from liveclass.preprocessing import Box

SMALLEST = 48
SIZE = (640, 360)
WHOLE = Box(0, 0, *SIZE)


def gray(image: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)


@pytest.fixture(scope="module")
def room() -> np.ndarray:
    """Larger than the frame, so that the camera can move."""
    return cv2.GaussianBlur(cv2.resize(gray(data.coffee()), (760, 480)), (0, 0), 2)


def seen(room: np.ndarray, seed: int, shift: tuple[float, float] = (0, 0), light: float = 0) -> np.ndarray:
    """A frame with a sensor's noise."""
    move = np.float32([[1, 0, -60 + shift[0]], [0, 1, -60 + shift[1]]])
    view = cv2.warpAffine(room, move, SIZE).astype(np.float32)
    return np.clip(view + light + np.random.default_rng(seed).normal(0, 4, view.shape), 0, 255).astype(np.uint8)


def with_face(frame: np.ndarray, box: Box) -> np.ndarray:
    face = cv2.resize(gray(data.astronaut())[66:162, 177:273], (box.width, box.height), interpolation=cv2.INTER_AREA)
    shown = frame.copy()
    shown[box.y : box.y + box.height, box.x : box.x + box.width] = face
    return shown


def searched(frame: np.ndarray) -> SearchedPicture:
    picture = SearchedPicture()
    picture.searched(frame)
    return picture


@pytest.mark.parametrize("change", [{}, {"shift": (5.5, -3)}, {"shift": (26, 9)}, {"light": 12}])
def test_nothing_has_changed_where_only_noise_light_or_the_camera_has(room, change) -> None:
    picture = searched(seen(room, 1))
    regions = picture.changed(seen(room, 2, **change), SMALLEST, [])
    assert sum(region.width * region.height for region in regions) < 0.2 * SIZE[0] * SIZE[1]


@pytest.mark.parametrize("box", [Box(40, 200, 48, 48), Box(500, 30, 110, 110), Box(590, 310, 50, 50)])
def test_a_face_that_appears_lies_in_a_region_that_has_changed_once(room, box) -> None:
    picture = searched(seen(room, 1))
    arrived = with_face(seen(room, 2), box)
    regions = picture.changed(arrived, SMALLEST, [])
    assert any(
        region.x <= box.x
        and region.y <= box.y
        and box.x + box.width <= region.x + region.width
        and box.y + box.height <= region.y + region.height
        for region in regions
    )
    assert sum(region.width * region.height for region in regions) < 0.4 * SIZE[0] * SIZE[1]
    assert picture.changed(arrived, SMALLEST, []) == []


def test_what_changes_at_a_known_face_is_not_looked_at(room) -> None:
    face = Box(300, 100, 100, 100)
    picture = searched(with_face(seen(room, 1), face))
    assert picture.changed(with_face(seen(room, 2), Box(308, 104, 100, 100)), SMALLEST, [face]) == []


def test_another_scene_has_changed_as_a_whole(room) -> None:
    picture = searched(seen(room, 1))
    assert picture.changed(255 - seen(room, 2), SMALLEST, []) == [WHOLE]
    assert SearchedPicture().changed(seen(room, 1), SMALLEST, []) == [WHOLE]
