"""The bytes of the messages that a frame causes, taken from the contracts."""

from datetime import datetime, timezone

import numpy as np

from liveclass.client import Observation, calls
from liveclass.emotions import Emotion
from liveclass.preprocessing import FACE_SIZE
from liveclass.v1 import detection_pb2, emotion_pb2

CROP_BYTES = FACE_SIZE * FACE_SIZE
"""Of one face, to Triton: gray, one byte a pixel."""

SCORE_BYTES = 2 * 7 * 4
"""Of one face, from Triton: `scores` and `votes`."""

_FRAME_ID, _SESSION = "0123456789abcdef0123", "classrooms/class-7b/sessions/2026-11-25-mathematics"


def answer_bytes(faces: int) -> int:
    """Of `ClassifyFrameResponse` and `ClassifyStreamResponse`, about: without what a stream smooths."""
    quality = detection_pb2.FaceQuality(score=0.7, size=0.7, sharpness=0.7, exposure=0.7, frontality=0.7)
    every = [number for number in emotion_pb2.Emotion.values() if number]
    emotions = [emotion_pb2.EmotionScore(emotion=number, score=1 / 7) for number in every]
    box = detection_pb2.BoundingBox(x=1000, y=500, width=100, height=100)
    face = detection_pb2.Face(
        box=box, detection_score=0.9, emotions=emotions, track_id="0123456789", quality=quality, emotion=every[0]
    )
    answer = detection_pb2.ClassifyFrameResponse(faces=[face] * faces, frame_id=_FRAME_ID, recorded=True)
    return int(answer.ByteSize())


def observation_bytes(faces: int) -> int:
    """Of `RecordObservationsRequest` with one frame."""
    scores = dict(zip(Emotion, np.full(7, 1 / 7).tolist(), strict=True))
    now = datetime.now(timezone.utc)
    observation = Observation(_FRAME_ID, now, (scores,) * faces, "camera", model_version="3", labels="votes")
    request = calls.record(_SESSION, [observation]).request
    return int(request.ByteSize())
