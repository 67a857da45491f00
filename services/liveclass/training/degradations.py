"""What a poor camera does to a face, at random strength: the training counterpart of `corruptions.py`."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""A gray face [S, S]."""


def degraded(image: Image, random: np.random.Generator) -> Image:
    """`image` with one flaw of a poor camera, mild to moderate; the same generator state gives the same."""
    return _DEGRADATIONS[random.integers(len(_DEGRADATIONS))](image, random)


def _noisy(image: Image, random: np.random.Generator) -> Image:
    return _with_noise(image, random.uniform(2, 24), random)


def _dark(image: Image, random: np.random.Generator) -> Image:
    """Less light: fewer gray levels, and as much noise as ever."""
    return _with_noise((image * random.uniform(0.15, 0.8)).astype(np.uint8), 4, random)


def _blurred(image: Image, random: np.random.Generator) -> Image:
    """Sigma is in pixels of a 48-pixel face, whatever size this one has."""
    sigma = random.uniform(0.3, 1.7) * image.shape[0] / 48
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def _small(image: Image, random: np.random.Generator) -> Image:
    """Fewer pixels in the frame, enlarged again."""
    side = image.shape[0]
    fewer = max(8, int(side * random.uniform(0.4, 0.9)))
    small = cv2.resize(image, (fewer, fewer), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


def _compressed(image: Image, random: np.random.Generator) -> Image:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(8, 60))])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)


def _with_noise(image: Image, deviation: float, random: np.random.Generator) -> Image:
    noise = random.normal(0, deviation, image.shape)
    return np.asarray((image + noise).clip(0, 255), np.uint8)


Degradation = Callable[[Image, np.random.Generator], Image]

_DEGRADATIONS: tuple[Degradation, ...] = (_noisy, _dark, _blurred, _small, _compressed)
