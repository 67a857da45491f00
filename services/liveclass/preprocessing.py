"""Crops a face to the network's input, uint8 [48, 48, 1]. Scaling to floats is inside the served model.

Training, detection and tests all use this function, so that they cannot differ.
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
        """The box enlarged (below zero: reduced) by `margin` times its size, half on each side."""
        dx, dy = round(self.width * margin / 2), round(self.height * margin / 2)
        return Box(self.x - dx, self.y - dy, self.width + 2 * dx, self.height + 2 * dy)


def crop_face(image: GrayImage, box: Box, size: int = FACE_SIZE) -> npt.NDArray[np.uint8]:
    """Crops `box` from a gray `image` [H, W] and scales it to uint8 [size, size, 1].

    Beyond the border the edge is repeated, so that a face at the border keeps its proportions.
    """
    x, y, width, height = box
    rows, columns = image.shape
    top, left = max(0, -y), max(0, -x)
    bottom, right = max(0, y + height - rows), max(0, x + width - columns)
    face = image[max(0, y) : min(rows, y + height), max(0, x) : min(columns, x + width)]
    if top or left or bottom or right:
        face = np.pad(face, ((top, bottom), (left, right)), mode="edge")
    # INTER_AREA averages all pixels when it shrinks; enlarged faces look most like FER2013 with linear interpolation.
    interpolation = cv2.INTER_AREA if width > size else cv2.INTER_LINEAR
    return cv2.resize(face, (size, size), interpolation=interpolation)[..., np.newaxis].astype(np.uint8, copy=False)
