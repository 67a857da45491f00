"""Faces a second through a real Triton, and how many cameras a machine with a GPU and so many cores carries.

python tests/bench/gpu_faces.py [--cores 16] [--keep]: a minute. On a GPU the backend pads batches to powers of two and
compiles them by XLA; Triton's environment (.venv/triton) then needs TensorFlow for GPUs (`tensorflow[and-cuda]`). On a
processor it measures the same without, and says so. With --keep what a GPU did is kept for `liveclass capacity`.
"""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from bench_triton import REPOSITORY, Load

from liveclass.stack import Ports
from liveclass.tools.capacity.estimate import STREAMS
from liveclass.tools.capacity.factors import Factors, best_file, own_file
from liveclass.triton.launcher import TritonServer

LOADS = ((1, 64), (8, 16), (30, 8), (30, 32), (64, 8), (64, 16))
"""Faces of a request, and requests in flight."""
ROUNDS = 3
UTILISATION = 0.6
CAMERA_FPS, CAMERA_FACES = 10, 9


def gpu_seconds_busy(metrics_port: int) -> float:
    """How busy Triton says that the busiest GPU is now, from 0 to 1; 0 where it sees none."""
    url = f"http://127.0.0.1:{metrics_port}/metrics"
    text = subprocess.run(["curl", "-s", url], check=True, capture_output=True, text=True).stdout
    return max(
        (float(value) for value in re.findall(r"^nv_gpu_utilization\{.*\} (\S+)$", text, re.MULTILINE)), default=0.0
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cores", type=int, default=16, help="of the machine, for detection")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    ports, best, busy = Ports.free(), 0.0, 0.0
    with (
        TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics) as server,
        Load.on(server) as load,
    ):
        for faces, in_flight in LOADS:
            rounds = [load.run(faces, in_flight) for _ in range(ROUNDS)]
            busy = max(busy, gpu_seconds_busy(ports.triton_metrics))
            found = max(rounds, key=lambda one: one.faces_per_second)
            best = max(best, found.faces_per_second)
            row = {"faces_a_request": faces, "in_flight": in_flight, "faces_per_second": round(found.faces_per_second)}
            print(json.dumps({**row, "mean_batch": round(found.mean_batch, 1)}), flush=True)  # noqa: T201  # a program's output
    known = Factors.load(best_file())
    by_cores = options.cores * UTILISATION / known.detection[STREAMS] / CAMERA_FPS
    by_faces = best * UTILISATION / CAMERA_FPS / CAMERA_FACES
    device = "a GPU" if busy else "processors, which detection needs too"
    summary = {
        "computed_on": device,
        "faces_per_second": round(best),
        f"cameras_of_{CAMERA_FPS}_fps_and_{CAMERA_FACES}_faces": {
            "by_triton": round(by_faces, 1), f"by_{options.cores}_cores_of_detection": round(by_cores, 1),
        },
    }  # fmt: skip
    print(json.dumps(summary))  # noqa: T201  # as above
    if options.keep and busy:
        replace(known, gpu_faces_per_second=best).save(own_file())


if __name__ == "__main__":
    main()
