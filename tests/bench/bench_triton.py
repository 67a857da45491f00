"""Triton against the same frozen graph called directly: what serving costs, and whether requests meet in batches.

Both run on all of the machine's cores with the precision that config.pbtxt gives. They take turns in short rounds, and
each figure is a median of rounds, so that what else the machine does falls on both alike.
"""

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import tritonclient.grpc as triton
from google.protobuf import text_format
from tritonclient.grpc import model_config_pb2

from liveclass.triton.installation import BACKENDS
from liveclass.triton.launcher import MODEL, TritonServer

REPOSITORY = Path("model_repository")
ROUNDS, ROUND_SECONDS = 15, 1.2
FACES_A_FRAME, FRAMES_IN_FLIGHT = 8, 16
SINGLE_FACES_IN_FLIGHT = 32


def run(repository: Path = REPOSITORY, ports: tuple[int, int, int] = (18090, 18091, 18092)) -> list[dict[str, Any]]:
    """The figures, each with its bar."""
    with ExitStack() as stack:
        server = stack.enter_context(TritonServer(repository, *ports))
        direct = stack.enter_context(direct_graph(repository))
        load = stack.enter_context(Load.on(server))
        rounds = [
            (direct(), load.run(FACES_A_FRAME, FRAMES_IN_FLIGHT), load.run(1, SINGLE_FACES_IN_FLIGHT))
            for _ in range(ROUNDS)
        ]
    ratio = statistics.median(frames.faces_per_second / alone for alone, frames, _ in rounds)
    single = statistics.median(singles.faces_per_second / alone for alone, _, singles in rounds)
    batch = statistics.median(singles.mean_batch for _, _, singles in rounds)
    return [
        figure(f"Triton's faces/s of the frozen graph's, {FACES_A_FRAME} faces a request", ratio, "×", 0.85),
        figure("the same, 1 face a request", single, "×", 0.5),
        figure(f"mean batch, {SINGLE_FACES_IN_FLIGHT} single faces in flight", batch, "faces", 4),
    ]


def figure(name: str, value: float, unit: str, bar: float) -> dict[str, Any]:
    return {
        "name": name,
        "figure": round(float(value), 3),
        "unit": unit,
        "bar": f">= {bar}",
        "holds": bool(value >= bar),
    }


@contextmanager
def direct_graph(repository: Path) -> Iterator[Any]:
    """A function that measures one round of the frozen graph in a process of its own, in faces per second."""
    command = [sys.executable, __file__, "--direct", f"--repository={repository}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def measure() -> float:
        process.stdin.write("go\n")
        process.stdin.flush()
        return float(process.stdout.readline())

    try:
        measure()  # loads, and warms up
        yield measure
    finally:
        process.stdin.close()
        process.wait()


def serve_direct(repository: Path) -> None:
    """For every line on standard input, one round of full batches; answers with faces per second."""
    network, largest_batch = frozen_graph(repository, threads=len(os.sched_getaffinity(0)))
    faces = {"face": random_faces(largest_batch)}
    for _ in sys.stdin:
        done, start = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - start) < ROUND_SECONDS:
            network.run(faces)
            done += largest_batch
        print(done / elapsed, flush=True)  # noqa: T201  # the answer


def frozen_graph(repository: Path, threads: int | None = None) -> tuple[Any, int]:
    """The newest version as one instance in Triton computes it, for this process alone, and its largest batch.

    With `threads`, as many for each operation: what two instances have together, one graph has, too.
    """
    config = text_format.Parse((repository / MODEL / "config.pbtxt").read_text("utf-8"), model_config_pb2.ModelConfig())
    parameters = {name: value.string_value for name, value in config.parameters.items()}
    if threads is not None:
        parameters["TF_NUM_INTRA_THREADS"] = str(threads)
    spec = importlib.util.spec_from_file_location("backend", BACKENDS / "tensorflow" / "model.py")
    backend = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(backend)
    backend.configure_cpu(backend.import_tensorflow(), parameters.get)
    newest = max((repository / MODEL).glob("[1-9]*"), key=lambda folder: int(folder.name))
    return backend.Network(newest / "model.savedmodel"), config.max_batch_size


@dataclass(frozen=True)
class Round:
    """What a load got in one round."""

    faces_per_second: float
    mean_batch: float
    median_seconds: float
    """Of a request."""


@dataclass(frozen=True)
class Load:
    """Callers that always have a request in flight."""

    client: triton.InferenceServerClient

    @classmethod
    @contextmanager
    def on(cls, server: TritonServer) -> "Iterator[Load]":
        with triton.InferenceServerClient(f"127.0.0.1:{server.grpc_port}") as client:
            yield cls(client)

    def run(self, faces_a_request: int, in_flight: int, seconds: float = ROUND_SECONDS) -> Round:
        faces, ending = random_faces(faces_a_request), threading.Event()
        taken: list[float] = []

        def call() -> None:
            while not ending.is_set():
                tensor = triton.InferInput("face", faces.shape, "UINT8")
                tensor.set_data_from_numpy(faces)
                sent = time.perf_counter()
                self.client.infer(MODEL, [tensor])
                taken.append(time.perf_counter() - sent)

        before, start = self._counts(), time.perf_counter()
        callers = [threading.Thread(target=call) for _ in range(in_flight)]
        for caller in callers:
            caller.start()
        ending.wait(seconds)
        ending.set()
        for caller in callers:
            caller.join()
        elapsed = time.perf_counter() - start
        inferred, executed = np.subtract(self._counts(), before)
        return Round(len(taken) * faces_a_request / elapsed, inferred / executed, statistics.median(taken))

    def _counts(self) -> tuple[int, int]:
        """(faces, batches) so far."""
        statistics = self.client.get_inference_statistics(MODEL).model_stats
        return sum(one.inference_count for one in statistics), sum(one.execution_count for one in statistics)


def random_faces(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 48, 48, 1)).astype(np.uint8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repository", type=Path, default=REPOSITORY)
    parser.add_argument("--direct", action="store_true", help="the frozen graph's side, for this program's own use")
    options = parser.parse_args()
    if options.direct:
        serve_direct(options.repository)
    else:
        print(json.dumps(run(options.repository), indent=2))  # noqa: T201  # a program's output
