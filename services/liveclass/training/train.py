"""Trains one network by a recipe into a run folder, and goes on after a kill from the last finished epoch."""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax

from liveclass.training.architectures import build
from liveclass.training.data import HELD_OUT, BadDataError, Dataset
from liveclass.training.distill import SoftTargets, sibling, soft_targets, teachers_of
from liveclass.training.errors import TrainingError
from liveclass.training.optimizer import build_optimizer, restore
from liveclass.training.recipe import Recipe, RecipeError
from liveclass.training.run import Entry, Run, RunExistsError, write_whole
from liveclass.training.views import Views, batches_per_epoch, targets, true_labels

__all__ = ["Entry", "Progress", "Run", "RunExistsError", "Training", "TrainingDivergedError"]

Progress = Callable[[int, int, int, Entry], None]
"""Called after every batch with (epoch from 0, batches done in it, batches in all, its mean figures so far)."""


VALIDATION_BATCH = 512


class TrainingDivergedError(TrainingError):
    """The loss is no number any more."""


@dataclass
class Training:
    """A training under way. `data` must hold `Training` and `validation`'s split."""

    recipe: Recipe
    data: Dataset
    run: Run
    validation: str = HELD_OUT
    progress: Progress = lambda *_: None
    epoch_done: Callable[[Entry], None] = lambda _: None
    data_at: Path | None = None
    """Where the data were read from, for whoever resumes the run."""

    def start(self, *, resume: bool) -> list[Entry]:
        """Trains to the end of the recipe, or until patience runs out; returns the history, one entry an epoch.

        Raises `RunExistsError` where the folder holds a run and `resume` is off, or holds one of another recipe or
        data; `BadDataError` where a split is missing; `TrainingDivergedError` where the loss stops being a number.
        """
        for split in ("Training", self.validation):
            if split not in self.data.splits:
                raise BadDataError(f"the data have no split '{split}'; there are: {', '.join(self.data.splits)}")
        targets(self.data.training, self.recipe)  # says so where the data lack what the recipe learns
        with self.run.locked():
            _be_repeatable(self.recipe.seed)
            model = self._open(resume=resume)
            epochs = self.run.epochs()
            if is_finished(epochs, self.recipe):
                return epochs
            soft = soft_targets(self.run, self.recipe, self.data.training)
            while not is_finished(epochs, self.recipe):
                epochs.append(self._epoch(model, epochs, soft))
                self.epoch_done(epochs[-1])
        return epochs

    def _open(self, *, resume: bool) -> keras.Model:
        """A fresh network with its settings written down, or the one after the last finished epoch."""
        settings = self._settings()
        if self.run.settings.exists():
            if not resume:
                raise RunExistsError(f"{self.run.folder} holds a run; --resume goes on with it")
            self._check_same(settings)
            if self.run.last.exists():
                return self._reopen()
        teachers_of(self.run, self.recipe)  # says at once where one is missing
        model = compile_network(self.recipe, self._batches())
        if self.recipe.start_from:
            load_trained(model, self.recipe, sibling(self.run, self.recipe.start_from))
        self.run.folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.run.settings, json.dumps(settings, indent=2))
        write_whole(self.run.history, "")
        return model

    def _reopen(self) -> keras.Model:
        """The network as it was after the last finished epoch.

        An epoch is written to the history first and finished by its state: a line without its state is done again.
        """
        model = compile_network(self.recipe, self._batches())
        restore(model, keras.models.load_model(self.run.last))
        done = int(model.optimizer.iterations) // self._batches()
        lines = self.run.history.read_text("utf-8").splitlines(keepends=True)
        write_whole(self.run.history, "".join(lines[:done]))
        return model

    def _settings(self) -> dict[str, Any]:
        return {
            "recipe": self.recipe.model_dump(mode="json"),
            "data_at": str(self.data_at.resolve()) if self.data_at else None,
            "data": {name: faces.fingerprint() for name, faces in self.data.splits.items()},
            "votes": {name: faces.votes_fingerprint() for name, faces in self.data.splits.items()},
            "faces": {name: len(faces) for name, faces in self.data.splits.items()},
            "cleaning": asdict(self.data.cleaning),
            "validation": self.validation,
        }

    def _check_same(self, settings: dict[str, Any]) -> None:
        held = self.run.read_settings()
        before = self.run.recipe().model_dump(mode="json")
        recipe = settings["recipe"].items()
        changed = [f"{name} was {before[name]}, and is {value} now" for name, value in recipe if before[name] != value]
        if changed:
            raise RunExistsError(f"{self.run.folder} was started with another recipe: {'; '.join(changed)}")
        if any(held[name] != settings[name] for name in ("data", "votes", "validation")):
            raise RunExistsError(f"{self.run.folder} was started with other data")

    def _batches(self) -> int:
        return batches_per_epoch(len(self.data.training), self.recipe.batch_size)

    def _epoch(self, model: keras.Model, before: list[Entry], soft: SoftTargets | None = None) -> Entry:
        started, views = time.monotonic(), Views(self.data.training, self.recipe, len(before), soft)
        figures = self._train(model, views, len(before))
        with averaged(model):
            checked = self._validate(model)
            entry = {"epoch": len(before) + 1, "size": views.size, **figures, **checked}
            if entry["val_accuracy"] > max((epoch["val_accuracy"] for epoch in before), default=-1):
                temporary = self.run.best.with_name("best.new.weights.h5")
                model.save_weights(temporary)
                temporary.replace(self.run.best)
        entry["seconds"] = round(time.monotonic() - started, 1)
        self._finish_epoch(model, entry)
        return entry

    def _train(self, model: keras.Model, views: Views, epoch: int) -> Entry:
        """One pass over `views`. Not `fit`, whose end puts the averaged weights in the place of the trained ones."""
        seed_dropout(model, (self.recipe.seed, epoch))
        figures: Entry = {}
        for index, (images, labels, weights) in enumerate(views):
            logs = model.train_on_batch(images, labels, sample_weight=weights, return_dict=True)
            if not math.isfinite(logs["loss"]):
                raise TrainingDivergedError(
                    f"the loss is {logs['loss']} in epoch {epoch + 1}: the learning rate "
                    f"({self.recipe.learning_rate}) is too high for this recipe"
                )
            # Keras gives the figures of this batch alone; all batches but a single small one are equally large.
            figures = {name: (figures.get(name, 0.0) * index + float(logs[name])) / (index + 1) for name in logs}
            self.progress(epoch, index + 1, len(views), figures)
        return figures

    def _validate(self, model: keras.Model) -> Entry:
        faces = self.data.splits[self.validation]
        answers, weights = targets(faces, self.recipe.changed({"class_balance": 0}))
        parts = np.array_split(faces.images, math.ceil(len(faces) / VALIDATION_BATCH))
        logits = np.concatenate([model.predict_on_batch(part) for part in parts]).astype(np.float64)
        losses = -(answers * log_softmax(logits, axis=-1)).sum(axis=-1) * weights
        accuracies = {
            f"val_{label_set}": accuracy(logits[:, head], true_labels(faces, label_set))
            for head, label_set in enumerate(self.recipe.label_sets)
        }
        return {
            "val_loss": float(losses.sum(axis=1).mean()),
            "val_accuracy": float(np.mean(list(accuracies.values()))),
            **accuracies,
        }

    def _finish_epoch(self, model: keras.Model, entry: Entry) -> None:
        with self.run.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        temporary = self.run.last.with_name("last.new.keras")
        model.save(temporary)
        temporary.replace(self.run.last)


def compile_network(recipe: Recipe, batches: int) -> keras.Model:
    """The untrained network of `recipe` with its optimizer and loss, for epochs of `batches`."""
    model = build(recipe.architecture, recipe.precision, len(recipe.label_sets))
    fixed = model.inputs[0].shape[1]
    if fixed and any(size != fixed for _, size in recipe.sizes):
        raise RecipeError(f"{recipe.architecture} takes {fixed}×{fixed} faces only; leave out the setting 'sizes'")
    model.compile(
        optimizer=build_optimizer(recipe, batches),
        # The sum over the heads, and the mean over the faces.
        loss=keras.losses.CategoricalCrossentropy(from_logits=True),
        loss_weights=[len(recipe.label_sets)],
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        # XLA has no fast convolutions on CPUs, where TensorFlow's oneDNN kernels are several times faster.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    return model


def load_trained(model: keras.Model, recipe: Recipe, source: Run) -> None:
    """Gives `model` the best weights of `source`. Raises `RecipeError` where that is another network."""
    other = source.recipe()
    if (other.architecture, other.label_sets) != (recipe.architecture, recipe.label_sets):
        raise RecipeError(
            f"start_from: {source.folder} is {other.architecture} for {', '.join(other.label_sets)}, and this recipe "
            f"trains {recipe.architecture} for {', '.join(recipe.label_sets)}"
        )
    model.set_weights(source.network().get_weights())


def _be_repeatable(seed: int) -> None:
    """Initial weights from `seed`, and the same sums in the same order, which costs nothing measurable on CPUs."""
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415  # only this backend needs it

        tf.config.experimental.enable_op_determinism()


def seed_dropout(model: keras.Model, seed: tuple[int, int]) -> None:
    """Lets an epoch's random numbers follow from `seed` alone, so that they are the same after a resume."""
    states = [layer.seed_generator.state for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    for state, values in zip(states, np.random.default_rng(seed).integers(2**31, size=(len(states), 2)), strict=True):
        state.assign(values)


def accuracy(logits: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> float:
    """The share of right answers among the faces that have a label [N], which those of −1 have not."""
    labelled = labels >= 0
    return float((logits.argmax(axis=1) == labels)[labelled].mean())


def is_finished(epochs: list[Entry], recipe: Recipe) -> bool:
    """Whether the training has gone through all epochs, or its patience is used up."""
    return len(epochs) >= recipe.epochs or is_stalled(epochs, recipe.patience)


def is_stalled(epochs: list[Entry], patience: int | None) -> bool:
    """Whether the last `patience` epochs brought no better validation accuracy."""
    if patience is None or not epochs:
        return False
    accuracies = [entry["val_accuracy"] for entry in epochs]
    return len(accuracies) - 1 - int(np.argmax(accuracies)) >= patience


@contextmanager
def averaged(model: keras.Model) -> Iterator[None]:
    """Within it the model has its averaged weights, if its optimizer keeps any."""
    if not model.optimizer.use_ema:
        yield
        return
    swap = keras.callbacks.SwapEMAWeights()
    swap.set_model(model)
    swap.on_test_begin()
    try:
        yield
    finally:
        swap.on_test_end()
