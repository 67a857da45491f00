"""What the networks share: how faces come in and how logits go out."""

from typing import Any

import keras
from keras import layers

from liveclass.emotions import LABELS
from liveclass.training.architectures.batch_normalization import FusedBatchNormalization

Tensor = Any  # keras.KerasTensor; Keras ships no types


def face_input() -> tuple[Tensor, Tensor]:
    """The input uint8 [N, H, W, 1] of any size, and the same scaled to −1…1."""
    faces = keras.Input((None, None, 1), dtype="uint8", name="face")
    return faces, layers.Rescaling(1 / 127.5, offset=-1, name="scale")(faces)


def convolution(x: Tensor, width: int, kernel: int = 3) -> Tensor:
    """Convolution, batch normalisation, ReLU; the image keeps its size."""
    x = layers.Conv2D(width, kernel, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    return layers.ReLU()(FusedBatchNormalization(momentum=0.98)(x))


def logits(x: Tensor) -> Tensor:
    """Seven logits from features [N, C]. Always float32: softmax in bfloat16 loses the small scores."""
    return layers.Dense(len(LABELS), dtype="float32", name="logits")(x)
