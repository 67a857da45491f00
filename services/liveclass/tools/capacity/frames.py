"""Synthetic classroom frames: one real face repeated, in different sizes and brightness."""

import math

import cv2
import numpy as np

from liveclass.client.frames import Pixels, encode
from liveclass.preprocessing import Box
from liveclass.vision.faces import HaarDetector

WIDTH, HEIGHT = 1280, 960
_VIEWS = 4
_LARGEST_TILE = 240
"""Largest side in pixels of one student's tile, so that a small class does not get unrealistically large faces."""
_SURROUNDINGS = 0.6
"""Margin around the face, as a fraction of its box."""


class NoFaceError(ValueError):
    """There is no face in the photograph."""


def classroom_frames(photograph: Pixels, students: int) -> list[bytes]:
    """JPEG frames of a class that hardly moves, from a photograph [H, W, 3] with a face. Raises NoFaceError."""
    random = np.random.default_rng(0)
    columns = math.ceil(math.sqrt(students * WIDTH / HEIGHT))
    rows = math.ceil(students / columns)
    side = min(_LARGEST_TILE, WIDTH // columns, HEIGHT // rows)
    box = _face(photograph)
    tiles = [_student(photograph, box, side, random) for _ in range(students)]
    wall = cv2.GaussianBlur(cv2.resize(photograph, (WIDTH, HEIGHT)), (0, 0), 25)  # too blurred to hold a face
    frames = []
    for _ in range(_VIEWS):
        frame = wall.copy()
        for index, tile in enumerate(tiles):
            left = (index % columns) * WIDTH // columns + (WIDTH // columns - side) // 2
            top = (index // columns) * HEIGHT // rows + (HEIGHT // rows - side) // 2
            across, down = random.integers(-2, 3, 2)  # small movements
            frame[top : top + side, left : left + side] = np.roll(tile, (down, across), (0, 1))
        noisy = frame + random.normal(0, 3, frame.shape)
        frames.append(encode(np.clip(noisy, 0, 255).astype(np.uint8)))
    return frames


def _student(photograph: Pixels, face: Box, side: int, random: np.random.Generator) -> Pixels:
    box = face.with_margin(_SURROUNDINGS + random.uniform(0, 0.5))
    rows, columns = photograph.shape[:2]
    length = min(box.width, rows, columns)
    left, top = min(max(0, box.x), columns - length), min(max(0, box.y), rows - length)
    tile = cv2.resize(photograph[top : top + length, left : left + length], (side, side), interpolation=cv2.INTER_AREA)
    if random.random() < 0.5:
        tile = cv2.flip(tile, 1)
    lit: Pixels = np.clip(tile * random.uniform(0.75, 1.2), 0, 255).astype(np.uint8)
    return lit


def _face(photograph: Pixels) -> Box:
    found = HaarDetector().detect(np.asarray(cv2.cvtColor(photograph, cv2.COLOR_BGR2GRAY), np.uint8), 40)
    if not found:
        raise NoFaceError("no face was found in the photograph; try another one with --image")
    return found[0].box
