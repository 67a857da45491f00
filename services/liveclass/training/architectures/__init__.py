"""The networks by name. Each builder takes nothing and returns uint8 faces → seven logits."""

from collections.abc import Callable, Mapping

import keras

from liveclass.training.architectures.dcnn import dcnn
from liveclass.training.architectures.xception import xception

ARCHITECTURES: Mapping[str, Callable[[], keras.Model]] = {
    "dcnn": dcnn,
    "xception": xception,
}


def build(name: str, precision: str = "float32") -> keras.Model:
    """The untrained network `name`: uint8 [N, H, W, 1] → float32 logits [N, 7].

    Raises `KeyError` with the known names for an unknown one.
    """
    if name not in ARCHITECTURES:
        raise KeyError(f"no architecture '{name}'; there are: {', '.join(ARCHITECTURES)}")
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return ARCHITECTURES[name]()
    finally:
        keras.config.set_dtype_policy(policy)
