"""`python -m liveclass.web`: the web application, until SIGTERM."""

import os
import sys

import uvicorn
from pydantic import ValidationError

from liveclass.runtime.settings import problems
from liveclass.variables import refuse_unknown_variables
from liveclass.web.app import create_app
from liveclass.web.settings import WebSettings


def main() -> int:
    try:
        refuse_unknown_variables(os.environ)
        settings = WebSettings()
        app = create_app(settings)
    except ValidationError as error:
        return _refuse(problems(error))
    except ValueError as error:  # an unknown variable, keys or claims that cannot be used
        return _refuse(str(error))
    # The edge writes the access log, and is the only caller whose word about addresses is of no interest here.
    uvicorn.run(
        app,
        host=settings.web_host,
        port=settings.web_port,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    return 0


def _refuse(problem: str) -> int:
    sys.stderr.write(f"liveclass.web: {problem}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
