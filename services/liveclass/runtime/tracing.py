"""OpenTelemetry traces of every service, when an exporter is set.

The standard variables decide: with `OTEL_EXPORTER_OTLP_ENDPOINT` set, spans of every call go there, and the W3C trace
context travels on to Triton and to the session service. Needs the extra `tracing`.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ENDPOINT_VARIABLES = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class TracingUnavailableError(RuntimeError):
    """An exporter is set and the packages for it are missing."""


def _no_headers() -> Mapping[str, str]:
    return {}


def _nothing_to_close() -> None:
    pass


@dataclass(frozen=True)
class Tracing:
    """What a server and its clients need to be traced; empty when no exporter is set."""

    server_interceptors: Sequence[Any] = ()
    client_interceptors: Sequence[Any] = ()
    headers: Callable[[], Mapping[str, str]] = _no_headers
    """The current trace context as metadata, for clients that take no interceptors (Triton's)."""
    close: Callable[[], None] = _nothing_to_close
    """Sends the spans that are left, and ends."""


def configure_tracing(service_name: str, environment: Mapping[str, str] = os.environ) -> Tracing:
    """Tracing as the environment has it. Raises `TracingUnavailableError` where the extra is not installed."""
    if not any(environment.get(name) for name in ENDPOINT_VARIABLES):
        return Tracing()
    try:
        return _exporting(service_name)
    except ImportError as error:
        message = f"OTEL_EXPORTER_OTLP_ENDPOINT is set, and {error.name} is missing: pip install 'liveclass[tracing]'"
        raise TracingUnavailableError(message) from error


def _exporting(service_name: str) -> Tracing:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415  # an extra
    from opentelemetry.instrumentation.grpc import (  # noqa: PLC0415  # an extra
        aio_client_interceptors,
        aio_server_interceptor,
        filters,
    )
    from opentelemetry.propagate import inject  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  # an extra
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  # an extra

    from liveclass.runtime.span_export import MessagelessExporter  # noqa: PLC0415  # needs the extra

    provider = TracerProvider(resource=Resource.create({"service.name": service_name}))
    provider.add_span_processor(BatchSpanProcessor(MessagelessExporter(OTLPSpanExporter())))

    def headers() -> Mapping[str, str]:
        carrier: dict[str, str] = {}
        inject(carrier)
        return carrier

    return Tracing(
        server_interceptors=[aio_server_interceptor(provider, filter_=filters.negate(filters.health_check()))],
        client_interceptors=aio_client_interceptors(provider),
        headers=headers,
        close=provider.shutdown,
    )
