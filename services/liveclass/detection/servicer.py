"""The RPCs of `liveclass.v1.DetectionService`: a frame is checked, admitted, analyzed, classified and recorded."""

import asyncio
import functools
import math
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from liveclass.capture_time import CaptureTimeLimits
from liveclass.detection.admission import Admission, Work, cost_class
from liveclass.detection.classifier import EmotionClassifier
from liveclass.detection.frame import Face, FrameResult, ModelChoice, Origin, timed
from liveclass.detection.frame_analysis import AnalysisSettings, EncodedFrame, FrameDetections, analyze_frame
from liveclass.detection.image import check_image
from liveclass.detection.metrics import DetectionMetrics
from liveclass.detection.readings import FaceScores, Readings, of_another_model, with_carried_over
from liveclass.detection.recorder import ObservationRecorder
from liveclass.detection.requesters import Requester
from liveclass.detection.requests import (
    StreamDefaults,
    StreamOptions,
    crops_from,
    frame_request,
    model_choice_from,
    options_from,
    origin_from,
    stream_frame_from,
    stream_options_from,
)
from liveclass.detection.responses import faces_response, frame_response, skipped_response
from liveclass.detection.scene import Savings, SceneMemory, StreamScene
from liveclass.detection.sources import LiveSources
from liveclass.detection.streaming import Mailbox, PendingFrame, StreamState
from liveclass.detection.workers import Workers
from liveclass.identity.caller import current_caller
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import InvalidArgumentError, ResourceExhaustedError, ServiceError, to_status
from liveclass.runtime.quotas import Quotas
from liveclass.v1 import detection_pb2, detection_pb2_grpc

SERVICE_NAME = detection_pb2.DESCRIPTOR.services_by_name["DetectionService"].full_name

Context = Any  # grpc.aio.ServicerContext, generic in its stubs only

_MAX_STREAM_WAIT_SECONDS = 1.0
"""A live frame that has waited for so long is worth less than the camera's next one."""


@dataclass(frozen=True, kw_only=True)
class DetectionServicer(detection_pb2_grpc.DetectionServiceServicer):
    """Every refusal is raised as a `ServiceError`; the server's interceptor translates."""

    workers: Workers
    classifier: EmotionClassifier
    recorder: ObservationRecorder
    frames: Admission
    crops: Admission
    memory: SceneMemory
    settings: AnalysisSettings
    metrics: DetectionMetrics
    quotas: Quotas
    model: str
    """Its name, for answers."""
    stream_defaults: StreamDefaults
    savings: Savings
    max_clock_offset_seconds: float = 600.0
    clock: Callable[[], float] = time.time
    single_sources: LiveSources = field(default_factory=LiveSources)
    stream_sources: LiveSources = field(default_factory=LiveSources)

    async def ClassifyFrame(
        self, request: detection_pb2.ClassifyFrameRequest, context: Context
    ) -> detection_pb2.ClassifyFrameResponse:
        tenant = current_caller().tenant
        self.quotas.take_frames(tenant)
        origin = origin_from(request, self._times(), tenant, context.peer())
        options = options_from(request.options, has_session=bool(request.session))
        frame = self._frame(request.image, time.monotonic(), Deadline.of(context))
        await self.classifier.require(options.model)
        async with self.frames.admit(_work("frame", frame, origin), frame.deadline) as ticket:
            # Checked out once the frame is admitted: a refusal must not make the next frame of the source dearer.
            async with self.memory.checkout(origin.source_key if origin.source else None, frame.time) as scene:
                found = await self.workers.run(functools.partial(analyze_frame, frame, options, self.settings, scene))
            self.single_sources.note_frame(origin.source_key, found.faces_seen)
            read = await self._read_faces(found, scene.readings, options.model, frame)
            ticket.seconds_worked = sum(found.seconds.values())
        rows = zip(found.faces, read.classified.scores, read.carried_over, strict=True)
        faces = [Face(scores, int(scores.argmax()), face, carried_over=carried) for face, scores, carried in rows]
        result = FrameResult(origin, faces, read.classified, found.faces_seen, found.seconds, found.size)
        await self._finish(result, frame.deadline)
        return frame_response(result, self.model)

    async def ClassifyImage(
        self, request: detection_pb2.ClassifyImageRequest, context: Context
    ) -> detection_pb2.ClassifyFrameResponse:
        frame = frame_request(request)
        del request  # two copies of the image are not held while the frame waits
        return await self.ClassifyFrame(frame, context)

    async def ClassifyFaces(
        self, request: detection_pb2.ClassifyFacesRequest, context: Context
    ) -> detection_pb2.ClassifyFacesResponse:
        tenant = current_caller().tenant
        self.quotas.take_frames(tenant)
        origin = origin_from(request, self._times(), tenant, context.peer())
        model = model_choice_from(request, has_session=bool(request.session))
        crops, deadline, seconds = crops_from(request), Deadline.of(context), dict[str, float]()
        await self.classifier.require(model)
        work = Work(_requester(origin), cost_class("crops", len(crops)), crops.nbytes)
        async with self.crops.admit(work, deadline) as ticket:
            with timed(seconds, "infer"):
                classified = await self.classifier.classify(crops, model, deadline)
            ticket.seconds_worked = seconds["infer"]
        self.single_sources.note_frame(origin.source_key, len(crops))
        faces = [Face(scores, int(scores.argmax())) for scores in classified.scores]
        result = FrameResult(origin, faces, classified, len(faces), seconds)
        await self._finish(result, deadline)
        return faces_response(result, self.model)

    async def ClassifyStream(
        self, request_iterator: AsyncIterator[detection_pb2.ClassifyStreamRequest], context: Context
    ) -> AsyncIterator[detection_pb2.ClassifyStreamResponse]:
        peer = context.peer()
        requests = aiter(request_iterator)
        first = await anext(requests, None)
        if first is None:
            raise InvalidArgumentError("config", "must be the first message of the stream")
        options = stream_options_from(first, self.stream_defaults, current_caller().tenant, peer)
        with self.quotas.stream(options.tenant):
            async with aclosing(self._stream_responses(requests, options, context)) as responses:
                async for response in responses:
                    yield response

    async def _stream_responses(
        self, requests: AsyncIterator[detection_pb2.ClassifyStreamRequest], options: StreamOptions, context: Context
    ) -> AsyncGenerator[detection_pb2.ClassifyStreamResponse, None]:
        scene = StreamScene(options.full_scan_seconds, self.savings)
        state = StreamState(scene, options.smoothing_seconds)
        mailbox = Mailbox()
        reading = asyncio.create_task(mailbox.fill(requests))
        try:
            while (pending := await mailbox.next()) is not None:
                yield await self._stream_response(pending, options, state, context)
            await reading  # raises where the last message could not be read, or nothing came for too long
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)  # a client that disconnects is no error

    async def _stream_response(
        self, pending: PendingFrame, options: StreamOptions, state: StreamState, context: Context
    ) -> detection_pb2.ClassifyStreamResponse:
        if pending.error is not None:
            return detection_pb2.ClassifyStreamResponse(error=to_status(pending.error))
        if pending.request is None:
            return skipped_response(pending.frame_id, "REASON_NEWER_FRAME")
        try:
            return await self._classify_stream_frame(pending.request, options, state, context)
        except ResourceExhaustedError:
            return skipped_response(pending.frame_id, "REASON_OVERLOADED")
        except ServiceError as error:
            return detection_pb2.ClassifyStreamResponse(frame_id=pending.frame_id, error=to_status(error))

    async def _classify_stream_frame(
        self,
        request: detection_pb2.ClassifyStreamRequest,
        options: StreamOptions,
        state: StreamState,
        context: Context,
    ) -> detection_pb2.ClassifyStreamResponse:
        self.quotas.take_frames(options.tenant)
        image, origin = stream_frame_from(request, options, self._times())
        now = state.clock.tick(origin.capture_time_ns / 1e9, time.monotonic())
        frame = self._frame(image, now, Deadline.of(context))
        await self.classifier.require(options.analysis.model)
        work = _work("stream", frame, origin, _MAX_STREAM_WAIT_SECONDS)
        async with self.frames.admit(work, frame.deadline) as ticket:
            job = functools.partial(analyze_frame, frame, options.analysis, self.settings, state.scene)
            found = await self.workers.run(job)
            self.stream_sources.note_frame(origin.source_key, found.faces_seen)
            read = await self._read_faces(found, state.scene.readings, options.analysis.model, frame)
            ticket.seconds_worked = sum(found.seconds.values())
        rows = zip(found.faces, read.classified.scores, read.carried_over, strict=True)
        faces = [state.smoothed(face, scores, frame.time, carried_over=carried) for face, scores, carried in rows]
        state.forget_unseen(frame.time)
        result = FrameResult(origin, faces, read.classified, found.faces_seen, found.seconds, found.size)
        await self._finish(result, frame.deadline)
        response = frame_response(result, self.model)
        return detection_pb2.ClassifyStreamResponse(frame_id=origin.frame_id, frame=response)

    async def _read_faces(
        self, found: FrameDetections, readings: Readings, model: ModelChoice, frame: EncodedFrame
    ) -> FaceScores:
        """Classifies the faces that are to be read; the others keep their scores."""
        tracks = [face.track_id for face in found.faces]
        carried_over = readings.carried_over(tracks, found.to_read, model)
        read = [index for index in range(len(tracks)) if index not in carried_over]
        with timed(found.seconds, "infer"):
            try:
                classified = await self.classifier.classify(found.crops[read], model, frame.deadline)
                if read and of_another_model(carried_over, classified):
                    # A newer version has been loaded: no answer has scores of two.
                    carried_over, read = {}, list(range(len(tracks)))
                    classified = await self.classifier.classify(found.crops, model, frame.deadline)
            except BaseException:
                readings.forget([tracks[index] for index in read])
                raise
        readings.add([tracks[index] for index in read], classified, model, frame.time)
        return with_carried_over(len(tracks), read, classified, carried_over)

    async def _finish(self, result: FrameResult, deadline: Deadline) -> None:
        """Records the frame where it names a session, and counts it."""
        if result.origin.session is not None:
            with timed(result.seconds, "record"):
                result.record_error = await self.recorder.record(result.observation(), deadline)
        self.metrics.count(result)

    def _frame(self, image: bytes, now: float, deadline: Deadline) -> EncodedFrame:
        """With its header checked. Raises `InvalidArgumentError`."""
        return EncodedFrame(image, check_image(image, self.settings.limits), now, deadline)

    def _times(self) -> CaptureTimeLimits:
        return CaptureTimeLimits(self.clock(), self.max_clock_offset_seconds)


def _work(what: str, frame: EncodedFrame, origin: Origin, max_wait: float = math.inf) -> Work:
    kind = cost_class(what, math.prod(frame.header.size))
    return Work(_requester(origin), kind, len(frame.data), max_wait)


def _requester(origin: Origin) -> Requester:
    caller = current_caller()
    subject = caller.subject if caller.is_identified else ""
    return Requester(origin.peer, origin.source_key, origin.tenant, subject)
