"""Prometheus metrics of the detection service."""

from google.rpc import code_pb2, status_pb2
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from liveclass.detection.admission import Admission
from liveclass.detection.frame import FrameResult
from liveclass.detection.sources import LiveSources
from liveclass.runtime.metrics import LATENCY_BUCKETS

_REFUSED, _UNAVAILABLE = "refused", "unavailable"

_OUTCOMES = {
    code_pb2.INVALID_ARGUMENT: _REFUSED,
    code_pb2.NOT_FOUND: _REFUSED,
    code_pb2.FAILED_PRECONDITION: _REFUSED,
    code_pb2.UNAVAILABLE: _UNAVAILABLE,
    code_pb2.RESOURCE_EXHAUSTED: _UNAVAILABLE,
    code_pb2.DEADLINE_EXCEEDED: _UNAVAILABLE,
}
_RECORDED, _FAILED = "recorded", "failed"


class DetectionMetrics:
    """Times of a frame's stages, outcomes of faces and observations, and frames in flight."""

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
        self.frames_in_flight = Gauge("liveclass_frames_in_flight", "Frames being classified.", registry=registry)
        self.frames_waiting = Gauge(
            "liveclass_frames_waiting", "Frames that wait for their turn to be classified.", registry=registry
        )
        self.circuit_state = Gauge(
            "liveclass_circuit_state",
            "Whether a service is called: 0 closed (it is), 1 half open (one call at a time), 2 open (it hangs).",
            ["dependency"],
            registry=registry,
        )
        self.model_versions = Gauge(
            "liveclass_model_versions",
            "Versions of the model as Triton has them: ready, or failed (could not be loaded).",
            ["state"],
            registry=registry,
        )
        self.records = Counter(
            "liveclass_records",
            "Observations handed to the session service, by outcome: recorded, refused (such as for a session that has "
            "ended), unavailable (may be sent again), or failed.",
            ["outcome"],
            registry=registry,
        )
        for outcome in (_RECORDED, _REFUSED, _UNAVAILABLE, _FAILED):
            self.records.labels(outcome)  # from zero on: a series that begins at 1 has not increased
        self.sources_live = Gauge(
            "liveclass_sources_live",
            "Sources of which a frame was searched in the last 30 s, by how they send: single (calls, which may reach "
            "every replica) or stream.",
            ["kind"],
            registry=registry,
        )
        self.sources_without_faces = Gauge(
            "liveclass_sources_without_faces",
            "Live sources in which no face was found for 60 s, by how they send.",
            ["kind"],
            registry=registry,
        )

    def count(self, result: FrameResult) -> None:
        """Counts a frame that is about to be answered."""
        counted = sum(face.counts for face in result.faces)
        self.faces.labels("classified").inc(counted)
        self.faces.labels("unclear").inc(len(result.faces) - counted)
        self.faces.labels("surplus").inc(result.faces_seen - len(result.faces))
        if "record" in result.seconds:
            self.records.labels(_record_outcome(result.record_error)).inc()
        for stage, seconds in result.seconds.items():
            self.stage_seconds.labels(stage).observe(seconds)

    def follow_admission(self, *admissions: Admission) -> None:
        """Exports how much is in flight and waits."""
        self.frames_in_flight.set_function(lambda: sum(each.in_flight for each in admissions))
        self.frames_waiting.set_function(lambda: sum(each.waiting for each in admissions))

    def follow_sources(self, kind: str, sources: LiveSources) -> None:
        """Exports how many sources of a `kind` are live."""
        self.sources_live.labels(kind).set_function(lambda: sources.live)
        self.sources_without_faces.labels(kind).set_function(lambda: sources.without_faces)


def _record_outcome(error: status_pb2.Status | None) -> str:
    """The label of an observation's outcome, from its error."""
    return _RECORDED if error is None else _OUTCOMES.get(error.code, _FAILED)
