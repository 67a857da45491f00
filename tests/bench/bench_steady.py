"""One camera for a long time: whether memory stays flat, and whether the emotion of a still face does."""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import grpc
import numpy as np
import psutil
from google.protobuf.timestamp_pb2 import Timestamp
from skimage import data

from liveclass.v1 import detection_pb2

sys.path.insert(0, str(Path(__file__).parent))
from detection_stack import detection_stack, stub

MINUTES = 1.0  # ten take ten: --minutes 10
FRAMES_PER_SECOND = 10
NOISE = 4
"""Standard deviation of the sensor's noise, in gray values: what alone changes from frame to frame."""


def run(minutes: float = MINUTES) -> list[dict[str, Any]]:
    images = still_face(50)
    memory: list[int] = []
    shown: list[tuple[str, int]] = []  # (track, emotion)
    frames = round(minutes * 60 * FRAMES_PER_SECOND)
    with detection_stack() as stack, grpc.insecure_channel(stack.address) as channel:
        service = psutil.Process(stack.process_id)
        answers = stub(channel).ClassifyStream(camera(images, frames))
        for number, answer in enumerate(answers):
            shown += [(face.track_id, face.emotions[0].emotion) for face in answer.frame.faces]
            if number % FRAMES_PER_SECOND == 0:
                memory.append(service.memory_info().rss)
    switches = sum(one != other for (_, one), (_, other) in pairwise(shown))
    tracks = len({track for track, _ in shown})
    # The first fifth is what a service grows to, whoever asks.
    settled = memory[len(memory) // 5 :]
    tenth = max(1, len(settled) // 10)
    growth = statistics.median(settled[-tenth:]) / statistics.median(settled[:tenth])
    about = f"{minutes:g} min at {FRAMES_PER_SECOND} frames/s"
    return [
        figure(f"steady: memory at the end of the beginning's, {about}", growth, "times", "<= 1.05"),
        figure(f"steady: switches of a still face's emotion, {about}", switches, "switches", "<= 0"),
        figure(f"steady: tracks of that one face, {about}", tracks, "tracks", "<= 1"),
        figure(f"steady: frames that show it, {about}", len(shown) / frames, "share", ">= 0.95"),
    ]


def still_face(count: int) -> list[bytes]:
    """The same face, each time with other noise, as JPEG."""
    chance = np.random.default_rng(0)
    face = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY).astype(np.float32)
    noisy = (np.clip(face + chance.normal(0, NOISE, face.shape), 0, 255).astype(np.uint8) for _ in range(count))
    return [cv2.imencode(".jpg", one)[1].tobytes() for one in noisy]


def camera(images: list[bytes], frames: int) -> Iterator[detection_pb2.ClassifyStreamRequest]:
    """A stream's requests, one each tenth of a second."""
    yield detection_pb2.ClassifyStreamRequest(config=detection_pb2.StreamConfig(source="camera"))
    began = time.time()
    for number in range(frames):
        time.sleep(max(0.0, began + number / FRAMES_PER_SECOND - time.time()))
        taken = Timestamp()
        taken.FromNanoseconds(time.time_ns())
        frame = detection_pb2.StreamFrame(image=images[number % len(images)], frame_id=str(number), capture_time=taken)
        yield detection_pb2.ClassifyStreamRequest(frame=frame)


def figure(name: str, value: float, unit: str, bar: str) -> dict[str, Any]:
    comparison, limit = bar.split()
    holds = value >= float(limit) if comparison == ">=" else value <= float(limit)
    return {"name": name, "figure": round(value, 3), "unit": unit, "bar": bar, "holds": holds}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long the stream lasts")
    print(json.dumps(run(parser.parse_args().minutes), indent=2))  # noqa: T201  # for trying it
