"""`python -m liveclass.web`: the web application, until SIGTERM."""

import os
import sys

import uvicorn

from liveclass.runtime.entry_point import refuse
from liveclass.variables import refuse_unknown_variables
from liveclass.web.app import create_app
from liveclass.web.settings import WebSettings


def main() -> int:
    try:
        refuse_unknown_variables(os.environ)
        settings = WebSettings()
        app = create_app(settings)
    except ValueError as error:  # an unknown variable, keys or claims that cannot be used
        return refuse("liveclass.web", error)
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


if __name__ == "__main__":
    sys.exit(main())
