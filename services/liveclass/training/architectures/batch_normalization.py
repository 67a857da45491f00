"""Batch normalisation that TensorFlow runs as one kernel, in bfloat16 too."""

from typing import Any

import keras

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
