"""Finding the faces of a stream, against OpenCV's `detectMultiScale` on every frame."""

import sys
import time
from pathlib import Path
from typing import Any

import cv2
from cv2.data import haarcascades

from liveclass.detection.scene import StreamScene
from liveclass.detection.tracking import overlap
from liveclass.preprocessing import Box
from liveclass.vision.faces import ALT2, HaarDetector, SearchSettings

sys.path.insert(0, str(Path(__file__).parent))
from classroom import classroom_video

FRAMES_PER_SECOND = 10
SECONDS = 30
SMALLEST = 40
REFERENCE_EVERY = 5
"""The reference is so slow that it looks at every fifth frame only; its rate is that of the frames it looked at."""


def run() -> list[dict[str, Any]]:
    cv2.setNumThreads(1)
    detector, reference, scene = HaarDetector(), cv2.CascadeClassifier(haarcascades + ALT2.file), StreamScene(3.0)
    ours = theirs = 0.0
    frames = looked = 0
    recalled = sought = our_false = their_false = 0
    for faces in (6, 9, 12):
        for frame in classroom_video(SECONDS * FRAMES_PER_SECOND // 3, faces, seed=faces):
            start = time.perf_counter()
            tracks = scene.find(frame.pixels, SMALLEST, detector, frames / FRAMES_PER_SECOND)
            ours += time.perf_counter() - start
            frames += 1
            if frames % REFERENCE_EVERY:
                continue
            start = time.perf_counter()
            found = reference.detectMultiScale(frame.pixels, SearchSettings().step, 3, minSize=(SMALLEST, SMALLEST))
            theirs += time.perf_counter() - start
            looked += 1
            full = [Box(*map(int, box)) for box in found]
            true = [box for box in full if _hits(box, frame.faces)]
            recalled += sum(_hits(box, [track.box for track in tracks]) for box in true)
            sought += len(true)
            our_false += sum(not _hits(track.box, frame.faces) for track in tracks)
            their_false += len(full) - len(true)
    speedup = (theirs / looked) / (ours / frames)
    recall, extra = recalled / sought, (our_false - their_false) / looked
    return [
        figure("stream: frames per second against detectMultiScale on every frame", speedup, "times", ">= 15"),
        figure("stream: recall of the full scan's faces", recall, "share", ">= 0.95"),
        figure("stream: false faces per frame beyond the full scan's", extra, "faces", "<= 0.02"),
    ]


def _hits(box: Box, others: list[Box]) -> bool:
    return bool(others) and bool(overlap([box], others).max() > 0.3)


def figure(name: str, value: float, unit: str, bar: str) -> dict[str, Any]:
    comparison, limit = bar.split()
    holds = value >= float(limit) if comparison == ">=" else value <= float(limit)
    return {"name": name, "figure": round(value, 3), "unit": unit, "bar": bar, "holds": holds}
