"""Soft targets: what trained networks answer about the training faces, measured once and kept in the run folder."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from liveclass.emotions import LABELS
from liveclass.training.faces import Faces
from liveclass.training.models import open_model
from liveclass.training.recipe import LabelSet, Recipe, RecipeError
from liveclass.training.run import NoRunError, Run

Progress = Callable[[int, int], None]
"""Called with (answers done, answers in all)."""

SoftTargets = npt.NDArray[np.float32]
"""Probabilities [N, heads, 7] of the training faces, in the order of the recipe's label sets."""


def soft_targets(run: Run, recipe: Recipe, faces: Faces, progress: Progress = lambda *_: None) -> SoftTargets | None:
    """The mean answer of the teachers to each of `faces` and its mirror image; None where the recipe has no teachers.

    It is read from the run folder where the same teachers have answered about the same faces before. Raises as
    `teachers_of`.
    """
    teachers = teachers_of(run, recipe)
    if not teachers:
        return None
    source = "\n".join([faces.fingerprint(), *recipe.label_sets, *(_identity(teacher) for teacher in teachers)])
    file = run.folder / "soft_targets.npz"
    if file.is_file():
        with np.load(file) as cached:
            if str(cached["source"]) == source:
                return np.asarray(cached["targets"], np.float32)
    targets = _mean_answers(teachers, recipe.label_sets, faces, progress)
    temporary = file.with_name("soft_targets.new.npz")
    np.savez(temporary, targets=targets, source=source)
    temporary.replace(file)
    return targets


def teachers_of(run: Run, recipe: Recipe) -> list[Run]:
    """The trained runs that `recipe` learns from in `run`; none where it learns from the labels alone.

    Raises `NoRunError` where one is not trained, `RecipeError` where it did not learn a label set that `recipe` learns.
    """
    teachers = [sibling(run, name) for name in (recipe.distillation.teachers if recipe.distillation else ())]
    for teacher in teachers:
        missing = [one for one in recipe.label_sets if one not in teacher.recipe().label_sets]
        if missing:
            raise RecipeError(f"{teacher.folder} cannot teach {', '.join(missing)}: it did not learn these labels")
    return teachers


def sibling(run: Run, name: str) -> Run:
    """The run `name` in the folder that `run` is in. Raises `NoRunError` where it has no finished epoch."""
    other = Run(run.folder.parent / name)
    if not other.best.is_file():
        raise NoRunError(f"{other.folder} has no trained network yet, and the recipe needs one: train '{name}' first")
    return other


def _identity(teacher: Run) -> str:
    state = teacher.best.stat()
    return f"{teacher.folder.name} {state.st_size} {state.st_mtime_ns}"


def _mean_answers(
    teachers: Sequence[Run], label_sets: Sequence[LabelSet], faces: Faces, progress: Progress
) -> SoftTargets:
    total, done = np.zeros((len(faces), len(label_sets), len(LABELS))), 0

    def answered(count: int) -> None:
        nonlocal done
        done += count
        progress(done, len(teachers) * len(faces))

    for teacher in teachers:
        logits = open_model(teacher.folder, mirror=True)(faces.images, answered)
        total += np.stack([softmax(logits[label_set], axis=1) for label_set in label_sets], axis=1)
    return np.asarray(total / len(teachers), np.float32)
