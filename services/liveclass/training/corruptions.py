"""Corrupted faces, as in ImageNet-C (Hendrycks and Dietterich, 2019), and other crops of faces."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.preprocessing import FACE_SIZE, Box, crop_face

MARGINS = (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
FACE_SIZES = (16, 20, 24, 32, 40, 48)

Images = npt.NDArray[np.uint8]

Image = npt.NDArray[np.uint8]
"""A face [48, 48]."""

Corrupt = Callable[[Images, float], Images]
"""Faces uint8 [N, 48, 48, 1] and a strength → the same faces, corrupted."""


WIDTH = "width in pixels"
"""The corruption whose strength is how wide the face was in the frame."""


def corrupted(images: Images, name: str, strength: float) -> Images:
    """`images` uint8 [N, 48, 48, 1] with the corruption `name` of `CORRUPTIONS`; the same each time."""
    return CORRUPTIONS[name][0](images, strength)


def _each(change: Callable[[Image, float], Image]) -> Corrupt:
    def corrupt(images: Images, strength: float) -> Images:
        return np.stack([change(image[..., 0], strength) for image in images])[..., np.newaxis]

    return corrupt


def _noise(images: Images, deviation: float) -> Images:
    noise = np.random.default_rng(0).normal(0, deviation, images.shape)
    return (images + noise).clip(0, 255).astype(np.uint8)


def _dark(images: Images, share: float) -> Images:
    """What a sensor gives of `share` of the light: fewer steps, and as much noise as ever."""
    return _noise((images * share).astype(np.uint8), 4)


def _back_light(image: Image, offset: float) -> Image:
    """A bright background veils the face: less contrast about a higher gray."""
    return (image.astype(np.float64) * (1 - offset) + 255 * offset).clip(0, 255).astype(np.uint8)


def _blur(image: Image, sigma: float) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _jpeg(image: Image, quality: float) -> Image:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _roll(image: Image, degrees: float) -> Image:
    matrix = cv2.getRotationMatrix2D((23.5, 23.5), degrees, 1)
    return np.asarray(cv2.warpAffine(image, matrix, (48, 48), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


def _shift(image: Image, pixels: float) -> Image:
    matrix = np.array([[1, 0, pixels], [0, 1, pixels]], np.float64)
    return np.asarray(cv2.warpAffine(image, matrix, (48, 48), borderMode=cv2.BORDER_REFLECT_101), np.uint8)


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


CORRUPTIONS: dict[str, tuple[Corrupt, tuple[float, ...]]] = {
    WIDTH: (lambda images, size: from_size(images, int(size)), (40, 32, 24, 20)),
    "blur, sigma in pixels": (_each(_blur), (0.7, 1.0, 1.5, 2.0)),
    "noise, standard deviation": (_noise, (8, 16, 24, 32)),
    "JPEG quality": (_each(_jpeg), (50, 30, 15, 8)),
    "light, share of it": (_dark, (0.5, 0.3, 0.2, 0.1)),
    "back light, share of white": (_each(_back_light), (0.2, 0.4, 0.6, 0.8)),
    "roll in degrees": (_each(_roll), (-20, -10, 10, 20)),
    "crop off by pixels": (_each(_shift), (2, 4, 6, 8)),
}
"""By name: what is done, and its strengths from mild to severe (roll: from left to right)."""
