"""A training: the same twice, whole after a kill, and honest about what it cannot do."""

from pathlib import Path

import numpy as np
import pytest
from scipy.special import softmax

from liveclass.training.data import BadDataError, Dataset, Faces
from liveclass.training.distill import soft_targets
from liveclass.training.recipe import Recipe, RecipeError
from liveclass.training.run import NoRunError, Run, RunExistsError
from liveclass.training.train import Progress, Training, TrainingDivergedError, averaged, compile_network, is_stalled
from liveclass.training.views import Views, targets


def faces(count: int, seed: int) -> Faces:
    """Noise with a bright row for each emotion: learnable in a few steps."""
    random = np.random.default_rng(seed)
    labels = np.arange(count) % 7
    images = random.integers(0, 120, (count, 48, 48, 1))
    for index, label in enumerate(labels):
        images[index, 6 * label : 6 * label + 6] += 120
    return Faces(images.astype(np.uint8), labels.astype(np.int64), votes_for((labels + 1) % 7))


def votes_for(labels: np.ndarray) -> np.ndarray:
    """Eight of ten annotators for each of `labels`, two for something else; none for the first face."""
    votes = np.zeros((len(labels), 10), np.uint8)
    votes[np.arange(len(labels)), labels] = 8
    votes[:, 8] = 2
    votes[0] = 0
    return votes


@pytest.fixture(scope="module")
def data() -> Dataset:
    return Dataset({"Training": faces(56, 1), "HeldOut": faces(21, 2)})


RECIPE = Recipe(architecture="dcnn", labels="both", epochs=2, batch_size=14, sizes=((0, 16),), precision="float32")


def assert_same(one: Run, other: Run) -> None:
    """Equal but for the time taken and the last digit of a sum, which the alignment of memory decides."""
    for kept, repeated in zip(one.epochs(), other.epochs(), strict=True):
        assert kept | {"seconds": 0} == pytest.approx(repeated | {"seconds": 0}, rel=1e-5)
    for weights, again in zip(one.network().get_weights(), other.network().get_weights(), strict=True):
        np.testing.assert_allclose(weights, again, rtol=1e-4, atol=1e-5)


@pytest.fixture(scope="module")
def seen() -> list[float]:
    """The accuracy after every batch of `whole`."""
    return []


@pytest.fixture(scope="module")
def whole(data: Dataset, seen: list[float], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A training that nobody disturbed."""
    run = Run(tmp_path_factory.mktemp("runs") / "whole")
    Training(RECIPE, data, run, progress=lambda *figures: seen.append(figures[-1]["accuracy"])).start(resume=False)
    return run


class KilledError(Exception):
    """Stands for a kill: nothing of the training's own code runs after it."""


def killed_at(epoch: int, batch: int) -> Progress:
    def progress(now: int, done: int, *_: object) -> None:
        if (now, done) == (epoch, batch):
            raise KilledError

    return progress


def test_history_and_weights_are_on_disk(whole: Run, data: Dataset) -> None:
    history = whole.epochs()
    assert [entry["epoch"] for entry in history] == [1, 2]
    assert [entry["size"] for entry in history] == [16, 16]
    assert whole.recipe() == RECIPE
    held_out = data.splits["HeldOut"]
    answers = whole.network().predict(held_out.images, verbose=0).argmax(axis=2)
    best = max(history, key=lambda entry: entry["val_accuracy"])
    assert np.mean(answers[:, 0] == held_out.labels) == pytest.approx(best["val_fer2013"])
    assert np.mean((answers[:, 1] == (held_out.labels + 1) % 7)[1:]) == pytest.approx(best["val_votes"])
    assert best["val_accuracy"] == pytest.approx((best["val_fer2013"] + best["val_votes"]) / 2)


def test_training_figures_are_means_over_the_epoch(whole: Run, seen: list[float]) -> None:
    hits = np.diff([0, *(accuracy * 14 * 2 * (batch + 1) for batch, accuracy in enumerate(seen[:4]))])
    np.testing.assert_allclose(hits, np.round(hits), atol=1e-4)
    assert whole.epochs()[0]["accuracy"] == seen[3]


def test_same_seed_and_data_give_the_same_result(whole: Run, data: Dataset, tmp_path: Path) -> None:
    again = Run(tmp_path / "again")
    Training(RECIPE, data, again).start(resume=False)
    assert_same(again, whole)


def test_training_killed_before_its_first_epoch_was_finished_starts_anew(
    whole: Run, data: Dataset, tmp_path: Path
) -> None:
    run = Run(tmp_path / "killed")
    with pytest.raises(KilledError):
        Training(RECIPE, data, run, progress=killed_at(0, 2)).start(resume=False)
    assert run.epochs() == []
    with pytest.raises(NoRunError, match="no finished epoch"):
        run.network()
    Training(RECIPE, data, run).start(resume=True)
    assert_same(run, whole)


def test_killed_training_goes_on_from_the_last_epoch_whose_state_was_saved(
    whole: Run, data: Dataset, tmp_path: Path
) -> None:
    run = Run(tmp_path / "killed")
    with pytest.raises(KilledError):
        Training(RECIPE, data, run, progress=killed_at(1, 2)).start(resume=False)
    assert len(run.epochs()) == 1
    with run.history.open("a") as file:  # as if it had been killed between the two writes at an epoch's end
        file.write('{"epoch": 2, "val_accuracy": 0.99}\n')
    Training(RECIPE, data, run).start(resume=True)
    assert_same(run, whole)


def test_next_epoch_goes_on_from_the_trained_weights_not_from_their_averages(data: Dataset, tmp_path: Path) -> None:
    training = Training(RECIPE, data, Run(tmp_path / "run"))
    training.run.folder.mkdir()
    model = compile_network(RECIPE, 4)
    training._epoch(model, [])
    trained = [np.array(weight) for weight in model.trainable_variables]
    with averaged(model):
        kept = [np.array(weight) for weight in model.trainable_variables]
    assert not all(np.allclose(one, other) for one, other in zip(trained, kept, strict=True))
    after = [np.array(weight) for weight in model.trainable_variables]
    assert all(np.allclose(one, other, atol=1e-6) for one, other in zip(trained, after, strict=True))


def test_finished_run_is_not_overwritten(whole: Run, data: Dataset) -> None:
    with pytest.raises(RunExistsError, match="--resume"):
        Training(RECIPE, data, whole).start(resume=False)
    assert len(whole.epochs()) == 2


def test_resume_refuses_another_recipe_and_other_data(whole: Run, data: Dataset) -> None:
    other = RECIPE.model_copy(update={"learning_rate": 0.01})
    with pytest.raises(RunExistsError, match=r"learning_rate was 0\.1, and is 0\.01 now"):
        Training(other, data, whole).start(resume=True)
    with pytest.raises(RunExistsError, match="other data"):
        Training(RECIPE, Dataset({**data.splits, "Training": faces(63, 1)}), whole).start(resume=True)


def test_missing_split_is_named(data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(BadDataError, match="no split 'HeldOut'; there are: Training"):
        Training(RECIPE, Dataset({"Training": data.training}), Run(tmp_path / "run")).start(resume=False)


def test_diverging_training_says_so(data: Dataset, tmp_path: Path) -> None:
    wild = RECIPE.model_copy(update={"learning_rate": 1e30, "warmup_epochs": 0.0})
    with pytest.raises(TrainingDivergedError, match=r"learning rate .* too high"):
        Training(wild, data, Run(tmp_path / "run")).start(resume=False)


def test_empty_folder_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(NoRunError, match="not a run folder"):
        Run(tmp_path).network()


@pytest.mark.parametrize(
    ("accuracies", "patience", "stalled"),
    [([0.1, 0.5, 0.4], 2, False), ([0.5, 0.4, 0.5], 2, True), ([0.5] * 9, None, False), ([], 1, False)],
)
def test_patience(accuracies: list[float], patience: int | None, *, stalled: bool) -> None:
    assert is_stalled([{"val_accuracy": value} for value in accuracies], patience) is stalled


def test_training_starts_from_the_best_weights_of_another_run(whole: Run, data: Dataset, tmp_path: Path) -> None:
    run = Run(whole.folder.parent / "further")
    gentle = RECIPE.changed({"start_from": "whole", "learning_rate": 1e-9, "epochs": 1, "weight_decay": 0})
    Training(gentle, data, run).start(resume=False)
    for started, other in zip(run.network().trainable_weights, whole.network().trainable_weights, strict=True):
        np.testing.assert_allclose(started.numpy(), other.numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"start_from": "missing"}, NoRunError, "missing has no trained network yet"),
        ({"start_from": "whole", "labels": "votes"}, RecipeError, "whole is dcnn for fer2013, votes, and this recipe"),
        ({"distillation": {"teachers": ["missing"]}}, NoRunError, "train 'missing' first"),
    ],
)
def test_run_that_a_recipe_needs_must_be_there(
    whole: Run, data: Dataset, changes: dict[str, object], error: type[Exception], message: str
) -> None:
    run = Run(whole.folder.parent / "needy")
    with pytest.raises(error, match=message):
        Training(RECIPE.changed(changes), data, run).start(resume=True)
    assert not run.settings.exists()


def test_a_share_of_the_targets_is_what_the_teachers_answer(whole: Run, data: Dataset) -> None:
    run, faces = Run(whole.folder.parent / "student"), data.training
    recipe = RECIPE.changed({"distillation": {"teachers": ["whole"], "share": 0.25}, "epochs": 1})
    Training(recipe, data, run).start(resume=False)
    asked: list[int] = []
    soft = soft_targets(run, recipe, faces, lambda done, _: asked.append(done))
    assert asked == [], "the training has kept what the teachers answered"
    teacher = whole.network()
    views = [teacher.predict(images, verbose=0) for images in (faces.images, faces.images[:, :, ::-1])]
    np.testing.assert_allclose(soft, softmax(np.mean(views, axis=0), axis=2), atol=1e-5)
    learned = Views(faces, recipe, 0, soft).targets
    np.testing.assert_allclose(learned, 0.75 * targets(faces, recipe)[0] + 0.25 * soft, atol=1e-6)
    soft_targets(run, recipe, data.splits["HeldOut"], lambda done, _: asked.append(done))
    assert asked == [len(data.splits["HeldOut"])], "other faces are other questions"


def test_teacher_must_know_what_is_learned(whole: Run, data: Dataset) -> None:
    votes = RECIPE.changed({"labels": "votes", "epochs": 1})
    Training(votes, data, Run(whole.folder.parent / "votes-alone")).start(resume=False)
    student = RECIPE.changed({"distillation": {"teachers": ["votes-alone"]}})
    with pytest.raises(RecipeError, match="votes-alone cannot teach fer2013"):
        Training(student, data, Run(whole.folder.parent / "pupil")).start(resume=False)
