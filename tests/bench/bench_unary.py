"""One `ClassifyFrame` after another, against the same work called bare in one process; and `ClassifyFaces`."""

import argparse
import base64
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

from liveclass.v1 import detection_pb2

sys.path.insert(0, str(Path(__file__).parent))
from bench_triton import direct_graph, frozen_graph, random_faces
from detection_stack import REPOSITORY, classroom_jpegs, detection_stack, stub

FRAMES, FACES, WIDTH = 40, 8, 1280
CROPS, CROP_CALLERS, ROUNDS, ROUND_SECONDS = 32, 4, 7, 1.2


def run() -> list[dict[str, Any]]:
    images = classroom_jpegs(FRAMES, FACES, WIDTH)
    with detection_stack() as stack, grpc.insecure_channel(stack.address) as channel:
        with bare_pipeline() as bare:
            pairs = [(_call_seconds(channel, image), bare(image)) for image in images][FRAMES // 4 :]
        with direct_graph(REPOSITORY) as graph:
            crops = statistics.median(_crops_per_second(channel) / graph() for _ in range(ROUNDS))
    overhead = statistics.median(ours for ours, _ in pairs) / statistics.median(alone for _, alone in pairs)
    return [
        figure("ClassifyFrame: p50 of the bare sum of its stages", overhead, "times", "<= 1.25"),
        figure(f"ClassifyFaces, {CROPS} crops: faces/s of the raw graph's", crops, "share", ">= 0.6"),
    ]


def _call_seconds(channel: grpc.Channel, image: bytes) -> float:
    start = time.perf_counter()
    stub(channel).ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=image))
    return time.perf_counter() - start


def _crops_per_second(channel: grpc.Channel) -> float:
    request = detection_pb2.ClassifyFacesRequest(faces=[face.tobytes() for face in random_faces(CROPS)])
    start = time.perf_counter()

    def caller(_: int) -> int:
        done = 0
        while time.perf_counter() - start < ROUND_SECONDS:
            done += _classified(channel, request)
        return done

    with ThreadPoolExecutor(CROP_CALLERS) as callers:
        done = sum(callers.map(caller, range(CROP_CALLERS)))
    return done / (time.perf_counter() - start)


def _classified(channel: grpc.Channel, request: detection_pb2.ClassifyFacesRequest) -> int:
    """How many faces came back: all of them, or none where the service had no room."""
    try:
        return len(stub(channel).ClassifyFaces(request).faces)
    except grpc.RpcError as error:
        if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
            raise
        time.sleep(0.05)  # about what RetryInfo says
        return 0


@contextmanager
def bare_pipeline() -> Iterator[Callable[[bytes], float]]:
    """A function that takes a JPEG through decode, detect, crop and the frozen graph in one other process: seconds."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--bare"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def measure(image: bytes) -> float:
        process.stdin.write(base64.b64encode(image).decode() + "\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        yield measure
    finally:
        process.stdin.close()
        process.wait()


def serve_bare() -> None:
    """For every line, a JPEG in base64, answers with the seconds that its stages took."""
    import cv2  # noqa: PLC0415  # in this process alone, as below

    from liveclass.detection.frame import AnalysisOptions  # noqa: PLC0415
    from liveclass.detection.frame_analysis import AnalysisSettings, EncodedFrame, analyze_frame  # noqa: PLC0415
    from liveclass.detection.image import InProcessDecoder, check_image  # noqa: PLC0415
    from liveclass.detection.scene import SingleFrameScene  # noqa: PLC0415
    from liveclass.detection.workers import FrameTools  # noqa: PLC0415
    from liveclass.vision.faces import HaarDetector  # noqa: PLC0415

    cv2.setNumThreads(1)
    (network, _), settings = frozen_graph(REPOSITORY), AnalysisSettings()
    tools = FrameTools(InProcessDecoder(), HaarDetector())
    for line in sys.stdin:
        image = base64.b64decode(line)
        start = time.perf_counter()
        frame = EncodedFrame(image, check_image(image, settings.limits), 0.0)
        sight = analyze_frame(frame, AnalysisOptions(), settings, SingleFrameScene(), tools)
        if len(sight.crops):
            network.run({"face": sight.crops})
        print(time.perf_counter() - start, flush=True)  # noqa: T201  # the answer


def figure(name: str, value: float, unit: str, bar: str) -> dict[str, Any]:
    comparison, limit = bar.split()
    holds = value >= float(limit) if comparison == ">=" else value <= float(limit)
    return {"name": name, "figure": round(value, 3), "unit": unit, "bar": bar, "holds": holds}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bare", action="store_true", help="the bare side, for this program's own use")
    if parser.parse_args().bare:
        serve_bare()
    else:
        for each in run():
            print(each)  # noqa: T201  # a program's output
