"""A frame's way through the service: admit → look → infer → record."""

import functools
import math
import time
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

import numpy as np

from liveclass.detection.admission import Admission, Ticket, Work, cost_class
from liveclass.detection.camera import Camera
from liveclass.detection.claimants import Claimant
from liveclass.detection.classifier import EmotionClassifier
from liveclass.detection.frame import (
    AnalysisOptions,
    Crops,
    Face,
    FrameResult,
    ModelChoice,
    Observation,
    Origin,
    Scores,
)
from liveclass.detection.frame_analysis import AnalysisSettings, DetectedFace, EncodedFrame, analyze_frame, timed
from liveclass.detection.image import check_image
from liveclass.detection.metrics import DetectionMetrics, record_outcome
from liveclass.detection.recorder import ObservationRecorder
from liveclass.detection.scene import SINGLE_FRAMES, Scene, SceneMemory
from liveclass.detection.sources import LiveSources
from liveclass.detection.workers import Workers
from liveclass.emotions import LABELS
from liveclass.identity.caller import current_caller
from liveclass.runtime.deadline import Deadline

_STREAM_PATIENCE_SECONDS = 1.0
"""A live frame that has waited for so long is worth less than the camera's next one."""


class FramePipeline:
    """Classifies frames and crops. Every error that it raises is a `ServiceError`."""

    def __init__(
        self,
        *,
        workers: Workers,
        classifier: EmotionClassifier,
        recorder: ObservationRecorder,
        frames: Admission,
        crops: Admission,
        memory: SceneMemory,
        settings: AnalysisSettings,
        min_quality: float,
        metrics: DetectionMetrics,
    ) -> None:
        self._workers, self._classifier, self._recorder = workers, classifier, recorder
        self._frames, self._crops, self._settings, self._metrics = frames, crops, settings, metrics
        self._min_quality, self._memory = min_quality, memory
        self._singles, self._streams = LiveSources(), LiveSources()
        metrics.follow("single", self._singles)
        metrics.follow("stream", self._streams)
        metrics.frames_in_flight.set_function(lambda: frames.in_flight + crops.in_flight)
        metrics.frames_waiting.set_function(lambda: frames.waiting + crops.waiting)

    async def classify_frame(
        self, data: bytes, origin: Origin, options: AnalysisOptions, deadline: Deadline
    ) -> FrameResult:
        """A single frame. Where its source sent another one a moment ago, its faces are sought where they were."""
        now = time.monotonic()
        frame, call = self._checked(data, now, deadline), _Call(origin, options, deadline)
        await self._classifier.require(options.model_version)
        async with self._admitted(frame, call, "frame") as ticket:
            if not origin.source:
                result = await self._classify(frame, call, Camera(Scene(tracking=SINGLE_FRAMES)), ticket)
            else:
                # Once it is let in, and back whatever comes of it: a refusal must not make the next frame dearer.
                with self._memory.lent((origin.session, origin.source), now) as scene:
                    result = await self._classify(frame, call, Camera(scene), ticket)
        return await self._finish(result, deadline)

    async def classify_stream_frame(
        self, data: bytes, origin: Origin, options: AnalysisOptions, deadline: Deadline, camera: Camera
    ) -> FrameResult:
        """The next frame of a camera: its faces are tracked and their scores smoothed."""
        now = camera.clock.tick(origin.capture_time_ns / 1e9, time.monotonic())
        frame, call = self._checked(data, now, deadline), _Call(origin, options, deadline)
        await self._classifier.require(options.model_version)
        async with self._admitted(frame, call, "stream", _STREAM_PATIENCE_SECONDS) as ticket:
            result = await self._classify(frame, call, camera, ticket)
        camera.forget_unseen(frame.time)
        return await self._finish(result, deadline)

    async def classify_faces(
        self, crops: Crops, origin: Origin, version: ModelChoice, deadline: Deadline
    ) -> FrameResult:
        """Faces that the client has cropped: [n, 48, 48, 1]."""
        seconds: dict[str, float] = {}
        await self._classifier.require(version)
        work = Work(_claimant(origin), cost_class("crops", len(crops)), crops.nbytes)
        async with self._crops.admit(work, deadline) as ticket:
            with timed(seconds, "infer"):
                classified = await self._classifier.classify(crops, version, deadline)
            ticket.busy = seconds["infer"]
        self._singles.saw((origin.session, origin.source), len(crops))
        faces = [Face(scores, int(scores.argmax())) for scores in classified.scores]
        result = FrameResult(
            origin, faces, classified.version, classified.labels, faces_seen=len(faces), seconds=seconds
        )
        return await self._finish(result, deadline)

    def _checked(self, data: bytes, now: float, deadline: Deadline) -> EncodedFrame:
        return EncodedFrame(data, check_image(data, self._settings.limits), now, deadline)

    def _admitted(
        self, frame: EncodedFrame, call: "_Call", what: str, patience: float = math.inf
    ) -> AbstractAsyncContextManager[Ticket]:
        kind = cost_class(what, math.prod(frame.header.size))
        return self._frames.admit(Work(_claimant(call.origin), kind, len(frame.data), patience), call.deadline)

    async def _classify(self, frame: EncodedFrame, call: "_Call", camera: Camera, ticket: Ticket) -> FrameResult:
        origin, options, deadline = call
        job = functools.partial(analyze_frame, frame, options, self._settings, camera.scene)
        found = await self._workers.run(job, deadline)
        sources = self._streams if camera.is_stream else self._singles
        sources.saw((origin.session, origin.source), found.faces_seen)
        with timed(found.seconds, "infer"):
            classified = await self._classifier.classify(found.crops, options.model_version, deadline)
        floor = self._min_quality if camera.min_quality is None else camera.min_quality
        faces = [
            _face(seen, scores, camera, frame.time, floor)
            for seen, scores in zip(found.faces, classified.scores, strict=True)
        ]
        self._metrics.faces.labels("surplus").inc(found.faces_seen - len(faces))
        ticket.busy = sum(found.seconds.values())
        return FrameResult(
            origin,
            faces,
            classified.version,
            classified.labels,
            found.size,
            found.faces_seen,
            seconds=found.seconds,
        )

    async def _finish(self, result: FrameResult, deadline: Deadline) -> FrameResult:
        """Records the frame where it has a session, and counts it. Its place in flight is somebody else's by then."""
        counted = [face.scores for face in result.faces if face.counts]
        if result.origin.session is not None:
            scores = np.array(counted, np.float32).reshape(-1, len(LABELS))
            observation = Observation(result.origin, scores, result.faces_seen, result.model_version, result.labels)
            with timed(result.seconds, "record"):
                result.record_error = await self._recorder.record(observation, deadline)
            result.recorded = result.record_error is None
            self._metrics.records.labels(record_outcome(result.record_error)).inc()
        self._metrics.faces.labels("classified").inc(len(counted))
        self._metrics.faces.labels("unclear").inc(len(result.faces) - len(counted))
        for stage, seconds in result.seconds.items():
            self._metrics.stage_seconds.labels(stage).observe(seconds)
        return result


class _Call(NamedTuple):
    """What a caller wants to be done with a frame."""

    origin: Origin
    options: AnalysisOptions
    deadline: Deadline


def _claimant(origin: Origin) -> Claimant:
    caller = current_caller()
    return Claimant(
        origin.peer, (origin.session, origin.source), caller.tenant, caller.subject if caller.is_identified else ""
    )


def _face(seen: DetectedFace, scores: Scores, camera: Camera, now: float, min_quality: float) -> Face:
    counts = seen.quality.score >= min_quality
    if not camera.is_stream:
        return Face(scores, int(scores.argmax()), seen.detection, seen.quality, counts)
    shown = camera.smoothed(seen.track_id, scores, now)
    return Face(shown.scores, shown.label, seen.detection, seen.quality, counts, seen.track_id, raw_scores=scores)
