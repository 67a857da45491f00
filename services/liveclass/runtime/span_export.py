"""Exports spans without the messages of errors, which may name a session."""

from collections.abc import Sequence

import grpc
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Status, StatusCode

_GRPC_CODE = "rpc.grpc.status_code"
_NAMES = {code.value[0]: code.name for code in grpc.StatusCode}


class MessagelessExporter(SpanExporter):
    """Hands spans on to another exporter, without messages and stacks of errors."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_without_messages(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _without_messages(span: ReadableSpan) -> ReadableSpan:
    events = [
        Event(event.name, {"exception.type": str((event.attributes or {}).get("exception.type"))}, event.timestamp)
        for event in span.events
    ]
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        events=events,
        links=span.links,
        kind=span.kind,
        status=_status(span),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _status(span: ReadableSpan) -> Status:
    code = (span.attributes or {}).get(_GRPC_CODE)
    if isinstance(code, int) and code:
        return Status(StatusCode.ERROR, _NAMES.get(code, str(code)))
    return Status(span.status.status_code)
