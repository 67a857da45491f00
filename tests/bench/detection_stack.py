"""A real Triton and a real detection service as processes, for the benches that measure the whole way."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import cv2
import grpc
from classroom import classroom_video
from grpc_health.v1 import health_pb2, health_pb2_grpc

from liveclass.stack import Ports
from liveclass.triton.launcher import TritonServer
from liveclass.v1 import detection_pb2_grpc

REPOSITORY = Path("model_repository")
NAME = "liveclass.v1.DetectionService"


class Stack(NamedTuple):
    """What a bench talks to."""

    address: str
    process_id: int
    """Of the detection service."""


@contextmanager
def detection_stack() -> Iterator[Stack]:
    """Serves on ports that are free, until the end of the block."""
    ports = Ports.free()
    environment = {**os.environ, **ports.environment(), "LIVECLASS_LOG_LEVEL": "error"}
    with TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics):
        process = subprocess.Popen([sys.executable, "-m", "liveclass.detection"], env=environment)
        try:
            wait_until_serving(f"127.0.0.1:{ports.detection}")
            yield Stack(f"127.0.0.1:{ports.detection}", process.pid)
        finally:
            process.terminate()
            process.wait()


def wait_until_serving(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    with grpc.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        while time.monotonic() < end:
            try:
                answer = health.Check(health_pb2.HealthCheckRequest(service=NAME), timeout=1)
            except grpc.RpcError:
                answer = None
            if answer is not None and answer.status == health_pb2.HealthCheckResponse.SERVING:
                return
            time.sleep(0.2)
    raise TimeoutError(f"{address} is not serving")


def stub(channel: grpc.Channel) -> detection_pb2_grpc.DetectionServiceStub:
    return detection_pb2_grpc.DetectionServiceStub(channel)


def classroom_jpegs(count: int, faces: int, width: int) -> list[bytes]:
    """Frames of a class, `width` pixels wide."""
    jpegs = []
    for frame in classroom_video(count, faces):
        height = round(frame.pixels.shape[0] * width / frame.pixels.shape[1])
        small = cv2.resize(frame.pixels, (width, height), interpolation=cv2.INTER_AREA)
        jpegs.append(cv2.imencode(".jpg", small)[1].tobytes())
    return jpegs
