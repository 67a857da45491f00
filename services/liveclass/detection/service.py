"""How the parts of the detection service are put together."""

import os

import cv2
from prometheus_client import CollectorRegistry

from liveclass.detection.admission import Admission
from liveclass.detection.classifier import TritonClassifier
from liveclass.detection.decoder_process import DecoderProcess
from liveclass.detection.frame_analysis import AnalysisSettings
from liveclass.detection.image import ImageLimits
from liveclass.detection.messages import StreamDefaults
from liveclass.detection.metrics import DetectionMetrics
from liveclass.detection.pipeline import FramePipeline
from liveclass.detection.recorder import SessionServiceRecorder
from liveclass.detection.scene import SceneMemory
from liveclass.detection.servicer import SERVICE_NAME, DetectionServicer
from liveclass.detection.settings import DetectionSettings
from liveclass.detection.workers import FrameTools, Workers
from liveclass.runtime.health import Dependency
from liveclass.runtime.metrics import GrpcMetrics, export_process, serve_metrics
from liveclass.runtime.server import Server, ServerOptions, Service
from liveclass.runtime.stream_limits import StreamLimits
from liveclass.runtime.tracing import configure_tracing
from liveclass.vision.faces import CASCADES, HaarDetector, SearchSettings

_CROP_REQUESTS = 8
"""Requests of crops that the model gains from having at once: it takes them in batches."""


async def run(settings: DetectionSettings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises `OSError` where a port is taken or an image decoder does not start, and `TracingUnavailableError`.
    """
    cv2.setNumThreads(1)  # frames run side by side; threads within each would only multiply
    registry = CollectorRegistry()
    export_process(registry, "detection")
    tracing = configure_tracing("liveclass-detection")
    metrics = DetectionMetrics(registry)
    classifier = TritonClassifier(
        settings.triton_address,
        settings.model_name,
        metrics.circuit_state.labels("triton"),
        metrics.model_versions,
        headers=tracing.headers,
        labels=settings.labels,
    )
    recorder = SessionServiceRecorder(
        settings.session_address,
        metrics.circuit_state.labels("session"),
        timeout=settings.record_timeout_seconds,
        interceptors=tracing.client_interceptors,
    )
    threads = settings.detection_threads or os.cpu_count() or 1
    decoders = [DecoderProcess(settings.max_image_bytes, settings.max_image_pixels) for _ in range(threads)]
    workers = Workers([FrameTools(decoder, make_detector(settings)) for decoder in decoders])
    pipeline = FramePipeline(
        workers=workers,
        classifier=classifier,
        recorder=recorder,
        frames=Admission(threads, settings.max_frames_in_flight),
        crops=Admission(_CROP_REQUESTS, settings.max_frames_in_flight),
        memory=SceneMemory(),
        settings=analysis_settings(settings),
        min_quality=settings.min_quality,
        metrics=metrics,
    )
    servicer = DetectionServicer(
        pipeline, settings.model_name, stream_defaults(settings), settings.max_clock_offset_seconds
    )
    server = Server(
        [Service(SERVICE_NAME, servicer.add_to)],
        # Not the session service: without it faces are still classified, and answers say that they were not recorded.
        [Dependency("triton", classifier.ready)],
        ServerOptions(
            host=settings.listen_host,
            port=settings.detection_port,
            grace_seconds=settings.grace_seconds,
            max_connection_age_seconds=settings.max_connection_age_seconds,
            max_connections=settings.max_connections,
            streams=StreamLimits(settings.max_stream_age_seconds, settings.stream_idle_seconds),
        ),
        GrpcMetrics(registry),
        tracing,
    )
    metrics_server = serve_metrics(registry, settings.listen_host, settings.detection_metrics_port)
    try:
        for decoder in decoders:
            decoder.wait_until_ready()
        await server.start()
        await server.run_until_signal()
    finally:
        metrics_server.close()
        workers.close()
        for decoder in decoders:
            decoder.close()
        await recorder.close()
        await classifier.close()
        tracing.close()


def make_detector(settings: DetectionSettings) -> HaarDetector:
    return HaarDetector(CASCADES[settings.cascade], SearchSettings(settings.cascade_step, settings.cascade_slack))


def stream_defaults(settings: DetectionSettings) -> StreamDefaults:
    return StreamDefaults(settings.smoothing_seconds, settings.full_scan_seconds)


def analysis_settings(settings: DetectionSettings) -> AnalysisSettings:
    return AnalysisSettings(
        limits=ImageLimits(settings.max_image_bytes, settings.max_image_pixels),
        min_face_size=settings.min_face_size,
        min_face_share=settings.min_face_share,
        max_faces=settings.max_faces,
        crop_margin=settings.crop_margin,
    )
