"""The errors of training, evaluation and search that are nobody's defect.

TrainingError
├── BadDataError             errors.py    data that cannot be used
├── RecipeError              recipe.py    a recipe that cannot be followed
├── UnknownArchitectureError architectures/
├── RunExistsError           run.py       the folder holds another training
├── NoRunError               run.py       the folder holds none
├── TrainingDivergedError    train.py     the loss is no number any more
├── WorseModelError          comparison.py the one that is served answers better
├── ModelError               models.py    nothing there that answers
├── ExplainError             explain.py   nothing to explain
└── StudyError               tune.py      the folder holds another study
"""

from collections.abc import Sequence


class TrainingError(ValueError):
    """Something cannot be done as asked; the message says what and why, and often what to do."""


class BadDataError(TrainingError):
    """The data cannot be used; the message names the file and the reason."""

    @classmethod
    def listing(cls, source: object, problems: Sequence[str], most: int = 10) -> "BadDataError":
        """One message for all `problems` of `source`; beyond `most` they are only counted."""
        lines = [f"{source}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}", *problems[:most]]
        if len(problems) > most:
            lines.append(f"… and {len(problems) - most} more")
        return cls("\n  ".join(lines))
