"""What a publication leaves in the model repository, without any model."""

from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from liveclass.emotions import LABELS
from liveclass.training.metrics import Figures
from liveclass.training.model_card import ModelCard, Training
from liveclass.training.repository import CARD, LABELS_TEXT, Repository, RepositoryError, default_config


def card(version: int) -> ModelCard:
    """Right about 56 of 70 faces."""
    labels = np.arange(70) % 7
    logits = np.eye(7)[(labels + (np.arange(70) < 14)) % 7] * 2.0
    return ModelCard.measured(
        Figures.of(logits, labels),
        0.2,
        version=version,
        published="2025-01-02 03:04",
        size_bytes=3_000_000,
        split="PublicTest",
        fingerprint="f" * 64,
        temperature=1.5,
        mirror=True,
        training=None,
    )


def add(repository: Repository, version: int, *, answers_votes: bool = False) -> None:
    with repository.staging() as staging:
        staged = staging / "version"
        (staged / "model.savedmodel").mkdir(parents=True)
        known = card(version).model_copy(update={"answers_votes": answers_votes})
        (staged / CARD).write_text(known.model_dump_json())
        repository.add(staged, version)


@pytest.fixture
def repository(tmp_path) -> Repository:
    return Repository(tmp_path / "models")


def test_card_names_the_networks_that_a_distilled_one_learned_from() -> None:
    recipe = {"start_from": "dcnn", "distillation": {"teachers": ["dcnn", "xception"], "share": 0.5}}
    training = Training(
        architecture="dcnn",
        parameters=1,
        epochs=2,
        best_epoch=1,
        recipe=recipe,
        faces={"Training": 1},
        fingerprints={"Training": "f"},
        cleaning={},
    )
    page = card(1).model_copy(update={"training": training}).to_markdown(older=[])
    assert "started from the weights of `dcnn`. 50% of its targets are the mean answers of `dcnn`, `xception`" in page
    plain = training.model_copy(update={"recipe": {"start_from": None, "distillation": None}})
    assert "started from" not in card(1).model_copy(update={"training": plain}).to_markdown(older=[])


def test_the_first_version_brings_labels_config_and_card(repository):
    add(repository, 1)
    assert repository.versions() == [1]
    assert (repository.model / "labels.txt").read_text().split() == list(LABELS)
    assert 'platform: "tensorflow_savedmodel"' in (repository.model / "config.pbtxt").read_text()
    assert "Version 1" in (repository.model / "README.md").read_text()


def test_votes_are_listed_in_a_config_from_before_there_were_any(repository):
    add(repository, 1)
    config = repository.model / "config.pbtxt"
    old = config.read_text()
    old = old[: old.index('  },\n  {\n    name: "votes"')] + old[old.index("  }\n]\n", old.index('"votes"')) :]
    config.write_text(old.replace("max_queue_size: 256", "max_queue_size: 9"))
    repository.check()
    add(repository, 2)
    assert "votes" not in config.read_text()
    add(repository, 3, answers_votes=True)
    add(repository, 4, answers_votes=True)
    parsed = text_format.Parse(config.read_text(), model_config_pb2.ModelConfig())
    assert [output.name for output in parsed.output] == ["scores", "votes"]
    assert "max_queue_size: 9" in config.read_text()
    repository.check()


def test_an_operators_own_config_stays(repository):
    add(repository, 1)
    config = repository.model / "config.pbtxt"
    config.write_text(config.read_text().replace("max_queue_size: 256", "max_queue_size: 9"))
    repository.check()
    add(repository, 2)
    assert "max_queue_size: 9" in config.read_text()


def test_versions_are_the_folders_that_triton_takes_for_versions(repository):
    for name in ("1", "2", "10", "0", "007", "draft", ".publishing-x"):
        (repository.model / name).mkdir(parents=True)
    (repository.model / "3").write_text("a file")
    assert repository.versions() == [10, 2, 1]


def test_the_card_shows_the_newest_version_and_names_the_others(repository):
    add(repository, 1)
    add(repository, 2)
    text = (repository.model / "README.md").read_text()
    assert "Version 2" in text
    assert "\n| 1 | SavedModel | 2025-01-02 03:04 | 0.8000 |" in text


def test_rollback_takes_the_newest_away_and_restores_the_card(repository):
    add(repository, 1)
    before = (repository.model / "README.md").read_text()
    add(repository, 2)
    assert repository.remove_newest() == 2
    assert repository.versions() == [1]
    assert (repository.model / "README.md").read_text() == before
    assert [entry.name for entry in repository.folder.parent.iterdir()] == ["models"]


def test_the_only_version_is_not_rolled_back(repository):
    with pytest.raises(RepositoryError, match="no version"):
        repository.remove_newest()
    add(repository, 1)
    with pytest.raises(RepositoryError, match="one version; none to go back to"):
        repository.remove_newest()
    assert repository.versions() == [1]


def test_a_version_taken_by_somebody_else_is_not_overwritten(repository):
    add(repository, 1)
    marker = repository.model / "1" / "marker"
    marker.touch()
    with pytest.raises(RepositoryError, match="published by somebody else"):
        add(repository, 1)
    assert marker.exists()


def test_replacing_puts_the_old_one_back_when_the_new_one_cannot_come(repository, tmp_path):
    add(repository, 1)
    with pytest.raises(RepositoryError):
        repository.replace(tmp_path / "missing", 1, tmp_path / "aside")
    assert (repository.model / "1" / CARD).exists()


def test_staging_is_beside_the_repository_and_goes(repository):
    with repository.staging() as staging:
        assert staging.parent == repository.folder.resolve().parent
        (staging / "half").mkdir()
    assert not staging.exists()


def test_a_repository_for_other_labels_is_refused(repository):
    add(repository, 1)
    (repository.model / "labels.txt").write_text("happy\nsad\n")
    with pytest.raises(RepositoryError, match=r"labels\.txt does not hold the labels anger, disgust"):
        repository.check()


@pytest.mark.parametrize(
    ("old", "new", "error_message"),
    [
        ("dims: [ 7 ]", "dims: [ 8 ]", "describes another model"),
        ("TYPE_UINT8\n", "TYPE_FP32\n", "describes another model"),
        ("tensorflow_savedmodel", "onnxruntime_onnx", "describes another model"),
        ("max_batch_size: 64", "max_batch_size: many", "cannot be read"),
    ],
)
def test_a_config_for_another_model_is_refused(repository, old, new, error_message):
    add(repository, 1)
    config = repository.model / "config.pbtxt"
    assert old in config.read_text()
    config.write_text(config.read_text().replace(old, new))
    with pytest.raises(RepositoryError, match=error_message):
        repository.check()


def test_the_shipped_repository_is_as_a_new_one_begins():
    shipped = Path(__file__).parents[2] / "model_repository" / "emotion"
    assert (shipped / "config.pbtxt").read_text("utf-8") == default_config()
    assert (shipped / "labels.txt").read_text("utf-8") == LABELS_TEXT
