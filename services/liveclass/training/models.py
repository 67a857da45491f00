"""Whatever can be asked for emotions: a run folder, a SavedModel, or a running Triton."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from liveclass.training.errors import TrainingError
from liveclass.training.recipe import LabelSet

Progress = Callable[[int], None]
"""Called with the number of faces answered since the last call."""

Logits = dict[LabelSet, npt.NDArray[np.float64]]
"""Logits, or the logarithms of probabilities, float64 [N, 7] by label set."""

Classify = Callable[[npt.NDArray[np.uint8], Progress], Logits]
"""Faces uint8 [N, 48, 48, 1] → `Logits`."""

BATCH = 256
TINY = 1e-12
"""The least score whose logarithm is taken."""


class ModelError(TrainingError):
    """There is no model here, or it does not answer; the message says what was looked for."""


def open_model(folder: Path, *, mirror: bool = False) -> Classify:
    """The run or SavedModel in `folder`, or the SavedModel in a version folder of a model repository.

    `mirror` averages the logits of a run's network over the face and its mirror image, as published models do inside.
    Raises `ModelError`, or `NoRunError` for a run without a finished epoch.
    """
    if (folder / "settings.json").is_file():
        return _network(folder, mirror=mirror)
    for candidate in (folder, folder / "model.savedmodel"):
        if (candidate / "saved_model.pb").is_file():
            return _saved_model(candidate)
    raise ModelError(f"{folder} is neither a run folder (settings.json) nor a SavedModel (saved_model.pb)")


def _network(folder: Path, *, mirror: bool) -> Classify:
    import keras  # noqa: PLC0415  # seconds, and only where a network is

    from liveclass.training.run import Run  # noqa: PLC0415

    network, label_sets = Run(folder).network(), Run(folder).recipe().label_sets

    def answer(faces: npt.NDArray[np.uint8]) -> dict[LabelSet, Any]:
        logits = keras.ops.convert_to_numpy(network.predict_on_batch(faces))
        logits = (logits + network.predict_on_batch(faces[:, :, ::-1])) / 2 if mirror else logits
        return {label_set: logits[:, head] for head, label_set in enumerate(label_sets)}

    return _in_batches(answer, BATCH)


def _saved_model(folder: Path) -> Classify:
    from liveclass.training.served_model import RefusedModelError, ServedModel  # noqa: PLC0415  # needs TensorFlow

    try:
        model = ServedModel(folder)
    except RefusedModelError as error:
        raise ModelError(str(error)) from error
    return _in_batches(lambda faces: _logarithms(model.answers(faces)), BATCH)


def open_triton(address: str, version: str = "", model: str = "emotion") -> Classify:
    """The model as the Triton at `address` (host:port of gRPC) serves it; the newest `version` unless one is named.

    Raises `ModelError` where it does not answer.
    """
    from tritonclient.grpc import InferenceServerClient, InferInput  # noqa: PLC0415  # only where it is asked
    from tritonclient.utils import InferenceServerException  # noqa: PLC0415

    from liveclass.training.export import OUTPUTS  # noqa: PLC0415  # needs Keras

    client = InferenceServerClient(address)

    def answer(faces: npt.NDArray[np.uint8]) -> dict[LabelSet, Any]:
        face = InferInput("face", list(faces.shape), "UINT8")
        face.set_data_from_numpy(np.ascontiguousarray(faces))
        try:
            result = client.infer(model, [face], model_version=version)
        except InferenceServerException as error:
            raise ModelError(f"Triton at {address} did not answer: {error.message()}") from None
        found = {label_set: result.as_numpy(name) for label_set, name in OUTPUTS.items()}
        return _logarithms({label_set: values for label_set, values in found.items() if values is not None})

    try:
        batch = client.get_model_config(model, model_version=version).config.max_batch_size
    except InferenceServerException as error:
        raise ModelError(f"Triton at {address} does not serve '{model}' {version}: {error.message()}") from None
    return _in_batches(answer, batch)


def _logarithms(answers: dict[LabelSet, Any]) -> dict[LabelSet, Any]:
    return {label_set: np.log(np.maximum(values, TINY)) for label_set, values in answers.items()}


def _in_batches(answer: Callable[[npt.NDArray[np.uint8]], dict[LabelSet, Any]], size: int) -> Classify:
    def classify(faces: npt.NDArray[np.uint8], progress: Progress) -> Logits:
        batches = []
        for start in range(0, len(faces), size):
            batch = faces[start : start + size]
            batches.append(answer(batch))
            progress(len(batch))
        return {name: np.concatenate([one[name] for one in batches]).astype(np.float64) for name in batches[0]}

    return classify
