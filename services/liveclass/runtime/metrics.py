"""Prometheus metrics of gRPC calls, and of the process."""

from collections.abc import Callable
from importlib.metadata import version

from prometheus_client import (
    GC_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

LATENCY_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 5.0, 10.0)
"""Seconds. The objectives (0.5 s for a frame, 2 s for an observation, 0.03 s for a timeline) are edges of their own."""


class GrpcMetrics:
    """Counts and times of calls, by service, method and status code."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "liveclass_grpc_requests", "Calls answered.", ["service", "method", "code"], registry=registry
        )
        self.seconds = Histogram(
            "liveclass_grpc_request_seconds",
            "Time from the arrival of a call to its answer.",
            ["service", "method"],
            buckets=LATENCY_BUCKETS,
            registry=registry,
        )
        self.in_flight = Gauge(
            "liveclass_grpc_requests_in_flight", "Calls being answered.", ["service"], registry=registry
        )
        self.denied = Counter(
            "liveclass_denied_calls", "Calls that were denied, by the check that failed.", ["reason"], registry=registry
        )
        self._registry = registry

    def watch_certificate(self, expires_at: Callable[[], float]) -> None:
        """For a service that speaks TLS; another has no such metric."""
        CertificateMetrics(self._registry).expiry.set_function(expires_at)


class CertificateMetrics:
    """Of the certificate that is shown to new connections."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.expiry = Gauge(
            "liveclass_certificate_expiry_timestamp_seconds",
            "When this service's TLS certificate expires.",
            registry=registry,
        )


def process_registry(service: str) -> CollectorRegistry:
    """A registry with the metrics of every process: memory, processor time, open files, Python, and the version."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(GC_COLLECTOR)
    build = Gauge("liveclass_build_info", "1, for the version that runs.", ["service", "version"], registry=registry)
    build.labels(service, version("liveclass")).set(1)
    return registry
