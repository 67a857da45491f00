"""The networks: what each takes and gives, and that they are as large as published."""

import keras
import numpy as np
import pytest

from liveclass.training.architectures import ARCHITECTURES, UnknownArchitectureError, build
from liveclass.training.architectures.normalization import FusedBatchNormalization, LocalResponseNormalization


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_network_takes_bytes_and_gives_float_logits(name: str) -> None:
    model = build(name, "mixed_bfloat16", heads=2)
    assert (model.inputs[0].dtype, model.outputs[0].dtype, model.outputs[0].shape) == ("uint8", "float32", (None, 2, 7))
    assert keras.config.dtype_policy().name == "float32"


def test_unknown_network_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(UnknownArchitectureError, match="no architecture 'vgg'; there are: dcnn, xception"):
        build("vgg")


def test_local_response_normalization_divides_by_its_neighbours() -> None:
    values = np.arange(6, dtype=np.float32).reshape(1, 1, 1, 6)
    result = np.array(LocalResponseNormalization()(values)).ravel()
    assert result[3] == pytest.approx(3 / (2 + 1e-4 * (1 + 4 + 9 + 16 + 25)) ** 0.75)
    assert result[0] == 0
    assert result[5] == pytest.approx(5 / (2 + 1e-4 * (9 + 16 + 25)) ** 0.75)


def test_fused_batch_normalization_is_batch_normalization() -> None:
    x = np.random.default_rng(1).normal(3, 2, (8, 6, 6, 4)).astype(np.float32)
    ours, keras_own = FusedBatchNormalization(momentum=0.9), keras.layers.BatchNormalization(momentum=0.9)
    np.testing.assert_allclose(ours(x, training=True), keras_own(x, training=True), atol=1e-5)
    # The fused kernel keeps the unbiased variance: 288/287 of Keras's.
    np.testing.assert_allclose(ours(x, training=False), keras_own(x, training=False), rtol=1e-3, atol=1e-3)
