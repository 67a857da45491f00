"""`liveclass capacity`: how many cores and replicas a number of classrooms needs, measured on this machine."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from liveclass.commands.shared.common import INTERRUPTED, AsJson, print_json, progress_bar, stderr, stdout

if TYPE_CHECKING:
    from liveclass.tools.capacity.estimate import PartEstimate, Phase, Workload
    from liveclass.tools.capacity.measuring import Plan

BUSY = 0.5
"""Load per core above which the measurement is reported as unreliable."""


def capacity(
    classrooms: Annotated[int, typer.Option(help="Classrooms that are live at the same time.")] = 200,
    students: Annotated[int, typer.Option(help="Students in each classroom.")] = 30,
    fps: Annotated[float, typer.Option(help="Frames per second of each classroom; 0.5: one every two seconds.")] = 1.0,
    *,
    objective_ms: Annotated[float, typer.Option(help="Upper limit of the 99th percentile of the latency.")] = 500.0,
    utilisation: Annotated[float, typer.Option(help="Planned utilisation of a core; the rest is reserve.")] = 0.6,
    seconds: Annotated[float, typer.Option(help="Total time to measure.")] = 60.0,
    image: Annotated[
        Path | None,
        typer.Option(help="A photograph with a face; otherwise scikit-image's astronaut.", dir_okay=False, exists=True),
    ] = None,
    cores_per_replica: Annotated[
        float | None,
        typer.Option(
            help="Cores of every replica. Default: the requests in deploy/kubernetes/base (2; 0.5 for session).",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure this machine, and estimate the cores, replicas and GPUs for a number of classrooms.

    Starts a temporary stack on free ports and sends synthetic classroom frames over both paths: single frames and
    streams.
    """
    from liveclass.tools.capacity.estimate import InvalidWorkloadError, Workload, estimate
    from liveclass.tools.capacity.estimate import cores_per_replica as by_part
    from liveclass.tools.capacity.measuring import MIN_SECONDS, Plan
    from liveclass.tools.capacity.usage import usable_cores

    try:
        workload = Workload(classrooms, students, fps, objective_ms, utilisation)
        per_replica = by_part(cores_per_replica)
    except InvalidWorkloadError as error:
        raise typer.BadParameter(str(error)) from None
    if not seconds >= MIN_SECONDS:
        raise typer.BadParameter(f"seconds must be at least {MIN_SECONDS:g}, and is {seconds:g}")
    plan = Plan(seconds, usable_cores(), fps)
    load = os.getloadavg()[0]
    try:
        phases = _measure(plan, workload, image)
    except KeyboardInterrupt:
        stderr().print("stopped; nothing was estimated")
        raise typer.Exit(INTERRUPTED) from None
    lines = estimate(workload, phases, per_replica)
    if as_json:
        print_json(_summary(plan, workload, load, phases, lines))
    else:
        _show(plan, workload, load, phases, lines)


def _measure(plan: "Plan", workload: "Workload", image: Path | None) -> "list[Phase]":
    """Starts a temporary stack, measures it, and stops it."""
    import tempfile

    from liveclass.commands.shared.local_stack import start_with_status
    from liveclass.commands.shared.pictures import astronaut, read_photograph
    from liveclass.commands.shared.stored_token import token_for
    from liveclass.stack import Ports, Stack, StackError
    from liveclass.tools.capacity.frames import NoFaceError, classroom_frames
    from liveclass.tools.capacity.measuring import measure

    try:
        frames = classroom_frames(read_photograph(image or astronaut()), workload.students)
    except NoFaceError as error:
        raise typer.BadParameter(str(error), param_hint="--image") from None
    with tempfile.TemporaryDirectory(prefix="liveclass-capacity-") as folder:
        database = {"LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/capacity.db"}
        stack = Stack(Path(folder), Ports.free(), database)
        try:
            start_with_status(stack, stderr())
            with progress_bar() as bar:
                task = bar.add_task("measuring", total=plan.seconds)
                phases = list(
                    measure(
                        stack,
                        frames,
                        plan,
                        lambda what, passed: bar.update(task, advance=passed, description=what),
                        token_for(stack.environment),
                    )
                )
        finally:
            with stderr().status("Stopping …"):
                stack.stop()
    if not any(phase.faces for phase in phases):
        raise StackError("no face was found in any frame, so nothing can be estimated; try another --image.")
    return phases


def _show(plan: "Plan", workload: "Workload", load: float, phases: "list[Phase]", lines: "list[PartEstimate]") -> None:
    from rich.text import Text

    from liveclass.tools.capacity import tables

    console, counted = stdout(), tables.counted
    students = counted(workload.students, "student")
    measured = (f"Measured on {counted(plan.cores, 'core')}", "bold")
    console.print(Text.assemble("\n", measured, f", frames of 1280×960 with {students}\n"))
    console.print(tables.measured_table(phases, workload.objective_ms))
    needed = (
        f" for {counted(workload.classrooms, 'classroom')} of {students}, {workload.fps:g} frame(s) a second: "
        f"{tables.rate(workload.frames_per_second)} frames, {tables.rate(workload.faces_per_second)} faces a second\n"
    )
    console.print(Text.assemble("\n", ("Needed", "bold"), needed))
    console.print(tables.estimate_table(lines, workload.utilisation))
    console.print()
    sentences = [
        *tables.totals(lines),
        *tables.objective_sentences(phases, plan.cores, workload.objective_ms),
        tables.gpu_sentence(workload, lines, has_gpu=tables.NVIDIA.exists()),
        *tables.notes(phases, lines, workload),
    ]
    if load > BUSY * plan.cores:
        sentences.append(
            f"The machine was busy before the measurement (load {load:.1f} on {counted(plan.cores, 'core')}): repeat "
            "it on an idle machine, which will show shorter latencies and need fewer cores."
        )
    console.print(tables.sentence_list(sentences))


def _summary(
    plan: "Plan", workload: "Workload", load: float, phases: "list[Phase]", lines: "list[PartEstimate]"
) -> dict[str, object]:
    """The measurement and the estimate, for --json."""
    from liveclass.tools.capacity import tables
    from liveclass.tools.capacity.estimate import GPU_WORTH_CORES, SINGLE_FRAMES, STREAMS, TRITON, max_in_flight

    triton = next(line.cores for line in lines if line.part == TRITON)
    return {
        "machine": {"cores": plan.cores, "load_before": load, "has_gpu": tables.NVIDIA.exists()},
        "need": {
            **vars(workload),
            "frames_per_second": workload.frames_per_second,
            "faces_per_second": workload.faces_per_second,
        },
        "measured": [
            {
                "path": phase.path,
                "in_flight": phase.concurrency,
                "seconds": phase.seconds,
                "frames": phase.frames,
                "frames_per_second": phase.frames_per_second,
                "faces_per_frame": phase.faces_per_frame,
                "p50_ms": phase.latency(0.5) * 1000,
                "p99_ms": phase.latency(0.99) * 1000,
                "meets_objective": phase.meets(workload.objective_ms),
                "refused": phase.refused,
                "unrecorded": phase.unrecorded,
                "cpu_seconds": phase.cpu_seconds,
            }
            for phase in phases
        ],
        "estimate": [{**vars(line), "cores": line.cores, "replicas": line.replicas} for line in lines],
        "objective_met_up_to": {
            path: max_in_flight(phases, path, workload.objective_ms) for path in (SINGLE_FRAMES, STREAMS)
        },
        "gpu": {
            "measured": False,
            "faces_per_second": workload.faces_per_second,
            "cores_instead": triton,
            "worth_from_cores": GPU_WORTH_CORES,
            "worth_it": triton >= GPU_WORTH_CORES,
        },
        "notes": list(tables.notes(phases, lines, workload)),
    }
