"""What goes wrong during a soak, and how long it is felt."""

import contextlib
import signal
import sqlite3
import subprocess
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
from google.rpc import error_details_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc

from liveclass.v1 import detection_pb2, detection_pb2_grpc

HEALTH = health_pb2.HealthCheckResponse.ServingStatus
PROBE_SECONDS = 0.2
STEADY_ANSWERS = 10
"""So many answers in a row and it is over."""

DATABASE = "liveclass.db"

LEAST_SECONDS, MOST_SECONDS = 8.0, 90.0
"""So long is every fault watched."""


class Parts:
    """The processes below `liveclass up`."""

    def __init__(self, up: int) -> None:
        self._up = psutil.Process(up)

    def find(self, what: str) -> list[psutil.Process]:
        """By what it runs: a service's module, "tritonserver" or "stub"."""
        found = []
        for process in self._up.children(recursive=True):
            with contextlib.suppress(psutil.Error):
                name = "stub" if process.name().startswith("triton_python_b") else process.name()
                is_it = what == name or f"liveclass.{what}" in process.cmdline()
                if is_it and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def memory(self) -> dict[str, int]:
        """Resident MB of detection and its children, session, and Triton with its stubs."""
        of = {"detection": 0, "session": 0, "tritonserver": 0}
        for name in of:
            for process in self.find(name):
                for each in [process, *process.children(recursive=True)]:
                    with contextlib.suppress(psutil.Error):
                        of[name] += each.memory_info().rss >> 20
        return of


@dataclass
class Effect:
    """What a caller saw of a fault."""

    name: str
    answered_after: float | None = None
    """Seconds until frames were answered again for good; None: not within the time that was waited."""
    recorded_after: float | None = None
    answers: "Counter[str]" = field(default_factory=Counter)
    """To frames that name no session, until then."""
    recording: "Counter[str]" = field(default_factory=Counter)
    """What became of frames that name a session, until then: recorded, or why not."""
    health: "Counter[str]" = field(default_factory=Counter)


class Probe:
    """One caller that sends frames with and without a session, and asks for health, five times a second."""

    def __init__(self, detection: str, image: bytes, session: str) -> None:
        self._channel = grpc.insecure_channel(
            detection, [("grpc.initial_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]
        )
        self._stub = detection_pb2_grpc.DetectionServiceStub(self._channel)
        self._health = health_pb2_grpc.HealthStub(self._channel)
        self._image, self._session = image, session

    def watch(self, effect: Effect, until: float, give_up: float) -> None:
        """Not over before `until`; fills in the effect."""
        began = time.monotonic()
        answered, recorded = [], []
        stop = threading.Event()
        watching = [
            threading.Thread(target=self._ask, args=(stop, "", answered, effect.answers)),
            threading.Thread(target=self._ask, args=(stop, self._session, recorded, effect.recording)),
            threading.Thread(target=self._ask_health, args=(stop, effect.health)),
        ]
        for each in watching:
            each.start()
        while time.monotonic() < give_up:
            time.sleep(PROBE_SECONDS)
            if time.monotonic() > until and _is_steady(answered) and _is_steady(recorded):
                break
        stop.set()
        for each in watching:
            each.join(10)
        effect.answered_after, effect.recorded_after = (_steady_since(each, began) for each in (answered, recorded))

    def _ask(
        self, stop: threading.Event, session: str, results: list[tuple[float, bool]], codes: "Counter[str]"
    ) -> None:
        while not stop.wait(PROBE_SECONDS):
            request = detection_pb2.ClassifyFrameRequest(image=self._image, session=session, source="probe")
            if session:
                request.frame_id = uuid.uuid4().hex  # one that is known already is not written
            try:
                answer = self._stub.ClassifyFrame(request, timeout=3)
                code, is_good = _outcome(answer) if session else "OK", answer.recorded or not session
            except grpc.RpcError as error:
                code, is_good = error.code().name, False
            codes[code] += 1
            results.append((time.monotonic(), is_good))

    def _ask_health(self, stop: threading.Event, states: "Counter[str]") -> None:
        while not stop.wait(PROBE_SECONDS):
            try:
                request = health_pb2.HealthCheckRequest(service="liveclass.v1.DetectionService")
                states[HEALTH.Name(self._health.Check(request, timeout=1).status)] += 1
            except grpc.RpcError as error:
                states[error.code().name] += 1


def _outcome(answer: detection_pb2.ClassifyFrameResponse) -> str:
    """Whether a frame was recorded, or the reason why not."""
    info = error_details_pb2.ErrorInfo()
    for detail in answer.record_error.details:
        detail.Unpack(info)
    return "recorded" if answer.recorded else info.reason


def _is_steady(results: list[tuple[float, bool]]) -> bool:
    return len(results) >= STEADY_ANSWERS and all(is_good for _, is_good in results[-STEADY_ANSWERS:])


def _steady_since(results: list[tuple[float, bool]], began: float) -> float | None:
    """Seconds after the beginning at which the last failure was followed by answers; 0 where nothing failed."""
    if not _is_steady(results):
        return None
    failures = [index for index, (_, is_good) in enumerate(results) if not is_good]
    return round(results[failures[-1] + 1][0] - began, 1) if failures else 0.0


def faults(parts: Parts, stopped_seconds: float, disk: Path | None) -> Iterator[tuple[str, Callable[[], float]]]:
    """Each fault by name. It is brought about by calling it, and lasts by itself for so many seconds as it returns."""

    def kill(what: str, most: int = 99) -> Callable[[], float]:
        def do() -> float:
            for process in parts.find(what)[:most]:
                process.kill()
            return 0.0

        return do

    def stop(what: str) -> Callable[[], float]:
        def do() -> float:
            stopped = parts.find(what)
            for process in stopped:
                process.suspend()
            threading.Timer(stopped_seconds, lambda: [_resume(process) for process in stopped]).start()
            return stopped_seconds

        return do

    seconds = f"{stopped_seconds:.0f} s"
    yield "kill -9 one stub", kill("stub", 1)
    yield f"SIGSTOP session, {seconds}", stop("session")
    yield "kill -9 both stubs", kill("stub")
    yield f"SIGSTOP tritonserver, {seconds}", stop("tritonserver")
    yield "kill -9 tritonserver", kill("tritonserver")
    yield "kill -9 session", kill("session")
    yield f"SIGSTOP detection, {seconds}", stop("detection")
    yield "kill -9 detection", kill("detection")
    if disk is not None:
        yield f"disk full, {seconds}", lambda: _fill(disk, stopped_seconds)
    yield "kill -9 Triton's launcher", kill("triton")


def _resume(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        process.send_signal(signal.SIGCONT)


def _fill(disk: Path, seconds: float) -> float:
    """Fills the disk for so long, to the last byte."""
    # SQLite writes over what its log has room for already: without this it needs no more for hundreds of frames.
    with contextlib.closing(sqlite3.connect(disk / DATABASE, timeout=5)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (65_536, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    threading.Timer(seconds, filler.unlink).start()
    return seconds


@contextmanager
def small_disk(folder: Path) -> Iterator[Path | None]:
    """A disk of 64 MB at `folder`, where this process may mount one; None elsewhere."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
