"""A trained network → the SavedModel that Triton serves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras

from liveclass.preprocessing import FACE_SIZE
from liveclass.training.errors import TrainingError
from liveclass.training.recipe import LabelSet
from liveclass.training.repository import LABELS_TEXT

INPUT = "face"
OUTPUTS: Mapping[LabelSet, str] = {"fer2013": "scores", "votes": "votes"}
"""The output that answers as each label set would."""

SIGNATURE = "serving_default"

LABELS_FILE = "assets.extra/labels.txt"
"""In the SavedModel, where TensorFlow has room for what the graph does not load."""


@dataclass(frozen=True)
class Classifier:
    """Faces → answers: a `network` of logits with mirror averaging and calibration.

    The network has a head for each of `label_sets`, each with its temperature (1 where none is given). With `mirror` it
    sees the face and its mirror image, and their logits are averaged, which costs twice the arithmetic. Logits and not
    probabilities: their mean is one set of logits again, which is what a temperature (Guo et al., 2017) calibrates; the
    mean of probabilities that were calibrated one by one is too modest.
    """

    network: keras.Model
    label_sets: tuple[LabelSet, ...] = ("fer2013",)
    temperatures: Mapping[LabelSet, float] = field(default_factory=dict)
    mirror: bool = True

    def answers(self, faces: Any) -> dict[str, Any]:
        """Probabilities float32 [N, 7] of `faces` uint8 [N, 48, 48, 1], by the output's name."""
        logits = self.logits(faces)
        return {
            OUTPUTS[label_set]: keras.ops.softmax(logits[:, head] / self.temperatures.get(label_set, 1.0))
            for head, label_set in enumerate(self.label_sets)
        }

    def logits(self, faces: Any) -> Any:
        """Logits float32 [N, heads, 7], before the temperatures."""
        if not self.mirror:
            return self.network(faces, training=False)
        both = self.network(keras.ops.concatenate([faces, keras.ops.flip(faces, axis=2)]), training=False)
        as_is, mirrored = keras.ops.split(both, 2)
        return (as_is + mirrored) / 2


def export(classifier: Classifier, folder: Path) -> None:
    """Writes the SavedModel `folder`: signature `serving_default`, `face` uint8 [N, 48, 48, 1] → `OUTPUTS` [N, 7].

    Weights are constants in its graph, so that any server can fold them into each other.
    Raises `TrainingError` where Keras runs on another backend than TensorFlow.
    """
    if keras.backend.backend() != "tensorflow":
        raise TrainingError("Only Keras on TensorFlow writes a SavedModel; publish with KERAS_BACKEND=tensorflow.")
    import tensorflow as tf  # noqa: PLC0415  # only where Keras runs on it
    from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415  # likewise
        convert_variables_to_constants_v2,
    )

    faces = tf.TensorSpec([None, FACE_SIZE, FACE_SIZE, 1], tf.uint8, name=INPUT)
    frozen = convert_variables_to_constants_v2(tf.function(classifier.answers).get_concrete_function(faces))
    # TensorFlow flattens named results in the order of their names.
    names = sorted(OUTPUTS[label_set] for label_set in classifier.label_sets)
    serve = tf.function(lambda face: dict(zip(names, frozen(face), strict=True)), input_signature=[faces])
    tf.saved_model.save(tf.Module(), str(folder), signatures={SIGNATURE: serve})
    labels = folder / LABELS_FILE
    labels.parent.mkdir()
    labels.write_text(LABELS_TEXT, "utf-8")
