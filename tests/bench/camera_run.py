"""One run of cameras against a whole stack: what came back, and the processor time and memory that it took."""

import json
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from camera_client import Answer, FoundFace
from moving_class import Class

from liveclass.client import LiveClass
from liveclass.stack import Stack

PARTS = ("detection", "triton", "session")
WORKED_ON = frozenset({"recorded", "classified"})
SETTLE_SECONDS = 3.0
"""After the last camera has begun: its first frames are searched as a whole."""


@dataclass(frozen=True)
class Plan:
    """What is run."""

    name: str
    """Of the run; its sessions are named after it."""
    way: str
    """"stream" or "single"."""
    scenes: Sequence[tuple[Class, Path]]
    """What the cameras film, in turns, and where its video is."""
    cameras: int
    seconds: float
    """Measured."""
    spacing: float = 0.15
    """Seconds from the start of one camera to that of the next."""

    @property
    def warm_up(self) -> float:
        return self.cameras * self.spacing + SETTLE_SECONDS


class Sent(NamedTuple):
    """A camera afterwards."""

    name: str
    scene: Class
    first: int
    """Of the video's frames, the one that the camera began with."""
    session: str
    answers: list[Answer]
    """Of the measured time, in the order in which they came."""
    unanswered: int
    """Frames of the measured time that nothing came back for."""


@dataclass
class Outcome:
    """What a run came to, in its measured time."""

    plan: Plan
    cameras: list[Sent]
    cpu: dict[str, float]
    """Seconds of processor time by process: client, detection with its decoders, triton, session."""
    stages: dict[str, float]
    """Mean milliseconds of a frame by stage, as the service says; of the whole run."""
    late: float
    """95th percentile of the seconds by which the client itself was late."""
    memory: dict[str, list[int]] = field(default_factory=dict)
    """Bytes, once a second, by process."""

    @property
    def answers(self) -> list[Answer]:
        return [answer for camera in self.cameras for answer in camera.answers]

    @property
    def refused(self) -> dict[str, int]:
        """Frames that did not end as a durable observation, by why."""
        reasons = [answer.outcome for answer in self.answers if answer.outcome != "recorded"]
        reasons += ["unanswered"] * sum(camera.unanswered for camera in self.cameras)
        return {reason: reasons.count(reason) for reason in sorted(set(reasons))}

    @property
    def p95(self) -> float:
        """Seconds from a frame's capture until its observation was known to be durable."""
        seconds = [answer.seconds for answer in self.answers if answer.outcome == "recorded"]
        return float(np.percentile(seconds, 95)) if seconds else float("inf")

    @property
    def is_carried(self) -> bool:
        return not self.refused and self.p95 < 0.5

    @property
    def frames(self) -> int:
        """That were worked on."""
        return sum(answer.outcome in WORKED_ON for answer in self.answers)

    @property
    def cpu_per_frame(self) -> dict[str, float]:
        """Milliseconds by process."""
        return {part: 1000 * seconds / max(1, self.frames) for part, seconds in self.cpu.items()}

    @property
    def cores_per_camera(self) -> float:
        return sum(self.cpu_per_frame.values()) / 1000 * self.plan.scenes[0][0].frames_per_second

    def line(self) -> str:
        """For a log."""
        parts = ", ".join(f"{part} {ms:.1f}" for part, ms in self.cpu_per_frame.items())
        return (
            f"{self.plan.name}: {self.plan.cameras} cameras, {self.frames} frames, p95 {1000 * self.p95:.0f} ms, "
            f"refused {self.refused or 'none'}, ms of processor a frame: {parts}; "
            f"{self.cores_per_camera:.3f} cores a camera"
        )


def run(stack: Stack, plan: Plan) -> Outcome:
    """Runs the cameras. Sessions are left behind, so that their timelines can be read."""
    with LiveClass(stack.detection_address, stack.session_address) as client:
        sessions = [
            client.create_session("bench", f"{plan.name}-{number}", minimum_group_size=1).name
            for number in range(plan.cameras)
        ]
    cameras = [_camera(plan, number, session) for number, session in enumerate(sessions)]
    with tempfile.TemporaryDirectory() as folder, _client(stack, plan, cameras, Path(folder)) as process:
        begin = time.time() + 0.5
        process.stdin.write(f"{begin}\n")
        process.stdin.flush()
        since = begin + plan.warm_up
        roots = {"client": process.pid} | {part: stack.pid(part) for part in PARTS}
        time.sleep(max(0.0, since - time.time()))
        before = cpu_seconds(roots)
        memory = _memory(roots, since + plan.seconds)
        after = cpu_seconds(roots)
        assert process.wait(120) == 0, "the client failed"
        left = pickle.loads(Path(folder, "results").read_bytes())
    cpu = {part: after[part] - before[part] for part in roots}
    late = float(np.percentile([seconds for *_, lateness in left for seconds in lateness], 95))
    return Outcome(plan, _sent(plan, cameras, left, begin), cpu, _stages(left), late, memory)


@contextmanager
def _client(stack: Stack, plan: Plan, cameras: list[dict[str, Any]], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """The client process, which waits for the time to begin at."""
    request = {
        "detection": stack.detection_address,
        "session": stack.session_address,
        "way": plan.way,
        "videos": sorted({str(path) for _, path in plan.scenes}),
        "cameras": cameras,
        "results": str(folder / "results"),
    }
    command = [sys.executable, str(Path(__file__).with_name("camera_client.py"))]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        process.stdin.write(json.dumps(request) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n", "the client has not begun"
        yield process
    finally:
        process.kill()
        process.wait()


def _sent(plan: Plan, cameras: list[dict[str, Any]], left: list[Any], begin: float) -> list[Sent]:
    """What became of each camera's frames of the measured time."""
    since, until = begin + plan.warm_up, begin + plan.warm_up + plan.seconds
    sent = []
    for number, (camera, (name, answers, _, _)) in enumerate(zip(cameras, left, strict=True)):
        measured = [answer for answer in map(_answer, answers) if since <= answer.due < until]
        due = begin + camera["start"] + camera["period"] * np.arange(camera["frames"])
        unanswered = int(((since <= due) & (due < until)).sum()) - len(measured)
        scene = plan.scenes[number % len(plan.scenes)][0]
        sent.append(Sent(name, scene, camera["first"], camera["session"], measured, unanswered))
    return sent


def _stages(left: list[Any]) -> dict[str, float]:
    """Mean milliseconds of a frame by stage."""
    frames = sum(_answer(one).outcome in WORKED_ON for _, answers, _, _ in left for one in answers)
    totals: dict[str, float] = {}
    for _, _, stages, _ in left:
        for stage, seconds in stages.items():
            totals[stage] = totals.get(stage, 0.0) + 1000 * seconds
    return {stage: total / max(1, frames) for stage, total in totals.items()}


def _camera(plan: Plan, number: int, session: str) -> dict[str, Any]:
    scene, folder = plan.scenes[number % len(plan.scenes)]
    # Cameras do not take their pictures at the same moments: the golden ratio spreads any number of them evenly.
    period = 1 / scene.frames_per_second
    start = (number * plan.spacing // period + 0.618 * number % 1) * period
    return {
        "name": f"camera-{number}",
        "session": session,
        "video": str(folder),
        # So that not all cuts come at once.
        "first": round(number * scene.frames * 0.382) % scene.frames,
        "start": start,
        "period": period,
        "frames": int((plan.warm_up + plan.seconds + 0.5 - start) * scene.frames_per_second),
    }


def _answer(left: tuple[Any, ...]) -> Answer:
    return Answer(*left[:-1], tuple(FoundFace(*face) for face in left[-1]))


def _memory(roots: dict[str, int], until: float) -> dict[str, list[int]]:
    """The memory by process, each second until then."""
    memory: dict[str, list[int]] = {part: [] for part in roots}
    while (left := until - time.time()) > 0:
        for part, root in roots.items():
            memory[part].append(sum(_of(process, "memory_info", "rss") for process in _family(root)))
        time.sleep(min(left, 1.0))
    return memory


def cpu_seconds(roots: dict[str, int]) -> dict[str, float]:
    """Of each process with its children."""
    return {
        part: sum(_of(process, "cpu_times", "user") + _of(process, "cpu_times", "system") for process in _family(root))
        for part, root in roots.items()
    }


def _family(root: int) -> list[psutil.Process]:
    process = psutil.Process(root)
    return [process, *process.children(recursive=True)]


def _of(process: psutil.Process, what: str, name: str) -> Any:
    with suppress(psutil.NoSuchProcess):
        return getattr(getattr(process, what)(), name)
    return 0
