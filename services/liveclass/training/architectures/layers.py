"""What the networks share: how faces come in, the usual block of layers, and how logits go out."""

from typing import Any

import keras
from keras import layers

from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.architectures.normalization import FusedBatchNormalization

Tensor = Any  # keras.KerasTensor; Keras ships no types

MOMENTUM = 0.98
"""Of batch normalisation's moving figures: they follow within 50 steps, a quarter of an epoch."""


def face_input(*, any_size: bool = True) -> tuple[Tensor, Tensor]:
    """The input uint8 [N, H, W, 1], of any size or of 48×48, and the same scaled to −1…1."""
    side = None if any_size else FACE_SIZE
    faces = keras.Input((side, side, 1), dtype="uint8", name="face")
    return faces, layers.Rescaling(1 / 127.5, offset=-1, name="scale")(faces)


def convolution(x: Tensor, width: int, kernel: int = 3, strides: int = 1, padding: str = "same") -> Tensor:
    """Convolution, batch normalisation, ReLU."""
    return layers.ReLU()(normalized_convolution(x, width, kernel, strides, padding))


def normalized_convolution(x: Tensor, width: int, kernel: int, strides: int = 1, padding: str = "same") -> Tensor:
    """Convolution, batch normalisation."""
    x = layers.Conv2D(width, kernel, strides, padding, use_bias=False, kernel_initializer="he_normal")(x)
    return FusedBatchNormalization(momentum=MOMENTUM)(x)


def logits(x: Tensor, heads: int) -> Tensor:
    """Seven logits a head from features [N, C]: [N, heads, 7]. float32: softmax in bfloat16 loses small scores."""
    return by_head(layers.Dense(heads * len(LABELS), dtype="float32", name="logits")(x), heads)


def by_head(x: Tensor, heads: int) -> Tensor:
    """[N, heads · 7] → [N, heads, 7]."""
    return layers.Reshape((heads, len(LABELS)), dtype="float32", name="heads")(x)
