"""`python -m liveclass.triton`: Triton in the foreground until SIGTERM or Ctrl-C."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from liveclass.paths import model_repository
from liveclass.triton.launcher import HOST, TritonServer, TritonStartError
from liveclass.variables import UnknownVariableError, refuse_unknown_variables

WATCH_SECONDS = 0.5


def serve(
    repository: Annotated[
        Path | None,
        typer.Option(
            envvar="LIVECLASS_MODEL_REPOSITORY",
            help="The model repository to serve.",
            show_default="as `liveclass settings` says",
        ),
    ] = None,
    http_port: Annotated[int, typer.Option(envvar="LIVECLASS_TRITON_HTTP_PORT", min=1, max=65535)] = 8000,
    grpc_port: Annotated[int, typer.Option(envvar="LIVECLASS_TRITON_GRPC_PORT", min=1, max=65535)] = 8001,
    metrics_port: Annotated[int, typer.Option(envvar="LIVECLASS_TRITON_METRICS_PORT", min=1, max=65535)] = 8002,
    log_file: Annotated[Path | None, typer.Option(help="Append Triton's log to this file.")] = None,
) -> None:
    """Serve the published emotion model with NVIDIA Triton on this machine."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # same as Ctrl-C
    try:
        refuse_unknown_variables(os.environ)
    except UnknownVariableError as error:
        print(error, file=sys.stderr)  # noqa: T201  # a program's output
        raise typer.Exit(2) from error
    repository = repository or model_repository(os.environ)
    try:
        with TritonServer(repository, http_port, grpc_port, metrics_port, log_file, on_event=_print_event) as server:
            print(  # noqa: T201  # a program's output
                f"Triton is ready: HTTP {HOST}:{http_port}, gRPC {HOST}:{grpc_port}, metrics {HOST}:{metrics_port}",
                flush=True,
            )
            while server.is_running:
                time.sleep(WATCH_SECONDS)
            print(f"Triton ended by itself; its log ends:\n{server.log_tail()}", file=sys.stderr)  # noqa: T201  # as above
            raise typer.Exit(1)
    except TritonStartError as error:
        print(error, file=sys.stderr)  # noqa: T201  # as above
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _print_event(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201  # a program's output


if __name__ == "__main__":
    typer.run(serve)
