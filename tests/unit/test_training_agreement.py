"""Answers against the votes of ten annotators, in cases worked out by hand."""

import numpy as np
import pytest

from liveclass.emotions import Emotion
from liveclass.training.agreement import VotesFigures
from liveclass.training.explore import Conflict, VotesExploration, most_divided
from liveclass.training.faces import Faces
from liveclass.training.recipe import Recipe
from liveclass.training.views import targets
from liveclass.training.votes import NO_MAJORITY, distribution, kept_share, majority, one_against_the_others

# anger, disgust, fear, happiness, sadness, surprise, neutral, contempt, unknown, not a face
VOTES = np.array(
    [
        [0, 0, 0, 9, 0, 0, 1, 0, 0, 0],
        [5, 5, 0, 0, 0, 0, 0, 0, 0, 0],
        [3, 0, 0, 0, 0, 0, 0, 7, 0, 0],
        [0, 0, 0, 0, 5, 0, 0, 0, 4, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    np.uint8,
)


def test_majority_is_unique_and_one_of_the_seven() -> None:
    assert list(majority(VOTES)) == [Emotion.HAPPINESS, NO_MAJORITY, NO_MAJORITY, Emotion.SADNESS, NO_MAJORITY]
    assert list(majority(VOTES, least=6)) == [Emotion.HAPPINESS, *[NO_MAJORITY] * 4]


def test_shares_are_of_the_votes_for_the_seven() -> None:
    assert distribution(VOTES)[3].tolist() == [0, 0, 0, 0, 1, 0, 0]
    assert distribution(VOTES)[4].tolist() == [0] * 7
    assert list(kept_share(VOTES)) == [1, 1, 0.3, 0.5, 0]


def test_one_annotator_is_compared_with_the_majority_of_the_others() -> None:
    votes = np.array([[0, 0, 0, 2, 1, 0, 0, 0, 0, 0], [2, 2, 0, 0, 0, 0, 0, 0, 0, 0]], np.uint8)
    # Of the first face, each of the two that chose happiness is left with a tie; the third is against two.
    # Of the second, each of the four is against a majority of two to one for the other emotion.
    assert one_against_the_others(votes) == 0
    assert one_against_the_others(np.array([[0, 0, 0, 9, 1, 0, 0, 0, 0, 0]], np.uint8)) == pytest.approx(0.9)


def test_figures_count_only_what_the_annotators_decided() -> None:
    logits = np.log(np.full((5, 7), 0.05) + 0.65 * np.eye(7)[[3, 0, 0, 0, 0]])
    figures = VotesFigures.of(logits, VOTES)
    assert (figures.faces, figures.agreement) == (2, 0.5)
    assert (figures.clear_faces, figures.clear_agreement) == (1, 1.0)
    assert figures.recall("happiness") == 1
    assert figures.recall("sadness") == 0
    at_07, at_005 = -np.log(0.7), -np.log(0.05)
    expected = [0.9 * at_07 + 0.1 * at_005, 0.5 * at_07 + 0.5 * at_005, at_07, at_005]
    assert figures.log_loss == pytest.approx(np.mean(expected))
    assert figures.calibration_error == pytest.approx(abs(0.7 - np.mean([0.9, 0.5, 1, 0])))
    assert figures.lowest_log_loss < figures.log_loss


def test_answers_that_are_the_votes_reach_the_lowest_log_loss() -> None:
    votes = np.random.default_rng(0).multinomial(10, np.full(7, 1 / 7), 500)
    votes = np.pad(votes, ((0, 0), (0, 3))).astype(np.uint8)
    figures = VotesFigures.of(np.log(np.maximum(distribution(votes), 1e-12)), votes)
    assert figures.agreement == 1
    assert figures.log_loss == pytest.approx(figures.lowest_log_loss)
    assert figures.calibration_error == pytest.approx(0, abs=1e-9)


def test_no_majority_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no face on which"):
        VotesFigures.of(np.zeros((1, 7)), VOTES[4:])


def test_what_annotators_say_of_a_split_is_counted() -> None:
    faces = Faces(np.zeros((5, 48, 48, 1), np.uint8), np.array([3, 0, 1, 2, 6]), VOTES)
    found = VotesExploration.of(faces, VOTES)
    assert (found.faces, found.not_a_face, found.with_majority, found.ambiguous, found.clear) == (5, 1, 2, 2, 1)
    assert found.label_agrees == 0.5
    assert found.conflicts == (Conflict("fear", "sadness", 1),)
    assert list(most_divided(VOTES, 3)) == [1, 3, 2]


def test_each_head_learns_its_labels_and_ignores_what_has_none() -> None:
    faces = Faces(np.zeros((5, 48, 48, 1), np.uint8), np.array([3, 0, 1, 4, 6]), VOTES)
    recipe = Recipe(architecture="dcnn", labels="both", label_smoothing=0.07, class_balance=0)
    answers, weights = targets(faces, recipe)
    assert answers.shape == (5, 2, 7)
    assert answers[0, 0].tolist() == pytest.approx([0.01, 0.01, 0.01, 0.94, 0.01, 0.01, 0.01])
    assert answers[0, 1].tolist() == pytest.approx([0, 0, 0, 0.9, 0, 0, 0.1])
    assert weights[:, 0].tolist() == pytest.approx([1] * 5)
    assert weights[:, 1].tolist() == pytest.approx([1, 1, 0.3, 0.5, 0])
    alone, _ = targets(faces, recipe.changed({"labels": "votes"}))
    np.testing.assert_array_equal(alone[:, 0], answers[:, 1])
