"""DetectionService over gRPC: validate, hand to the pipeline, answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from liveclass.capture_time import CaptureTimeLimits
from liveclass.detection.camera import Camera
from liveclass.detection.messages import (
    StreamDefaults,
    StreamOptions,
    crops_from,
    faces_response,
    frame_response,
    model_choice_from,
    options_from,
    origin_from,
    skipped_response,
    stream_frame_from,
    stream_options_from,
)
from liveclass.detection.pipeline import FramePipeline
from liveclass.detection.scene import Scene
from liveclass.detection.streaming import Mailbox, PendingFrame
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import InvalidArgumentError, ResourceExhaustedError, ServiceError, to_status
from liveclass.v1 import detection_pb2, detection_pb2_grpc

SERVICE_NAME = detection_pb2.DESCRIPTOR.services_by_name["DetectionService"].full_name

Context = Any  # grpc.aio.ServicerContext, generic in its stubs only


class DetectionServicer(detection_pb2_grpc.DetectionServiceServicer):
    """Every refusal is raised as a `ServiceError`; the server's interceptor translates."""

    def __init__(
        self,
        pipeline: FramePipeline,
        model: str,
        defaults: StreamDefaults,
        max_clock_offset_seconds: float = 600.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pipeline, self._model, self._defaults = pipeline, model, defaults
        self._max_clock_offset_seconds, self._clock = max_clock_offset_seconds, clock

    async def ClassifyFrame(
        self, request: detection_pb2.ClassifyFrameRequest, context: Context
    ) -> detection_pb2.ClassifyFrameResponse:
        origin = origin_from(request, self._times(), context.peer())
        options = options_from(request.options, has_session=bool(request.session))
        result = await self._pipeline.classify_frame(request.image, origin, options, Deadline.of(context))
        return frame_response(result, self._model)

    async def ClassifyFaces(
        self, request: detection_pb2.ClassifyFacesRequest, context: Context
    ) -> detection_pb2.ClassifyFacesResponse:
        origin = origin_from(request, self._times(), context.peer())
        version = model_choice_from(request, has_session=bool(request.session))
        result = await self._pipeline.classify_faces(crops_from(request), origin, version, Deadline.of(context))
        return faces_response(result, self._model)

    async def ClassifyStream(
        self, request_iterator: AsyncIterator[detection_pb2.ClassifyStreamRequest], context: Context
    ) -> AsyncIterator[detection_pb2.ClassifyStreamResponse]:
        requests = aiter(request_iterator)
        first = await anext(requests, None)
        if first is None:
            raise InvalidArgumentError("config", "must be the first message of the stream")
        options = stream_options_from(first, self._defaults)
        scene = Scene(options.full_scan_seconds)
        camera = Camera(
            scene, is_stream=True, smoothing_time=options.smoothing_seconds, min_quality=options.min_quality
        )
        mailbox = Mailbox()
        reading = asyncio.create_task(mailbox.fill(requests))
        try:
            while (pending := await mailbox.next()) is not None:
                yield await self._answer(pending, options, camera, context)
            await reading  # raises where what came last could not be read, or nothing came for too long
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)  # a client that broke off is no news

    async def _answer(
        self, pending: PendingFrame, options: StreamOptions, camera: Camera, context: Context
    ) -> detection_pb2.ClassifyStreamResponse:
        if pending.error is not None:
            return detection_pb2.ClassifyStreamResponse(error=to_status(pending.error))
        if pending.request is None:
            return skipped_response(pending.frame_id, "REASON_NEWER_FRAME")
        try:
            image, origin = stream_frame_from(pending.request, options, self._times(), context.peer())
            deadline = Deadline.of(context)
            result = await self._pipeline.classify_stream_frame(image, origin, options.look, deadline, camera)
        except ResourceExhaustedError:
            return skipped_response(pending.frame_id, "REASON_OVERLOADED")
        except ServiceError as error:
            return detection_pb2.ClassifyStreamResponse(frame_id=pending.frame_id, error=to_status(error))
        response = frame_response(result, self._model)
        return detection_pb2.ClassifyStreamResponse(frame_id=origin.frame_id, frame=response)

    def _times(self) -> CaptureTimeLimits:
        return CaptureTimeLimits(self._clock(), self._max_clock_offset_seconds)
