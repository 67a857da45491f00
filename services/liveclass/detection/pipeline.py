"""A frame's way through the service: admit → look → infer → record."""

import functools

from liveclass.detection.admission import Admission
from liveclass.detection.classifier import EmotionClassifier
from liveclass.detection.frame import (
    Classification,
    Crops,
    Face,
    FrameResult,
    LookOptions,
    ModelVersion,
    Observation,
    Origin,
)
from liveclass.detection.image import check_image
from liveclass.detection.looking import LookSettings, look, timed
from liveclass.detection.metrics import DetectionMetrics
from liveclass.detection.recorder import ObservationRecorder
from liveclass.detection.workers import Workers
from liveclass.runtime.deadline import Deadline

_LEAST_SECONDS = 0.005
"""What even a small frame takes. With less than this left, nothing is begun."""


class FramePipeline:
    """Classifies frames and crops. Every error that it raises is a `ServiceError`."""

    def __init__(
        self,
        *,
        workers: Workers,
        classifier: EmotionClassifier,
        recorder: ObservationRecorder,
        admission: Admission,
        settings: LookSettings,
        metrics: DetectionMetrics,
    ) -> None:
        self._workers, self._classifier, self._recorder = workers, classifier, recorder
        self._admission, self._settings, self._metrics = admission, settings, metrics
        metrics.frames_in_flight.set_function(lambda: admission.in_flight)

    async def classify_frame(
        self, data: bytes, origin: Origin, options: LookOptions, deadline: Deadline
    ) -> FrameResult:
        header = check_image(data, self._settings.limits)
        with self._admission.admit():
            deadline.require(_LEAST_SECONDS, "a frame")
            sight = await self._workers.run(functools.partial(look, data, header, options, self._settings))
            classified = await self._infer(sight.crops, options.model_version, deadline, sight.seconds)
            faces = [Face(scores, found) for scores, found in zip(classified.scores, sight.faces, strict=True)]
            result = FrameResult(origin, faces, classified.version, sight.size, seconds=sight.seconds)
            self._metrics.faces.labels("surplus").inc(sight.faces_seen - len(faces))
            return await self._finish(result, classified, sight.faces_seen, deadline)

    async def classify_faces(
        self, crops: Crops, origin: Origin, version: ModelVersion, deadline: Deadline
    ) -> FrameResult:
        with self._admission.admit():
            deadline.require(_LEAST_SECONDS, "classifying faces")
            seconds: dict[str, float] = {}
            classified = await self._infer(crops, version, deadline, seconds)
            faces = [Face(scores) for scores in classified.scores]
            result = FrameResult(origin, faces, classified.version, seconds=seconds)
            return await self._finish(result, classified, len(faces), deadline)

    async def _infer(
        self, crops: Crops, version: ModelVersion, deadline: Deadline, seconds: dict[str, float]
    ) -> Classification:
        with timed(seconds, "infer"):
            return await self._classifier.classify(crops, version, deadline)

    async def _finish(
        self, result: FrameResult, classified: Classification, faces_seen: int, deadline: Deadline
    ) -> FrameResult:
        """Records the frame where it has a session, and counts it."""
        if result.origin.session is not None:
            observation = Observation(result.origin, classified.scores, faces_seen, classified.version)
            with timed(result.seconds, "record"):
                result.record_error = await self._recorder.record(observation, deadline)
            result.recorded = result.record_error is None
        self._metrics.faces.labels("classified").inc(len(result.faces))
        for stage, seconds in result.seconds.items():
            self._metrics.stage_seconds.labels(stage).observe(seconds)
        return result
