"""The composition of the detection service, used by its process and by the tests."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from typing import NamedTuple

import cv2
from prometheus_client import CollectorRegistry

from liveclass.detection.admission import Admission
from liveclass.detection.classifier import EmotionClassifier, TritonClassifier
from liveclass.detection.decoder_process import DecoderProcess
from liveclass.detection.frame_analysis import AnalysisSettings
from liveclass.detection.image import ImageLimits
from liveclass.detection.metrics import DetectionMetrics
from liveclass.detection.recorder import ObservationRecorder, SessionServiceRecorder
from liveclass.detection.requests import StreamDefaults
from liveclass.detection.scene import Savings, SceneMemory
from liveclass.detection.servicer import SERVICE_NAME, DetectionServicer
from liveclass.detection.settings import DetectionSettings
from liveclass.detection.workers import FrameTools, Workers
from liveclass.identity.audit import Auditor
from liveclass.identity.configuration import authenticator_of
from liveclass.rpc.server import Server, ServerOptions, Service
from liveclass.runtime.certificates import client_tls
from liveclass.runtime.exposure import refuse_plaintext_tokens
from liveclass.runtime.health import Dependency
from liveclass.runtime.metrics import GrpcMetrics, process_registry
from liveclass.runtime.quotas import Quotas, read_limits_file
from liveclass.runtime.status_server import StatusServer
from liveclass.runtime.tracing import Tracing, configure_tracing
from liveclass.v1.detection_pb2_grpc import add_DetectionServiceServicer_to_server
from liveclass.vision.faces import CASCADES, HaarDetector, SearchSettings

_CROP_REQUESTS = 8
"""Requests of crops in flight that fill Triton's batches."""


class DetectionService(NamedTuple):
    """A detection service that is running."""

    port: int
    server: Server
    decoders: Sequence[DecoderProcess]


async def run(settings: DetectionSettings) -> None:
    """Serves until SIGTERM or SIGINT.

    Raises `ValueError` where the settings do not fit together, `OSError` where a port is taken or an image decoder does
    not start, and `TracingUnavailableError`.
    """
    refuse_plaintext_tokens(settings, "LIVECLASS_SESSION_ADDRESS", settings.session_address)
    cv2.setNumThreads(1)  # frames run side by side; threads within each would only multiply
    registry = process_registry("detection")
    with closing(StatusServer(registry, settings.metrics_host, settings.detection_metrics_port)) as status:
        async with serving(settings, registry) as service:
            status.follow(service.server.health)
            await service.server.until_signal()


@asynccontextmanager
async def serving(
    settings: DetectionSettings,
    registry: CollectorRegistry,
    classifier: EmotionClassifier | None = None,
    recorder: ObservationRecorder | None = None,
    memory: SceneMemory | None = None,
    *,
    new_decoder: Callable[[int, int], DecoderProcess] = DecoderProcess,
) -> AsyncIterator[DetectionService]:
    """The detection service until the end of the block, when admitted calls are finished.

    `classifier` and `recorder` are Triton and the session service unless given. Raises as `run` does.
    """
    authenticator = authenticator_of(settings)
    quotas = Quotas(read_limits_file(settings.tenant_limits))
    threads = settings.detection_threads or os.cpu_count() or 1
    metrics = DetectionMetrics(registry)
    async with AsyncExitStack() as at_exit:  # closed in the reverse order
        tracing = configure_tracing("liveclass-detection")
        at_exit.callback(tracing.close)
        classifier = classifier or _triton(settings, metrics, tracing)
        at_exit.push_async_callback(classifier.close)
        recorder = recorder or _session_service(settings, metrics, tracing)
        at_exit.push_async_callback(recorder.close)
        decoders = [
            at_exit.enter_context(closing(new_decoder(settings.max_image_bytes, settings.max_image_pixels)))
            for _ in range(threads)
        ]
        # On a thread of its own, while the decoders start: it takes half a second, most of it without Python.
        detectors = await asyncio.to_thread(lambda: [make_detector(settings) for _ in decoders])
        workers = Workers([FrameTools(*tools) for tools in zip(decoders, detectors, strict=True)])
        at_exit.callback(workers.close)
        savings = Savings(settings.carry_over_seconds, settings.follow_seconds, settings.motion_search_seconds)
        servicer = DetectionServicer(
            workers=workers,
            classifier=classifier,
            recorder=recorder,
            frames=Admission(threads, settings.max_frames_in_flight),
            crops=Admission(_CROP_REQUESTS, settings.max_frames_in_flight),
            memory=memory or SceneMemory(savings=savings),
            settings=analysis_settings(settings),
            metrics=metrics,
            quotas=quotas,
            model=settings.model_name,
            stream_defaults=StreamDefaults(settings.smoothing_seconds, settings.full_scan_seconds),
            savings=savings,
            max_clock_offset_seconds=settings.max_clock_offset_seconds,
        )
        metrics.follow_admission(servicer.frames, servicer.crops)
        metrics.follow_sources("single", servicer.single_sources)
        metrics.follow_sources("stream", servicer.stream_sources)
        auditor = Auditor()  # who is denied; what is recorded, the session service enters
        server = Server(
            [Service(SERVICE_NAME, partial(add_DetectionServiceServicer_to_server, servicer))],
            # Not the session service: without it faces are still classified, and answers say they were not recorded.
            [Dependency("triton", classifier.ready)],
            ServerOptions.from_settings(settings, settings.detection_port),
            GrpcMetrics(registry),
            tracing,
            authenticator=authenticator,
            auditor=auditor,
        )
        for decoder in decoders:
            await asyncio.to_thread(decoder.wait_until_ready)
        at_exit.callback(asyncio.create_task(auditor.run()).cancel)
        port = await server.start()
        at_exit.push_async_callback(server.stop)
        yield DetectionService(port, server, decoders)


def _triton(settings: DetectionSettings, metrics: DetectionMetrics, tracing: Tracing) -> TritonClassifier:
    return TritonClassifier(
        settings.triton_address,
        settings.model_name,
        metrics.circuit_state.labels("triton"),
        metrics.model_versions,
        headers=tracing.headers,
        labels=settings.labels,
        tls=client_tls(settings),
    )


def _session_service(
    settings: DetectionSettings, metrics: DetectionMetrics, tracing: Tracing
) -> SessionServiceRecorder:
    return SessionServiceRecorder(
        settings.session_address,
        metrics.circuit_state.labels("session"),
        timeout=settings.record_timeout_seconds,
        interceptors=tracing.client_interceptors,
        tls=client_tls(settings),
    )


def make_detector(settings: DetectionSettings) -> HaarDetector:
    return HaarDetector(CASCADES[settings.cascade], SearchSettings(settings.cascade_step, settings.cascade_slack))


def analysis_settings(settings: DetectionSettings) -> AnalysisSettings:
    return AnalysisSettings(
        limits=ImageLimits(settings.max_image_bytes, settings.max_image_pixels),
        min_face_size=settings.min_face_size,
        min_face_share=settings.min_face_share,
        max_faces=settings.max_faces,
        crop_margin=settings.crop_margin,
        min_quality=settings.min_quality,
    )
