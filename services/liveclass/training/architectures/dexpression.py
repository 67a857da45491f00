"""DeXpression (Burkert, Trier, Afzal, Dengel and Liwicki, 2015): two blocks of parallel feature extraction."""

import keras
from keras import layers

from liveclass.training.architectures.layers import Tensor, face_input, logits
from liveclass.training.architectures.normalization import LocalResponseNormalization


def dexpression(heads: int = 1) -> keras.Model:
    """As published, except that the stem keeps the size: the paper's faces have 224 pixels a side, these have 48."""
    faces, x = face_input(any_size=False)
    x = _convolution(x, 64, kernel=7)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    x = LocalResponseNormalization(dtype="float32")(x)
    for _ in range(2):
        x = layers.MaxPooling2D(3, strides=2, padding="same")(_feature_extraction(x))
    x = layers.Flatten()(x)
    return keras.Model(faces, logits(x, heads), name="dexpression")


def _feature_extraction(x: Tensor) -> Tensor:
    """The paper's FeatEx: 3×3 details beside what is strongest nearby, 272 channels in all."""
    details = _convolution(_convolution(x, 96, kernel=1), 208)
    strongest = _convolution(layers.MaxPooling2D(3, strides=1, padding="same")(x), 64, kernel=1)
    return layers.Concatenate()([details, strongest])


def _convolution(x: Tensor, width: int, kernel: int = 3) -> Tensor:
    return layers.Conv2D(width, kernel, padding="same", activation="relu", kernel_initializer="he_normal")(x)
