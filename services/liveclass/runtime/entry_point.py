"""How a service's process begins: settings, logs, and one sentence where it cannot start."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog
from pydantic import ValidationError

from liveclass.runtime.exposure import refuse_exposed
from liveclass.runtime.settings import ServiceSettings, problems
from liveclass.runtime.tracing import TracingUnavailableError
from liveclass.variables import refuse_unknown_variables

S = TypeVar("S", bound=ServiceSettings)

CANNOT_START = 2


def main(program: str, settings_type: type[S], run: Callable[[S], Coroutine[Any, Any, None]]) -> int:
    """Runs a service with the settings of the environment, and returns the exit status.

    `run` raises `ValueError`, `OSError` or `TracingUnavailableError`, with a text for people, where it cannot start.
    """
    try:
        refuse_unknown_variables(os.environ)
        settings = settings_type()
        configure_logging(settings)
        refuse_exposed(settings)
        asyncio.run(run(settings))
    except (ValueError, OSError, TracingUnavailableError) as error:
        return refuse(program, error)
    return 0


def refuse(program: str, error: Exception | str) -> int:
    """Says in one sentence why a program cannot start. Returns its exit status."""
    sys.stderr.write(f"{program}: {problems(error) if isinstance(error, ValidationError) else error}\n")
    return CANNOT_START


def configure_logging(settings: ServiceSettings) -> None:
    """Structured logs on standard error, one event a line: JSON for machines, colours for people.

    They never hold images, scores or pseudonyms.
    """
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
