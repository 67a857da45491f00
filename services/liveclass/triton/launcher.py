"""Starts Triton on a model repository, and stops it with all its child processes."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from liveclass.triton import probe, supervisor
from liveclass.triton.installation import Installation, TritonStartError
from liveclass.triton.keeper import CONTROL_HEADER, Control, Fingerprint, ModelKeeper, fingerprint
from liveclass.triton.probe import HOST, MODEL

__all__ = ["HOST", "MODEL", "TritonServer", "TritonStartError", "is_model_ready"]

STUB_TIMEOUT_SECONDS = 120
"""Importing TensorFlow can take longer than Triton's default of 30 s on a busy machine."""

READY_CHECK_SECONDS = 0.2
READY_TIMEOUT_SECONDS = 1.5
"""Triton takes a second to notice that a backend process has died."""
STOP_MARGIN_SECONDS = 5.0
TAIL_LINES, TAIL_BYTES = 30, 16_384

_UNUSED_APIS = ("shared-memory", "trace", "logging")
_CONTROL_APIS = (*_UNUSED_APIS, "model-repository", "model-config", "statistics")
"""Any web page can make a browser send a request to a port of this machine. A request to load a model may bring the
model's code with it.
"""


def is_model_ready(http_port: int) -> bool:
    """Whether the model of the Triton on that port classifies a face; its own readiness check is not reliable."""
    return probe.answers(http_port, timeout=READY_TIMEOUT_SECONDS)


class TritonServer:
    """A Triton serving `repository` on three loopback ports; a context manager that starts and stops it.

    Model versions that are published while it runs are loaded, and backend processes that died are replaced; `on_event`
    receives a line each time, and writes it to the log by default. The log is appended to `log_file`, or kept in a
    temporary file that is deleted with the server. It listens on loopback only, as Triton has no authentication. Over
    HTTP only the keeper, which has a key, may load models; over gRPC, which no browser speaks, every program may. If
    this process dies, even by `kill -9`, Triton and its children are ended. Not thread-safe.
    """

    def __init__(
        self,
        repository: Path,
        http_port: int = 8000,
        grpc_port: int = 8001,
        metrics_port: int = 8002,
        log_file: Path | None = None,
        *,
        start_timeout: float = 180.0,
        on_event: Callable[[str], None] | None = None,
    ) -> None:
        self.repository = repository.resolve()
        self.http_port, self.grpc_port, self.metrics_port = http_port, grpc_port, metrics_port
        self.log_file = log_file
        self.start_timeout = start_timeout
        self._log: BinaryIO | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._on_event = on_event or self._write_log
        self._keeper: ModelKeeper | None = None
        self._control = Control(http_port, secrets.token_urlsafe())

    @property
    def is_running(self) -> bool:
        """Whether the process is running; its model may not be ready."""
        return self._process is not None and self._process.poll() is None

    @property
    def is_ready(self) -> bool:
        """Whether the model answers."""
        return is_model_ready(self.http_port)

    def start(self) -> None:
        """Blocks until the model is ready.

        Raises `TritonStartError`, with the end of the log, if that fails or takes too long.
        """
        if self.is_running:
            raise TritonStartError("This Triton has been started already.")
        self._require_model()
        installation = Installation.find()
        self._require_free_ports()
        loaded = fingerprint(self.repository / MODEL)
        self._spawn(installation)
        try:
            self._wait_until_ready()
            self._keeper = self._watch(loaded)
        except BaseException:  # also on Ctrl-C, it may not be left running
            self.stop()
            raise

    def stop(self) -> None:
        """Stops Triton and its children after the requests in flight; does nothing if it is not running."""
        if self._keeper is not None:
            self._keeper.close()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(supervisor.GRACE_SECONDS + STOP_MARGIN_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._keeper is not None:
            self._keeper.join()
        self._keeper = self._process = None
        if self._log is not None:
            self._log.close()
        self._log = None

    def log_tail(self) -> str:
        """The last lines of the log, without Triton's tables."""
        if self._log is None:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        tail = os.pread(self._log.fileno(), TAIL_BYTES, max(0, size - TAIL_BYTES))
        lines = [line for line in tail.decode("utf-8", errors="replace").splitlines() if line and line[0] not in "+|"]
        return "\n".join(lines[-TAIL_LINES:])

    def __enter__(self) -> "TritonServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _require_model(self) -> None:
        folder = self.repository / MODEL
        if not (folder / "config.pbtxt").is_file() or not any(folder.glob("[1-9]*/model.savedmodel")):
            raise TritonStartError(f"No published model in {folder}; `liveclass publish RUN` puts one there.")

    def _require_free_ports(self) -> None:
        for name, port in (("HTTP", self.http_port), ("gRPC", self.grpc_port), ("metrics", self.metrics_port)):
            with socket.socket() as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    listener.bind((HOST, port))
                except OSError as error:
                    raise TritonStartError(
                        f"Triton's {name} port {port} cannot be used: {error.strerror}; "
                        "stop what listens there, or choose another port."
                    ) from error

    def _spawn(self, installation: Installation) -> None:
        self._log = self._open_log()
        scratch = Path(tempfile.mkdtemp(prefix="liveclass-triton-"))  # the supervisor removes it
        installation.assemble_backends(scratch / "backends")
        region = f"liveclass_{uuid.uuid4().hex}_"
        command = [str(installation.binary), *self._arguments(scratch / "backends", region)]
        self._process = subprocess.Popen(  # noqa: S603  # our own program and arguments
            [sys.executable, "-m", supervisor.__name__, str(os.getpid()), str(scratch), region, *command],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            env=installation.environment(),
            start_new_session=True,  # Ctrl-C must reach only this process, which then stops Triton
        )

    def _watch(self, loaded: Fingerprint) -> ModelKeeper:
        assert self._process is not None  # noqa: S101  # for the type checker: it has been spawned
        server = probe.find_server(self._process.pid)
        if server is None:
            raise TritonStartError(f"Triton ended as soon as its model was ready; its log ends:\n{self.log_tail()}")
        return ModelKeeper(self.repository, loaded, self._control, server, self._on_event)

    def _write_log(self, line: str) -> None:
        if self._log is not None:
            os.write(self._log.fileno(), f"{line}\n".encode())

    def _open_log(self) -> BinaryIO:
        if self.log_file is None:
            return tempfile.TemporaryFile()
        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            return self.log_file.open("a+b")
        except OSError as error:
            raise TritonStartError(f"Triton's log cannot be written to {self.log_file}: {error.strerror}.") from error

    def _arguments(self, backends: Path, shared_memory_prefix: str) -> list[str]:
        return [
            f"--model-repository={self.repository}",
            f"--backend-directory={backends}",
            *(f"--{service}-address={HOST}" for service in ("http", "grpc", "metrics")),
            f"--http-port={self.http_port}",
            f"--grpc-port={self.grpc_port}",
            f"--metrics-port={self.metrics_port}",
            f"--http-restricted-api={','.join(_CONTROL_APIS)}:{CONTROL_HEADER}={self._control.key}",
            f"--grpc-restricted-protocol={','.join(_UNUSED_APIS)}:{CONTROL_HEADER}={self._control.key}",
            # The keeper controls loading: in poll mode Triton would retry a broken version for ever.
            "--model-control-mode=explicit",
            f"--load-model={MODEL}",
            "--strict-readiness=true",
            # config.pbtxt is complete; to auto-complete it, Triton would start every version twice.
            "--disable-auto-complete-config",
            f"--exit-timeout-secs={round(supervisor.GRACE_SECONDS)}",
            f"--backend-config=python,stub-timeout-seconds={STUB_TIMEOUT_SECONDS}",
            f"--backend-config=python,shm-region-prefix-name={shared_memory_prefix}",
        ]

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.start_timeout
        while not self.is_ready:
            if not self.is_running:
                raise TritonStartError(f"Triton ended before its model was ready; its log ends:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                raise TritonStartError(
                    f"Triton's model was not ready after {self.start_timeout:.0f} s; its log ends:\n{self.log_tail()}"
                )
            time.sleep(READY_CHECK_SECONDS)
