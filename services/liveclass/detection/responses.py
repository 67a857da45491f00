"""Responses of the detection service, from the types of `frame`. Here scores are sorted; everywhere else they are in
label order.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.duration_pb2 import Duration

from liveclass.detection.frame import DetectedFace, Face, FrameResult, Labels
from liveclass.emotions import Emotion
from liveclass.v1 import detection_pb2, emotion_pb2

LABELS_MESSAGE: "dict[Labels | None, emotion_pb2.Labels.ValueType]" = {
    None: emotion_pb2.LABELS_UNSPECIFIED,
    "fer2013": emotion_pb2.LABELS_FER2013,
    "votes": emotion_pb2.LABELS_VOTES,
}


def frame_response(result: FrameResult, model: str) -> detection_pb2.ClassifyFrameResponse:
    """`model` is the model's name."""
    response = detection_pb2.ClassifyFrameResponse(**_common_fields(result, model))
    if result.size is not None:
        response.image_size.width, response.image_size.height = result.size
    return response


def faces_response(result: FrameResult, model: str) -> detection_pb2.ClassifyFacesResponse:
    """As `frame_response`, for faces that the client has cropped."""
    return detection_pb2.ClassifyFacesResponse(**_common_fields(result, model))


def skipped_response(frame_id: str, reason: str) -> detection_pb2.ClassifyStreamResponse:
    """`reason` as the contract names it, such as "REASON_NEWER_FRAME"."""
    skipped = detection_pb2.SkippedFrame(reason=detection_pb2.SkippedFrame.Reason.Value(reason))
    return detection_pb2.ClassifyStreamResponse(frame_id=frame_id, skipped=skipped)


def _common_fields(result: FrameResult, model: str) -> dict[str, Any]:
    labels = LABELS_MESSAGE[result.classified.labels]
    return {
        "faces": [_face_message(face) for face in result.faces],
        "frame_id": result.origin.frame_id,
        "model": detection_pb2.Model(name=model, version=result.classified.version, labels=labels),
        "recorded": result.recorded,
        "record_error": result.record_error,
        "timings": detection_pb2.StageTimings(**{stage: _duration(value) for stage, value in result.seconds.items()}),
    }


def _face_message(face: Face) -> detection_pb2.Face:
    message = detection_pb2.Face(
        emotions=_scores_message(face.scores),
        emotion=_emotion(face.emotion),
        raw_emotions=[] if face.raw_scores is None else _scores_message(face.raw_scores),
        track_id=face.track_id,
        carried_over=face.carried_over,
    )
    if face.detected is not None:
        x, y, width, height = face.detected.detection.box
        message.box.CopyFrom(detection_pb2.BoundingBox(x=x, y=y, width=width, height=height))
        message.detection_score = face.detected.detection.score
        message.quality.CopyFrom(_quality_message(face.detected))
    return message


def _quality_message(face: DetectedFace) -> detection_pb2.FaceQuality:
    reason = "REASON_UNSPECIFIED" if face.counts else face.quality.weakest.value
    return detection_pb2.FaceQuality(
        score=face.quality.score, reason=detection_pb2.FaceQuality.Reason.Value(reason), **face.quality._asdict()
    )


def _scores_message(scores: npt.NDArray[np.float32]) -> list[emotion_pb2.EmotionScore]:
    """Highest first."""
    order = np.argsort(-scores, kind="stable")
    return [emotion_pb2.EmotionScore(emotion=_emotion(int(index)), score=float(scores[index])) for index in order]


def _emotion(index: int) -> emotion_pb2.Emotion.ValueType:
    """The contract's emotion of a label: there 0 means unspecified, and label 0 is 1."""
    return emotion_pb2.Emotion.Value(f"EMOTION_{Emotion(index).name}")


def _duration(seconds: float) -> Duration:
    duration = Duration()
    duration.FromNanoseconds(round(seconds * 1e9))
    return duration
