"""A SavedModel as it is served: is it one of ours, and what does it answer?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.errors import TrainingError
from liveclass.training.export import INPUT, LABELS_FILE, OUTPUTS, SIGNATURE
from liveclass.training.recipe import LabelSet
from liveclass.training.repository import LABELS_TEXT

BATCH = 256
TRIAL_FACES = 16
SUM_TOLERANCE, BATCH_TOLERANCE = 1e-4, 1e-3

Answers = dict[LabelSet, npt.NDArray[np.float32]]
"""Probabilities float32 [N, 7] by label set."""

Progress = Callable[[int, int], None]
"""Called with (faces done, faces in all)."""


class RefusedModelError(TrainingError):
    """The model cannot be published; the message says why."""


class ServedModel:
    """The SavedModel in `folder`, checked: signature, labels, and what it answers on a few faces.

    Raises `RefusedModelError` with the first thing that is not as it must be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._signature = _load(folder)
        _check_labels(folder)
        self._try_out()

    @property
    def label_sets(self) -> tuple[LabelSet, ...]:
        """What it answers."""
        return tuple(label_set for label_set, name in OUTPUTS.items() if name in self._signature.structured_outputs)

    def answers(self, faces: npt.NDArray[np.uint8], progress: Progress = lambda *_: None) -> Answers:
        """Probabilities float32 [N, 7] by label set of `faces` uint8 [N, 48, 48, 1], in batches."""
        found: dict[LabelSet, list[npt.NDArray[np.float32]]] = {label_set: [] for label_set in self.label_sets}
        for start in range(0, len(faces), BATCH):
            batch = faces[start : start + BATCH]
            for label_set, answers in self._run(batch).items():
                found[label_set].append(answers)
            progress(start + len(batch), len(faces))
        return {label_set: np.concatenate(batches) for label_set, batches in found.items()}

    def _run(self, faces: npt.NDArray[np.uint8]) -> Answers:
        import tensorflow as tf  # noqa: PLC0415  # slow, and only needed where models are

        outputs = self._signature(**{INPUT: tf.constant(faces)})
        return {label_set: np.asarray(outputs[OUTPUTS[label_set]]) for label_set in self.label_sets}

    def _try_out(self) -> None:
        faces = np.random.default_rng(0).integers(0, 256, (TRIAL_FACES, FACE_SIZE, FACE_SIZE, 1)).astype(np.uint8)
        alone = self._run(faces[:1])
        for label_set, together in self._run(faces).items():
            name = OUTPUTS[label_set]
            if not np.isfinite(together).all() or together.min() < 0:
                raise RefusedModelError(f"{self.folder} answers {name} that are negative or no numbers")
            if np.abs(together.sum(axis=1) - 1).max() > SUM_TOLERANCE:
                sums = together.sum(axis=1)
                raise RefusedModelError(
                    f"{self.folder} answers {name} that sum to {sums.min():.3f}…{sums.max():.3f} instead of 1"
                )
            if np.abs(alone[label_set] - together[:1]).max() > BATCH_TOLERANCE:
                raise RefusedModelError(f"{self.folder} answers differently about a face when others are in its batch")


def _load(folder: Path) -> Any:
    import tensorflow as tf  # noqa: PLC0415  # slow, and only needed where models are

    if not (folder / "saved_model.pb").is_file():
        raise RefusedModelError(f"{folder} is no SavedModel: it holds no saved_model.pb")
    try:
        loaded = tf.saved_model.load(str(folder))
    except Exception as error:  # TensorFlow raises whatever it met first in a broken file
        raise RefusedModelError(f"{folder} is a SavedModel that TensorFlow cannot load: {error}") from error
    if SIGNATURE not in loaded.signatures:
        known = ", ".join(loaded.signatures) or "none"
        raise RefusedModelError(f"{folder} has no signature '{SIGNATURE}'; it has: {known}")
    signature = loaded.signatures[SIGNATURE]
    # The function holds its variables weakly; with the object they would go.
    signature.loaded = loaded
    face = tf.TensorSpec([None, FACE_SIZE, FACE_SIZE, 1], tf.uint8, INPUT)
    _check_tensors(folder, "input", signature.structured_input_signature[1], [face])
    outputs = [tf.TensorSpec([None, len(LABELS)], tf.float32, name) for name in OUTPUTS.values()]
    answers_votes = OUTPUTS["votes"] in signature.structured_outputs
    _check_tensors(folder, "output", signature.structured_outputs, outputs if answers_votes else outputs[:1])
    return signature


def _check_tensors(folder: Path, kind: str, tensors: Any, wanted: list[Any]) -> None:
    """The tensors `wanted` and no others, each with its name, type and shape."""
    names = sorted(one.name for one in wanted)
    if sorted(tensors) != names:
        raise RefusedModelError(f"{folder} has the {kind}s {sorted(tensors)} instead of {names}")
    for one in wanted:
        _check_tensor(folder, kind, tensors[one.name], one)


def _check_tensor(folder: Path, kind: str, found: Any, wanted: Any) -> None:
    if found.dtype != wanted.dtype or found.shape.as_list() != wanted.shape.as_list():
        raise RefusedModelError(
            f"{folder}: {kind} '{wanted.name}' is {found.dtype.name} {_shape(found.shape.as_list())} "
            f"instead of {wanted.dtype.name} {_shape(wanted.shape.as_list())}"
        )


def _shape(sizes: list[int | None]) -> str:
    return "[" + ", ".join("N" if size is None else str(size) for size in sizes) + "]"


def _check_labels(folder: Path) -> None:
    file = folder / LABELS_FILE
    if not file.is_file():
        raise RefusedModelError(
            f"{folder} does not say what its scores stand for: write the labels to {file}, one a line"
        )
    if file.read_text("utf-8") != LABELS_TEXT:
        found = ", ".join(file.read_text("utf-8").split())
        raise RefusedModelError(f"{folder} has the labels {found} instead of {', '.join(LABELS)}")
