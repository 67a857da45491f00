"""Looks for a better recipe: Optuna over named ranges, each trial scored by stratified k-fold on the training part."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import optuna
from sklearn.model_selection import StratifiedKFold, train_test_split

from liveclass.training import page, plots
from liveclass.training.data import Dataset, Faces
from liveclass.training.errors import TrainingError
from liveclass.training.recipe import Choice, Recipe, Search
from liveclass.training.run import Entry, Run
from liveclass.training.train import Training, TrainingDivergedError

Progress = Callable[[int, int, int, float], None]
"""Called after every epoch with (trial from 0, fold from 0, epochs done in it, validation accuracy)."""

EpochDone = Callable[[Entry], None]

TrainFold = Callable[[Recipe, Dataset, Path, EpochDone], float]
"""Trains on `Training` into the folder, and gives the best accuracy on `Fold`."""

STUDY = "recipe"


class StudyError(TrainingError):
    """The folder holds another study."""


def train_fold(recipe: Recipe, data: Dataset, folder: Path, epoch_done: EpochDone) -> float:
    """As in `TrainFold`. What is in the folder already is of another fold, or of one that a kill cut short."""
    shutil.rmtree(folder, ignore_errors=True)
    history = Training(recipe, data, Run(folder), "Fold", epoch_done=epoch_done).start(resume=False)
    return max(entry["val_accuracy"] for entry in history)


@dataclass(frozen=True)
class Tuning:
    """A study in `folder`: `study.db` (Optuna's), `settings.json`, and the runs of the trial under way."""

    recipe: Recipe
    search: Search
    training: Faces
    folder: Path
    folds: int = 3
    progress: Progress = lambda *_: None
    train: TrainFold = train_fold

    def run(self, trials: int) -> optuna.Study:
        """Goes on until the study has `trials` finished ones; a trial that a kill cut short is done again.

        Raises `StudyError` where the folder holds a study of another recipe, other ranges or other data.
        """
        study = self._open()
        redo_cut_short(study)
        study.optimize(self._score, n_trials=max(0, trials - len(finished(study))))
        return study

    def _open(self) -> optuna.Study:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {
            "recipe": self.recipe.model_dump(mode="json"),
            "search": {name: setting.model_dump(mode="json") for name, setting in self.search.items()},
            "folds": self.folds,
            "faces": self.training.fingerprint(),
        }
        file = self.folder / "settings.json"
        if file.exists() and json.loads(file.read_text("utf-8")) != settings:
            raise StudyError(f"{self.folder} holds a study of another recipe, other ranges or other data")
        file.write_text(json.dumps(settings, indent=2), "utf-8")
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        study = optuna.create_study(
            storage=f"sqlite:///{self.folder / 'study.db'}",
            study_name=STUDY,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
        )
        # A sampler begins its random numbers anew: with the same seed it would propose the first trials again.
        study.sampler = optuna.samplers.TPESampler(seed=self.recipe.seed + len(study.trials))
        return study

    def _score(self, trial: optuna.Trial) -> float:
        """The mean over the folds of each fold's best validation accuracy; hopeless trials end after a fold.

        Settings with which a fold diverges are the worst there are, and score 0.
        """
        recipe = self.recipe.changed({name: suggest(trial, name, setting) for name, setting in self.search.items()})
        scores: list[float] = []
        for fold, data in enumerate(fold_data(self.training, self.folds, recipe.seed)):
            try:
                scores.append(self.train(recipe, data, self.folder / "fold", self._epoch_done(trial.number, fold)))
            except TrainingDivergedError:
                return 0.0
            trial.report(float(np.mean(scores)), fold)
            trial.set_user_attr("folds", scores)
            if trial.should_prune():
                raise optuna.TrialPruned
        return float(np.mean(scores))

    def _epoch_done(self, trial: int, fold: int) -> EpochDone:
        return lambda entry: self.progress(trial, fold, int(entry["epoch"]), entry["val_accuracy"])


def redo_cut_short(study: optuna.Study) -> None:
    """Puts the settings of trials that were killed, or stopped with Ctrl-C, at the head of what is tried next."""
    redone = {trial.user_attrs.get("redoes") for trial in study.trials}
    for trial in study.get_trials(states=[optuna.trial.TrialState.RUNNING, optuna.trial.TrialState.FAIL]):
        if trial.state == optuna.trial.TrialState.RUNNING:
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
        if trial.number not in redone:
            study.enqueue_trial(trial.params, user_attrs={"redoes": trial.number})


def suggest(trial: optuna.Trial, name: str, setting: Any) -> int | float | str:
    """Lets Optuna pick a value of `setting`."""
    if isinstance(setting, Choice):
        return cast("int | float | str", trial.suggest_categorical(name, setting.choices))
    if isinstance(setting.low, int) and isinstance(setting.high, int):
        return trial.suggest_int(name, setting.low, setting.high, log=setting.log)
    return trial.suggest_float(name, setting.low, setting.high, log=setting.log)


def fold_data(faces: Faces, folds: int, seed: int) -> Iterator[Dataset]:
    """For each fold: the rest as `Training`, the fold as `Fold`, with the emotions in the same shares."""
    for rest, fold in StratifiedKFold(folds, shuffle=True, random_state=seed).split(faces.images, faces.labels):
        yield Dataset({"Training": _at(faces, rest), "Fold": _at(faces, fold)})


def share_of(faces: Faces, share: float, seed: int) -> Faces:
    """That share of `faces`, with the emotions in the same shares."""
    if share >= 1:
        return faces
    chosen, _ = train_test_split(np.arange(len(faces)), train_size=share, stratify=faces.labels, random_state=seed)
    return _at(faces, np.sort(chosen))


def finished(study: optuna.Study) -> list[optuna.trial.FrozenTrial]:
    """The trials that have a score, or were ended early, best first."""
    states = [optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED]
    trials = study.get_trials(states=states)
    return sorted(trials, key=lambda trial: (trial.state.name == "PRUNED", -(trial.value or 0)))


def summary(study: optuna.Study) -> list[dict[str, Any]]:
    """One dictionary a finished trial: number, score, folds, whether it was ended early, and its settings."""
    return [
        {
            "trial": trial.number,
            "score": trial.value,
            "folds": trial.user_attrs.get("folds", []),
            "ended_early": trial.state == optuna.trial.TrialState.PRUNED,
            "settings": trial.params,
        }
        for trial in finished(study)
    ]


def study_page(study: optuna.Study, name: str) -> str:
    """Table and plots of the finished trials."""
    trials = summary(study)
    names = list(trials[0]["settings"]) if trials else []
    rows = [
        (
            one["trial"],
            f"{one['score']:.4f}{' (ended early)' if one['ended_early'] else ''}",
            *(_short(one["settings"][setting]) for setting in names),
        )
        for one in trials
    ]
    sections = [("Trials, best first", page.table(("trial", "score", *names), rows))]
    by_number = sorted((float(one["trial"]), float(one["score"])) for one in trials)
    if by_number:
        chart = plots.line(by_number, "trial", "mean accuracy over folds", linestyle="")
        sections.append(("Score by trial", page.picture(chart, "score by trial")))
    for setting in names:
        points = [(one["settings"][setting], float(one["score"])) for one in trials]
        sections.append((setting, page.picture(plots.line(points, setting, "score", linestyle=""), setting)))
    return page.page(f"Search: {name}", "Scored by stratified k-fold on the training part alone.", sections)


def _at(faces: Faces, places: np.ndarray[Any, Any]) -> Faces:
    return faces.where(places)


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
