"""The simulation of `liveclass capacity` against the real stack, at three loads: what it predicts, and what happens.

python tests/bench/queueing_check.py [--seconds 25]: some two minutes. Cameras that each send a frame a second, from a
moment of their own on, whatever becomes of the frames before. The simulation gets the times that were measured just
before, and as many cores as other programs leave.
"""

import argparse
import asyncio
import contextlib
import json
import math
import os
import re
import statistics
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from skimage import data

from liveclass.client import ResourceExhaustedError, ServiceError
from liveclass.client.aio import AsyncLiveClass
from liveclass.stack import Ports, Stack
from liveclass.tools.capacity.estimate import SINGLE_FRAMES
from liveclass.tools.capacity.factors import SHIPPED, Factors, factors_of
from liveclass.tools.capacity.frames import classroom_frames
from liveclass.tools.capacity.measuring import Plan, measure
from liveclass.tools.capacity.queueing import Load, Machine, Outcome, formula, simulate
from liveclass.tools.capacity.school_day import in_flight
from liveclass.tools.capacity.usage import cpu_seconds, usable_cores

STUDENTS, LOADS, WARM_UP = 30, (0.4, 0.7, 1.3), 4.0
"""Loads are shares of what the cores can do; what is sent in the first seconds is not counted."""
DEADLINE = 10.0


async def frames_in_flight(metrics_port: int, seconds: float) -> float:
    """The mean of the metric that autoscalers are given, scraped twice a second."""
    seen, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        await asyncio.sleep(0.5)
        with contextlib.suppress(OSError):
            answer = await asyncio.to_thread(urlopen, f"http://127.0.0.1:{metrics_port}/metrics", timeout=2)
            with answer:
                found = re.search(r"^liveclass_frames_in_flight (\S+)$", answer.read().decode(), re.MULTILINE)
            seen.append(float(found[1]))
    return statistics.fmean(seen)


async def real(stack: Stack, frames: list[bytes], cameras: int, seconds: float, metrics: int) -> tuple[Outcome, float]:
    """What became of the frames, and the frames in flight as recorded."""
    begins, outcome = np.random.default_rng(1).uniform(0, 1, cameras), Outcome(seconds=seconds)

    async def camera(lc: AsyncLiveClass, begin: float, start: float) -> None:
        session = (await lc.create_session(f"classrooms/check-{cameras}-{begin:.6f}".replace(".", "-"))).name
        calls = []
        for number in range(int(WARM_UP + seconds)):
            await asyncio.sleep(max(0.0, start + begin + number - time.monotonic()))
            calls.append(asyncio.ensure_future(send(lc, session, number)))
        await asyncio.gather(*calls)

    async def send(lc: AsyncLiveClass, session: str, number: int) -> None:
        began = time.monotonic()
        try:
            await lc.classify(frames[number % len(frames)], session=session, source="camera", retry=False)
        except (ResourceExhaustedError, ServiceError):
            outcome.refused += number >= WARM_UP
        else:
            if number >= WARM_UP:
                outcome.latencies.append(time.monotonic() - began)

    async with AsyncLiveClass(stack.detection_address, stack.session_address, timeout=DEADLINE) as lc:
        start = time.monotonic() + 1.0
        *_, held = await asyncio.gather(
            *(camera(lc, float(begin), start) for begin in begins), frames_in_flight(metrics, WARM_UP + seconds)
        )
    return outcome, held


def busy_seconds() -> float:
    """Of all processors, without what runs at a lower priority."""
    user, _nice, system, *_ = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def ours(stack: Stack) -> float:
    return sum(cpu_seconds(stack.pid(name)) for name in stack.names) + time.process_time()


def row(name: str, outcome: Outcome) -> dict[str, float | str]:
    return {
        "what": name,
        "completed_per_second": round(len(outcome.latencies) / outcome.seconds, 2),
        "refused": outcome.refused,
        "p50_ms": round(outcome.latency(0.5) * 1000),
        "p95_ms": round(outcome.latency(0.95) * 1000) if outcome.latencies else math.inf,
    }


def check(seconds: float) -> list[dict[str, object]]:
    frames = classroom_frames(data.astronaut()[..., ::-1].copy(), STUDENTS)
    cores, ports, rows = usable_cores(), Ports.free(), []
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder), ports) as stack:
        phases = list(measure(stack, frames, Plan(40, cores, 1.0), lambda *_: None))
        shipped = Factors.load(SHIPPED)
        given = {
            name: getattr(shipped, name) for name in ("conditions", "frame_bytes", "answer_bytes", "observation_bytes")
        }
        known = factors_of(phases, {**given, "students": STUDENTS}, shipped.databases, {})
        each = formula(known, SINGLE_FRAMES, Machine(1.0), 1.0)[0]
        for share in LOADS:
            cameras = round(share * cores / each)
            before, own = busy_seconds(), ours(stack)
            began = time.monotonic()
            found, held = asyncio.run(real(stack, frames, cameras, seconds, ports.detection_metrics))
            passed = time.monotonic() - began
            others = max(0.0, busy_seconds() - before - (ours(stack) - own)) / passed
            left = cores - others
            predicted = simulate(known, SINGLE_FRAMES, Machine(left), Load(cameras, 1.0, seconds))
            utilisation, wait = formula(known, SINGLE_FRAMES, Machine(left), cameras)
            rows.append(
                {
                    "cameras": cameras,
                    "cores_left_by_others": round(left, 2),
                    "in_flight": {"model": round(in_flight(min(utilisation, 1), 2), 1), "recorded": round(held, 1)},
                    "formula": {"utilisation": round(utilisation, 2), "mean_wait_ms": round(min(wait, 1e6) * 1000)},
                    "simulated": {**row("simulated", predicted), "utilisation": round(predicted.utilisation, 2)},
                    "real": {**row("real", found), "utilisation": round((ours(stack) - own) / passed / cores, 2)},
                }
            )
    return rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=25.0)
    for one in check(parser.parse_args().seconds):
        print(json.dumps(one))  # noqa: T201  # a program's output
