"""DetectionService over gRPC: validate, hand to the pipeline, answer."""

from typing import Any

import grpc

from liveclass.detection.messages import (
    crops_from,
    faces_response,
    frame_response,
    options_from,
    origin_from,
    version_from,
)
from liveclass.detection.pipeline import FramePipeline
from liveclass.runtime.deadline import Deadline
from liveclass.v1 import detection_pb2, detection_pb2_grpc

SERVICE_NAME = detection_pb2.DESCRIPTOR.services_by_name["DetectionService"].full_name

Context = Any  # grpc.aio.ServicerContext, generic in its stubs only


class DetectionServicer(detection_pb2_grpc.DetectionServiceServicer):
    """Every refusal is raised as a `ServiceError`; the server's interceptor translates."""

    def __init__(self, pipeline: FramePipeline, model: str) -> None:
        self._pipeline, self._model = pipeline, model

    def add_to(self, server: grpc.aio.Server) -> None:
        detection_pb2_grpc.add_DetectionServiceServicer_to_server(self, server)

    async def ClassifyFrame(
        self, request: detection_pb2.ClassifyFrameRequest, context: Context
    ) -> detection_pb2.ClassifyFrameResponse:
        origin, options = origin_from(request), options_from(request.options)
        result = await self._pipeline.classify_frame(request.image, origin, options, Deadline.of(context))
        return frame_response(result, self._model)

    async def ClassifyFaces(
        self, request: detection_pb2.ClassifyFacesRequest, context: Context
    ) -> detection_pb2.ClassifyFacesResponse:
        origin, version = origin_from(request), version_from(request.model_version, "model_version")
        result = await self._pipeline.classify_faces(crops_from(request), origin, version, Deadline.of(context))
        return faces_response(result, self._model)
