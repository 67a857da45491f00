"""Local response normalisation, which Keras no longer has."""

from typing import Any

import keras
from keras import ops

Tensor = Any  # keras.KerasTensor; Keras ships no types


@keras.saving.register_keras_serializable("liveclass")
class LocalResponseNormalization(keras.layers.Layer):  # type: ignore[misc]  # Keras ships no types
    """Each channel divided by the strength of the five around it (Krizhevsky et al., 2012, with its constants)."""

    radius, alpha, beta, bias = 2, 1e-4, 0.75, 2.0

    def call(self, inputs: Tensor) -> Tensor:
        channels = inputs.shape[-1]
        squares = ops.pad(ops.square(inputs), [[0, 0]] * (len(inputs.shape) - 1) + [[self.radius, self.radius]])
        near = sum(squares[..., shift : shift + channels] for shift in range(2 * self.radius + 1))
        return inputs / ops.power(self.bias + self.alpha * near, self.beta)
