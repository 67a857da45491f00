"""What an operator watches of detection."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from liveclass.runtime.metrics import LATENCY_BUCKETS


class DetectionMetrics:
    """Times of the stages of a frame, what became of faces, and how much is going on."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.stage_seconds = Histogram(
            "liveclass_frame_stage_seconds",
            "Time of each stage of a frame: decode, detect, crop, infer, record.",
            ["stage"],
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.faces = Counter(
            "liveclass_faces",
            "Faces found, by outcome: classified, unclear (classified and not counted for their quality), or surplus "
            "(more than were asked for).",
            ["outcome"],
            registry=registry,
        )
        self.frames_in_flight = Gauge(
            "liveclass_frames_in_flight", "Frames admitted and not yet answered.", registry=registry
        )
