"""A search: what it tries, how it is scored, and that it goes on where it was stopped."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from liveclass.training.data import Dataset, Faces
from liveclass.training.recipe import Choice, Range, Recipe
from liveclass.training.run import Entry
from liveclass.training.train import TrainingDivergedError
from liveclass.training.tune import StudyError, Tuning, fold_data, share_of, study_page, summary

RECIPE = Recipe(architecture="cnn")
SEARCH = {
    "learning_rate": Range(low=0.01, high=0.2, log=True),
    "batch_size": Range(low=16, high=64),
    "optimizer": Choice(choices=("sgd", "adam")),
}
LABELS = np.repeat(np.arange(7), [12, 3, 12, 24, 12, 9, 12])
FACES = Faces(np.arange(len(LABELS) * 2304, dtype=np.uint32).astype(np.uint8).reshape(-1, 48, 48, 1), LABELS)


class FakeTrainer:
    """Scores a recipe by how near its learning rate is to 0.1, and can be killed."""

    def __init__(self, killed_at: int = -1) -> None:
        self.rates: list[float] = []
        self.killed_at = killed_at

    def __call__(self, recipe: Recipe, data: Dataset, folder: Path, epoch_done: Callable[[Entry], None]) -> float:
        if len(self.rates) == self.killed_at:
            raise KeyboardInterrupt
        self.rates.append(recipe.learning_rate)
        epoch_done({"epoch": 1, "val_accuracy": 0.5})
        return 1 - abs(recipe.learning_rate - 0.1)


def tuning(folder: Path, trainer: FakeTrainer, **changes: object) -> Tuning:
    return Tuning(
        **{"recipe": RECIPE, "search": SEARCH, "training": FACES, "folder": folder, "train": trainer} | changes
    )


def test_settings_stay_in_their_ranges(tmp_path: Path) -> None:
    for trial in summary(tuning(tmp_path, FakeTrainer()).run(3)):
        settings = trial["settings"]
        assert 0.01 <= settings["learning_rate"] <= 0.2
        assert settings["batch_size"] in range(16, 65)
        assert settings["optimizer"] in {"sgd", "adam"}


def test_best_trial_comes_first_and_the_page_shows_all(tmp_path: Path) -> None:
    study = tuning(tmp_path, FakeTrainer()).run(3)
    trials = summary(study)
    scores = [trial["score"] for trial in trials if not trial["ended_early"]]
    assert scores == sorted(scores, reverse=True)
    page = study_page(study, "cnn")
    assert page.count("<tr>") == 4
    assert page.count("<img") == 1 + len(SEARCH)


def test_finished_trials_are_kept_and_the_one_cut_short_is_done_again(tmp_path: Path) -> None:
    killed = FakeTrainer(killed_at=7)  # in the second fold of the third trial
    with pytest.raises(KeyboardInterrupt):
        tuning(tmp_path, killed).run(5)
    again = FakeTrainer()
    study = tuning(tmp_path, again).run(5)
    assert len(summary(study)) == 5
    assert again.rates[0] == killed.rates[6]
    assert len(again.rates) <= 3 * 3
    assert len({trial["settings"]["learning_rate"] for trial in summary(study)}) == 5


def test_finished_study_has_nothing_to_do(tmp_path: Path) -> None:
    tuning(tmp_path, FakeTrainer()).run(2)
    idle = FakeTrainer()
    tuning(tmp_path, idle).run(2)
    assert idle.rates == []


def test_trial_that_a_kill_left_running_does_not_stay_so(tmp_path: Path) -> None:
    trial = tuning(tmp_path, FakeTrainer())._open().ask()
    rate = trial.suggest_float("learning_rate", 0.01, 0.2, log=True)
    again = FakeTrainer()
    study = tuning(tmp_path, again).run(2)
    assert again.rates[0] == rate
    assert {trial.state.name for trial in study.trials} <= {"FAIL", "COMPLETE", "PRUNED"}


def test_diverging_trial_does_not_end_the_search(tmp_path: Path) -> None:
    class Diverging(FakeTrainer):
        def __call__(self, recipe: Recipe, *others: object) -> float:
            self.rates.append(recipe.learning_rate)
            if len(self.rates) == 1:
                raise TrainingDivergedError("the loss is nan")
            return 0.5

    assert [trial["score"] for trial in summary(tuning(tmp_path, Diverging()).run(3))] == [0.5, 0.5, 0]


@pytest.mark.parametrize(
    "change", [{"recipe": Recipe(architecture="dcnn")}, {"folds": 2}, {"training": share_of(FACES, 0.5, 1)}]
)
def test_another_study_in_the_folder_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    tuning(tmp_path, FakeTrainer()).run(1)
    with pytest.raises(StudyError, match="another recipe, other ranges or other data"):
        tuning(tmp_path, FakeTrainer(), **change).run(1)


def test_every_fold_has_every_emotion_and_every_face_is_held_out_once() -> None:
    folds = list(fold_data(FACES, 3, seed=1))
    assert [len(data.splits["Fold"]) for data in folds] == [28, 28, 28]
    assert all(data.splits["Fold"].counts()["disgust"] == 1 for data in folds)
    assert sum(len(data.training) for data in folds) == 2 * len(FACES)


def test_share_keeps_the_shares_of_the_emotions() -> None:
    half = share_of(FACES, 0.5, seed=1)
    assert half.counts()["happiness"] == 12
    assert len(half) == 42
    assert share_of(FACES, 1.0, seed=1) is FACES
