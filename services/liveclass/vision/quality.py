"""Quality of a face, from its crop and its size in the frame."""

from enum import Enum
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

DEFAULT_MIN_QUALITY = 0.15
"""Faces of a lower quality are not counted in a timeline, unless the operator chooses another limit."""


class QualityReason(str, Enum):
    """The weakest part of a face whose quality is too low to be counted."""

    SMALL = "REASON_SMALL"
    BLURRED = "REASON_BLURRED"
    EXPOSURE = "REASON_EXPOSURE"
    TURNED = "REASON_TURNED"


class Quality(NamedTuple):
    """Parts in [0, 1]; 1 is best."""

    size: float
    sharpness: float
    exposure: float
    frontality: float

    @property
    def score(self) -> float:
        """The weakest part."""
        return min(self)

    @property
    def weakest(self) -> QualityReason:
        return list(QualityReason)[int(np.argmin(self))]


_FULL_SIZE = 48
"""Side in pixels of the frame from which a face has full resolution for the network."""
_SHARPNESS = (0.08, 0.4)
"""Standard deviation of the Laplacian in shares of the crop's own contrast: of a face of which only light and dark are
left, and of one that had 24 pixels. Medians of 800 faces of FER2013: 1.06 as they are, 0.40 from 24 pixels, 0.21
blurred with σ = 2, 0.15 with σ = 3.5."""
_CONTRAST = 30.0
"""Standard deviation of the gray values of a well-lit face."""
_CLIPPED = 0.5
"""Fraction of black and white pixels at which exposure is 0."""
_SYMMETRY = (-0.5, 0.5)
"""Correlation of a face with its mirror image: of one that is turned away, and of one that looks at the camera."""


def face_quality(crop: npt.NDArray[np.uint8], side: int) -> Quality:
    """The quality of a crop [48, 48, 1] of a face that is `side` pixels wide in the frame."""
    gray = crop[..., 0].astype(np.float32)
    inner = gray[6:-6, 6:-6]  # the corners are background
    contrast = float(inner.std())
    return Quality(
        size=min(1.0, side / _FULL_SIZE),
        sharpness=_sharpness(inner, contrast),
        exposure=_exposure(inner, contrast),
        frontality=_frontality(inner, contrast),
    )


def _sharpness(gray: npt.NDArray[np.float32], contrast: float) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000), made independent of the contrast."""
    edges = float(cv2.Laplacian(gray, cv2.CV_32F).std())
    return _share(edges / max(contrast, 1.0), _SHARPNESS)


def _exposure(gray: npt.NDArray[np.float32], contrast: float) -> float:
    clipped = float(((gray < 8) | (gray > 247)).mean())
    return min(1.0, contrast / _CONTRAST) * max(0.0, 1 - clipped / _CLIPPED)


def _frontality(gray: npt.NDArray[np.float32], contrast: float) -> float:
    """Mirror symmetry, after removing a horizontal gradient of the light."""
    if contrast < 1:
        return 0.0
    columns = np.linspace(-1, 1, gray.shape[1], dtype=np.float32)
    level = gray - gray.mean() - columns * (gray * columns).mean() / (columns**2).mean()
    smooth = cv2.GaussianBlur(level, (0, 0), 2)
    symmetry = float((smooth * smooth[:, ::-1]).mean() / max(float((smooth**2).mean()), 1e-6))
    return _share(symmetry, _SYMMETRY)


def _share(value: float, limits: tuple[float, float]) -> float:
    """0 at the lower limit and below, 1 at the upper one and above."""
    low, high = limits
    return min(1.0, max(0.0, (value - low) / (high - low)))
