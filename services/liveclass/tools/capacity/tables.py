"""Tables and sentences for the output of `liveclass capacity`."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from liveclass.tools.capacity.estimate import (
    DETECTION,
    GPU_WORTH_CORES,
    SESSION,
    SINGLE_FRAMES,
    STREAMS,
    TRITON,
    PartEstimate,
    Phase,
    Workload,
    max_in_flight,
)

NVIDIA = Path("/proc/driver/nvidia/gpus")
"""A folder for each GPU, where the driver is loaded."""


def counted(number: int, thing: str) -> str:
    """As in "1 core" and "2 cores"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def rate(per_second: float) -> str:
    """Rounded to three significant digits, or to a whole number."""
    return f"{per_second:,.0f}" if per_second >= 100 else f"{per_second:.3g}"


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
            "[green]yes[/]" if phase.meets(objective_ms) else "[red]no[/]",
        )
    return table


def estimate_table(lines: Sequence[PartEstimate], utilisation: float) -> Table:
    """One row for each estimate, read from left to right as a formula."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("part", no_wrap=True)
    headers = ("measured:\nCPU ms", "× needed\na second", f"÷ {utilisation:g} =\ncores", "÷ cores\neach")
    for header in (*headers, "=\nreplicas"):
        table.add_column(header, justify="right")
    for line in lines:
        table.add_row(
            f"{line.part}, {line.path}" if line.path else line.part,
            f"{line.cpu_seconds * 1000:.3g} / {line.unit}",
            rate(line.per_second),
            f"{line.cores:,.2f}",
            f"{line.cores_per_replica:g}",
            Text(f"{line.replicas:,}", "bold"),
        )
    return table


def totals(lines: Sequence[PartEstimate]) -> Iterator[str]:
    """The total of cores for each path, one sentence each."""
    shared = sum(line.cores for line in lines if line.part != DETECTION)
    for line in lines:
        if line.part == DETECTION:
            yield f"In all, with {line.path}: {line.cores + shared:,.1f} cores."


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


def gpu_sentence(workload: Workload, lines: Sequence[PartEstimate], *, has_gpu: bool) -> str:
    """The recommendation about GPUs, marked as a judgement and not a measurement."""
    cores = next(line.cores for line in lines if line.part == TRITON)
    seen = "This machine has one, which `liveclass up` does not use" if has_gpu else "This machine has none"
    worth = "would" if cores >= GPU_WORTH_CORES else "would not"
    return (
        f"GPUs: none was measured. {seen}. Triton must classify {workload.faces_per_second:,.0f} faces a second, "
        f"which takes {cores:,.1f} cores. A judgement, not a measurement: a GPU is worth it from {GPU_WORTH_CORES} "
        f"cores of Triton on, so here it {worth} be. It replaces only Triton's cores; detection still "
        "needs its own."
    )


def notes(phases: Sequence[Phase], lines: Sequence[PartEstimate], workload: Workload) -> Iterator[str]:
    """Caveats of the measurement, one sentence each."""
    frames = sum(phase.frames for phase in phases)
    faces = sum(phase.faces for phase in phases) / frames
    if faces < 0.9 * workload.students:
        yield f"Of {workload.students} faces on a frame, {faces:.1f} were found; the estimate leaves the others out."
    if any(phase.frames < 100 for phase in phases):
        yield "Where fewer than 100 frames were measured, p99 is the slowest of them: measure longer with --seconds."
    if unrecorded := sum(phase.unrecorded for phase in phases):
        yield f"{unrecorded} of {frames} frames were classified and not recorded: the session estimate is too low."
    if next(line.replicas for line in lines if line.part == SESSION) > 1:
        yield "More than one replica of the session service needs PostgreSQL; it was measured with SQLite."
