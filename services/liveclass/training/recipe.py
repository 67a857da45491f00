"""How a network is trained, as data: every setting of a training, its range, and the TOML files that change it."""

from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, ValidationError, field_validator, model_validator

from liveclass.toml_files import read_toml
from liveclass.training.errors import TrainingError

Model = TypeVar("Model", bound=BaseModel)

LabelSet = Literal["fer2013", "votes"]
"""FER2013's own label, or the shares of FER+'s ten annotators among the seven emotions."""


class RecipeError(TrainingError):
    """A recipe that is not there or cannot be followed; the message names the setting and the reason."""


class Strict(BaseModel):
    """A misspelt setting is an error, not a silence."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Augmentation(Strict):
    """How far random views of a training face may stray."""

    flip: float = Field(0.5, ge=0, le=1)  # probability
    rotation: float = Field(12.0, ge=0, le=90)  # degrees, either way
    scale: tuple[PositiveFloat, PositiveFloat] = (0.85, 1.2)  # smallest and largest
    shift: float = Field(0.1, ge=0, le=0.5)  # of the side, either way
    brightness: float = Field(0.1, ge=0, le=1)  # of the full range, either way
    contrast: float = Field(0.25, ge=0, le=1)  # of the face's own, either way
    erase: float = Field(0.3, ge=0, le=1)  # probability
    degrade: float = Field(0.0, ge=0, le=1)  # probability of one flaw of a poor camera (degradations.py)


NO_AUGMENTATION = Augmentation(flip=0, rotation=0, scale=(1, 1), shift=0, brightness=0, contrast=0, erase=0)
"""Every face as it is."""


class Distillation(Strict):
    """Learns also what trained networks answer, on average over them and mirrored faces (Hinton et al., 2015)."""

    teachers: tuple[str, ...] = Field(min_length=1)  # finished runs in the folder that this run is in
    share: float = Field(0.5, gt=0, le=1)  # of the targets; the labels keep the rest


class Recipe(Strict):
    """The settings of one training. The defaults are ours; a recipe file holds only what differs."""

    architecture: str
    labels: Literal["fer2013", "votes", "both"] = "fer2013"  # both: two heads on one trunk
    epochs: int = Field(60, ge=1)
    batch_size: int = Field(128, ge=1)
    optimizer: Literal["sgd", "adam", "rmsprop"] = "sgd"
    learning_rate: float = Field(0.1, gt=0)
    schedule: Literal["cosine", "constant"] = "cosine"
    warmup_epochs: float = Field(1.0, ge=0)
    weight_decay: float = Field(2e-3, ge=0)  # decoupled: with momentum 0.9 this is an L2 term of a tenth of it
    label_smoothing: float = Field(0.1, ge=0, lt=1)
    class_balance: float = Field(0.3, ge=0, le=1)  # weight of a class = (mean count / its count) ** this
    ema_momentum: float = Field(0.998, ge=0, lt=1)  # averaged weights; 0: the weights as they are
    precision: Literal["float32", "mixed_bfloat16"] = "mixed_bfloat16"
    sizes: tuple[tuple[float, int], ...] = ((0.0, 48),)  # (from this part of the epochs, side in pixels)
    patience: int | None = Field(None, ge=1)  # epochs without a better validation accuracy; none: go to the end
    seed: int = 1
    start_from: str | None = None  # a run in the same folder, whose best weights this one begins with
    distillation: Distillation | None = None
    augmentation: Augmentation = Augmentation()

    @field_validator("augmentation", mode="before")
    @classmethod
    def _none_means_as_it_is(cls, value: object) -> object:
        """Lets a file say `augmentation = "none"`."""
        return NO_AUGMENTATION if value == "none" else value

    @model_validator(mode="after")
    def _sizes_cover_every_epoch(self) -> "Recipe":
        starts = [start for start, _ in self.sizes]
        if not starts or starts[0] != 0 or starts != sorted(starts) or starts[-1] >= 1:
            raise ValueError("sizes must begin at 0 and rise, with every start below 1")
        if not all(8 <= size <= 96 for _, size in self.sizes):
            raise ValueError("sizes must have from 8 to 96 pixels")
        return self

    @property
    def label_sets(self) -> tuple[LabelSet, ...]:
        """What is learned, in the order of the network's heads."""
        return ("fer2013", "votes") if self.labels == "both" else (self.labels,)

    def size_at(self, epoch: int) -> int:
        """Side in pixels of the faces in `epoch` (counted from 0)."""
        progress = epoch / self.epochs
        return [size for start, size in self.sizes if start <= progress][-1]

    def changed(self, changes: dict[str, Any]) -> "Recipe":
        """The recipe with `changes`, where "augmentation.rotation" names a setting within another.

        Raises `RecipeError` where the result is none.
        """
        settings = self.model_dump()
        for name, value in changes.items():
            *groups, last = name.split(".")
            place = settings
            for group in groups:
                place = place.get(group) or {}
            place[last] = value
        return _validated(Recipe, settings, "changed recipe")


class Choice(Strict):
    """A setting that `liveclass tune` picks from a list."""

    choices: tuple[int | float | str, ...] = Field(min_length=1)


class Range(Strict):
    """A setting that `liveclass tune` picks between two ends; whole numbers where both ends are."""

    low: int | float
    high: int | float
    log: bool = False


Search = dict[str, Range | Choice]
"""What to search, by the setting's name."""


def load_recipe(source: str | Path) -> Recipe:
    """The recipe of that name, or in that file. Raises `RecipeError` where there is none, or a setting is off."""
    settings = _read(source)
    settings.pop("search", None)
    return _validated(Recipe, settings, f"recipe {source}")


def load_search(source: str | Path) -> Search:
    """The table `[search]` of the recipe of that name, or in that file. Raises as `load_recipe`, or without one."""
    search = _read(source).get("search")
    if not search:
        raise RecipeError(f"recipe {source} has no table [search] that says what to try")
    recipe = load_recipe(source)
    ranges = _validated(_SearchTable, {"search": search}, f"recipe {source}").search
    for name, setting in ranges.items():
        recipe.changed({name: setting.choices[0] if isinstance(setting, Choice) else setting.low})
    return ranges


def recipe_names() -> list[str]:
    """The recipes that come with the package."""
    folder = resources.files("liveclass.training") / "recipes"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


class _SearchTable(Strict):
    search: Search


def _read(source: str | Path) -> dict[str, Any]:
    path = Path(source)
    file = path if path.suffix == ".toml" else resources.files("liveclass.training") / "recipes" / f"{source}.toml"
    if not file.is_file():
        raise RecipeError(f"no recipe '{source}'; there are: {', '.join(recipe_names())}, or name a .toml file")
    try:
        return read_toml(file)
    except ValueError as error:
        raise RecipeError(f"recipe {source} is not TOML: {error}") from None


def _validated(model: type[Model], settings: dict[str, Any], name: str) -> Model:
    try:
        return model.model_validate(settings)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'settings'}: {problem['msg']}" for problem in error.errors()
        ]
        raise RecipeError(f"{name}: {'; '.join(problems)}") from None
