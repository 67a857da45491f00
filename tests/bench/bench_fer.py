"""`ClassifyFrame` against the `fer` package with its own defaults: frames per second, and faces found."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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

PEER = Path("build", "peers", "bin", "python")
FRAMES, FACES, CLIENTS = 24, 9, 2
TOP, BOTTOM = 120, 840  # of 960 rows: frames of 1280×720

Found = list[list[int]]
"""Boxes (x, y, width, height) in one frame."""


class Outcome(NamedTuple):
    """What one side made of all frames."""

    seconds: float
    found: list[Found]


def run() -> list[dict[str, Any]]:
    jpegs, truth = frames()
    with detection_stack() as stack, grpc.insecure_channel(stack.address) as channel:
        ours = timed(lambda jpeg: classify(channel, jpeg), jpegs)
    theirs = peer(jpegs)
    speed = theirs.seconds / ours.seconds
    hits, their_hits = true_faces(ours.found, truth), true_faces(theirs.found, truth)
    return [
        {
            "name": f"ClassifyFrame: frames/s of fer's, 1280×720, {CLIENTS} clients",
            "figure": round(speed, 2),
            "unit": "times",
            "bar": ">= 3",
            "holds": speed >= 3,
        },
        {
            "name": "ClassifyFrame: true faces found, of fer's",
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


def classify(channel: grpc.Channel, jpeg: bytes) -> Found:
    answer = stub(channel).ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=jpeg))
    return [[face.box.x, face.box.y, face.box.width, face.box.height] for face in answer.faces]


def timed(work: Callable[[bytes], Found], jpegs: Sequence[bytes]) -> Outcome:
    """Two clients share the frames; the first ones warm up and do not count."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(work, jpegs[:4]))
        start = time.perf_counter()
        found = list(clients.map(work, jpegs))
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
    """Reads frames in hex from standard input, and prints what `timed` says of fer."""
    from fer.fer import FER  # noqa: PLC0415  # in its own environment only

    detector = FER()

    def detect(jpeg: bytes) -> Found:
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        return [[int(number) for number in face["box"]] for face in detector.detect_emotions(pixels)]

    print(json.dumps(timed(detect, [bytes.fromhex(line) for line in sys.stdin])))  # noqa: T201  # the answer


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
