"""How a service's process begins: settings, logs, and one sentence where it cannot start."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from pydantic import ValidationError

from liveclass.runtime.exposure import refuse_exposed
from liveclass.runtime.logging import configure_logging
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
    except ValidationError as error:
        return _refuse(program, problems(error))
    except (ValueError, OSError, TracingUnavailableError) as error:
        return _refuse(program, str(error))
    return 0


def _refuse(program: str, error_message: str) -> int:
    sys.stderr.write(f"{program}: {error_message}\n")
    return CANNOT_START
