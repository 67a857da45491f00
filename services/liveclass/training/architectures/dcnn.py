"""The seed's DCNN: six convolutions of different widths, two max-pools, two dense layers, dropout 0.5."""

import keras
from keras import layers

from liveclass.training.architectures.layers import convolution, face_input, logits


def dcnn(heads: int = 1) -> keras.Model:
    """127 MMACs at 48×48. One wide stem leaves the work to the 24×24 and 12×12 stages, where it pays most.

    Batch normalisation and the global average before the dense layers are ours: the first lets it train at a
    high rate, the second lets the same weights take any input size.
    """
    faces, x = face_input()
    x = convolution(x, 32, kernel=5)
    x = layers.MaxPooling2D()(x)
    x = convolution(x, 64)
    x = convolution(x, 96)
    x = layers.MaxPooling2D()(x)
    x = convolution(x, 128)
    x = convolution(x, 160)
    x = convolution(x, 192)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(256, activation="relu", kernel_initializer="he_normal")(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(faces, logits(x, heads), name="dcnn")
