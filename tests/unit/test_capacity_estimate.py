"""`liveclass capacity`: the arithmetic, what is refused, and what people read."""

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.tools.capacity import tables
from liveclass.tools.capacity.estimate import (
    CORES_PER_REPLICA,
    DETECTION,
    SESSION,
    SINGLE_FRAMES,
    STREAMS,
    TRITON,
    InvalidWorkloadError,
    Phase,
    Workload,
    cores_per_replica,
    cpu_of_units,
    estimate,
    max_in_flight,
)
from liveclass.tools.capacity.factors import Factors, FactorsError, factors_of
from liveclass.tools.capacity.measuring import Plan
from liveclass.tools.capacity.sizes import Database, size
from liveclass.tools.capacity.storage import Stored

NEED = Workload(classrooms=200, students=30, fps=1)
BASE = Path(__file__).parents[2] / "deploy" / "kubernetes" / "base"


def phase(path=SINGLE_FRAMES, concurrency=1, latencies=(0.2,) * 10, cpu=(2.0, 0.3, 0.1)):
    parts = dict(zip((DETECTION, TRITON, SESSION), cpu, strict=True))
    return Phase(path, concurrency, 10.0, tuple(latencies), 30 * len(latencies), 0, 0, parts)


PHASES = [phase(), phase(STREAMS, cpu=(1.0, 0.3, 0.1))]


def lines(need=NEED, phases=PHASES, per_replica=None):
    return estimate(need, cpu_of_units(phases), cores_per_replica(per_replica))


def test_what_was_measured_times_what_is_needed_over_utilisation():
    single, streams, triton, session = lines()
    # 2 s of CPU for 10 frames × 200 frames a second ÷ 0.6
    assert single.cores == pytest.approx(0.2 * 200 / 0.6)
    assert single.replicas == 34
    assert streams.cores == pytest.approx(single.cores / 2)
    # 0.6 s of CPU for 600 faces of both paths × 6,000 faces a second ÷ 0.6
    assert triton.cores == pytest.approx(0.001 * 6000 / 0.6)
    assert triton.replicas == 5
    assert session.cores == pytest.approx(0.01 * 200 / 0.6)
    assert session.replicas == 7


@given(classrooms=st.integers(1, 10**6), students=st.integers(1, 50), fps=st.floats(0.01, 60))
def test_twice_as_much_of_anything_takes_twice_the_cores(classrooms, students, fps):
    need = Workload(classrooms, students, fps)
    before = [line.cores for line in lines(need)]
    twice = pytest.approx([2 * cores for cores in before])
    assert [line.cores for line in lines(replace(need, classrooms=2 * classrooms))] == twice
    assert [line.cores for line in lines(replace(need, fps=2 * fps))] == twice
    assert [line.cores for line in lines(replace(need, utilisation=0.3))] == twice
    triton = lines(replace(need, students=2 * students))[2]
    assert triton.cores == pytest.approx(2 * before[2])


def test_a_replica_is_never_split_nor_missing():
    assert [line.replicas for line in lines(Workload(1, 1, 0.01))] == [1, 1, 1, 1]
    assert lines(per_replica=0.2 * 200 / 0.6)[0].replicas == 1  # exactly full
    assert lines(per_replica=4)[0].replicas == 17


def test_replicas_are_as_large_as_the_manifests_say():
    for part, cores in CORES_PER_REPLICA.items():
        deployment = next(iter(yaml.safe_load_all((BASE / f"{part}.yaml").read_text())))
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        requested = str(container["resources"]["requests"]["cpu"])
        assert cores == (float(requested[:-1]) / 1000 if requested.endswith("m") else float(requested))


@pytest.mark.parametrize("name", ["classrooms", "students", "fps", "objective_ms", "utilisation"])
@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf])
def test_nonsense_is_refused_by_name(name, value):
    with pytest.raises(InvalidWorkloadError, match=f"{name.replace('_', ' ')} must be greater than 0"):
        replace(NEED, **{name: value})


def test_more_than_the_whole_core_and_too_many_faces_are_refused():
    with pytest.raises(InvalidWorkloadError, match="share of at most 1"):
        replace(NEED, utilisation=1.5)
    with pytest.raises(InvalidWorkloadError, match="several cameras"):
        replace(NEED, students=500)
    with pytest.raises(InvalidWorkloadError, match="cores per replica"):
        cores_per_replica(0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--classrooms", "0"], "classrooms must be greater than 0"),
        (["--fps", "-0.5"], "fps must be greater than 0"),
        (["--cores-per-replica", "0"], "cores per replica must be greater than 0"),
        (["--seconds", "0"], "seconds must be at least"),
        (["--seconds", "nan"], "seconds must be at least"),
    ],
)
def test_the_command_refuses_before_anything_is_started(arguments, sentence, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    answer = CliRunner().invoke(app, ["capacity", *arguments])
    assert answer.exit_code == 2
    assert sentence in answer.stderr


def test_percentiles_are_of_frames_that_were_measured():
    measured = phase(latencies=[0.1] * 98 + [0.4, 0.9])
    assert measured.latency(0.5) == 0.1
    assert measured.latency(0.99) == 0.4
    assert measured.meets(400)
    assert not measured.meets(399)
    assert phase(latencies=[0.3]).latency(0.99) == 0.3


def test_the_objective_is_met_up_to_the_first_concurrency_that_misses_it():
    phases = [phase(concurrency=count, latencies=[seconds]) for count, seconds in ((4, 0.3), (1, 0.2), (2, 0.7))]
    assert max_in_flight(phases, SINGLE_FRAMES, 500) == 1
    assert max_in_flight(phases, SINGLE_FRAMES, 800) == 4
    assert max_in_flight(phases, SINGLE_FRAMES, 100) is None


def test_a_machine_that_cannot_meet_the_objective_hears_so():
    slow, quick = tables.objective_sentences([phase(latencies=[0.9]), phase(STREAMS)], 2, 500)
    assert "cannot meet 500 ms with single frames, even with 1 in flight (p99 900 ms)" in slow
    assert "500 ms is met with up to 1 in flight on 2 cores" in quick


def stored(database, **changes):
    return replace(Stored(database, 1000, 1000.0, 0.0005, 0.0002, 1000.0, 2000.0), **changes)


FACTORS = Factors(
    conditions={"time": "2026-11-25", "processor": "any", "cores": 2, "load_before": 0.0, "frame": "1280x960"},
    students=30, detection={SINGLE_FRAMES: 0.1, STREAMS: 0.05}, triton=0.002, client=0.01, faces_per_frame=30.0,
    frame_bytes=100_000.0, answer_bytes=4000.0, observation_bytes=2000.0, start_seconds={}, services={},
    databases={
        "sqlite": stored("SQLite 3", database_cpu_seconds=0.0, log_bytes=0.0), "postgresql": stored("PostgreSQL"),
    },
)  # fmt: skip


def sized(classrooms, **changes):
    return size(replace(FACTORS, **changes), Workload(classrooms, 30, 1))


def test_a_number_of_classrooms_is_multiplied_by_what_was_measured():
    one = sized(10_000)
    assert one.detection.cores == pytest.approx(0.05 * 10_000 / 0.6)
    assert one.triton.cores == pytest.approx(0.002 * 300_000 / 0.6)
    assert one.session.cores == pytest.approx(0.0005 * 10_000 / 0.6)
    assert one.database == Database("postgresql", 1, pytest.approx(0.0002 * 10_000 / 0.6))
    assert one.session.replicas == 17  # 8.3 cores in halves
    assert one.connections == 17 * 9
    assert one.notices == pytest.approx(17 * 10_000 / 10)
    assert one.bytes_a_day == pytest.approx(10_000 * 6 * 3600 * 1000)
    assert one.bytes_a_year == pytest.approx(190 * one.bytes_a_day)
    assert one.in_bits == pytest.approx(10_000 * 8 * 100_000)


def test_one_writer_until_it_is_too_much_then_postgresql_then_several():
    assert sized(100).database.description == "SQLite"
    assert sized(500).database.kind == "sqlite"  # half a core: 1,000 observations a second, used to 60 %
    assert sized(601).database.description == "PostgreSQL"
    assert sized(1_000_000).database.description == "21 × PostgreSQL"  # 333 cores of 16 each


def test_gpus_are_counted_only_where_one_was_measured():
    assert sized(100).gpus is None
    assert sized(100, gpu_faces_per_second=4000.0).gpus == 2  # 3,000 faces a second, used to 60 %
    said = " ".join(tables.size_notes(FACTORS, [sized(100)]))
    assert "No GPU was measured" in said
    assert "Assumed: 6 hours" in said


def test_the_table_has_a_column_for_each_size_and_fits_a_terminal():
    console = Console(width=100, file=io.StringIO())
    console.print(tables.sizes_table([sized(count) for count in (1, 100, 10_000, 1_000_000)]))
    console.print(tables.measured_table(PHASES, 500))
    shown = console.file.getvalue()
    assert "1,000,000" in shown
    assert "30,000,000" in shown
    assert len(shown.splitlines()) == 20 + 4  # nothing is wrapped


def test_what_the_measurement_lacks_is_said():
    said = " ".join(tables.notes([replace(phase(), unrecorded=3), PHASES[1]]))
    assert "fewer than 100 frames" in said
    assert "3 of 20 frames were classified and not recorded" in said
    few = replace(FACTORS, faces_per_frame=20.0)
    assert "20.0 were found" in " ".join(tables.size_notes(few, [sized(1)]))


def test_factors_are_what_the_phases_took(tmp_path):
    timings = ({"decode": 0.01, "detect": 0.02, "crop": 0.01, "infer": 0.05, "record": 0.005},) * 10
    phases = [replace(one, timings=timings, client_cpu_seconds=0.1) for one in PHASES]
    given = {name: getattr(FACTORS, name) for name in ("conditions", "students", "frame_bytes", "answer_bytes")}
    found = factors_of(phases, {**given, "observation_bytes": 2000.0}, FACTORS.databases, {"detection": 5.0})
    assert found.detection == {SINGLE_FRAMES: pytest.approx(0.2), STREAMS: pytest.approx(0.1)}
    assert found.triton == pytest.approx(0.001)
    assert found.services[STREAMS].work == pytest.approx((0.04,) * 10)
    found.save(tmp_path / "factors.json")
    assert Factors.load(tmp_path / "factors.json").databases == FACTORS.databases


def test_a_file_without_factors_says_how_to_get_one(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    file = tmp_path / "factors.json"
    file.write_text("{}")
    with pytest.raises(FactorsError, match="liveclass capacity --measure"):
        Factors.load(file)
    answer = CliRunner().invoke(app, ["capacity", "--factors", str(file)])
    assert answer.exit_code == 2
    assert "holds no measured factors" in answer.stderr


def test_the_command_answers_for_any_number_of_classrooms_at_once():
    answer = CliRunner().invoke(app, ["capacity", "--classrooms", "1", "--classrooms", "70000", "--json"])
    assert answer.exit_code == 0, answer.output
    sizes = json.loads(answer.stdout)["sizes"]
    assert [one["need"]["classrooms"] for one in sizes] == [1, 70_000]
    assert sizes[1]["detection"]["replicas"] > sizes[0]["detection"]["replicas"] == 1


def test_a_minute_is_shared_by_both_paths_at_every_concurrency():
    plan = Plan(seconds=60, cores=2, fps=1)
    assert plan.concurrencies == [1, 2, 4]
    assert plan.phase_seconds == 10
    assert plan.warm_up_seconds < plan.phase_seconds
    assert Plan(seconds=60, cores=1, fps=0.1).concurrencies == [1, 2]
    assert max(Plan(seconds=60, cores=64, fps=1).concurrencies) == 32
