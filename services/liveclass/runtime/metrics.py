"""Prometheus metrics of gRPC calls, and the port that they are read from."""

import threading
from dataclasses import dataclass
from importlib.metadata import version
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    GC_COLLECTOR,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
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


def process_registry(service: str) -> CollectorRegistry:
    """With what every process tells of itself: memory, processor time, open files, Python, and its version."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(GC_COLLECTOR)
    build = Gauge("liveclass_build_info", "1, for the version that runs.", ["service", "version"], registry=registry)
    build.labels(service, version("liveclass")).set(1)
    return registry


@dataclass(frozen=True)
class MetricsServer:
    """`/metrics` over HTTP, on a thread of its own."""

    port: int
    _http: WSGIServer
    _thread: threading.Thread

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def serve_metrics(registry: CollectorRegistry, host: str, port: int) -> MetricsServer:
    """Serves `registry`; port 0 takes any free one. Raises `OSError` where the port is taken."""
    try:
        http, thread = start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port} for /metrics: {error.strerror}") from error
    return MetricsServer(http.server_port, http, thread)
