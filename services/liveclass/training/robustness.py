"""Other crops of the same faces: with more or less around them, and from fewer pixels."""

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import FACE_SIZE, Box, crop_face

MARGINS = (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
FACE_SIZES = (16, 20, 24, 32, 40, 48)

Images = npt.NDArray[np.uint8]


def with_margin(images: Images, margin: float) -> Images:
    """Faces as if the detector's box had been larger by `margin` of its size in all, or smaller below zero.

    `images` uint8 [N, 48, 48, 1] are taken as the box. A smaller box cuts away the border and enlarges the rest; for
    a larger one nothing is known of what is around the face, so that the edge is repeated outwards, as the service
    does at the border of a frame. Whole pixels are cut, so that 48 and 10 % is 52: `real_margin` says what it was.
    """
    box = Box(0, 0, FACE_SIZE, FACE_SIZE).with_margin(margin)
    return np.stack([crop_face(image[..., 0], box) for image in images])


def real_margin(margin: float) -> float:
    """The margin that whole pixels make of `margin`."""
    return Box(0, 0, FACE_SIZE, FACE_SIZE).with_margin(margin).width / FACE_SIZE - 1


def from_size(images: Images, size: int) -> Images:
    """Faces as if they had been `size` pixels wide in the frame: reduced, and enlarged as the service does it."""
    whole = Box(0, 0, size, size)
    reduced = (cv2.resize(image[..., 0], (size, size), interpolation=cv2.INTER_AREA) for image in images)
    return np.stack([crop_face(np.asarray(image, np.uint8), whole) for image in reduced])
