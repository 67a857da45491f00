"""What decoding in a sandbox costs: `ClassifyFrame` of two services, one of which decodes in its own threads."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import grpc
import psutil
from prometheus_client import CollectorRegistry

sys.path.insert(0, str(Path(__file__).parent))
from bench_fer import frames
from detection_stack import REPOSITORY, stub, wait_until_serving

from liveclass.detection.decoder_process import DecoderProcess
from liveclass.detection.image import InProcessDecoder
from liveclass.detection.service import serving
from liveclass.detection.settings import DetectionSettings
from liveclass.runtime.entry_point import main
from liveclass.stack import Ports
from liveclass.triton.launcher import TritonServer
from liveclass.v1 import detection_pb2

CLIENTS, ROUNDS = 2, 12
PAIRS_A_ROUND, ROUND_SECONDS = 15, 2.0
"""Of each round: frames by one client, a pair after another, and seconds in which all clients send at once."""


class WithoutSandbox(DecoderProcess):
    """Leaves its child idle."""

    decode = InProcessDecoder.decode


def run() -> list[dict[str, Any]]:
    images = frames()[0]
    ports = Ports.free()
    with ExitStack() as running:
        running.enter_context(TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics))
        triton = f"127.0.0.1:{ports.triton_grpc}"
        sandboxed = running.enter_context(detection(triton, ["-m", "liveclass.detection"]))
        plain = running.enter_context(detection(triton, [__file__, "--without-sandbox"]))
        both = [running.enter_context(grpc.insecure_channel(each.address)) for each in (sandboxed, plain)]
        measured: dict[Side, Turn] = {}
        rates, medians, processor = [], [], []
        for number in range(ROUNDS + 1):
            for side, channel in list(zip((sandboxed, plain), both, strict=True))[:: 1 if number % 2 else -1]:
                measured[side] = turn(side, channel, images)  # neither is always the first
            if number:  # the first round warms up
                rates.append(measured[sandboxed].rate / measured[plain].rate)
                processor.append(measured[sandboxed].processor_seconds / measured[plain].processor_seconds)
                medians.append(median_ratio(both, images))
    return [
        figure("ClassifyFrame: processor time in a sandbox of that without", processor, "<= 1.03"),
        figure(f"ClassifyFrame: frames/s in a sandbox of those without, {CLIENTS} clients", rates, ">= 0.97"),
        figure("ClassifyFrame: p50 in a sandbox of that without, 1 client", medians, "<= 1.03"),
    ]


class Side(NamedTuple):
    """A service."""

    address: str
    process_id: int


class Turn(NamedTuple):
    """What a service made of some seconds."""

    rate: float
    """Frames a second."""
    processor_seconds: float
    """Of the service and its decoders, for a frame."""


def turn(side: Side, channel: grpc.Channel, images: list[bytes]) -> Turn:
    """All clients at once."""
    start, used = time.perf_counter(), processor_seconds(side)

    def client(first: int) -> int:
        done = 0
        while time.perf_counter() - start < ROUND_SECONDS:
            classify(channel, images[(first + done * CLIENTS) % len(images)])
            done += 1
        return done

    with ThreadPoolExecutor(CLIENTS) as clients:
        done = sum(clients.map(client, range(CLIENTS)))
    return Turn(done / (time.perf_counter() - start), (processor_seconds(side) - used) / done)


def processor_seconds(side: Side) -> float:
    service = psutil.Process(side.process_id)
    times = [each.cpu_times() for each in (service, *service.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def median_ratio(both: list[grpc.Channel], images: list[bytes]) -> float:
    """Frame by frame, so that whatever else the machine does falls on both."""
    times: tuple[list[float], list[float]] = ([], [])
    for number, image in enumerate(images[:PAIRS_A_ROUND]):
        for channel, seconds in list(zip(both, times, strict=True))[:: 1 if number % 2 else -1]:
            start = time.perf_counter()
            classify(channel, image)
            seconds.append(time.perf_counter() - start)
    return statistics.median(times[0]) / statistics.median(times[1])


def classify(channel: grpc.Channel, image: bytes) -> None:
    assert stub(channel).ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=image)).faces


@contextmanager
def detection(triton: str, program: list[str]) -> Iterator[Side]:
    """A service in a process of its own, until the end of the block."""
    ports = Ports.free()
    environment = {
        **os.environ,
        **ports.environment(),
        "LIVECLASS_TRITON_ADDRESS": triton,
        "LIVECLASS_LOG_LEVEL": "error",
    }
    process = subprocess.Popen([sys.executable, *program], env=environment)
    try:
        wait_until_serving(f"127.0.0.1:{ports.detection}")
        yield Side(f"127.0.0.1:{ports.detection}", process.pid)
    finally:
        process.terminate()
        process.wait()


async def serve_without_sandbox(settings: DetectionSettings) -> None:
    cv2.setNumThreads(1)  # as in the service
    async with serving(settings, CollectorRegistry(), new_decoder=WithoutSandbox) as service:
        await service.server.until_signal()


def figure(name: str, ratios: list[float], bar: str) -> dict[str, Any]:
    """The median of the rounds, and between what half of them lie."""
    low, value, high = statistics.quantiles(ratios)
    compare: Callable[[float, float], bool] = float.__ge__ if bar.startswith(">=") else float.__le__
    unit = f"times ({low:.3f} to {high:.3f})"
    holds = compare(round(value, 3), float(bar.split()[1]))
    return {"name": name, "figure": round(value, 3), "unit": unit, "bar": bar, "holds": holds}


if __name__ == "__main__":
    if "--without-sandbox" in sys.argv:
        sys.exit(main("without a sandbox", DetectionSettings, serve_without_sandbox))
    else:
        for each in run():
            print(each)  # noqa: T201  # a program's output
