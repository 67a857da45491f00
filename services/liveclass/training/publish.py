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
from scipy.special import softmax

from liveclass.training.agreement import VotesFigures, shares_for_calibration
from liveclass.training.comparison import Comparison, Measurement, WorseModelError
from liveclass.training.data import HELD_OUT, Faces, hold_out, load, read
from liveclass.training.export import Classifier, export
from liveclass.training.metrics import Figures, calibrating_temperature, calibration_error
from liveclass.training.model_card import ModelCard, Training
from liveclass.training.recipe import LabelSet
from liveclass.training.repository import CARD, SAVED_MODEL, Repository
from liveclass.training.run import NoRunError, Run
from liveclass.training.served_model import BATCH, RefusedModelError, ServedModel
from liveclass.training.views import votes_of

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
    even_if_worse: bool = False
    compared: Callable[[Comparison], None] = lambda _: None
    """Told how the version compares with the one that is served, before one that is worse is refused."""

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
            self._compare(card)
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

    def _compare(self, card: ModelCard) -> None:
        """Raises `WorseModelError`. The served version is measured anew: its card may be of other data."""
        for version in self.repository.versions()[:1]:
            faces = self._faces(card.split)
            served = ServedModel(self.repository.model / str(version) / SAVED_MODEL)
            figures, votes, _ = _figures(
                served, faces, lambda done, of: self.progress("measuring the served", done, of)
            )
            new = _measurement(card.accuracy, card.standard_error, card.votes)
            found = Comparison(version, card.split, _measurement(figures.accuracy, figures.standard_error, votes), new)
            self.compared(found)
            if found.is_worse and not self.even_if_worse:
                raise WorseModelError(
                    f"it answers worse than what is served, {found.sentence()}; publish it with --even-if-worse"
                )

    def _from_run(self, run: Run, staged: Path) -> ModelCard:
        settings = run.read_settings()
        if not run.epochs():
            raise NoRunError(f"{run.folder} has no finished epoch yet")
        label_sets = run.recipe().label_sets
        if "fer2013" not in label_sets:
            raise RefusedModelError(f"{run.folder} learned votes alone; served models also answer FER2013's scores")
        network = run.network()
        fitted_on = self._faces(settings["validation"])
        logits = self._logits(Classifier(network, label_sets, mirror=self.mirror), fitted_on)
        temperatures = _temperatures(dict(zip(label_sets, logits.transpose(1, 0, 2), strict=True)), fitted_on)
        export(Classifier(network, label_sets, temperatures, self.mirror), staged / SAVED_MODEL)
        training = _training(run, settings, network)
        return self._measure(staged, temperatures, mirror=self.mirror, training=training)

    def _from_saved_model(self, source: Path, staged: Path) -> ModelCard:
        ServedModel(source)  # says what is wrong with it by its own name
        shutil.copytree(source, staged / SAVED_MODEL)
        return self._measure(staged, {}, mirror=None, training=None)

    def _faces(self, split: str) -> Faces:
        # Evaluation splits are used as published, so there is nothing to clean.
        splits = hold_out(load(self.data)).splits if split == HELD_OUT else read(self.data)
        if split not in splits:
            raise RefusedModelError(f"{self.data} has no split {split}, which publishing measures on")
        return splits[split]

    def _logits(self, classifier: Classifier, faces: Faces) -> npt.NDArray[np.float64]:
        batches = []
        for start in range(0, len(faces), BATCH):
            logits = classifier.logits(faces.images[start : start + BATCH])
            batches.append(np.asarray(keras.ops.convert_to_numpy(logits), np.float64))
            self.progress("fitting the temperature", start + len(batches[-1]), len(faces))
        return np.concatenate(batches)

    def _measure(self, staged: Path, temperatures: dict[LabelSet, float], **known: Any) -> ModelCard:
        """The card of the finished SavedModel. Raises `RefusedModelError` where it is of no use."""
        split, faces = DEFAULT_SPLIT, self._faces(DEFAULT_SPLIT)
        model = ServedModel(staged / SAVED_MODEL)
        figures, votes, log_scores = _figures(model, faces, lambda done, total: self.progress("measuring", done, total))
        guessing = max(faces.counts().values()) / len(faces)
        if figures.accuracy <= guessing:
            raise RefusedModelError(
                f"its accuracy on {split} is {figures.accuracy:.3f}, and always giving the most frequent answer "
                f"reaches {guessing:.3f}: it is untrained, or its scores are in another order than the labels"
            )
        temperature = temperatures.get("fer2013")
        before = (
            None if temperature is None else calibration_error(softmax(log_scores * temperature, axis=1), faces.labels)
        )
        return ModelCard.measured(
            figures,
            before,
            version=self._replaced or (self.repository.versions() or [0])[0] + 1,
            published=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M"),
            size_bytes=sum(file.stat().st_size for file in staged.rglob("*") if file.is_file()),
            split=split,
            fingerprint=faces.fingerprint(),
            temperature=temperature,
            votes_temperature=temperatures.get("votes"),
            answers_votes="votes" in model.label_sets,
            votes=votes,
            **known,
        )


def _figures(
    model: ServedModel, faces: Faces, progress: Callable[[int, int], None]
) -> tuple[Figures, VotesFigures | None, npt.NDArray[np.float64]]:
    """What the model reaches on `faces`: FER2013's labels, the votes where there are any; and its log scores [N, 7]."""
    found = model.answers(faces.images, progress)
    logarithms = {name: np.log(np.maximum(one.astype(np.float64), 1e-12)) for name, one in found.items()}
    log_scores = logarithms["fer2013"]
    votes = None if faces.votes is None else VotesFigures.of(logarithms.get("votes", log_scores), faces.votes)
    return Figures.of(log_scores, faces.labels), votes, log_scores


def _measurement(accuracy: float, error: float, votes: VotesFigures | None) -> Measurement:
    return Measurement(accuracy, error, votes.agreement if votes else None, votes.standard_error if votes else 0.0)


def _temperatures(logits: dict[LabelSet, npt.NDArray[np.float64]], faces: Faces) -> dict[LabelSet, float]:
    """The temperature of each head, whose `logits` are [N, 7], fitted on `faces`."""
    temperatures: dict[LabelSet, float] = {"fer2013": calibrating_temperature(logits["fer2013"], faces.labels)}
    if "votes" in logits:
        some, shares = shares_for_calibration(votes_of(faces))
        temperatures["votes"] = calibrating_temperature(logits["votes"][some], shares)
    return temperatures


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
        chosen_on=settings["validation"],
    )
