"""The autoscalers that are shipped, on a school day: their arithmetic, what is refused, and what they save."""

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.tools.capacity.autoscaling import (
    CPU,
    Autoscaler,
    Behavior,
    Controller,
    ManifestError,
    Policy,
    Timetable,
)
from liveclass.tools.capacity.estimate import DETECTION, TRITON, Workload
from liveclass.tools.capacity.factors import SHIPPED, Factors
from liveclass.tools.capacity.school_day import (
    STEP,
    STEPS,
    Replica,
    cameras_on,
    constant_fleet,
    in_flight,
    queue_to_compute,
    simulate,
    simulated_day,
)

COMPONENTS = Path(__file__).parents[2] / "deploy/kubernetes/components"
ANY = Behavior(0, (Policy("Percent", 1000, 15),))
HALF = Autoscaler("detection", 1, 100, {CPU: 50}, ANY, ANY)
"""Wants replicas of which each uses half of its request."""

FILLED_IN_FOR = Workload(200, 30, 1.0)
"""What the manifests are filled in for, as their comments say."""


def controller(replicas, **changes):
    return Controller(replace(HALF, **changes), replicas)


def test_the_replicas_are_the_current_ones_times_metric_over_target_rounded_up():
    assert controller(4).decide(0, {CPU: 4 * 100}, ready=4) == 8
    assert controller(4).decide(0, {CPU: 4 * 25}, ready=4) == 2
    assert controller(3).decide(0, {CPU: 3 * 60}, ready=3) == 4  # 3.6
    assert controller(3).decide(0, {CPU: 0}, ready=3) == 1
    assert controller(90).decide(0, {CPU: 90 * 100}, ready=90) == 100


def test_what_is_within_a_tenth_of_the_target_changes_nothing():
    assert controller(20).decide(0, {CPU: 20 * 54.9}, ready=20) == 20
    assert controller(20).decide(0, {CPU: 20 * 45.1}, ready=20) == 20
    assert controller(20).decide(0, {CPU: 20 * 55.5}, ready=20) == 23


def test_of_several_metrics_the_one_that_wants_most_counts():
    both = controller(2, targets={CPU: 50, "liveclass_frames_in_flight": 4})
    assert both.decide(0, {CPU: 2 * 50, "liveclass_frames_in_flight": 2 * 12}, ready=2) == 6


def test_replicas_that_are_still_starting_are_not_asked_for_twice():
    ours = controller(2)
    assert ours.decide(0, {CPU: 2 * 100}, ready=2) == 4
    assert ours.decide(15, {CPU: 2 * 100}, ready=2) == 4
    assert ours.decide(30, {CPU: 4 * 100}, ready=4) == 8


def test_replicas_are_added_and_removed_no_faster_than_the_policies_say():
    doubling = controller(2, up=Behavior(0, (Policy("Percent", 100, 60),)))
    assert [doubling.decide(time, {CPU: 5000}, ready=doubling.replicas) for time in (0, 15, 30, 45, 60, 75)] == [
        4, 4, 4, 4, 8, 8,
    ]  # fmt: skip
    slowly = controller(10, down=Behavior(0, (Policy("Pods", 2, 60), Policy("Percent", 10, 60))))
    assert [slowly.decide(time, {CPU: 0}, ready=slowly.replicas) for time in (0, 15, 60)] == [8, 8, 6]


def test_a_break_that_is_shorter_than_the_window_removes_no_replica():
    ours = controller(10, down=Behavior(300, (Policy("Percent", 100, 15),)))
    assert ours.decide(0, {CPU: 10 * 50}, ready=10) == 10
    assert [ours.decide(time, {CPU: 0}, ready=10) for time in (15, 150, 300)] == [10, 10, 10]
    assert ours.decide(315, {CPU: 0}, ready=10) == 1


def test_a_timetable_is_kept_on_its_days_and_hours_only():
    table = Timetable(7 * 3600, 16 * 3600, 12, frozenset(range(1, 6)))
    assert [table.wanted(hour * 3600, 1) for hour in (6.9, 7, 15.9, 16)] == [0, 12, 12, 0]
    assert table.wanted(8 * 3600, 0) == 0
    assert controller(2).decide(0, {CPU: 0}, ready=2, wanted=12) == 12


def test_models_of_the_metrics():
    assert in_flight(0.0, 2) == 0
    assert in_flight(0.5, 1, most=50) == pytest.approx(1)  # M/M/1: u / (1 − u)
    assert in_flight(0.5, 2, most=50) == pytest.approx(4 / 3)  # M/M/2: 2u / (1 − u²)
    assert in_flight(2.0, 2, most=5) == 5
    assert queue_to_compute(2 / 3) == pytest.approx(1)


def test_every_classroom_is_on_in_a_lesson_and_none_at_night():
    on = cameras_on()
    assert on[8 * 3600 // STEP + 20 * 60 // STEP] == pytest.approx(1, abs=1e-6)
    assert on[3 * 3600 // STEP] == pytest.approx(0, abs=1e-6)
    assert float(on.sum()) * STEP / 3600 == pytest.approx(6, rel=0.01)


def shipped_day(component, part):
    autoscaler = Autoscaler.read(COMPONENTS / component / f"{part}.yaml")
    return simulated_day(Factors.load(SHIPPED), FILLED_IN_FOR, autoscaler)


@pytest.mark.parametrize("part", [DETECTION, TRITON])
def test_the_shipped_timetable_refuses_nothing_at_any_bell_and_saves_half_of_the_replica_hours(part):
    found = shipped_day("school-hours", part).summary()
    assert found["refused_share"] == 0
    assert found["peak_utilisation"] < 0.9  # beyond, queues are long before anything is refused
    assert found["saved_of_a_constant_fleet_a_week"] > 0.4


def test_without_a_timetable_replicas_come_too_late_for_a_bell_and_in_time_for_a_slow_beginning():
    ours = shipped_day("autoscaling", DETECTION)
    assert ours.day.refused_share > 0
    slow = cameras_on(spread=600) * FILLED_IN_FOR.frames_per_second
    assert simulate(ours.autoscaler, slow, ours.replica).refused_share == 0


def test_a_day_is_drawn_by_the_command(tmp_path):
    picture, manifest = tmp_path / "day.svg", COMPONENTS / "school-hours/detection.yaml"
    command = ["capacity", "--classrooms", "200", "--day", str(picture), "--autoscaler", str(manifest), "--json"]
    answer = CliRunner().invoke(app, command)
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["refused_share"] == 0
    assert picture.read_text().lstrip().startswith("<?xml")


@pytest.mark.parametrize("part", [DETECTION, TRITON])
def test_the_timetable_is_beside_the_same_targets_as_without_one(part):
    with_table, without = (
        Autoscaler.read(COMPONENTS / component / f"{part}.yaml") for component in ("school-hours", "autoscaling")
    )
    assert with_table.targets == without.targets
    assert with_table.timetables
    assert not without.timetables


def test_a_day_without_cameras_costs_the_fewest_replicas():
    day = simulate(replace(HALF, min_replicas=3), np.zeros(STEPS), Replica(10, 5), weekday=0)
    assert day.replica_hours == 3 * 24
    assert day.refused_share == 0


@pytest.mark.parametrize("text", ["kind: Deployment\nspec: {}", "kind: ScaledObject\nspec: {}", "- a", "{"])
def test_a_file_that_is_no_autoscaler_is_refused_with_its_name(text, tmp_path):
    file = tmp_path / "scaler.yaml"
    file.write_text(text)
    with pytest.raises(ManifestError, match=r"scaler\.yaml"):
        Autoscaler.read(file)


def test_a_metric_that_nothing_is_known_of_is_refused():
    with pytest.raises(ManifestError, match="no model of the metric moons"):
        simulate(replace(HALF, targets={"moons": 1}), np.zeros(STEPS), Replica(10, 5))


def test_a_fleet_for_the_peak_is_rounded_up():
    assert constant_fleet(np.full(STEPS, 12.0), Replica(10, 0), 0.6) == 2
    assert math.isclose(constant_fleet(np.full(STEPS, 12.1), Replica(10, 0), 0.6), 3)
