"""A plain stack of convolutions, the baseline that the others are compared with."""

import keras
from keras import layers

from liveclass.training.architectures.layers import convolution, face_input, logits


def cnn(heads: int = 1) -> keras.Model:
    """Two 3×3 convolutions of each width, then halved; the average of what is left, one dense layer."""
    faces, x = face_input()
    for width in (32, 64, 128):
        x = convolution(convolution(x, width), width)
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(256, activation="relu", kernel_initializer="he_normal")(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(faces, logits(x, heads), name="cnn")
