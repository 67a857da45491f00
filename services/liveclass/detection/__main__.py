"""`python -m liveclass.detection`: the detection service."""

import asyncio
import os
import sys

from pydantic import ValidationError

from liveclass.detection.service import run
from liveclass.detection.settings import DetectionSettings
from liveclass.runtime.logging import configure_logging
from liveclass.runtime.settings import problems
from liveclass.runtime.tracing import TracingUnavailableError
from liveclass.variables import UnknownVariableError, refuse_unknown_variables


def main() -> int:
    try:
        refuse_unknown_variables(os.environ)
        settings = DetectionSettings()
    except ValidationError as error:
        return _give_up(problems(error))
    except UnknownVariableError as error:
        return _give_up(str(error))
    configure_logging(settings)
    try:
        asyncio.run(run(settings))
    except (OSError, TracingUnavailableError) as error:
        return _give_up(str(error))
    return 0


def _give_up(sentence: str) -> int:
    print(f"liveclass.detection: {sentence}", file=sys.stderr)  # noqa: T201  # for people, as the last thing
    return 2


if __name__ == "__main__":
    sys.exit(main())
