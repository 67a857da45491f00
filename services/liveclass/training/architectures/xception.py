"""mini-Xception (Arriaga, Valdenegro-Toro and Plöger, 2017), twice as wide: separable convolutions with residuals."""

import keras
from keras import layers

from liveclass.emotions import LABELS
from liveclass.training.architectures.layers import (
    MOMENTUM,
    Tensor,
    by_head,
    convolution,
    face_input,
    normalized_convolution,
)
from liveclass.training.architectures.normalization import FusedBatchNormalization


def xception(heads: int = 1) -> keras.Model:
    """The published form for any input size: the last convolution already has one channel an emotion and head.

    The published network has 8, 8, 16, 32, 64 and 128 channels and 58,000 weights, which is too few to reach its
    published accuracy on these data. Twice as many channels are four times as many weights.
    """
    faces, x = face_input()
    x = convolution(x, 16, padding="valid")
    x = convolution(x, 16, padding="valid")
    for width in (32, 64, 128, 256):
        x = _module(x, width)
    x = layers.Conv2D(heads * len(LABELS), 3, padding="same", dtype="float32", name="scores")(x)
    x = layers.GlobalAveragePooling2D(dtype="float32", name="logits")(x)
    return keras.Model(faces, by_head(x, heads), name="xception")


def _module(x: Tensor, width: int) -> Tensor:
    """Two separable convolutions, halved, and added to a strided 1×1 convolution of the input."""
    residual = normalized_convolution(x, width, kernel=1, strides=2)
    x = layers.ReLU()(_separable_convolution(x, width))
    x = _separable_convolution(x, width)
    return layers.Add()([layers.MaxPooling2D(3, strides=2, padding="same")(x), residual])


def _separable_convolution(x: Tensor, width: int) -> Tensor:
    x = layers.SeparableConv2D(width, 3, padding="same", use_bias=False)(x)
    return FusedBatchNormalization(momentum=MOMENTUM)(x)
