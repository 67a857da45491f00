"""Draws a school day: what is sent, what the replicas that follow it can do, and a constant fleet beside them."""

from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from liveclass.tools.capacity.estimate import TRITON
from liveclass.tools.capacity.school_day import STEP, SimulatedDay

INK, LOAD, FLEET, CONSTANT = "#222222", "#c2410c", "#2563eb", "#9ca3af"


def draw_day(simulated: SimulatedDay, path: Path) -> None:
    """Writes a picture whose format is that of the ending of `path`."""
    day, replica, constant = simulated.day, simulated.replica, simulated.constant
    unit = "faces" if simulated.autoscaler.name == TRITON else "frames"
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    hour, load, serving = np.arange(0, 24, 1 / 60), day.load[:: 60 // STEP], day.serving[:: 60 // STEP]
    axes.fill_between(hour, load, color=LOAD, alpha=0.35, linewidth=0, label="sent")
    axes.step(hour, serving * replica.work_per_second, color=FLEET, label="what the replicas can do")
    always = constant * replica.work_per_second
    axes.axhline(always, color=CONSTANT, linestyle="--", label=f"{constant} replicas, always")
    axes.set(xlim=(6, 18), ylim=(0, None), xlabel="time of day", ylabel=f"{unit} a second")
    axes.set_xticks(range(6, 19), [f"{one}:00" for one in range(6, 19)])
    title = (
        f"{simulated.autoscaler.name}, {simulated.workload.classrooms:,} classrooms: {day.refused_share:.2%} refused"
    )
    axes.set_title(title, loc="left", fontsize=10, color=INK)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(path, dpi=110)
