"""How long detection takes from its start to SERVING, with Triton up and nothing cached.

Where the system allows it, on a file system on which nothing can be written.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parent))
from detection_stack import REPOSITORY, wait_until_serving

from liveclass.stack import Ports
from liveclass.triton.launcher import TritonServer

STARTS = 5
READ_ONLY = (
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"',
    "sh",
)


class Start(NamedTuple):
    """What a start took."""

    seconds: float
    cpu_seconds: float
    """Of the service and its decoders: what counts where others use the machine, too."""


def run() -> list[dict[str, Any]]:
    ports = Ports.free()
    with TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics):
        starts = [_start(ports) for _ in range(STARTS)]
    seconds, cpu_seconds = (statistics.median(column) for column in zip(*starts, strict=True))
    name = f"detection: from its start to SERVING, {'read-only root' if _read_only() else 'no home'}, nothing cached"
    return [
        {"name": name, "figure": round(seconds, 2), "unit": "s", "bar": "<= 3", "holds": seconds <= 3},
        {
            "name": "the same: processor time",
            "figure": round(cpu_seconds, 2),
            "unit": "s",
            "bar": "<= 3",
            "holds": cpu_seconds <= 3,
        },
    ]


def _start(ports: Ports) -> Start:
    environment = {**os.environ, **ports.environment(), "LIVECLASS_LOG_LEVEL": "error", "HOME": "/nonexistent"}
    begun = time.perf_counter()
    process = subprocess.Popen([*_read_only(), sys.executable, "-m", "liveclass.detection"], env=environment)
    try:
        wait_until_serving(f"127.0.0.1:{ports.detection}")
        seconds, service = time.perf_counter() - begun, psutil.Process(process.pid)
        used = [each.cpu_times() for each in (service, *service.children(recursive=True))]
        return Start(seconds, sum(times.user + times.system for times in used))
    finally:
        process.terminate()
        process.wait()


def _read_only() -> Sequence[str]:
    """What makes the file system read-only for a command; nothing where this user may not."""
    allowed = (
        shutil.which("unshare")
        and subprocess.run([*READ_ONLY, "true"], check=False, capture_output=True).returncode == 0
    )
    return READ_ONLY if allowed else ()


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))  # noqa: T201  # for trying it
