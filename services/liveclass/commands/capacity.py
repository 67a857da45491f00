"""`liveclass capacity`: what a number of classrooms needs, from measured factors; and how these are measured."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from liveclass.commands.shared.common import INTERRUPTED, AsJson, print_json, progress_bar, stderr, stdout

if TYPE_CHECKING:
    from liveclass.stack import Stack
    from liveclass.tools.capacity.estimate import Phase, Workload
    from liveclass.tools.capacity.factors import Factors
    from liveclass.tools.capacity.measuring import Plan
    from liveclass.tools.capacity.sizes import Size

BUSY = 0.5
"""Load per core above which the measurement is reported as unreliable."""


def capacity(
    classrooms: Annotated[
        list[int] | None,
        typer.Option(
            help="Classrooms that are live at the same time; may be repeated. Default: 1, 100, 10000 and 1000000.",
            show_default=False,
        ),
    ] = None,
    students: Annotated[int, typer.Option(help="Students in each classroom.")] = 30,
    fps: Annotated[float, typer.Option(help="Frames per second of each classroom; 0.5: one every two seconds.")] = 1.0,
    *,
    objective_ms: Annotated[float, typer.Option(help="Upper limit of the 99th percentile of the latency.")] = 500.0,
    utilisation: Annotated[float, typer.Option(help="Planned utilisation of a core; the rest is reserve.")] = 0.6,
    cores_per_replica: Annotated[
        float | None,
        typer.Option(
            help="Cores of every replica. Default: the requests in deploy/kubernetes/base (2; 0.5 for session).",
            show_default=False,
        ),
    ] = None,
    factors: Annotated[
        Path | None,
        typer.Option(help="Measured factors; otherwise this machine's, or those that were shipped.", dir_okay=False),
    ] = None,
    measure: Annotated[bool, typer.Option("--measure", help="Measure this machine first.")] = False,
    seconds: Annotated[float, typer.Option(help="Total time to measure.")] = 60.0,
    database_url: Annotated[
        str,
        typer.Option(help="Measure with this empty database, postgresql+asyncpg://…, instead of SQLite."),
    ] = "",
    image: Annotated[
        Path | None,
        typer.Option(help="A photograph with a face; otherwise scikit-image's astronaut.", dir_okay=False, exists=True),
    ] = None,
    day: Annotated[
        Path | None,
        typer.Option(help="Simulate a school day with --autoscaler, and draw it into this SVG or PNG.", dir_okay=False),
    ] = None,
    autoscaler: Annotated[
        Path,
        typer.Option(help="A HorizontalPodAutoscaler or ScaledObject of detection or Triton.", dir_okay=False),
    ] = Path("deploy/kubernetes/components/school-hours/detection.yaml"),
    as_json: AsJson = False,
) -> None:
    """Say what a number of classrooms needs: replicas, GPUs, databases, bytes a day and network.

    Every figure is arithmetic on measured factors. --measure takes them on this machine: it starts a temporary stack on
    free ports, sends synthetic classroom frames over both paths (single frames and streams), and keeps what it found.
    """
    from liveclass.tools.capacity.estimate import InvalidWorkloadError, Workload
    from liveclass.tools.capacity.estimate import cores_per_replica as by_part
    from liveclass.tools.capacity.factors import Factors, FactorsError, best_file, own_file
    from liveclass.tools.capacity.measuring import MIN_SECONDS, Plan
    from liveclass.tools.capacity.sizes import DEFAULT_CLASSROOMS, size
    from liveclass.tools.capacity.usage import usable_cores

    numbers = classrooms or DEFAULT_CLASSROOMS
    try:
        workloads = [Workload(number, students, fps, objective_ms, utilisation) for number in numbers]
        by_part(cores_per_replica)
    except InvalidWorkloadError as error:
        raise typer.BadParameter(str(error)) from None
    if not seconds >= MIN_SECONDS:
        raise typer.BadParameter(f"seconds must be at least {MIN_SECONDS:g}, and is {seconds:g}")
    source = factors or (own_file() if measure else best_file())
    phases: list[Phase] = []
    if measure:
        try:
            phases, found = _measure(Plan(seconds, usable_cores(), fps), workloads[0], database_url, image)
        except KeyboardInterrupt:
            stderr().print("stopped; nothing was measured")
            raise typer.Exit(INTERRUPTED) from None
        _keep(found, source)
    try:
        known = Factors.load(source)
    except FactorsError as error:
        raise typer.BadParameter(str(error), param_hint="--factors") from None
    if day is not None:
        _simulate_day(known, workloads[0] if classrooms else Workload(200, students, fps), autoscaler, day, as_json)
        return
    sizes = [size(known, workload, cores_per_replica) for workload in workloads]
    if as_json:
        print_json(_summary(known, source, sizes, phases))
    else:
        _show(known, source, sizes, phases)


def _simulate_day(known: "Factors", workload: "Workload", manifest: Path, picture: Path, as_json: bool) -> None:
    """Prints what the autoscaler of a manifest makes of a school day, and draws it."""
    from liveclass.install_hints import install_hint
    from liveclass.tools.capacity.autoscaling import Autoscaler, ManifestError
    from liveclass.tools.capacity.school_day import simulated_day

    try:
        from liveclass.tools.capacity.day_picture import draw_day

        found = simulated_day(known, workload, Autoscaler.read(manifest))
    except ImportError as error:
        raise typer.BadParameter(install_hint(error), param_hint="--day") from None
    except (ManifestError, OSError) as error:
        raise typer.BadParameter(str(error), param_hint="--autoscaler") from None
    summary = found.summary()
    draw_day(found, picture)
    if as_json:
        print_json(summary)
        return
    console = stdout()
    for name, value in summary.items():
        console.print(f"{name.replace('_', ' ')}: {value:,.4g}" if isinstance(value, float) else f"{name}: {value}")
    console.print(f"drawn: {picture}")


def _measure(
    plan: "Plan", workload: "Workload", database_url: str, image: Path | None
) -> "tuple[list[Phase], Factors]":
    """Starts a temporary stack, measures it, and stops it."""
    import tempfile

    from liveclass.commands.shared.local_stack import start_with_status
    from liveclass.commands.shared.pictures import astronaut, read_photograph
    from liveclass.stack import Ports, Stack
    from liveclass.tools.capacity.frames import NoFaceError, classroom_frames

    try:
        frames = classroom_frames(read_photograph(image or astronaut()), workload.students)
    except NoFaceError as error:
        raise typer.BadParameter(str(error), param_hint="--image") from None
    with tempfile.TemporaryDirectory(prefix="liveclass-capacity-") as folder:
        url = database_url or f"sqlite+aiosqlite:///{folder}/capacity.db"
        stack = Stack(Path(folder), Ports.free(), {"LIVECLASS_DATABASE_URL": url})
        try:
            start_with_status(stack, stderr())
            return _measure_stack(stack, frames, plan, workload, url)
        finally:
            with stderr().status("Stopping …"):
                stack.stop()


def _measure_stack(
    stack: "Stack", frames: list[bytes], plan: "Plan", workload: "Workload", url: str
) -> "tuple[list[Phase], Factors]":
    import asyncio

    from liveclass.commands.shared.stored_token import token_for
    from liveclass.stack import StackError
    from liveclass.tools.capacity import message_sizes
    from liveclass.tools.capacity.factors import conditions, factors_of
    from liveclass.tools.capacity.measuring import measure, start_seconds
    from liveclass.tools.capacity.storage import measure_storage

    load, token = os.getloadavg()[0], token_for(stack.environment)
    with progress_bar() as bar:
        task = bar.add_task("measuring", total=plan.seconds)

        def progress(what: str, passed: float) -> None:
            bar.update(task, advance=passed, description=what)

        phases = list(measure(stack, frames, plan, progress, token))
    if not any(phase.faces for phase in phases):
        raise StackError("no face was found in any frame, so nothing can be estimated; try another --image.")
    with stderr().status("recording observations …"):
        stored = asyncio.run(measure_storage(stack, url, workload.students, round(plan.seconds), token))
    with stderr().status("starting each part anew …"):
        started = start_seconds(stack)
    given = {
        "conditions": conditions(plan.cores, load, plan.fps, plan.seconds),
        "students": workload.students,
        "frame_bytes": sum(map(len, frames)) / len(frames),
        "answer_bytes": message_sizes.answer_bytes(workload.students),
        "observation_bytes": message_sizes.observation_bytes(workload.students),
    }
    return phases, factors_of(phases, given, {url.partition("+")[0]: stored}, started)


def _keep(found: "Factors", file: Path) -> None:
    """Writes what was measured; of other databases, what was measured before, or shipped."""
    from liveclass.tools.capacity.factors import SHIPPED, Factors

    before = Factors.load(file if file.exists() else SHIPPED) if (file.exists() or SHIPPED.exists()) else found
    found.with_databases(before.databases).save(file)
    stderr().print(f"kept in {file}", style="dim")


def _show(known: "Factors", source: Path, sizes: "list[Size]", phases: "list[Phase]") -> None:
    from liveclass.tools.capacity import tables

    console = stdout()
    workload, cores = sizes[0].workload, known.conditions["cores"]
    console.print()
    if phases:
        console.print(
            f"Measured on {tables.counted(cores, 'core')}, frames of 1280×960 with {known.students} students\n"
        )
        console.print(tables.measured_table(phases, workload.objective_ms))
        console.print()
    console.print(
        f"Classrooms of {tables.counted(workload.students, 'student')} with {workload.fps:g} frame(s) a second, as "
        f"streams; processors used to {workload.utilisation:.0%}\n"
    )
    console.print(tables.sizes_table(sizes))
    console.print()
    console.print(tables.factors_table(known))
    console.print()
    sentences = [f"Factors: {source}.", *tables.size_notes(known, sizes), tables.simulated_sentence(sizes[-1], known)]
    if phases:
        sentences += tables.objective_sentences(phases, cores, workload.objective_ms)
        sentences += tables.notes(phases)
    load = known.conditions["load_before"]
    if load > BUSY * cores:
        sentences.append(
            f"The machine was busy before the measurement (load {load:.1f} on {tables.counted(cores, 'core')}): repeat "
            "it on an idle machine, which will show shorter latencies and need fewer cores."
        )
    console.print(tables.sentence_list(sentences))


def _summary(known: "Factors", source: Path, sizes: "list[Size]", phases: "list[Phase]") -> dict[str, Any]:
    """For --json."""
    from dataclasses import asdict

    from liveclass.tools.capacity import tables

    objective = sizes[0].workload.objective_ms
    factors = asdict(known)
    del factors["services"]
    return {
        "factors": {"file": str(source), **factors},
        "sizes": [tables.size_summary(one) for one in sizes],
        "simulated_replica": tables.simulated_summary(sizes[-1], known),
        "measured": [tables.phase_summary(phase, objective) for phase in phases],
        "assumptions": tables.ASSUMPTIONS,
    }
