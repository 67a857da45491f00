"""Face box → 48×48×1 uint8: the one place where a face becomes what the network sees.

Training, detection and tests all crop here, so that they cannot differ. Scaling to floats is inside the served model.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

FACE_SIZE = 48
"""Side of the square that the network takes, in pixels."""

GrayImage = npt.NDArray[np.uint8]


class Box(NamedTuple):
    """An axis-aligned rectangle in pixels; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def with_margin(self, margin: float) -> "Box":
        """The box grown (or, below zero, shrunk) by `margin` of its size in all, half on each side."""
        dx, dy = round(self.width * margin / 2), round(self.height * margin / 2)
        return Box(self.x - dx, self.y - dy, self.width + 2 * dx, self.height + 2 * dy)


def crop_face(image: GrayImage, box: Box, size: int = FACE_SIZE) -> npt.NDArray[np.uint8]:
    """Cuts `box` out of a gray `image` [H, W] and scales it to uint8 [size, size, 1].

    What lies outside the image repeats its edge, so that a face at the border keeps its proportions.
    """
    x, y, width, height = box
    rows, columns = image.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = max(0, y + height - rows), max(0, x + width - columns)
    face = image[max(0, y) : min(rows, y + height), max(0, x) : min(columns, x + width)]
    if top or left or bottom or right:
        face = np.pad(face, ((top, bottom), (left, right)), mode="edge")
    # INTER_AREA averages every pixel when it shrinks; when it enlarges, linear is what FER2013 looks like.
    interpolation = cv2.INTER_AREA if width > size else cv2.INTER_LINEAR
    return cv2.resize(face, (size, size), interpolation=interpolation)[..., np.newaxis].astype(np.uint8, copy=False)
