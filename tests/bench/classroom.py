"""Video of a class, made at run time from photographs that scikit-image carries, with the true place of every face."""

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from skimage import data

from liveclass.preprocessing import Box

Image = npt.NDArray[np.uint8]

_CANVAS = (1600, 1200)
_FRAME = (1280, 960)
_GRID = (4, 3)


class VideoFrame(NamedTuple):
    """A gray frame [960, 1280], and where its faces are."""

    pixels: Image
    faces: list[Box]


def classroom_video(frames: int, faces: int, seed: int = 3) -> Iterator[VideoFrame]:
    """A camera that sways, turns and zooms a little, with sensor noise, in front of `faces` (at most 12) people."""
    rng = np.random.default_rng(seed)
    canvas, places = _canvas(faces, rng)
    for index in range(frames):
        zoom, angle = 1 + 0.03 * np.sin(index / 17), 1.5 * np.sin(index / 23)
        turn = cv2.getRotationMatrix2D((_CANVAS[0] / 2, _CANVAS[1] / 2), angle, zoom)
        turn[0, 2] -= 160 + 60 * np.sin(index / 11) + rng.normal(0, 1)
        turn[1, 2] -= 120 + 40 * np.sin(index / 13) + rng.normal(0, 1)
        view = cv2.warpAffine(canvas, turn, _FRAME).astype(np.float32)
        noisy = np.clip(view + rng.normal(0, 4, view.shape), 0, 255).astype(np.uint8)
        yield VideoFrame(noisy, [_moved(place, turn, zoom) for place in places])


def _canvas(faces: int, rng: np.random.Generator) -> tuple[Image, list[Box]]:
    canvas = cv2.GaussianBlur(cv2.resize(_gray(data.coffee()), _CANVAS), (0, 0), 3)
    astronaut = _gray(data.astronaut())[30:230, 110:330]
    others = (data.lfw_subset()[:100] * 255).astype(np.uint8)
    places = []
    for index in range(faces):
        if index % 3 == 0:
            scale = rng.uniform(0.5, 1.2)
            photo, face = astronaut, Box(67, 36, 97, 97)
        else:
            scale = rng.uniform(2.6, 5)
            photo, face = others[rng.integers(100)], Box(2, 2, 21, 21)
        photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        rows, columns = photo.shape
        left = 200 + index % _GRID[0] * 310 + int(rng.integers(0, max(1, 290 - columns)))
        top = 160 + index // _GRID[0] * 300 + int(rng.integers(0, max(1, 280 - rows)))
        canvas[top : top + rows, left : left + columns] = photo
        places.append(
            Box(round(left + face.x * scale), round(top + face.y * scale), *(2 * [round(face.width * scale)]))
        )
    return canvas, places


def _moved(place: Box, turn: npt.NDArray[np.float64], zoom: float) -> Box:
    x, y = turn @ (place.x + place.width / 2, place.y + place.height / 2, 1)
    side = place.width * zoom
    return Box(round(x - side / 2), round(y - side / 2), round(side), round(side))


def _gray(image: Image) -> Image:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
