"""ResNet-50 (He, Zhang, Ren and Sun, 2016): sixteen bottleneck blocks in four stages."""

import keras
from keras import layers

from liveclass.training.architectures.layers import (
    Tensor,
    convolution,
    face_input,
    logits,
    normalized_convolution,
)

STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""(Width of the 3×3 convolutions, blocks); the output is four times as wide."""


def resnet50(heads: int = 1) -> keras.Model:
    """As published, for one channel and seven classes; a stage that shrinks does so in its 3×3 convolution."""
    faces, x = face_input()
    x = convolution(x, 64, kernel=7, strides=2)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, (width, blocks) in enumerate(STAGES):
        for block in range(blocks):
            x = _bottleneck(x, width, strides=2 if block == 0 and stage > 0 else 1)
    return keras.Model(faces, logits(layers.GlobalAveragePooling2D()(x), heads), name="resnet50")


def _bottleneck(x: Tensor, width: int, strides: int) -> Tensor:
    """1×1 to `width`, 3×3, 1×1 to four times `width`, added to the input or to a 1×1 convolution of it."""
    shortcut = x
    if strides != 1 or x.shape[-1] != 4 * width:
        shortcut = normalized_convolution(x, 4 * width, kernel=1, strides=strides)
    x = convolution(x, width, kernel=1)
    x = convolution(x, width, kernel=3, strides=strides)
    x = normalized_convolution(x, 4 * width, kernel=1)
    return layers.ReLU()(layers.Add()([x, shortcut]))
