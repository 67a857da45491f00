"""The networks by name. Each builder takes the number of heads and returns uint8 faces → seven logits a head."""

from collections.abc import Callable, Mapping

import keras

from liveclass.training.architectures.cnn import cnn
from liveclass.training.architectures.dcnn import dcnn
from liveclass.training.architectures.deepface import deepface
from liveclass.training.architectures.dexpression import dexpression
from liveclass.training.architectures.resnet50 import resnet50
from liveclass.training.architectures.xception import xception
from liveclass.training.errors import TrainingError

ARCHITECTURES: Mapping[str, Callable[[int], keras.Model]] = {
    "dcnn": dcnn,
    "xception": xception,
    "resnet50": resnet50,
    "cnn": cnn,
    "dexpression": dexpression,
    "deepface": deepface,
}
"""The flagship first, then by the figure that was reported for them."""


class UnknownArchitectureError(TrainingError):
    """There is no network of that name; the message names those that there are."""


def build(name: str, precision: str = "float32", heads: int = 1) -> keras.Model:
    """The untrained network `name`: uint8 [N, H, W, 1] → float32 logits [N, heads, 7].

    `precision` is what Keras calls a dtype policy. Raises `UnknownArchitectureError` for an unknown name.
    """
    if name not in ARCHITECTURES:
        raise UnknownArchitectureError(f"no architecture '{name}'; there are: {', '.join(ARCHITECTURES)}")
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return ARCHITECTURES[name](heads)
    finally:
        keras.config.set_dtype_policy(policy)
