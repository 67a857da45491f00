"""The emotion network of the DeepFace library (Serengil and Ozpinar, 2021): five convolutions, two dense layers."""

import keras
from keras import layers

from liveclass.training.architectures.layers import Tensor, face_input, logits


def deepface(heads: int = 1) -> keras.Model:
    """As published, which for 48×48 leaves one pixel of 128 channels before the dense layers."""
    faces, x = face_input(any_size=False)
    x = _convolution(x, 64, kernel=5)
    x = layers.MaxPooling2D(5, strides=2)(x)
    x = _convolution(_convolution(x, 64), 64)
    x = layers.AveragePooling2D(3, strides=2)(x)
    x = _convolution(_convolution(x, 128), 128)
    x = layers.AveragePooling2D(3, strides=2)(x)
    x = layers.Flatten()(x)
    for _ in range(2):
        x = layers.Dense(1024, activation="relu", kernel_initializer="he_normal")(x)
        x = layers.Dropout(0.2)(x)
    return keras.Model(faces, logits(x, heads), name="deepface")


def _convolution(x: Tensor, width: int, kernel: int = 3) -> Tensor:
    """Without padding and without batch normalisation."""
    return layers.Conv2D(width, kernel, activation="relu", kernel_initializer="he_normal")(x)
