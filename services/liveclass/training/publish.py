"""A trained run, or a SavedModel → the next version in the model repository, whole or not at all."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from liveclass.training.data import Faces, read
from liveclass.training.export import Classifier, export
from liveclass.training.metrics import Figures, calibrating_temperature, expected_calibration_error
from liveclass.training.model_card import ModelCard, Training
from liveclass.training.repository import CARD, SAVED_MODEL, Repository
from liveclass.training.run import NoRunError, Run
from liveclass.training.served_model import BATCH, RefusedModelError, ServedModel

DEFAULT_SPLIT = "PublicTest"

Progress = Callable[[str, int, int], None]
"""Called with (what is being done, faces done, faces in all)."""


@dataclass(frozen=True)
class Publisher:
    """Publishes into `repository`, measuring on the data set at `data`.

    Everything is checked and measured on the finished SavedModel before anything in the repository changes. Raises
    `TrainingError`: what is refused, and why.
    """

    repository: Repository
    data: Path
    progress: Progress = lambda *_: None
    replace: bool = False  # puts it in the newest version's place; for one that nobody is served yet
    mirror: bool = True

    def publish(self, source: Path) -> ModelCard:
        """Publishes the run, or the SavedModel, in the folder `source`."""
        self.repository.check()
        with self.repository.staging() as staging:
            staged = staging / "version"
            staged.mkdir()
            if (source / "settings.json").is_file():
                card = self._from_run(Run(source), staged)
            else:
                card = self._from_saved_model(source, staged)
            (staged / CARD).write_text(card.model_dump_json(indent=2) + "\n", "utf-8")
            if self._replaced is None:
                self.repository.add(staged, card.version)
            else:
                self.repository.replace(staged, card.version, staging / "replaced")
        return card

    @property
    def _replaced(self) -> int | None:
        versions = self.repository.versions()
        return versions[0] if self.replace and versions else None

    def _from_run(self, run: Run, staged: Path) -> ModelCard:
        settings = run.read_settings()
        if not run.epochs():
            raise NoRunError(f"{run.folder} has no finished epoch yet")
        network = run.network()
        split, faces = self._faces(settings["validation"])
        logits = self._logits(Classifier(network, mirror=self.mirror), faces)
        temperature = calibrating_temperature(logits, faces.labels)
        export(Classifier(network, temperature, mirror=self.mirror), staged / SAVED_MODEL)
        return self._measure(
            staged,
            split,
            faces,
            temperature=temperature,
            mirror=self.mirror,
            training=_training(run, settings, network),
        )

    def _from_saved_model(self, source: Path, staged: Path) -> ModelCard:
        ServedModel(source)  # says what is wrong with it by its own name
        shutil.copytree(source, staged / SAVED_MODEL)
        split, faces = self._faces(DEFAULT_SPLIT)
        return self._measure(staged, split, faces, temperature=None, mirror=None, training=None)

    def _faces(self, split: str) -> tuple[str, Faces]:
        splits = read(self.data)  # evaluation splits are used as published, so there is nothing to clean
        if split not in splits:
            raise RefusedModelError(f"{self.data} has no split {split}, on which the figures are measured")
        return split, splits[split]

    def _logits(self, classifier: Classifier, faces: Faces) -> npt.NDArray[np.float64]:
        batches = []
        for start in range(0, len(faces), BATCH):
            logits = classifier.logits(faces.images[start : start + BATCH])
            batches.append(np.asarray(keras.ops.convert_to_numpy(logits), np.float64))
            self.progress("fitting the temperature", start + len(batches[-1]), len(faces))
        return np.concatenate(batches)

    def _measure(self, staged: Path, split: str, faces: Faces, *, temperature: float | None, **known: Any) -> ModelCard:
        """The card of the finished SavedModel. Raises `RefusedModelError` where it is of no use."""
        model = ServedModel(staged / SAVED_MODEL)
        scores = model.scores(faces.images, lambda done, total: self.progress("measuring", done, total))
        log_scores = np.log(np.maximum(scores.astype(np.float64), 1e-12))
        figures = Figures.of(log_scores, faces.labels)
        guessing = max(faces.counts().values()) / len(faces)
        if figures.accuracy <= guessing:
            raise RefusedModelError(
                f"its accuracy on {split} is {figures.accuracy:.3f}, and always giving the most frequent answer "
                f"reaches {guessing:.3f}: it is untrained, or its scores are in another order than the labels"
            )
        before = None if temperature is None else _error_before(log_scores * temperature, faces)
        return ModelCard.measured(
            figures,
            before,
            version=self._replaced or (self.repository.versions() or [0])[0] + 1,
            published=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M"),
            size_bytes=sum(file.stat().st_size for file in staged.rglob("*") if file.is_file()),
            split=split,
            fingerprint=faces.fingerprint(),
            temperature=temperature,
            **known,
        )


def _error_before(logits: npt.NDArray[np.float64], faces: Faces) -> float:
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return expected_calibration_error(exponentials / exponentials.sum(axis=1, keepdims=True), faces.labels)


def _training(run: Run, settings: dict[str, Any], network: keras.Model) -> Training:
    epochs = run.epochs()
    best = max(epochs, key=lambda entry: entry["val_accuracy"])
    return Training(
        architecture=settings["recipe"]["architecture"],
        parameters=network.count_params(),
        epochs=len(epochs),
        best_epoch=int(best["epoch"]),
        recipe=settings["recipe"],
        faces=settings["faces"],
        fingerprints=settings["data"],
        cleaning=settings["cleaning"],
    )
