"""Soft targets: what trained networks answer about the training faces, measured once and kept in the run folder."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

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

    It is read from the run folder where the same teachers have answered about the same faces before.
    Raises `RecipeError` where a teacher does not know a label set that the recipe learns, `NoRunError` where it is
    not trained.
    """
    if recipe.distillation is None:
        return None
    teachers = [sibling(run, name) for name in recipe.distillation.teachers]
    known_by = "\n".join([faces.fingerprint(), *recipe.label_sets, *(_identity(teacher) for teacher in teachers)])
    file = run.folder / "soft_targets.npz"
    if file.is_file():
        with np.load(file) as kept:
            if str(kept["known_by"]) == known_by:
                return np.asarray(kept["targets"], np.float32)
    found = _asked(teachers, recipe.label_sets, faces, progress)
    temporary = file.with_name("soft_targets.new.npz")
    np.savez(temporary, targets=found, known_by=known_by)
    temporary.replace(file)
    return found


def sibling(run: Run, name: str) -> Run:
    """The run `name` in the folder that `run` is in. Raises `NoRunError` where it has no finished epoch."""
    other = Run(run.folder.parent / name)
    if not other.best.is_file():
        raise NoRunError(f"{other.folder} has no trained network yet, and the recipe needs one: train '{name}' first")
    return other


def _identity(teacher: Run) -> str:
    state = teacher.best.stat()
    return f"{teacher.folder.name} {state.st_size} {state.st_mtime_ns}"


def _asked(teachers: Sequence[Run], label_sets: Sequence[LabelSet], faces: Faces, progress: Progress) -> SoftTargets:
    total, done = np.zeros((len(faces), len(label_sets), 7)), 0
    for teacher in teachers:
        missing = [one for one in label_sets if one not in teacher.recipe().label_sets]
        if missing:
            raise RecipeError(f"{teacher.folder} cannot teach {', '.join(missing)}: it did not learn these labels")

        def answered(count: int) -> None:
            nonlocal done
            done += count
            progress(done, len(teachers) * len(faces))

        logits = open_model(teacher.folder, mirror=True)(faces.images, answered)
        total += np.stack([softmax(logits[label_set], axis=1) for label_set in label_sets], axis=1)
    return np.asarray(total / len(teachers), np.float32)
