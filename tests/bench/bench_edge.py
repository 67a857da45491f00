"""What HTTP costs against gRPC, and 200 pages that watch one session."""

import asyncio
import http.client
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from bench_session import figure, request
from detection_stack import classroom_jpegs, stub

from liveclass.stack import Ports, Stack
from liveclass.v1 import detection_pb2, session_pb2, session_pb2_grpc

FRAMES, FACES, WIDTH = 80, 8, 1280
CLIENTS, TURNS, TURN_SECONDS = 2, 3, 4.0
WATCHERS, WATCH_SECONDS = 200, 30.0
SETTLE_SECONDS = 3.0

Classify = Callable[[bytes], None]


def run() -> list[dict[str, Any]]:
    images = classroom_jpegs(FRAMES, FACES, WIDTH)
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder), Ports.free(), {"LIVECLASS_LOG_LEVEL": "error"}, has_edge=True) as stack,
    ):
        median = median_ratio(stack, images)
        rate = rate_ratio(stack, images)
        watched = asyncio.run(Watching(stack).run())
    return [
        figure("ClassifyFrame p50 over HTTP, a raw image, of gRPC", median, "times", "<= 1.15"),
        figure("frames/s over HTTP of gRPC, 2 clients", rate, "times", ">= 0.9"),
        *watched,
    ]


def over_grpc(stack: Stack) -> Classify:
    channel = grpc.insecure_channel(stack.detection_address)
    metadata = (("authorization", f"Bearer {stack.edge_token}"),)

    def classify(image: bytes) -> None:
        stub(channel).ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=image), metadata=metadata)

    return classify


def over_http(stack: Stack) -> Classify:
    connection = http.client.HTTPConnection("127.0.0.1", stack.ports.edge, timeout=30)
    headers = {
        "host": f"localhost:{stack.ports.edge}",
        "authorization": f"Bearer {stack.edge_token}",
        "content-type": "image/jpeg",
    }

    def classify(image: bytes) -> None:
        connection.request("POST", "/v1/frames:classifyImage", image, headers)
        answer = connection.getresponse()
        assert json.loads(answer.read())["faces"] is not None
        assert answer.status == http.client.OK

    return classify


def median_ratio(stack: Stack, images: list[bytes]) -> float:
    """Frame by frame in turns: whatever else the machine does falls on both."""
    ways = (over_grpc(stack), over_http(stack))
    times: tuple[list[float], list[float]] = ([], [])
    for number, image in enumerate(images):
        for classify, seconds in list(zip(ways, times, strict=True))[:: 1 if number % 2 else -1]:
            start = time.perf_counter()
            classify(image)
            seconds.append(time.perf_counter() - start)
    warm = len(images) // 4
    return statistics.median(times[1][warm:]) / statistics.median(times[0][warm:])


def rate_ratio(stack: Stack, images: list[bytes]) -> float:
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * TURNS):
        way = (over_grpc, over_http)[turn % 2]
        rates[turn % 2].append(frames_per_second([way(stack) for _ in range(CLIENTS)], images))
    return statistics.median(rates[1]) / statistics.median(rates[0])


def frames_per_second(clients: list[Classify], images: list[bytes]) -> float:
    end = time.perf_counter() + TURN_SECONDS

    def send(classify: Classify) -> int:
        done = 0
        while time.perf_counter() < end:
            classify(images[done % len(images)])
            done += 1
        return done

    with ThreadPoolExecutor(len(clients)) as threads:
        return sum(threads.map(send, clients)) / TURN_SECONDS


class Watching:
    """200 clients read server-sent events of a session in which a frame is recorded each second."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._recorded: dict[tuple[int, int], float] = {}
        """When a bucket's n-th frame was acknowledged, by the bucket's start and n."""
        self._ages: list[float] = []

    async def run(self) -> list[dict[str, Any]]:
        async with grpc.aio.insecure_channel(self._stack.session_address) as channel:
            sessions = session_pb2_grpc.SessionServiceStub(channel)
            wanted = session_pb2.Session(minimum_group_size=1)
            created = session_pb2.CreateSessionRequest(parent="classrooms/bench", session_id="watched", session=wanted)
            name = (await sessions.CreateSession(created)).name
            watchers = [asyncio.create_task(self._watch(name)) for _ in range(WATCHERS)]
            await asyncio.sleep(SETTLE_SECONDS)
            launcher, session = (psutil.Process(self._stack.pid(part)) for part in ("edge", "session"))
            parts = [*launcher.children(), session]
            busy, memory = cpu_seconds(parts), [part.memory_info().rss for part in parts]
            start = time.monotonic()
            await self._record(sessions, name)
            cores = (cpu_seconds(parts) - busy) / (time.monotonic() - start)
            grown = max(part.memory_info().rss / before for part, before in zip(parts, memory, strict=True))
            for watcher in watchers:
                watcher.cancel()
            await asyncio.gather(*watchers, return_exceptions=True)
        assert len(self._ages) > WATCHERS * WATCH_SECONDS / 2, "too few updates came"
        return [
            figure(
                "age of an update at 200 watchers over HTTP, p99", float(np.quantile(self._ages, 0.99)), "s", "<= 1.5"
            ),
            figure("cores of edge and session meanwhile", cores, "cores", "<= 1"),
            figure("memory of edge or session after against before", grown, "times", "<= 1.2"),
        ]

    async def _record(self, sessions: session_pb2_grpc.SessionServiceStub, name: str) -> None:
        counts: dict[int, int] = {}
        for number in range(round(WATCH_SECONDS)):
            asked = request(name, f"f{number}", 0, 1)
            bucket = asked.observations[0].capture_time.seconds // 10 * 10
            await sessions.RecordObservations(asked)
            counts[bucket] = counts.get(bucket, 0) + 1
            self._recorded[bucket, counts[bucket]] = time.monotonic()
            await asyncio.sleep(1)

    async def _watch(self, name: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._stack.ports.edge)
        head = f"GET /v1/{name}:watch HTTP/1.1\r\nhost: localhost:{self._stack.ports.edge}\r\n"
        writer.write(f"{head}authorization: Bearer {self._stack.edge_token}\r\n\r\n".encode())
        seen = set()
        while line := await reader.readline():
            if line.startswith(b"data: "):
                bucket = json.loads(line[6:])
                start = datetime.fromisoformat(bucket["start_time"].replace("Z", "+00:00"))
                key = round(start.timestamp()), int(bucket["frames"])
                if key in self._recorded and key not in seen:
                    seen.add(key)
                    self._ages.append(time.monotonic() - self._recorded[key])


def cpu_seconds(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    for each in run():
        print(each)  # noqa: T201  # a program's output
