"""Structured logs on standard error. They never hold images, scores or pseudonyms."""

import logging
import sys

import structlog

from liveclass.runtime.settings import ServiceSettings


def configure_logging(settings: ServiceSettings) -> None:
    """Sets up structlog for the process: one event a line, JSON for machines, colours for people."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[structlog.typing.Processor] = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if console
        else [structlog.processors.ExceptionRenderer(_traceback_without_locals()), structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def _traceback_without_locals() -> structlog.tracebacks.ExceptionDictTransformer:
    """By default structlog adds the local variables, which hold images, scores and pseudonyms."""
    return structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
