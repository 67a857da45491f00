"""Several trainings one after the other: finished ones are skipped, interrupted ones go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from liveclass.training.recipe import Recipe, RecipeError, load_recipe
from liveclass.training.run import Run
from liveclass.training.train import is_finished


@dataclass(frozen=True)
class Status:
    """How far the training in `run` has come. `epochs` counts finished ones of `of`."""

    run: str
    state: str  # waiting, training, stopped, or finished
    epochs: int
    of: int
    accuracy: float | None  # of the best epoch on the held-out faces, mean over the label sets learned
    minutes: float  # spent on the finished epochs
    updated: str | None  # when the last epoch was finished, UTC


def runs_of(recipes: Sequence[str], root: Path) -> list[tuple[str, Run]]:
    """The run folder below `root` of each recipe (a name or a file). Raises `RecipeError` where two would share one."""
    runs = [(recipe, Run(root / Path(recipe).stem)) for recipe in recipes]
    folders = [run.folder for _, run in runs]
    twice = {str(folder) for folder in folders if folders.count(folder) > 1}
    if twice:
        raise RecipeError(f"more than one recipe for the run folder {', '.join(sorted(twice))}")
    return runs


def recipe_of(source: str, run: Run) -> Recipe:
    """What `run` was started with, or the recipe `source` for one that was not."""
    return run.recipe() if run.settings.exists() else load_recipe(source)


def status(run: Run, recipe: Recipe) -> Status:
    """How far `run` has come with `recipe`."""
    epochs = run.epochs()
    if run.is_training():
        state = "training"
    elif is_finished(epochs, recipe):
        state = "finished"
    else:
        state = "stopped" if run.settings.exists() else "waiting"
    changed = datetime.fromtimestamp(run.history.stat().st_mtime, timezone.utc) if epochs else None
    return Status(
        run=str(run.folder),
        state=state,
        epochs=len(epochs),
        of=recipe.epochs,
        accuracy=max((entry["val_accuracy"] for entry in epochs), default=None),
        minutes=round(sum(entry["seconds"] for entry in epochs) / 60, 1),
        updated=None if changed is None else changed.strftime("%Y-%m-%d %H:%M"),
    )


def folders_in(root: Path) -> list[Run]:
    """The runs below `root`, by name."""
    return [Run(file.parent) for file in sorted(root.glob("*/settings.json"))]
