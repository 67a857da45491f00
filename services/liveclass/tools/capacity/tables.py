"""Tables and sentences for the output of `liveclass capacity`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from liveclass.tools.capacity.estimate import SINGLE_FRAMES, STREAMS, Phase, max_in_flight
from liveclass.tools.capacity.factors import Factors
from liveclass.tools.capacity.queueing import Load, Machine, formula, simulate
from liveclass.tools.capacity.sizes import DATABASE_CORES, LESSON_HOURS, RETENTION_DAYS, SCHOOL_DAYS, Size


def counted(number: int, thing: str) -> str:
    """As in "1 core" and "2 cores"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def rate(per_second: float) -> str:
    """Rounded to three significant digits, or to a whole number."""
    return f"{per_second:,.0f}" if per_second >= 100 else f"{per_second:.3g}"


def amount(number: float) -> str:
    """Two significant digits, or a whole number."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def quantity(number: float, unit: str) -> str:
    """With a decimal prefix, as in "3.4 GB"."""
    for prefix in ("", "k", "M", "G", "T"):
        if number < 999.5:
            return f"{number:.3g} {prefix}{unit}"
        number /= 1000
    return f"{number:,.3g} P{unit}"


def sentence_list(sentences: Iterable[str]) -> Table:
    """The sentences as a bullet list."""
    table = Table.grid(padding=(0, 1))
    for sentence in sentences:
        table.add_row("•", sentence)
    return table


def measured_table(phases: Sequence[Phase], objective_ms: float) -> Table:
    """One row for each path and concurrency."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("path", no_wrap=True)
    for column in ("in\nflight", "frames", "frames\na second", "faces\na frame", "p50\nms", "p99\nms", "refused"):
        table.add_column(column, justify="right")
    table.add_column(f"p99 below\n{objective_ms:g} ms")
    for phase in phases:
        table.add_row(
            phase.path,
            str(phase.concurrency),
            str(phase.frames),
            f"{phase.frames_per_second:.1f}",
            f"{phase.faces_per_frame:.1f}",
            f"{phase.latency(0.5) * 1000:.0f}",
            f"{phase.latency(0.99) * 1000:.0f}",
            str(phase.refused),
            Text("yes", "green") if phase.meets(objective_ms) else Text("no", "red"),
        )
    return table


def sizes_table(sizes: Sequence[Size]) -> Table:
    """One column for each number of classrooms."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("classrooms", no_wrap=True)
    for one in sizes:
        table.add_column(f"{one.workload.classrooms:,}", justify="right")
    rows: list[tuple[str, Callable[[Size], str]]] = [
        ("frames a second", lambda one: rate(one.workload.frames_per_second)),
        ("faces a second", lambda one: rate(one.workload.faces_per_second)),
        ("detection: cores", lambda one: amount(one.detection.cores)),
        ("  replicas", lambda one: f"{one.detection.replicas:,}"),
        ("Triton: cores", lambda one: amount(one.triton.cores)),
        ("  replicas", lambda one: f"{one.triton.replicas:,}"),
        ("  or GPUs", lambda one: "not measured" if one.gpus is None else f"{one.gpus:,}"),
        ("session: cores", lambda one: amount(one.session.cores)),
        ("  replicas", lambda one: f"{one.session.replicas:,}"),
        ("database", lambda one: one.database.description),
        ("  cores", lambda one: amount(one.database.cores) if one.database.cores else "in session"),
        ("  connections to each server", lambda one: f"{one.connections:,}" if one.connections else "–"),
        ("  notices a second from each", lambda one: rate(one.notices) if one.connections else "–"),
        ("stored a school day", lambda one: quantity(one.bytes_a_day, "B")),
        ("  a year", lambda one: quantity(one.bytes_a_year, "B")),
        ("  kept (90 days)", lambda one: quantity(one.bytes_kept, "B")),
        ("network in", lambda one: quantity(one.in_bits, "bit/s")),
        ("  between services", lambda one: quantity(one.inner_bits, "bit/s")),
        ("  to each standby", lambda one: quantity(one.log_bits, "bit/s") if one.log_bits else "–"),
    ]
    for name, value in rows:
        table.add_row(name, *map(value, sizes))
    return table


def factors_table(factors: Factors) -> Table:
    """What all of it is made of."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("measured factor", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for path, seconds in factors.detection.items():
        table.add_row(f"detection, CPU of a frame, {path}", f"{seconds * 1000:.3g} ms")
    table.add_row("Triton, CPU of a face", f"{factors.triton * 1000:.3g} ms")
    for one in factors.databases.values():
        table.add_row(
            f"session service, CPU of an observation, {one.database}", f"{one.service_cpu_seconds * 1000:.3g} ms"
        )
        if one.database_cpu_seconds:
            table.add_row("  the database's", f"{one.database_cpu_seconds * 1000:.3g} ms")
        table.add_row("  on disk, of an observation", quantity(one.bytes_on_disk, "B"))
        if one.log_bytes:
            table.add_row("  write-ahead log", quantity(one.log_bytes, "B"))
    table.add_row("a frame (JPEG)", quantity(factors.frame_bytes, "B"))
    table.add_row("an observation, to the session service", quantity(factors.observation_bytes, "B"))
    for part, seconds in factors.start_seconds.items():
        table.add_row(f"{part}, from start to ready", f"{seconds:.1f} s")
    return table


ASSUMPTIONS = {
    "lesson_hours_a_day": LESSON_HOURS,
    "school_days_a_year": SCHOOL_DAYS,
    "retention_days": RETENTION_DAYS,
    "cores_of_a_postgresql_server": DATABASE_CORES,
}


def size_notes(factors: Factors, sizes: Sequence[Size]) -> Iterator[str]:
    """What was assumed, and what was not measured."""
    where = factors.conditions
    yield (
        f"Measured on {where['time']}, {where['processor']}, {counted(where['cores'], 'core')}, {where['frame']} with "
        f"{factors.students} students; everything else is multiplied."
    )
    yield (
        f"Assumed: {LESSON_HOURS:g} hours of lessons on {SCHOOL_DAYS} days a year, a retention of {RETENTION_DAYS} "
        f"days, PostgreSQL servers of {DATABASE_CORES} cores."
    )
    if factors.gpu_faces_per_second is None:
        yield "No GPU was measured (tests/bench/gpu_faces.py does); on one only Triton's cores are saved."
    if factors.faces_per_frame < 0.9 * factors.students:
        yield (
            f"Of {factors.students} faces on a frame, {factors.faces_per_frame:.1f} were found; detection's and the "
            "session service's figures are of that many."
        )
    if any(one.database.servers > 1 for one in sizes):
        yield "More than one PostgreSQL server: each has whole classrooms (docs/capacity.md)."


def simulated_sentence(one: Size, factors: Factors) -> str:
    """The queueing of one replica, beside what a formula says."""
    found = simulated_summary(one, factors)
    return (
        "One detection replica with its part of Triton, simulated for a minute: "
        f"{found['cameras']} classrooms, utilisation {found['utilisation']:.0%} ({found['formula_utilisation']:.0%} by "
        f"arithmetic), median {found['p50_ms']:.0f} ms, 95 % within {found['p95_ms']:.0f} ms, "
        f"{found['refused']} refused."
    )


def simulated_summary(one: Size, factors: Factors) -> dict[str, float]:
    """One detection replica that has as many classrooms as are planned for it, and its part of Triton's cores."""
    cores, workload = one.detection.cores_per_replica, one.workload
    machine = Machine(cores, cores * one.triton.cores / one.detection.cores)
    cameras = max(1, round(workload.utilisation * cores / one.detection.cpu_seconds / workload.fps))
    found = simulate(factors, one.detection.path, machine, Load(cameras, 1 / workload.fps, 60.0))
    utilisation, wait = formula(factors, one.detection.path, machine, cameras * workload.fps)
    return {
        "cameras": cameras,
        "utilisation": found.utilisation,
        "formula_utilisation": utilisation,
        "formula_wait_ms": wait * 1000,
        "triton_utilisation": found.triton_utilisation,
        "p50_ms": found.latency(0.5) * 1000,
        "p95_ms": found.latency(0.95) * 1000,
        "refused": found.refused,
    }


def size_summary(one: Size) -> dict[str, Any]:
    """For --json."""
    parts = {
        line.part: {"cores": line.cores, "replicas": line.replicas, "cores_per_replica": line.cores_per_replica}
        for line in (one.detection, one.triton, one.session)
    }
    need = {**vars(one.workload), "frames_per_second": one.workload.frames_per_second}
    need["faces_per_second"] = one.workload.faces_per_second
    others = (
        "gpus",
        "connections",
        "notices",
        "bytes_a_day",
        "bytes_a_year",
        "bytes_kept",
        "in_bits",
        "inner_bits",
        "log_bits",
    )
    return {"need": need, **parts, "database": vars(one.database), **{name: getattr(one, name) for name in others}}


def phase_summary(phase: Phase, objective_ms: float) -> dict[str, Any]:
    """For --json."""
    return {
        "path": phase.path,
        "in_flight": phase.concurrency,
        "seconds": phase.seconds,
        "frames": phase.frames,
        "frames_per_second": phase.frames_per_second,
        "faces_per_frame": phase.faces_per_frame,
        "p50_ms": phase.latency(0.5) * 1000,
        "p99_ms": phase.latency(0.99) * 1000,
        "meets_objective": phase.meets(objective_ms),
        "refused": phase.refused,
        "unrecorded": phase.unrecorded,
        "cpu_seconds": phase.cpu_seconds,
    }


def objective_sentences(phases: Sequence[Phase], cores: int, objective_ms: float) -> Iterator[str]:
    """Whether this machine met the objective, one sentence for each path."""
    for path in (SINGLE_FRAMES, STREAMS):
        most = max_in_flight(phases, path, objective_ms)
        alone = min((phase for phase in phases if phase.path == path), key=lambda phase: phase.concurrency)
        if most is None:
            yield (
                f"This machine cannot meet {objective_ms:g} ms with {path}, even with {alone.concurrency} in flight "
                f"(p99 {alone.latency(0.99) * 1000:.0f} ms): more replicas do not help, faster cores and "
                f"smaller frames do{', and so do streams' if path == SINGLE_FRAMES else ''}."
            )
        else:
            yield f"With {path}, {objective_ms:g} ms is met with up to {most} in flight on {counted(cores, 'core')}."


def notes(phases: Sequence[Phase]) -> Iterator[str]:
    """Caveats of the measurement, one sentence each."""
    if any(phase.frames < 100 for phase in phases):
        yield "Where fewer than 100 frames were measured, p99 is the slowest of them: measure longer with --seconds."
    if unrecorded := sum(phase.unrecorded for phase in phases):
        frames = sum(phase.frames for phase in phases)
        yield f"{unrecorded} of {frames} frames were classified and not recorded: detection's figure is too low."
