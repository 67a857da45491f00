"""Random views of training faces: one affine warp, light, a camera's flaw, and an erased patch for each."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.training.degradations import degraded
from liveclass.training.recipe import Augmentation


@dataclass(frozen=True)
class Augmenter:
    """Makes random views of faces; the same generator state gives the same views."""

    how: Augmentation

    def views(self, images: npt.NDArray[np.uint8], size: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
        """One random view of each of `images` uint8 [N, 48, 48, 1], as uint8 [N, size, size, 1]."""
        return np.stack([self._view(image[..., 0], size, random) for image in images])[..., np.newaxis]

    def _view(self, image: npt.NDArray[np.uint8], size: int, random: np.random.Generator) -> npt.NDArray[np.uint8]:
        matrix = self._affine(image.shape[0], size, random)
        view = cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        contrast = 1 + random.uniform(-self.how.contrast, self.how.contrast)
        brightness = 255 * random.uniform(-self.how.brightness, self.how.brightness)
        mean = float(view.mean())
        lit: npt.NDArray[np.uint8] = np.clip((view - mean) * contrast + mean + brightness, 0, 255).astype(np.uint8)
        if self.how.degrade and random.random() < self.how.degrade:
            lit = degraded(lit, random)
        if random.random() < self.how.erase:
            self._erase(lit, random)
        return lit

    def _affine(self, side: int, size: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
        """The matrix that turns, scales, shifts and flips about the middle, and resizes `side` to `size`."""
        angle = np.deg2rad(random.uniform(-self.how.rotation, self.how.rotation))
        scale = size / side * np.exp(random.uniform(np.log(self.how.scale[0]), np.log(self.how.scale[1])))
        linear = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        if random.random() < self.how.flip:
            linear[:, 0] *= -1
        shift = size * random.uniform(-self.how.shift, self.how.shift, 2)
        # Pixel centres, not corners, are mapped: the middle of 48 pixels is 23.5.
        offset = (size - 1) / 2 + shift - linear @ np.full(2, (side - 1) / 2)
        return np.column_stack([linear, offset])

    @staticmethod
    def _erase(image: npt.NDArray[np.uint8], random: np.random.Generator) -> None:
        """Overwrites a rectangle of 2 to 20 % of the area with one gray (Zhong et al., 2017)."""
        side = image.shape[0]
        area, aspect = random.uniform(0.02, 0.2), np.exp(random.uniform(-1, 1))
        height, width = (max(1, int(side * np.sqrt(area * ratio))) for ratio in (aspect, 1 / aspect))
        top, left = random.integers(0, max(1, side - height)), random.integers(0, max(1, side - width))
        image[top : top + height, left : left + width] = random.integers(0, 256)
