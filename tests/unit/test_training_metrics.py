"""The figures of an evaluation, against scikit-learn and cases worked out by hand."""

import json

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import f1_score, precision_score, top_k_accuracy_score

from liveclass.emotions import LABELS
from liveclass.training.metrics import (
    Figures,
    calibrating_temperature,
    calibration_error,
    fit_temperature,
    reliability,
)


def answers(faces: int = 20_000, sharpness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits and labels drawn from them: calibrated, until the logits are sharpened."""
    random = np.random.default_rng(7)
    logits = random.normal(0, 1.5, (faces, len(LABELS)))
    labels = (softmax(logits, axis=1).cumsum(axis=1) < random.random((faces, 1))).sum(axis=1)
    return logits * sharpness, labels


def test_figures_agree_with_scikit_learn() -> None:
    logits, labels = answers()
    figures = Figures.of(logits, labels)
    predicted = logits.argmax(axis=1)
    assert figures.accuracy == pytest.approx((predicted == labels).mean())
    assert figures.macro_f1 == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert figures.top2_accuracy == pytest.approx(top_k_accuracy_score(labels, logits, k=2))
    precisions = precision_score(labels, predicted, average=None)
    assert [one.precision for one in figures.classes] == pytest.approx(list(precisions))
    assert figures.recall("disgust") == pytest.approx(np.mean(predicted[labels == 1] == 1))


def test_figures_name_the_pair_that_is_confused_most() -> None:
    labels = np.repeat(np.arange(7), 10)
    logits = np.eye(7)[labels]
    logits[20:29] = np.eye(7)[4]  # nine of ten frightened faces are called sad
    worst = Figures.of(logits, labels).confused_pairs[0]
    assert (worst.truth, worst.answer, worst.faces, worst.share) == ("fear", "sadness", 9, 0.9)


def test_figures_are_plain_json() -> None:
    text = json.dumps(Figures.of(*answers(200)).to_dict())
    assert json.loads(text)["classes"][6]["label"] == "neutral"


def test_an_emotion_without_faces_counts_as_zero() -> None:
    figures = Figures.of(np.eye(7)[[3, 3]], np.array([3, 3]))
    assert figures.accuracy == 1
    assert figures.recall("disgust") == 0


@pytest.mark.parametrize(
    ("logits", "labels"), [(np.zeros((0, 7)), np.zeros(0, int)), (np.zeros((2, 6)), np.zeros(2, int))]
)
def test_what_cannot_be_measured_is_refused(logits: np.ndarray, labels: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"no faces|instead of"):
        Figures.of(logits, labels)


def test_calibration_error_of_one_bin() -> None:
    probabilities = np.tile([0.9, 0.1, 0, 0, 0, 0, 0], (10, 1))
    labels = np.array([0] * 6 + [1] * 4)
    assert calibration_error(probabilities, labels) == pytest.approx(0.3)
    assert reliability(probabilities, labels) == [pytest.approx((0.9, 0.6, 1.0))]


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 3.0])
def test_temperature_undoes_overconfidence(sharpness: float) -> None:
    logits, labels = answers(sharpness=sharpness)
    assert fit_temperature(logits, labels) == pytest.approx(sharpness, rel=0.1)
    calibration = Figures.of(logits, labels).calibration
    assert calibration.error_after < 0.02
    if sharpness != 1.0:
        assert calibration.error_before > 2 * calibration.error_after


def test_answers_of_a_network_trained_with_label_smoothing_are_calibrated() -> None:
    shares = softmax(3 * np.random.default_rng(1).normal(size=(8000, 7)), axis=1)
    logits = np.log(0.9 * shares + 0.1 / 7)  # what smoothing by 0.1 makes of a perfect network
    fitted_on, measured_on = slice(0, 4000), slice(4000, None)
    temperature = fit_temperature(logits[fitted_on], shares[fitted_on])
    assert calibration_error(softmax(logits[measured_on] / temperature, axis=1), shares[measured_on]) < 0.02


@pytest.mark.parametrize(("answer", "temperature"), [(0, 0.05), (6, 20.0)])
def test_temperature_stays_usable_where_every_answer_is_right_or_wrong(answer: int, temperature: float) -> None:
    logits = np.tile(np.linspace(3, 0, 7), (10, 1))
    assert fit_temperature(logits, np.full(10, answer)) == temperature


def test_a_temperature_is_used_only_where_it_lowers_the_error() -> None:
    random = np.random.default_rng(1)
    for sharpness in (0.3, 1.0, 3.0):
        logits = random.normal(0, 2, (4000, 7))
        labels = np.array([random.choice(7, p=row) for row in softmax(logits, axis=1)])
        sharp = logits * sharpness
        temperature = calibrating_temperature(sharp, labels)
        assert temperature == 1 or abs(temperature - sharpness) < 0.15 * sharpness
        before = calibration_error(softmax(sharp, axis=1), labels)
        assert calibration_error(softmax(sharp / temperature, axis=1), labels) <= before
