"""SavedModels for tests: as small as can be, right in every respect or wrong in one."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from liveclass.emotions import LABELS
from liveclass.training.export import LABELS_FILE


def write_saved_model(
    folder: Path,
    *,
    seed: int = 0,
    input_name: str = "face",
    input_type: tf.DType = tf.uint8,
    output_name: str = "scores",
    outputs: int = 7,
    labels: tuple[str, ...] | None = LABELS,
    normalised: bool = True,
    signature: str = "serving_default",
    votes: bool = False,
) -> Path:
    """A linear classifier with random weights, in variables as most trainers leave them.

    With `votes` a second output has its scores in the opposite order.
    """
    module = tf.Module()
    weights = np.random.default_rng(seed).normal(0, 0.5, (48 * 48, outputs))
    module.weights = tf.Variable(weights.astype(np.float32))

    def classify(face: tf.Tensor) -> dict[str, tf.Tensor]:
        centred = tf.cast(face, tf.float32) / 127.5 - 1
        logits = tf.reshape(centred, [-1, 48 * 48]) @ module.weights
        scores = tf.nn.softmax(logits) if normalised else tf.nn.sigmoid(logits)
        return {output_name: scores} | ({"votes": scores[:, ::-1]} if votes else {})

    face = tf.TensorSpec([None, 48, 48, 1], input_type, input_name)
    # TensorFlow names the input of a signature after the function's argument.
    function = tf.function(classify).get_concrete_function(face)
    tf.saved_model.save(module, str(folder), signatures={signature: function})
    if labels is not None:
        (folder / LABELS_FILE).parent.mkdir()
        (folder / LABELS_FILE).write_text("".join(f"{label}\n" for label in labels), "utf-8")
    return folder


def random_faces(count: int, seed: int = 1) -> np.ndarray:
    """Faces uint8 [count, 48, 48, 1] of noise."""
    return np.random.default_rng(seed).integers(0, 256, (count, 48, 48, 1)).astype(np.uint8)
