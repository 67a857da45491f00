"""What a network costs: the multiplications of one face, counted layer by layer."""

import math

import keras
from keras import layers

from liveclass.preprocessing import FACE_SIZE


def multiply_accumulates(model: keras.Model, side: int = FACE_SIZE) -> int:
    """Multiply-accumulates of convolutions and dense layers for one face of `side` pixels.

    What the rest costs (normalisation, pooling, activation) is left out, as is usual; it is memory traffic.
    """
    concrete = keras.models.clone_model(model, input_tensors=keras.Input((side, side, 1), dtype="uint8"))
    return sum(_of_layer(layer) for layer in concrete.layers)


def _of_layer(layer: keras.layers.Layer) -> int:
    if isinstance(layer, layers.Dense):
        return math.prod(layer.kernel.shape)
    if isinstance(layer, layers.SeparableConv2D):
        kernels = math.prod(layer.depthwise_kernel.shape) + math.prod(layer.pointwise_kernel.shape)
        return int(math.prod(layer.output.shape[1:3]) * kernels)
    if isinstance(layer, layers.Conv2D):
        return int(math.prod(layer.output.shape[1:3]) * math.prod(layer.kernel.shape))
    return 0
