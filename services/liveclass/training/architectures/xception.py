"""mini-Xception (Arriaga, Valdenegro-Toro and Plöger, 2017): separable convolutions with residuals, 58,000 weights."""

import keras
from keras import layers

from liveclass.emotions import LABELS
from liveclass.training.architectures.batch_normalization import FusedBatchNormalization
from liveclass.training.architectures.layers import (
    MOMENTUM,
    Tensor,
    convolution,
    face_input,
    normalized_convolution,
)


def xception() -> keras.Model:
    """As published, for any input size: the last convolution already has one channel an emotion."""
    faces, x = face_input()
    x = convolution(x, 8, padding="valid")
    x = convolution(x, 8, padding="valid")
    for width in (16, 32, 64, 128):
        x = _module(x, width)
    x = layers.Conv2D(len(LABELS), 3, padding="same", dtype="float32", name="scores")(x)
    return keras.Model(faces, layers.GlobalAveragePooling2D(dtype="float32", name="logits")(x), name="xception")


def _module(x: Tensor, width: int) -> Tensor:
    """Two separable convolutions, halved, and added to a strided 1×1 convolution of the input."""
    residual = normalized_convolution(x, width, kernel=1, strides=2)
    x = layers.ReLU()(_separable_convolution(x, width))
    x = _separable_convolution(x, width)
    return layers.Add()([layers.MaxPooling2D(3, strides=2, padding="same")(x), residual])


def _separable_convolution(x: Tensor, width: int) -> Tensor:
    x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
    return FusedBatchNormalization(momentum=MOMENTUM)(x)
