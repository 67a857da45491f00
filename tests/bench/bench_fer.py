"""`ClassifyFrame` against the `fer` package with its own defaults: frames per second, and faces found."""

import functools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import grpc
import numpy as np

from liveclass.preprocessing import Box
from liveclass.v1 import detection_pb2

sys.path.insert(0, str(Path(__file__).parent))
from classroom import classroom_video
from detection_stack import detection_stack, stub

PEER = Path(__file__).resolve().parents[2] / "build" / "peers" / "bin" / "python"
FRAMES, FACES, CLIENTS = 60, 9, 2
TOP, BOTTOM = 120, 840  # of 960 rows: frames of 1280×720

Found = list[list[int]]
"""Boxes (x, y, width, height) in one frame."""


class Outcome(NamedTuple):
    """What one side made of all frames."""

    seconds: float
    found: list[Found]


def run() -> list[dict[str, Any]]:
    """Twice: as single frames, and as two cameras that say which they are, so that a frame follows the one before."""
    jpegs, truth = frames()
    with detection_stack() as stack, grpc.insecure_channel(stack.address) as channel:
        ways = {"single frames": lambda _: "", "cameras": "camera-{}".format}
        before = {name: timed(functools.partial(classify, channel, way), jpegs) for name, way in ways.items()}
        theirs = peer(jpegs)
        # Again, so that what else a shared machine does meanwhile falls on both.
        after = {name: timed(functools.partial(classify, channel, way), jpegs) for name, way in ways.items()}
    return [row for name in ways for row in figures(name, (before[name], after[name]), theirs, truth)]


def figures(name: str, ours: Sequence[Outcome], theirs: Outcome, truth: list[list[Box]]) -> list[dict[str, Any]]:
    speed = theirs.seconds / statistics.fmean(one.seconds for one in ours)
    hits, their_hits = min(true_faces(one.found, truth) for one in ours), true_faces(theirs.found, truth)
    return [
        {
            "name": f"ClassifyFrame, {name}: frames/s of fer's, 1280×720, {CLIENTS} clients",
            "figure": round(speed, 2),
            "unit": "times",
            "bar": ">= 3",
            "holds": speed >= 3,
        },
        {
            "name": f"ClassifyFrame, {name}: true faces found, of fer's",
            "figure": round(hits / max(1, their_hits), 3),
            "unit": "times",
            "bar": ">= 1",
            "holds": hits >= their_hits,
        },
    ]


def frames() -> tuple[list[bytes], list[list[Box]]]:
    """The frames as JPEG, and the true faces that are wholly in each."""
    jpegs, truth = [], []
    for frame in classroom_video(FRAMES, FACES):
        jpegs.append(cv2.imencode(".jpg", cv2.cvtColor(frame.pixels[TOP:BOTTOM], cv2.COLOR_GRAY2BGR))[1].tobytes())
        whole = [face for face in frame.faces if face.y >= TOP and face.y + face.height <= BOTTOM]
        truth.append([face._replace(y=face.y - TOP) for face in whole])
    return jpegs, truth


def classify(channel: grpc.Channel, source: Callable[[int], str], jpeg: bytes, client: int) -> Found:
    request = detection_pb2.ClassifyFrameRequest(image=jpeg, source=source(client))
    answer = stub(channel).ClassifyFrame(request)
    return [[face.box.x, face.box.y, face.box.width, face.box.height] for face in answer.faces]


def timed(work: Callable[[bytes, int], Found], jpegs: Sequence[bytes]) -> Outcome:
    """Two cameras, each sending every other frame as soon as the one before is answered."""
    found: list[Found] = [[] for _ in jpegs]

    def camera(client: int) -> None:
        for index in range(client, len(jpegs), CLIENTS):
            found[index] = work(jpegs[index], client)

    for index in range(CLIENTS):  # warms up what is loaded on first use
        work(jpegs[-1], index + CLIENTS)
    with ThreadPoolExecutor(CLIENTS) as clients:
        start = time.perf_counter()
        list(clients.map(camera, range(CLIENTS)))
        return Outcome(time.perf_counter() - start, found)


def peer(jpegs: Sequence[bytes]) -> Outcome:
    """The same in fer's own environment."""
    if not PEER.exists():
        raise SystemExit("fer has no environment yet; run this through 'make bench'")
    lines = "".join(jpeg.hex() + "\n" for jpeg in jpegs)
    environment = {**os.environ, "PYTHONPATH": str(Path("services").resolve())}
    command = [PEER, __file__, "--peer"]
    done = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return Outcome(*json.loads(done.stdout.splitlines()[-1]))


def be_the_peer() -> None:
    """Reads frames in hex from standard input, and prints what the cameras made of them with fer.

    Each camera is a process: fer's interpreters cannot be used by two threads.
    """
    jpegs = [bytes.fromhex(line) for line in sys.stdin]
    shares = [jpegs[client::CLIENTS] for client in range(CLIENTS)]
    pools = [ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) for _ in shares]
    for warm in [pool.submit(fer_camera, jpegs[-1:]) for pool in pools]:
        warm.result()
    start = time.perf_counter()
    work = [pool.submit(fer_camera, share) for pool, share in zip(pools, shares, strict=True)]
    answers = [one.result() for one in work]
    seconds = time.perf_counter() - start
    found = [answers[index % CLIENTS][index // CLIENTS] for index in range(len(jpegs))]
    print(json.dumps([seconds, found]))  # noqa: T201  # the answer


@functools.cache
def fer_detector() -> Any:
    from fer.fer import FER  # noqa: PLC0415  # in its own environment only

    return FER()


def fer_camera(jpegs: Sequence[bytes]) -> list[Found]:
    found = []
    for jpeg in jpegs:
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        faces = fer_detector().detect_emotions(pixels)
        found.append([[int(number) for number in face["box"]] for face in faces])
    return found


def true_faces(found: Sequence[Found], truth: Sequence[Sequence[Box]]) -> int:
    """How many true faces have a box whose middle lies in them."""

    def is_hit(face: Box, boxes: Found) -> bool:
        middles = [(x + width / 2, y + height / 2) for x, y, width, height in boxes]
        return any(face.x < x < face.x + face.width and face.y < y < face.y + face.height for x, y in middles)

    return sum(is_hit(face, boxes) for faces, boxes in zip(truth, found, strict=True) for face in faces)


if __name__ == "__main__":
    if "--peer" in sys.argv:
        be_the_peer()
    else:
        print(json.dumps(run(), indent=2))  # noqa: T201  # for trying it
