"""From a run or a SavedModel to a version: what is refused, what is measured, what is left behind."""

import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from saved_models import random_faces, write_saved_model
from typer import Typer
from typer.testing import CliRunner

from liveclass.commands.training.publish import publish as command
from liveclass.emotions import LABELS
from liveclass.training.architectures import build
from liveclass.training.comparison import Comparison, Measurement
from liveclass.training.export import Classifier
from liveclass.training.model_card import ModelCard
from liveclass.training.publish import Publisher
from liveclass.training.recipe import Recipe
from liveclass.training.repository import Repository
from liveclass.training.served_model import RefusedModelError, ServedModel
from liveclass.training.votes import COLUMNS

FACES = 84
BOTH = ("fer2013", "votes")


def write_data(folder: Path, images: np.ndarray, answers: np.ndarray) -> Path:
    """As published: two thirds are Training, and all ten annotators agree about each face."""
    splits = np.where(np.arange(len(images)) < FACES, "PublicTest", "Training")
    faces = [
        f"{label},{' '.join(map(str, image.ravel()))},{split}"
        for image, label, split in zip(images, answers[:, 0], splits, strict=True)
    ]
    (folder / "fer2013.csv").write_text("\n".join(["emotion,pixels,Usage", *faces]) + "\n")
    votes = [
        f"{split},{row}.png,{','.join(map(str, 10 * np.eye(10, dtype=int)[answers[row, 1]]))}"
        for row, split in enumerate(splits)
    ]
    (folder / "fer2013new.csv").write_text("\n".join([f"Usage,Image name,{','.join(COLUMNS)}", *votes]) + "\n")
    return folder / "fer2013.csv"


def write_run(folder: Path, images: np.ndarray) -> np.ndarray:
    """A run whose network never trained, and its answers [N, 2] to `images`: labels by which it is always right."""
    keras.utils.set_random_seed(3)
    network = build("dcnn", heads=2)
    logits = np.asarray(Classifier(network, BOTH).logits(images)).reshape(-1, 14)
    kernel, bias = network.get_layer("logits").get_weights()
    scale = 3 / logits.std(axis=0)  # spread over all seven answers
    network.get_layer("logits").set_weights([kernel * scale, (bias - logits.mean(axis=0)) * scale])
    folder.mkdir()
    network.save_weights(folder / "best.weights.h5")
    settings = {
        "recipe": Recipe(architecture="dcnn", labels="both").model_dump(mode="json"),
        "data": {"Training": "a" * 64, "PublicTest": "b" * 64},
        "faces": {"Training": FACES, "PublicTest": FACES},
        "cleaning": {"constant": 0, "duplicates_of_evaluation": 0},
        "validation": "HeldOut",
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "history.jsonl").write_text('{"epoch": 1, "val_accuracy": 0.5}\n{"epoch": 2, "val_accuracy": 0.4}\n')
    return np.asarray(Classifier(network, BOTH).logits(images)).argmax(axis=2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> tuple[Path, Path]:
    """A run folder, and the data on which it is always right."""
    folder = tmp_path_factory.mktemp("trained")
    images = random_faces(3 * FACES)
    answers = write_run(folder / "run", images)
    assert [len(set(one)) for one in answers.T] == [7, 7]
    return folder / "run", write_data(folder, images, answers)


@pytest.fixture(scope="module")
def first(trained, tmp_path_factory) -> tuple[Repository, ModelCard]:
    """A repository with the run as version 1, to look at and to copy."""
    run, data = trained
    repository = Repository(tmp_path_factory.mktemp("first") / "models")
    stages = []
    card = Publisher(repository, data, lambda *progress: stages.append(progress)).publish(run)
    assert stages[-1] == ("measuring", FACES, FACES)
    return repository, card


@pytest.fixture
def repository(first, tmp_path) -> Repository:
    """A copy of it to change."""
    shutil.copytree(first[0].folder, tmp_path / "models")
    return Repository(tmp_path / "models")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def times(folder: Path) -> dict[str, int]:
    return {str(file.relative_to(folder)): file.stat().st_mtime_ns for file in folder.rglob("*")}


def test_a_run_becomes_a_version_measured_on_what_is_served(first):
    repository, card = first
    assert repository.versions() == [card.version] == [1]
    assert card.accuracy == 1.0
    assert card.training.architecture == "dcnn"
    assert (card.training.epochs, card.training.best_epoch) == (2, 1)
    assert card.calibration_error < card.calibration_error_before
    assert (card.votes.agreement, card.votes.clear_agreement, card.votes.faces) == (1.0, 1.0, FACES)
    model = repository.model / "1" / "model.savedmodel"
    assert sum(file.stat().st_size for file in model.rglob("*") if file.is_file()) < 6_000_000
    readme = (repository.model / "README.md").read_text()
    for said in (
        "Article 5(1)(f)",
        f"temperature\n{card.temperature:.4f} (`votes`: {card.votes_temperature:.4f})",
        "fitted on HeldOut, faces that neither",
        "`votes` [7] float32 are the shares of ten annotators",
        "| agreement with the majority | 1.0000",
        card.fingerprint,
        "a" * 64,
        "| anger |",
    ):
        assert said in readme


def test_the_served_scores_are_those_of_the_network_with_mirror_and_temperature(trained, first):
    repository, card = first
    network = build("dcnn", heads=2)
    network.load_weights(trained[0] / "best.weights.h5")
    faces = random_faces(5, seed=9)
    logits = (np.asarray(network(faces)) + np.asarray(network(faces[:, :, ::-1]))) / 2
    served = ServedModel(repository.model / "1" / "model.savedmodel")
    for head, (label_set, temperature) in enumerate((("fer2013", card.temperature), ("votes", card.votes_temperature))):
        expected = np.asarray(keras.ops.softmax(logits[:, head] / temperature))
        np.testing.assert_allclose(served.answers(faces)[label_set], expected, atol=2e-3)
        np.testing.assert_allclose(served.answers(faces[:, :, ::-1].copy())[label_set], expected, atol=2e-3)


def test_versions_go_up_and_rollback_goes_back(trained, repository):
    run, data = trained
    before = contents(repository.folder)
    assert Publisher(repository, data, mirror=False, even_if_worse=True).publish(run).version == 2
    assert contents(repository.folder).keys() > before.keys()
    assert repository.remove_newest() == 2
    assert contents(repository.folder) == before


def test_replace_takes_the_newest_versions_place(trained, repository):
    run, data = trained
    assert Publisher(repository, data, replace=True, mirror=False, even_if_worse=True).publish(run).version == 1
    assert repository.versions() == [1]
    assert json.loads((repository.model / "1" / "card.json").read_text())["mirror"] is False
    assert [entry.name for entry in repository.folder.parent.iterdir()] == ["models"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"input_name": "image"}, r"has the inputs \['image'\] instead of \['face'\]"),
        ({"input_type": tf.float32}, r"input 'face' is float32 \[N, 48, 48, 1\] instead of uint8"),
        ({"output_name": "logits"}, r"has the outputs \['logits'\] instead of \['scores'\]"),
        ({"outputs": 8}, r"output 'scores' is float32 \[N, 8\] instead of float32 \[N, 7\]"),
        ({"signature": "predict"}, "no signature 'serving_default'; it has: predict"),
        ({"labels": None}, "does not say what its scores stand for"),
        ({"labels": LABELS[::-1]}, "has the labels neutral, surprise, .* instead of anger, disgust"),
        ({"normalised": False}, "scores that sum to .* instead of 1"),
        ({"seed": 2}, "its accuracy on PublicTest is .* untrained"),
    ],
)
def test_a_model_that_does_not_match_is_refused_and_nothing_changes(trained, repository, tmp_path, wrong, message):
    before = contents(repository.folder), times(repository.folder)
    model = write_saved_model(tmp_path.parent / f"{tmp_path.name}-model", **wrong)
    with pytest.raises(RefusedModelError, match=message):
        Publisher(repository, trained[1]).publish(model)
    assert (contents(repository.folder), times(repository.folder)) == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["models"]


def test_a_savedmodel_from_elsewhere_is_published_with_its_figures(trained, repository):
    card = Publisher(repository, trained[1]).publish(repository.model / "1" / "model.savedmodel")
    assert card.version == 2
    assert card.accuracy == 1.0
    assert card.training is None
    assert card.votes.agreement == 1.0
    assert "how it was trained is not recorded" in (repository.model / "README.md").read_text()


@pytest.fixture
def invoke():
    app = Typer()
    app.command()(command)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_the_command_publishes_says_what_it_did_and_undoes_it(trained, repository, invoke):
    run, data = trained
    where = ("--repository", repository.folder, "--data", data)
    shown = invoke(run, *where)
    assert shown.exit_code == 0, shown.output
    assert "Version 2 (dcnn)" in shown.stdout
    assert "recall of disgust" in shown.stdout
    assert "liveclass publish --rollback" in shown.stdout
    assert json.loads(invoke("--rollback", *where, "--json").stdout) == {"removed": 2, "newest": 1}
    assert json.loads(invoke(run, *where, "--json").stdout)["version"] == 2
    assert "version 1 is the newest again" in invoke("--rollback", *where).stdout
    refused = invoke("--rollback", *where)
    assert refused.exit_code == 2
    assert "none to go back to" in refused.stderr


def test_the_command_obeys_the_variable_and_names_the_repository(trained, repository, invoke, monkeypatch, tmp_path):
    run, data = trained
    monkeypatch.setenv("LIVECLASS_MODEL_REPOSITORY", str(repository.folder))
    monkeypatch.chdir(tmp_path)

    shown = invoke(run, "--data", data)

    assert shown.exit_code == 0, shown.output
    assert repository.versions() == [2, 1]
    assert f"Published as {repository.folder}/emotion/2" in shown.stdout
    assert f"liveclass publish --rollback --repository {repository.folder}" in shown.stdout
    assert str(repository.folder) in invoke("--rollback").stdout
    assert repository.versions() == [1]


def test_a_worse_model_is_refused_unless_it_is_insisted_on(trained, repository, invoke):
    run, data = trained
    before = contents(repository.folder)
    worse = (run, "--repository", repository.folder, "--data", data, "--no-mirror")

    refused = invoke(*worse)

    assert refused.exit_code == 2
    assert "it answers worse than what is served, on PublicTest: accuracy 0.6" in refused.stderr
    assert "served version 1 1.0000" in refused.stderr
    assert "--even-if-worse" in refused.stderr
    assert contents(repository.folder) == before
    insisted = invoke(*worse, "--even-if-worse")
    assert insisted.exit_code == 0
    assert "served version 1 1.0000" in insisted.stdout
    assert repository.versions() == [2, 1]


def measured(accuracy: float, agreement: float | None = None) -> Measurement:
    return Measurement(accuracy, 0.01, agreement, 0.01)


@pytest.mark.parametrize(
    ("served", "new", "is_worse"),
    [
        (measured(0.68), measured(0.65), True),
        (measured(0.68), measured(0.68), False),
        (measured(0.68), measured(0.675), False),  # within one standard error
        (measured(0.68, 0.70), measured(0.66, 0.82), False),  # the other figure is better
        (measured(0.68, 0.82), measured(0.69, 0.80), True),
        (measured(0.68), measured(0.60, 0.82), True),  # votes cannot be compared
    ],
)
def test_worse_is_a_figure_that_is_clearly_lower_while_none_is_higher(served, new, is_worse):
    assert Comparison(1, "PublicTest", served, new).is_worse is is_worse


def test_the_command_says_what_is_wrong_with_what_it_was_given(trained, invoke, tmp_path):
    run, _ = trained
    unfinished = shutil.copytree(run, tmp_path / "unfinished", ignore=shutil.ignore_patterns("history.jsonl"))
    for arguments, error_message in (
        ((), "name the run to publish"),
        ((run, "--rollback"), "name the run to publish"),
        ((tmp_path / "nothing",), "is no SavedModel"),
        ((run, "--data", tmp_path / "nothing"), "no such file or folder"),
        ((unfinished,), "has no finished epoch yet"),
    ):
        result = invoke(*arguments, "--repository", tmp_path / "models")
        assert result.exit_code == 2, result.output
        assert error_message in result.stderr
    assert not (tmp_path / "models").exists()
