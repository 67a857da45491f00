"""The errors of training, evaluation and search that are nobody's defect.

TrainingError
├── BadDataError             faces.py     data that cannot be used
├── RecipeError              recipe.py    a recipe that cannot be followed
├── UnknownArchitectureError architectures/
├── RunExistsError           run.py       the folder holds another training
├── NoRunError               run.py       the folder holds none
├── TrainingDivergedError    train.py     the loss is no number any more
├── ModelError               models.py    nothing there that answers
├── ExplainError             explain.py   nothing to explain
└── StudyError               tune.py      the folder holds another study
"""


class TrainingError(ValueError):
    """Something cannot be done as asked; the message says what and why, and often what to do."""
