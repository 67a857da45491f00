"""Normalisation layers: fused batch normalisation, and local response normalisation, which Keras no longer has."""

from typing import Any

import keras
import numpy as np
from keras import ops

Tensor = Any  # keras.KerasTensor; Keras ships no types


@keras.saving.register_keras_serializable("liveclass")
class FusedBatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc]  # Keras ships no types
    """`keras.layers.BatchNormalization` over channels, same weights and figures, less than half the training step.

    Keras casts to float32 and composes the layer from several passes over the activations; on CPUs they cost
    more than the convolutions. Backends other than TensorFlow fuse it themselves and keep Keras's own.
    """

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor = None) -> Tensor:  # noqa: FBT001  # as Keras has it
        if not training or keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training, mask=mask)
        import tensorflow as tf  # noqa: PLC0415  # only this backend needs it

        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
            tf.cast(inputs, self.compute_dtype),
            tf.cast(self.gamma, tf.float32),
            tf.cast(self.beta, tf.float32),
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + tf.cast(batch, moving.dtype) * (1 - self.momentum))
        return outputs


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
