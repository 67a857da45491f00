"""Risk against coverage: what a signal is worth for leaving out wrong answers."""

import numpy as np
import pytest

from liveclass.training.corrupted_evaluation import CorruptedEvaluation, Risk
from liveclass.training.corrupted_plots import risk as draw
from liveclass.training.risk import Floor, risk_curve

RIGHT = np.array([True] * 6 + [False] * 4)


def test_a_signal_that_knows_leaves_out_the_wrong_answers_first() -> None:
    curve = risk_curve("knows", np.linspace(1, 0, 10), RIGHT)
    risks = dict(curve.points)
    assert risks[0.6] == 0
    assert risks[0.8] == pytest.approx(2 / 8)
    assert risks[1.0] == pytest.approx(0.4)
    assert curve.area == pytest.approx((1 / 7 + 2 / 8 + 3 / 9 + 4 / 10) / 10)


def test_a_signal_that_is_wrong_about_it_leaves_out_the_right_ones() -> None:
    assert risk_curve("misleads", np.linspace(0, 1, 10), RIGHT).points[0] == (0.1, 1.0)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_a_signal_that_says_nothing_has_the_same_risk_at_every_coverage(order: slice) -> None:
    curve = risk_curve("nothing", np.ones(10), RIGHT[order])
    assert {round(risk, 9) for _, risk in curve.points} == {0.4}
    assert curve.area == pytest.approx(0.4)


def test_floor_counts_what_is_below_it_and_how_often_it_was_wrong() -> None:
    quality = np.array([0.9] * 5 + [0.15, 0.1, 0.1, 0.05, 0.0])
    assert Floor.of(quality, RIGHT, 0.15) == Floor(0.15, 0.4, 1.0, 0.0)
    assert Floor.of(quality, RIGHT, 0.0) == Floor(0.0, 0.0, None, pytest.approx(0.4))


def test_every_curve_is_drawn_whole() -> None:
    quality = np.linspace(0, 1, 10)
    few, many = (
        Risk("", 10, float(1 - right.mean()), (risk_curve("quality", quality, right),), Floor.of(quality, right, 0.15))
        for right in (np.arange(10) > 0, np.arange(10) > 8)
    )
    charts = draw(CorruptedEvaluation((), (few, many))).axes
    assert len(charts) == 2
    for chart, one in zip(charts, (few, many), strict=True):
        low, high = chart.get_ylim()
        assert low == 0
        assert high >= max(risk for _, risk in one.curves[0].points)
