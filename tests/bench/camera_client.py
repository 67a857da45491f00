"""Cameras that send at their own pace, whatever becomes of their frames: a client process of its own, by the SDK.

It reads a plan as JSON from standard input, says "ready" when everything is loaded, begins at the time of the second
line, and leaves what it got in a file.
"""

import json
import pickle
import sys
import threading
import time
from array import array
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from liveclass.client import ClassifiedFrame, Frame, LiveClass, ServiceError

CALLS_AT_ONCE = 8
"""Of a camera that sends single frames: a late answer does not hold the next frame back."""


class FoundFace(NamedTuple):
    """A face in an answer."""

    x: int
    y: int
    width: int
    height: int
    track_id: str


class Answer(NamedTuple):
    """What became of one frame."""

    number: int
    """Of the frame, from the camera's first one on."""
    due: float
    """When it was captured: seconds since the epoch."""
    seconds: float
    """From then until its answer was there."""
    outcome: str
    """"recorded", "classified" where it was not recorded, or why there is no result."""
    faces: tuple[FoundFace, ...] = ()


@dataclass
class Camera:
    """One camera, and what it got."""

    name: str
    session: str
    jpegs: list[bytes]
    first: int
    """Of the video's frames, the one to begin with."""
    start: float
    """Seconds after the common start."""
    period: float
    frames: int
    answers: list[Answer] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds by stage, of all frames together."""
    lateness: array = field(default_factory=lambda: array("d"))
    """By how many seconds each frame was sent late: the client's own."""

    def pictures(self, begin: float) -> Iterator[Frame]:
        """Each frame when it is due."""
        for number in range(self.frames):
            due = self.due(begin, number)
            time.sleep(max(0.0, due - time.time()))
            self.lateness.append(time.time() - due)
            image = self.jpegs[(self.first + number) % len(self.jpegs)]
            yield Frame(image, datetime.fromtimestamp(due, timezone.utc), f"{self.name}-{number}")

    def due(self, begin: float, number: int) -> float:
        return begin + self.start + number * self.period

    def note(self, begin: float, frame_id: str, outcome: str, frame: ClassifiedFrame | None = None) -> None:
        number = int(frame_id.rpartition("-")[2])
        due = self.due(begin, number)
        faces = tuple(FoundFace(*face.box, sys.intern(face.track_id)) for face in frame.faces) if frame else ()
        self.answers.append(Answer(number, due, time.time() - due, outcome, faces))
        for stage, seconds in (frame.timings if frame else {}).items():
            self.stages[stage] = self.stages.get(stage, 0.0) + seconds


def stream(client: LiveClass, camera: Camera, begin: float) -> None:
    """Sends all frames in one stream."""
    pictures = camera.pictures(begin)
    results = client.classify_stream(pictures, session=camera.session, source=camera.name, timeout=3 * 3600)
    for result in results:
        outcome = result.skipped or (_reason(result.error) if result.error else _outcome(result.frame))
        camera.note(begin, result.frame_id, outcome, result.frame)


def single(client: LiveClass, camera: Camera, begin: float) -> None:
    """Sends each frame in a call of its own, which names the camera."""

    def call(picture: Frame) -> None:
        try:
            frame = client.classify(picture, session=camera.session, source=camera.name, retry=False)
        except ServiceError as error:
            camera.note(begin, picture.frame_id, _reason(error))
        else:
            camera.note(begin, picture.frame_id, _outcome(frame), frame)

    with ThreadPoolExecutor(CALLS_AT_ONCE) as calls:
        for picture in camera.pictures(begin):
            calls.submit(call, picture)


def plain(answer: Answer) -> tuple[Any, ...]:
    return (*answer[:-1], tuple(map(tuple, answer.faces)))


def _outcome(frame: ClassifiedFrame) -> str:
    return "recorded" if frame.recorded else "classified"


def _reason(error: ServiceError) -> str:
    return error.reason.lower() or error.code.name.lower()


def main() -> None:
    plan: dict[str, Any] = json.loads(sys.stdin.readline())
    videos = {folder: [path.read_bytes() for path in sorted(Path(folder).glob("*.jpg"))] for folder in plan["videos"]}
    cameras = [Camera(jpegs=videos[one.pop("video")], **one) for one in plan["cameras"]]
    send = {"stream": stream, "single": single}[plan["way"]]
    with LiveClass(plan["detection"], plan["session"]) as client:
        print("ready", flush=True)  # noqa: T201  # the parent waits for it
        begin = float(sys.stdin.readline())
        threads = [threading.Thread(target=partial(send, client, camera, begin)) for camera in cameras]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    # Plain tuples: the classes of this program have another name where they are read.
    left = [
        (camera.name, [plain(one) for one in camera.answers], camera.stages, list(camera.lateness))
        for camera in cameras
    ]
    Path(plan["results"]).write_bytes(pickle.dumps(left))


if __name__ == "__main__":
    main()
