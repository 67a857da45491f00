"""Trains one network by a recipe into a run folder, and goes on after a kill from the last finished epoch."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.architectures import build
from liveclass.training.augment import Augmenter
from liveclass.training.data import Dataset, Faces
from liveclass.training.recipe import Recipe


@dataclass(frozen=True)
class Run:
    """The folder of one training: its settings, history and weights."""

    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "settings.json"

    @property
    def history(self) -> Path:
        """One JSON object a line and epoch."""
        return self.folder / "history.jsonl"

    @property
    def best(self) -> Path:
        """The averaged weights of the epoch with the best validation accuracy."""
        return self.folder / "best.weights.h5"

    @property
    def last(self) -> Path:
        """Everything the next epoch needs: weights, their averages, the optimizer's state."""
        return self.folder / "last.keras"

    def epochs(self) -> list[dict[str, float]]:
        if not self.history.exists():
            return []
        return [json.loads(line) for line in self.history.read_text("utf-8").splitlines()]

    def recipe(self) -> Recipe:
        return Recipe.model_validate(json.loads(self.settings.read_text("utf-8"))["recipe"])

    def network(self) -> keras.Model:
        """The trained network (uint8 faces → logits) in float32, with the best weights."""
        model = build(self.recipe().architecture)
        model.load_weights(self.best)
        return model


class RunExistsError(ValueError):
    """The run folder holds another training."""


Progress = Callable[[int, int, dict[str, float]], None]
"""Called after every batch with (epoch, batches done in it, its mean figures so far)."""


class Views(keras.utils.PyDataset):  # type: ignore[misc]  # Keras ships no types
    """One epoch of random views in batches; its order and views follow from (seed, epoch) alone."""

    def __init__(self, faces: Faces, recipe: Recipe, epoch: int) -> None:
        super().__init__()
        self.faces, self.recipe, self.size = faces, recipe, recipe.size_at(epoch)
        self.seed = (recipe.seed, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(faces))
        self.augmenter = Augmenter(recipe.augmentation) if recipe.augmentation else None
        counts = np.maximum(np.bincount(faces.labels, minlength=len(LABELS)), 1)
        weights = (counts.mean() / counts) ** recipe.class_balance
        self.class_weights = weights / (weights * counts).sum() * counts.sum()

    def __len__(self) -> int:
        return len(self.order) // self.recipe.batch_size or 1

    def __getitem__(self, index: int) -> tuple[npt.NDArray[Any], ...]:
        size = self.recipe.batch_size
        chosen = self.order[index * size : (index + 1) * size]
        images, labels = self.faces.images[chosen], self.faces.labels[chosen]
        if self.augmenter:
            images = self.augmenter.views(images, self.size, np.random.default_rng((*self.seed, index)))
        return images, np.eye(len(LABELS), dtype=np.float32)[labels], self.class_weights[labels]


def compile_network(recipe: Recipe, steps_per_epoch: int) -> keras.Model:
    """The untrained network of `recipe` with its optimizer and loss."""
    model = build(recipe.architecture, recipe.precision)
    model.compile(
        optimizer=_optimizer(recipe, steps_per_epoch),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=recipe.label_smoothing),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        # XLA has no fast convolutions on CPUs, where TensorFlow's oneDNN kernels are several times faster.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    return model


def _optimizer(recipe: Recipe, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    warmup = round(recipe.warmup_epochs * steps_per_epoch)
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=recipe.learning_rate / 25,
            warmup_target=recipe.learning_rate,
            warmup_steps=warmup,
            decay_steps=max(1, recipe.epochs * steps_per_epoch - warmup),
        )
    averaging = {"use_ema": True, "ema_momentum": recipe.ema_momentum} if recipe.ema_momentum else {}
    common = {"learning_rate": rate, "weight_decay": recipe.weight_decay or None, **averaging}
    optimizer: keras.optimizers.Optimizer
    if recipe.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(momentum=0.9, nesterov=True, **common)
    else:
        optimizer = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}[recipe.optimizer](**common)
    if recipe.weight_decay:
        optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


@dataclass
class Training:
    """A training under way. `data` must hold `Training` and `validation`'s split."""

    recipe: Recipe
    data: Dataset
    run: Run
    validation: str = "PublicTest"
    progress: Progress = field(default=lambda epoch, batch, figures: None)

    def start(self, *, resume: bool) -> list[dict[str, float]]:
        """Trains to the end of the recipe, or until patience runs out; returns the history, one entry an epoch.

        Raises `RunExistsError` where the folder holds a run and `resume` is off, or holds one of another recipe or data.
        """
        keras.utils.set_random_seed(self.recipe.seed)
        model = self._open(resume)
        epochs = self.run.epochs()
        while len(epochs) < self.recipe.epochs and not self._is_stalled(epochs):
            epochs.append(self._epoch(model, len(epochs), best=max((e["val_accuracy"] for e in epochs), default=0)))
        return epochs

    def _open(self, resume: bool) -> keras.Model:
        settings = {
            "recipe": self.recipe.model_dump(mode="json"),
            "data": {name: faces.fingerprint() for name, faces in self.data.splits.items()},
            "faces": {name: len(faces) for name, faces in self.data.splits.items()},
            "cleaning": asdict(self.data.cleaning),
            "validation": self.validation,
        }
        if self.run.settings.exists():
            if not resume:
                raise RunExistsError(f"{self.run.folder} holds a run; --resume goes on with it")
            if json.loads(self.run.settings.read_text("utf-8")) != settings:
                raise RunExistsError(f"{self.run.folder} was started with another recipe or other data")
            if self.run.last.exists():
                return keras.models.load_model(self.run.last)
        self.run.folder.mkdir(parents=True, exist_ok=True)
        _write(self.run.settings, json.dumps(settings, indent=2))
        steps = len(Views(self.data.training, self.recipe, 0))
        return compile_network(self.recipe, steps)

    def _epoch(self, model: keras.Model, epoch: int, best: float) -> dict[str, float]:
        views = Views(self.data.training, self.recipe, epoch)
        report = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: self.progress(epoch, batch + 1, logs)
        )
        # Dropout draws from a generator of its own: seeded anew, an epoch is the same after a resume.
        keras.utils.set_random_seed(self.recipe.seed * 1000 + epoch)
        trained = model.fit(views, epochs=epoch + 1, initial_epoch=epoch, callbacks=[report], verbose=0, shuffle=False)
        figures = {name: float(values[-1]) for name, values in trained.history.items()}
        with _averaged(model):
            faces = self.data.splits[self.validation]
            one_hot = np.eye(len(LABELS), dtype=np.float32)[faces.labels]
            checked = model.evaluate(faces.images, one_hot, batch_size=512, verbose=0, return_dict=True)
            entry = {"epoch": epoch + 1, "size": views.size, **figures}
            entry |= {f"val_{name}": float(value) for name, value in checked.items()}
            if entry["val_accuracy"] > best:
                temporary = self.run.folder / "best.new.weights.h5"
                model.save_weights(temporary)
                os.replace(temporary, self.run.best)
        self._finish_epoch(model, entry)
        return entry

    def _finish_epoch(self, model: keras.Model, entry: dict[str, float]) -> None:
        """State first, then history: a kill in between repeats an epoch, and never skips one."""
        temporary = self.run.folder / "last.new.keras"
        model.save(temporary)
        os.replace(temporary, self.run.last)
        with self.run.history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def _is_stalled(self, epochs: list[dict[str, float]]) -> bool:
        if self.recipe.patience is None or not epochs:
            return False
        accuracies = [entry["val_accuracy"] for entry in epochs]
        return len(accuracies) - 1 - int(np.argmax(accuracies)) >= self.recipe.patience


class _averaged:  # noqa: N801  # reads as a phrase where it is used
    """Within it the model has its averaged weights, if it keeps any."""

    def __init__(self, model: keras.Model) -> None:
        self.model, self.swap = model, keras.callbacks.SwapEMAWeights()
        self.swap.set_model(model)

    def _exchange(self) -> None:
        if self.model.optimizer.use_ema:
            self.swap._swap_variables()  # noqa: SLF001  # Keras has no public way outside fit()

    def __enter__(self) -> None:
        self._exchange()

    def __exit__(self, *raised: object) -> None:
        self._exchange()


def _write(path: Path, text: str) -> None:
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.write_text(text, "utf-8")
    os.replace(temporary, path)
