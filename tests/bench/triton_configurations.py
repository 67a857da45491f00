"""Triton's settings for a CPU, compared: faces per second with all cores busy, and how long a lone request takes.

    python tests/bench/triton_configurations.py

Each line is a copy of the repository with another config.pbtxt. The rows of docs/operating.md are of this program.
"""

import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from bench_triton import REPOSITORY, Load

from liveclass.triton.launcher import MODEL, TritonServer

PORTS = (18190, 18191, 18192)
BATCHES, IN_FLIGHT = (1, 8, 30), 8
ROUNDS, SECONDS = 3, 1.0


class Configuration(NamedTuple):
    """What is changed in config.pbtxt."""

    instances: int
    threads: int
    delay: int = 0
    """Microseconds for which a batch waits for more faces."""
    bfloat16: int = 1

    def applied_to(self, config: str) -> str:
        changes = {
            r"instance_group.*": f"instance_group [ {{ count: {self.instances} }} ]",
            r"max_queue_delay_microseconds: \d+": f"max_queue_delay_microseconds: {self.delay}",
            r'(key: "TF_NUM_INTRA_THREADS" value { string_value: )"\d+"': rf'\1"{self.threads}"',
            r'(key: "TF_BFLOAT16" value { string_value: )"\d+"': rf'\1"{self.bfloat16}"',
        }
        for pattern, replacement in changes.items():
            config, count = re.subn(pattern, replacement, config)
            assert count == 1, pattern
        return config


CONFIGURATIONS = [
    Configuration(2, 2, bfloat16=0),
    Configuration(2, 1, bfloat16=0),
    Configuration(1, 2, bfloat16=0),
    Configuration(2, 2),
    Configuration(2, 1),
    Configuration(1, 2),
    Configuration(1, 1),
    Configuration(2, 1, delay=1000),
]


def measure(configuration: Configuration) -> str:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(REPOSITORY, Path(folder, "models")))
        config = copy / MODEL / "config.pbtxt"
        config.write_text(configuration.applied_to(config.read_text("utf-8")), "utf-8")
        with TritonServer(copy, *PORTS) as server, Load.on(server) as load:
            figures = []
            for faces in BATCHES:
                busy = [load.run(faces, IN_FLIGHT, SECONDS).faces_per_second for _ in range(ROUNDS)]
                alone = [1000 * load.run(faces, 1, SECONDS).median_seconds for _ in range(ROUNDS)]
                figures.append(f"{statistics.median(busy):.0f}, {statistics.median(alone):.1f} ms")
    return f"| {' | '.join(map(str, (*configuration, *figures)))} |"


if __name__ == "__main__":
    for each in CONFIGURATIONS:
        print(measure(each), flush=True)  # noqa: T201  # a program's output
