"""Asking a run or a SavedModel gives the same answers, whatever form the model is in."""

from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from liveclass.training.architectures import build
from liveclass.training.corrupted_evaluation import PASSES, evaluate_corrupted
from liveclass.training.corruptions import CORRUPTIONS, corrupted
from liveclass.training.evaluate import SameAnswers, same_answers
from liveclass.training.export import Classifier, export
from liveclass.training.faces import Faces
from liveclass.training.models import ModelError, Progress, open_model, open_triton
from liveclass.vision.quality import face_quality

FACES = np.random.default_rng(5).integers(0, 256, (300, 48, 48, 1), np.uint8)


def silent(_: int) -> None:
    """Progress that nobody watches."""


def test_saved_model_answers_as_its_network(tmp_path: Path) -> None:
    keras.utils.set_random_seed(1)
    network = build("deepface")
    export(Classifier(network, temperatures={"fer2013": 1.5}), tmp_path / "model.savedmodel")
    counted: list[int] = []
    answers = open_model(tmp_path)(FACES, counted.append)  # a version folder of a model repository
    served = answers["fer2013"]
    assert sum(counted) == len(FACES)
    np.testing.assert_allclose(np.exp(served).sum(axis=1), 1, atol=1e-5)
    logits = (network.predict(FACES, verbose=0) + network.predict(FACES[:, :, ::-1], verbose=0))[:, 0] / 2 / 1.5
    difference = served - logits  # a constant for each face: softmax does not see it
    np.testing.assert_allclose(difference, np.broadcast_to(difference[:, :1], difference.shape), atol=1e-3)
    again = open_model(tmp_path / "model.savedmodel")(FACES, silent)
    assert same_answers(answers, again) == {"fer2013": SameAnswers(300, 300, 0.0)}


def test_agreement_counts_what_differs() -> None:
    one = np.log(np.array([[0.6, 0.4], [0.5, 0.5]]))
    other = np.log(np.array([[0.4, 0.6], [0.5, 0.5]]))
    assert same_answers({"votes": one}, {"votes": other}) == {"votes": SameAnswers(2, 1, pytest.approx(0.2))}
    assert same_answers({"votes": one}, {"fer2013": other}) == {}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_corruptions_are_repeatable_and_grow(name: str) -> None:
    smooth = np.stack([cv2.GaussianBlur(face, (0, 0), 2) for face in FACES[:8]])[..., np.newaxis]
    mild, *_, severe = (corrupted(smooth, name, strength) for strength in CORRUPTIONS[name][1])
    assert severe.shape == smooth.shape
    assert severe.dtype == np.uint8
    np.testing.assert_array_equal(severe, corrupted(smooth, name, CORRUPTIONS[name][1][-1]))
    damage = [np.abs(one.astype(int) - smooth).mean() for one in (mild, severe)]
    assert damage[1] > 0
    assert damage[1] > damage[0] or name == "roll in degrees"


def test_every_corruption_of_every_strength_is_measured() -> None:
    faces = Faces(FACES[:14], np.arange(14) % 7)
    done: list[int] = []

    def always_anger(images: np.ndarray, progress: Progress) -> dict[str, np.ndarray]:
        progress(len(images))
        return {"fer2013": np.tile(np.eye(7)[0], (len(images), 1))}

    found = evaluate_corrupted(always_anger, faces, done.append)
    assert len(found.corruptions) == 32
    assert sum(done) == PASSES * 14
    assert [one.accuracy for one in found.corruptions] == pytest.approx([1 / 7] * 32)
    assert {one.agreement for one in found.corruptions} == {None}
    assert [(one.faces, one.answers) for one in found.risk] == [("uncorrupted", 14), ("corrupted", 32 * 14)]
    assert [one.wrong for one in found.risk] == pytest.approx([6 / 7] * 2)


def test_sharpness_predicts_the_wrong_answers_of_a_model_that_needs_sharp_faces() -> None:
    coarse = np.random.default_rng(3).integers(0, 256, (35, 8, 8), np.uint8)
    images = np.stack([cv2.resize(one, (48, 48), interpolation=cv2.INTER_CUBIC) for one in coarse])[..., np.newaxis]
    faces = Faces(images, np.arange(35) % 7)

    def anger_unless_sharp(images: np.ndarray, _: object) -> dict[str, np.ndarray]:
        sharp = np.array([face_quality(image, 48).sharpness > 0.45 for image in images])
        return {"fer2013": 5 * np.eye(7)[np.where(sharp, faces.labels, 0)]}

    plain, corrupted_faces = evaluate_corrupted(anger_unless_sharp, faces, silent).risk
    assert plain.wrong < corrupted_faces.wrong
    area = {curve.signal: curve.area for curve in corrupted_faces.curves}
    assert area["sharpness"] < corrupted_faces.wrong / 2


def test_broken_saved_model_is_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"no graph")
    with pytest.raises(ModelError, match="TensorFlow cannot load"):
        open_model(tmp_path)


def test_triton_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelError, match="Triton at localhost:1 does not serve 'emotion'"):
        open_triton("localhost:1")
