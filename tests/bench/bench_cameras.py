"""How many live cameras and classrooms two cores carry, from JPEG to durable observation, against the package `fer`.

`--minutes 10 --cameras 10` is the long run. `--code PATH` measures the services and the SDK of another checkout.
"""

import argparse
import functools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from bench_fer import PEER, peer
from camera_run import Outcome, Plan
from camera_run import run as run_cameras
from camera_score import Score, full_computation, timeline_difference
from moving_class import Class, video

from liveclass.client import LiveClass
from liveclass.stack import Ports, Stack

CORES = 2
VIDEOS = Path(__file__).parents[2] / "build" / "bench_videos"

STANDING, PANNING = Class(), Class(seed=2, pans=True)
CLASSROOM = Class(1920, 1080, columns=7, rows=6, people=38, frames_per_second=1, faces=(62, 100), seed=3)

TRIAL_SECONDS = 8.0
FER_FRAMES = 16


@functools.cache
def fer_frames_per_second(scene: Class) -> float:
    """As many frames as two processes of `fer` take in a second, each on its core."""
    if not PEER.exists():
        raise SystemExit("fer has no environment yet; run this through 'make bench'")
    jpegs = video(scene, VIDEOS).jpegs
    chosen = jpegs[:: max(1, len(jpegs) // FER_FRAMES)][:FER_FRAMES]
    return len(chosen) / peer(chosen).seconds


@dataclass(frozen=True)
class Way:
    """One kind of camera."""

    name: str
    way: str
    scenes: tuple[Class, ...]
    wanted: float
    """How many of them two cores should carry."""
    of_fer: float
    """How many times as many as of fer's."""
    few: int
    """Cameras of the run in which the cost of a frame is measured, and for how many seconds."""
    few_seconds: float
    trials: int
    spacing: float = 0.15


STREAM = Way("cameras (10 frames/s, 9 faces, 1280×720)", "stream", (STANDING, PANNING), 10, 20, 2, 22.0, 3)
SINGLE = Way(
    "cameras by ClassifyFrame (10 frames/s, 9 faces, 1280×720)", "single", (STANDING, PANNING), 4, 5, 1, 10.0, 2
)
ROOMS = Way("classrooms (1 frame/s, 30 faces, 1920×1080)", "stream", (CLASSROOM,), 60, 20, 4, 12.0, 3, 0.25)


def run(log: Callable[[str], None] = lambda _: None) -> list[dict[str, Any]]:
    for scene in (STANDING, PANNING, CLASSROOM):
        video(scene, VIDEOS)  # is drawn before anything is measured
    figures = []
    with two_cores(), stack() as system:
        for way in (STREAM, SINGLE, ROOMS):
            cost = measure(system, way, "cost", way.few, way.few_seconds, log)
            carried = how_many(system, way, cost.cores_per_camera, log)
            fer = fer_frames_per_second(way.scenes[0]) / way.scenes[0].frames_per_second
            log(f"fer: {fer:.3f} {way.name}")
            figures += [
                figure(f"{way.name}: carried by {CORES} cores", carried, "", f">= {way.wanted:g}"),
                figure(f"{way.name}: of fer's", carried / fer, "times", f">= {way.of_fer:g}"),
                figure(f"{way.name}: cores of one", cost.cores_per_camera, "cores", f"<= {CORES / way.wanted:.3g}"),
            ]
            if way is STREAM:
                figures += quality(system, cost, log)
    return figures


def long_run(minutes: float, cameras: int, log: Callable[[str], None]) -> list[dict[str, Any]]:
    """So many cameras for so long."""
    for scene in STREAM.scenes:
        video(scene, VIDEOS)
    with two_cores(), stack() as system:
        outcome = measure(system, STREAM, "long", cameras, 60 * minutes, log)
        about = f"{cameras} cameras for {minutes:g} min"
        refused = sum(outcome.refused.values())
        growth = max(_growth(outcome.memory[part]) for part in ("detection", "triton", "session"))
        return [
            figure(f"{about}: frames refused or skipped, of {len(outcome.answers)}", refused, "frames", "<= 0"),
            figure(f"{about}: p95 of capture to durable observation", outcome.p95, "s", "<= 0.5"),
            figure(f"{about}: memory at the end of the middle's", growth, "times", "<= 1.05"),
            figure(f"{about}: cores of one camera", outcome.cores_per_camera, "cores", "<= 0.2"),
            *quality(system, outcome, log),
        ]


def _growth(memory: list[int]) -> float:
    """The last tenth of the tenth in the middle."""
    tenth, middle = max(1, len(memory) // 10), len(memory) // 2
    return float(np.median(memory[-tenth:]) / np.median(memory[middle : middle + tenth]))


@contextmanager
def two_cores() -> Iterator[None]:
    """Keeps this process and those that it starts on two cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:CORES])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def stack() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory() as folder:
        with Stack(Path(folder), Ports.free(), {"LIVECLASS_LOG_LEVEL": "error"}) as system:
            yield system


def measure(system: Stack, way: Way, name: str, cameras: int, seconds: float, log: Callable[[str], None]) -> Outcome:
    scenes = [(scene, video(scene, VIDEOS).folder) for scene in way.scenes]
    label = f"{way.way}-{way.scenes[0].width}-{name}"
    outcome = run_cameras(system, Plan(label, way.way, scenes, cameras, seconds, way.spacing))
    stages = ", ".join(f"{stage} {ms:.1f}" for stage, ms in outcome.stages.items())
    log(f"{outcome.line()}; ms by stage: {stages}; client late {1000 * outcome.late:.0f} ms")
    return outcome


def how_many(system: Stack, way: Way, cores_per_camera: float, log: Callable[[str], None]) -> int:
    """The most cameras of a few trials that are carried: each with p95 below half a second, and no refusal."""
    carried, tried = 0, set[int]()
    share, step = 0.85, 0.15  # of what the processors could carry if they were never idle
    for trial in range(way.trials):
        cameras = max(1, round(share * CORES / cores_per_camera))
        if cameras not in tried:
            outcome = measure(system, way, f"trial-{trial}", cameras, TRIAL_SECONDS, log)
            tried.add(cameras)
            carried = max(carried, cameras) if outcome.is_carried else carried
        share, step = share + (step if carried >= cameras else -step), step / 2
    return carried


def quality(system: Stack, outcome: Outcome, log: Callable[[str], None]) -> list[dict[str, Any]]:
    """Whether what was saved has cost anything: faces, tracks, the time until a new face is seen, and the timeline."""
    score, differences, within = Score(), list[float](), list[bool]()
    with LiveClass(system.detection_address, system.session_address) as client:
        fulls = {
            scene: full_computation(client, scene, video(scene, VIDEOS), outcome.cameras)
            for scene in {camera.scene for camera in outcome.cameras}
        }
        for camera in outcome.cameras:
            score.add(camera, fulls[camera.scene])
            name = f"full-{camera.session.rpartition('/')[2]}"
            compared = timeline_difference(client, camera, fulls[camera.scene], name)
            differences += compared.differences
            within += compared.within
    delay = float(np.percentile(score.delays or [np.inf], 95))
    log(
        f"faces: {score.found} of {score.true_faces} true ones, {score.also_found} of {score.full_found} of the full "
        f"search's, {score.false} false; {score.appearances} appearances, {score.tracks} tracks, {score.switches} "
        f"switches; delay median {np.median(score.delays or [np.inf]):.2f} s, p95 {delay:.2f} s; "
        f"timeline: {len(within)} shares, {sum(within)} within the interval, "
        f"mean difference {np.mean(differences or [0]):.4f}"
    )
    return [
        figure(
            "cameras: faces found of the full search's", score.also_found / max(1, score.full_found), "share", ">= 0.97"
        ),
        figure("cameras: true faces found", score.found / max(1, score.true_faces), "share", ">= 0.9"),
        figure("cameras: false faces a frame", score.false / max(1, outcome.frames), "faces", "<= 0.05"),
        figure(
            "cameras: tracks for each appearance of a person",
            score.tracks / max(1, score.appearances),
            "tracks",
            "<= 1.05",
        ),
        figure("cameras: identity switches in one appearance", score.switches, "switches", "<= 0"),
        figure("cameras: until a new face is seen, p95", delay, "s", "<= 0.5"),
        figure(
            "cameras: timeline within the full computation's interval",
            float(np.mean(within or [0])),
            "share",
            ">= 0.95",
        ),
    ]


def figure(name: str, value: float, unit: str, bar: str) -> dict[str, Any]:
    comparison, limit = bar.split()
    holds = value >= float(limit) if comparison == ">=" else value <= float(limit)
    return {"name": name, "figure": round(value, 4), "unit": unit, "bar": bar, "holds": bool(holds)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="one long run instead of the rows of make bench")
    parser.add_argument("--cameras", type=int, default=10, help="of the long run")
    parser.add_argument("--code", type=Path, help="a checkout of another commit, whose services and SDK are measured")
    options = parser.parse_args()
    if options.code and "BENCH_RUNS_OTHER_CODE" not in os.environ:
        here = [str(Path(__file__).resolve()), *sys.argv[1:]]
        other = {**os.environ, "PYTHONPATH": str(options.code.resolve() / "services"), "BENCH_RUNS_OTHER_CODE": "1"}
        sys.exit(subprocess.run([sys.executable, *here], cwd=options.code, env=other, check=False).returncode)

    def log(line: str) -> None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201  # what was measured, as it goes

    figures = long_run(options.minutes, options.cameras, log) if options.minutes else run(log)
    print(json.dumps(figures, indent=2, ensure_ascii=False))  # noqa: T201  # for trying it


if __name__ == "__main__":
    main()
