"""How a network is trained, as data: every setting of a training, its range, and the TOML files that change it."""

import sys
from importlib import resources
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class Strict(BaseModel):
    """A misspelt setting is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Augmentation(Strict):
    """How far random views of a training face may stray."""

    flip: float = Field(0.5, ge=0, le=1)  # probability
    rotation: float = Field(12.0, ge=0, le=90)  # degrees, either way
    scale: tuple[float, float] = (0.85, 1.2)
    shift: float = Field(0.1, ge=0, le=0.5)  # of the side, either way
    brightness: float = Field(0.1, ge=0, le=1)  # of the full range, either way
    contrast: float = Field(0.25, ge=0, le=1)  # of the face's own, either way
    erase: float = Field(0.3, ge=0, le=1)  # probability


class Recipe(Strict):
    """The settings of one training. The defaults are ours; a recipe file holds only what differs."""

    architecture: str
    epochs: int = Field(60, ge=1)
    batch_size: int = Field(128, ge=1)
    optimizer: Literal["sgd", "adam", "rmsprop"] = "sgd"
    learning_rate: float = Field(0.1, gt=0)
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_epochs: float = Field(1.0, ge=0)
    weight_decay: float = Field(2e-3, ge=0)  # decoupled: with momentum 0.9 this is an L2 term of a tenth of it
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    class_balance: float = Field(0.3, ge=0, le=1)  # weight of a class = (mean count / its count) ** this
    ema_momentum: float | None = Field(0.998, gt=0, lt=1)  # averaged weights; none: the weights as they are
    precision: Literal["float32", "mixed_bfloat16"] = "mixed_bfloat16"
    sizes: tuple[tuple[float, int], ...] = ((0.0, 48),)  # (from this part of the epochs, side in pixels)
    patience: int | None = Field(None, ge=1)  # epochs without a better validation accuracy; none: go to the end
    seed: int = 1
    augmentation: Augmentation | None = Augmentation()

    def size_at(self, epoch: int) -> int:
        """Side in pixels of the faces in `epoch` (counted from 0)."""
        progress = epoch / self.epochs
        return [size for start, size in self.sizes if start <= progress][-1]


def load_recipe(source: str | Path) -> Recipe:
    """The recipe of that name, or in that file.

    Raises `FileNotFoundError` where there is none, and pydantic's `ValidationError` where a setting is off.
    """
    path = Path(source)
    if path.suffix == ".toml":
        return Recipe.model_validate(tomllib.loads(path.read_text("utf-8")))
    shipped = resources.files("liveclass.training") / "recipes" / f"{source}.toml"
    if not shipped.is_file():
        raise FileNotFoundError(f"no recipe '{source}'; there are: {', '.join(recipe_names())}")
    return Recipe.model_validate(tomllib.loads(shipped.read_text("utf-8")))


def recipe_names() -> list[str]:
    """The recipes that come with the package."""
    folder = resources.files("liveclass.training") / "recipes"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
