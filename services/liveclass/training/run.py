"""The folder of one training: its settings, history and weights."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from liveclass.training.architectures import build
from liveclass.training.errors import TrainingError
from liveclass.training.recipe import Recipe

Entry = dict[str, float]
"""One epoch's figures: `epoch` (from 1), `size`, `seconds`, `loss`, `accuracy`, `val_loss`, `val_accuracy`.

`val_accuracy` is the mean over the label sets learned, which `val_fer2013` and `val_votes` give one by one.
"""


class RunExistsError(TrainingError):
    """The run folder holds another training."""


class NoRunError(TrainingError):
    """The folder holds no training, or one without a finished epoch."""


@dataclass(frozen=True)
class Run:
    """The folder of one training. A kill at any moment leaves it whole."""

    folder: Path

    @property
    def settings(self) -> Path:
        """JSON: recipe, fingerprints and counts of the splits, what cleaning took out, the validation split."""
        return self.folder / "settings.json"

    @property
    def history(self) -> Path:
        """One JSON object (`Entry`) a line and epoch."""
        return self.folder / "history.jsonl"

    @property
    def best(self) -> Path:
        """The averaged weights of the epoch with the best validation accuracy."""
        return self.folder / "best.weights.h5"

    @property
    def last(self) -> Path:
        """Everything the next epoch needs: weights, their averages, the optimizer's state."""
        return self.folder / "last.keras"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps the folder for this process while it trains; the lock ends with the process, however that ends.

        Raises `RunExistsError` where another process trains here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunExistsError(f"another process trains in {self.folder}") from None
            yield

    def is_training(self) -> bool:
        """Whether a process trains in this folder now."""
        if not self.folder.is_dir():
            return False
        try:
            with self.locked():
                return False
        except RunExistsError:
            return True

    def epochs(self) -> list[Entry]:
        """The finished epochs, oldest first."""
        if not self.history.exists():
            return []
        return [json.loads(line) for line in self.history.read_text("utf-8").splitlines()]

    def read_settings(self) -> dict[str, Any]:
        """Raises `NoRunError` where there are none."""
        if not self.settings.is_file():
            raise NoRunError(f"{self.folder} is not a run folder: it holds no {self.settings.name}")
        settings: dict[str, Any] = json.loads(self.settings.read_text("utf-8"))
        return settings

    def data_at(self) -> Path | None:
        """Where the run's data were read from; None where it does not say, as older ones do not."""
        place = self.read_settings().get("data_at")
        return Path(place) if place else None

    def recipe(self) -> Recipe:
        """The recipe that the run was started with."""
        return Recipe.model_validate(self.read_settings()["recipe"])

    def network(self) -> keras.Model:
        """The trained network (uint8 faces → logits [N, heads, 7]) in float32, with the best weights.

        Raises `NoRunError` where no epoch has finished.
        """
        recipe = self.recipe()
        model = build(recipe.architecture, heads=len(recipe.label_sets))
        if not self.best.is_file():
            raise NoRunError(f"{self.folder} has no finished epoch yet")
        model.load_weights(self.best)
        return model


def write_whole(path: Path, text: str) -> None:
    """Writes aside and moves into place, so that a kill leaves the old file or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, "utf-8")
    temporary.replace(path)
