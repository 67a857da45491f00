"""Where a frame's time goes: CPU milliseconds by stage of a frame of 1280×720 with nine people.

    python tests/bench/frame_profile.py

Prints the table of docs/benchmarks.md. CPU time, so that what else the machine does counts for little. Stages within
detection are measured in this process; the rest is what the processes of a real stack used.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import grpc
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parent))
from bench_fer import classify, frames
from detection_stack import detection_stack

from liveclass.detection.frame import AnalysisOptions
from liveclass.detection.frame_analysis import AnalysisSettings, EncodedFrame, FrameDetections, analyze_frame
from liveclass.detection.image import InProcessDecoder, check_image
from liveclass.detection.scene import SingleFrameScene
from liveclass.detection.workers import FrameTools
from liveclass.preprocessing import GrayImage, crop_face
from liveclass.vision.faces import HaarDetector
from liveclass.vision.quality import face_quality

FRAME_SECONDS = 0.1
PROCESSES = ("detection", "Triton", "client")

Stages = dict[str, float]
"""Milliseconds of a frame by stage, or seconds."""


class Timed:
    """Calls `of`, and adds to `seconds` what each of the named methods used of the processor."""

    def __init__(self, of: Any, seconds: Stages, **names: str) -> None:
        self._of, self._seconds, self._names = of, seconds, names

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            before = time.thread_time()
            answer = getattr(self._of, method)(*arguments)
            self._seconds[self._names[method]] += time.thread_time() - before
            return answer

        return call


def profile(jpegs: list[bytes], *, is_tracked: bool) -> Stages:
    """Milliseconds of a frame by stage; `is_tracked` as of one camera, else each by itself."""
    seconds, settings, detector = defaultdict(float), AnalysisSettings(), HaarDetector()
    detector._windows = Timed(detector._windows, seconds, passing="search for candidates", best="verification of faces")
    tools = FrameTools(Timed(InProcessDecoder(), seconds, decode="decode"), detector)
    faces, scene = (
        Timed(sys.modules[__name__], seconds, crops_and_quality="crops and their quality"),
        SingleFrameScene(),
    )
    total = 0.0
    for index, jpeg in enumerate(jpegs):
        scene = scene if is_tracked else SingleFrameScene()
        frame = EncodedFrame(jpeg, check_image(jpeg, settings.limits), index * FRAME_SECONDS)
        before = time.thread_time()
        found = analyze_frame(frame, AnalysisOptions(), settings, scene, tools)
        total += time.thread_time() - before
        faces.crops_and_quality(cv2.imdecode(np.frombuffer(jpeg, np.uint8), 0), found)
    seconds["tracking, smaller images, grouping of candidates"] = total - sum(seconds.values())
    return {stage: 1000 * value / len(jpegs) for stage, value in seconds.items()}


def crops_and_quality(pixels: GrayImage, found: FrameDetections) -> None:
    """Once more what `analyze_frame` did with the faces that it found."""
    for face in found.faces:
        face_quality(crop_face(pixels, face.detection.box), face.detection.box.width)


def processes(jpegs: list[bytes], *, is_tracked: bool) -> Stages:
    """Milliseconds of a frame by process of a real stack, one client at `FRAME_SECONDS`."""
    with detection_stack() as stack, grpc.insecure_channel(stack.address) as channel:
        source = "camera" * is_tracked
        classify(channel, lambda _: source, jpegs[0], 0)
        service = psutil.Process(stack.process_id)
        ours = [service, *service.children(recursive=True)]
        known = {process.pid for process in ours}
        triton = [each for each in psutil.Process().children(recursive=True) if each.pid not in known]
        groups = dict(zip(PROCESSES, (ours, triton, [psutil.Process()]), strict=True))
        with used(groups) as seconds:
            begun = time.perf_counter()
            for index, jpeg in enumerate(jpegs):
                time.sleep(max(0.0, begun + index * FRAME_SECONDS - time.perf_counter()))
                classify(channel, lambda _: source, jpeg, 0)
        return {name: 1000 * value / len(jpegs) for name, value in seconds.items()}


@contextmanager
def used(groups: dict[str, list[psutil.Process]]) -> Iterator[Stages]:
    """CPU seconds by group, once the block is over."""

    def now() -> Stages:
        return {name: sum(sum(each.cpu_times()[:2]) for each in group) for name, group in groups.items()}

    before, seconds = now(), Stages()
    yield seconds
    seconds.update({name: value - before[name] for name, value in now().items()})


def main() -> None:
    cv2.setNumThreads(1)
    jpegs, _ = frames()
    columns = [
        {**profile(jpegs, is_tracked=tracked), **processes(jpegs, is_tracked=tracked)} for tracked in (False, True)
    ]
    for column in columns:
        pixels = sum(value for name, value in column.items() if name not in PROCESSES)
        column["requests, answers, what passes between processes"] = column["detection"] - pixels
    names = [name for name in columns[0] if name not in PROCESSES]
    for name in [*names, *PROCESSES]:
        print(f"| {name} | {columns[0][name]:.2f} | {columns[1][name]:.2f} |")  # noqa: T201  # a program's output


if __name__ == "__main__":
    main()
