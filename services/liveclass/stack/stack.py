"""Triton, both services and the edge on one machine."""

import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from liveclass.paths import model_repository, sqlite_url
from liveclass.stack.local_issuer import issuer_settings, local_key, operator_token
from liveclass.stack.part import Part
from liveclass.stack.ports import HOST, Ports, StackError, is_free, variable
from liveclass.tls import Tls

if TYPE_CHECKING:
    from liveclass.identity.local_keys import LocalKey

DECLARATION = "purpose=demonstration; jurisdiction=none"

_START_TIMEOUT = 240.0
_STOP_MARGIN = 10.0
_CHECK_SECONDS = 0.25
_GRACE_VARIABLE, _GRACE_SECONDS = "LIVECLASS_GRACE_SECONDS", 20.0


class Stack:
    """Triton and both services, their logs and the database in `directory`; a context manager.

    `environment` is added to this process's own. Unless they are set there, the database is an SQLite file in
    `directory`, and the declaration of use says that this is a demonstration. The parts are named "triton", "session"
    and "detection", and, with `has_edge`, "web" and "edge". Start it from the main thread: the kernel ends the parts
    with the thread that started them.
    Raises StackError if the grace period in the environment is not a number.
    """

    def __init__(
        self,
        directory: Path,
        ports: Ports | None = None,
        environment: Mapping[str, str] | None = None,
        *,
        has_edge: bool = False,
    ) -> None:
        self.directory = directory.resolve()
        self.ports = ports or Ports()
        self.environment = {
            "LIVECLASS_DATABASE_URL": sqlite_url(self.directory),
            "LIVECLASS_USE_DECLARATION": DECLARATION,
            "PYTHONUNBUFFERED": "1",
            **os.environ,
            **(environment or {}),
            "LIVECLASS_DATA_DIRECTORY": str(self.directory),
            **self.ports.environment(),
        }
        self.tls = Tls.from_environment(self.environment)
        """What clients of the two services need."""
        self.repository = model_repository(self.environment)
        self._stop_timeout = _grace_seconds(self.environment) + _STOP_MARGIN
        self._parts = {part.name: part for part in [*self._plan(), *(self._plan_edge() if has_edge else [])]}
        self._key: LocalKey | None = None

    @property
    def detection_address(self) -> str:
        return f"{HOST}:{self.ports.detection}"

    @property
    def session_address(self) -> str:
        return f"{HOST}:{self.ports.session}"

    @property
    def triton_http(self) -> str:
        return f"http://{HOST}:{self.ports.triton_http}"

    @property
    def edge_url(self) -> str:
        return f"http://localhost:{self.ports.edge}"

    @property
    def edge_token(self) -> str:
        """A token that may do everything; empty where the environment names an issuer, which then gives tokens out."""
        return operator_token(self._key, self.environment.get("LIVECLASS_AUDIENCE", "liveclass")) if self._key else ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts, each after those that it depends on."""
        return tuple(self._parts)

    def start(self, on_ready: Callable[[str], None] = lambda _: None) -> None:
        """Starts all parts and blocks until they are ready; `on_ready` is called with the name of each that is.

        Raises StackError and stops all parts if one cannot be started.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        self._require_free_ports()
        if "edge" in self._parts and not self.environment.get("LIVECLASS_ISSUER"):
            self._key = local_key(self.directory)
            self.environment |= issuer_settings(self.directory, self._key)
        for name in self.names:
            self.log_file(name).unlink(missing_ok=True)
        try:
            for part in self._parts.values():
                part.start(self.environment)
            self._wait_until_ready(list(self._parts.values()), on_ready)
        except BaseException:  # also on Ctrl-C, no part may be left running
            self.stop()
            raise

    def stop(self) -> None:
        """Stops all parts, dependents first; each has its grace period to finish the calls in flight."""
        try:
            for name in reversed(self.names):
                self._parts[name].end(self._stop_timeout)
        finally:  # a second Ctrl-C kills them
            for part in self._parts.values():
                part.kill()

    def restart(self, name: str) -> None:
        """Stops a part if it is running, starts it, and blocks until it is ready."""
        part = self._parts[name]
        part.end(self._stop_timeout)
        deadline = time.monotonic() + self._stop_timeout
        while not all(is_free(port) for port in part.ports) and time.monotonic() < deadline:
            time.sleep(_CHECK_SECONDS)  # Triton ends a little later than its launcher
        part.start(self.environment)
        self._wait_until_ready([part], lambda _: None)

    def kill(self, name: str, signal_number: int = signal.SIGKILL) -> None:
        """Sends a signal to a part; with SIGKILL, waits until it has ended."""
        process = self._parts[name].process
        process.send_signal(signal_number)
        if signal_number == signal.SIGKILL:
            process.wait()

    def wait(self, name: str, timeout: float) -> int:
        """Waits until a part has ended and returns its exit status. Raises subprocess.TimeoutExpired."""
        return self._parts[name].process.wait(timeout)

    def pid(self, name: str) -> int:
        """The process id of a part; for Triton that of its launcher, an ancestor of the server process."""
        return self._parts[name].process.pid

    def is_ready(self, name: str) -> bool:
        """Whether a part is ready: Triton's model answers, a service's health is SERVING."""
        return self._parts[name].is_ready()

    def log_file(self, name: str) -> Path:
        """The log file of a part."""
        return self.directory / f"{name}.log"

    def logs(self, name: str) -> str:
        """The log of a part since the stack was started."""
        return self._parts[name].log()

    def check(self) -> None:
        """Raises StackError if a part has ended."""
        for part in self._parts.values():
            if part.has_ended:
                raise StackError(part.exit_report())

    def keep_running(self, on_event: Callable[[str], None]) -> None:
        """Restarts parts that have ended, with a growing wait. Call it about every half second from the main thread.

        `on_event` receives a line when a part ended, and one when it is ready again.
        """
        for part in self._parts.values():
            part.keep_running(self.environment, on_event)

    def __enter__(self) -> "Stack":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _plan(self) -> list[Part]:
        ports = self.ports
        triton = ["liveclass.triton", f"--repository={self.repository}", f"--log-file={self.log_file('triton')}"]
        triton += [f"--{kind}-port={getattr(ports, f'triton_{kind}')}" for kind in ("http", "grpc", "metrics")]
        triton_ports = [ports.triton_http, ports.triton_grpc, ports.triton_metrics]
        return [
            Part("triton", triton, triton_ports, self.log_file("triton"), lambda: _triton_is_ready(ports.triton_http)),
            Part(
                "session",
                ["liveclass.session"],
                [ports.session, ports.session_metrics],
                self.log_file("session"),
                lambda: _is_serving(ports.session_metrics),
            ),
            Part(
                "detection",
                ["liveclass.detection"],
                [ports.detection, ports.detection_metrics],
                self.log_file("detection"),
                lambda: _is_serving(ports.detection_metrics),
            ),
        ]

    def _plan_edge(self) -> list[Part]:
        ports = self.ports
        return [
            Part(
                "web",
                ["liveclass.web"],
                [ports.web],
                self.log_file("web"),
                lambda: _is_serving(ports.web),
            ),
            Part(
                "edge",
                ["liveclass.edge"],
                [ports.edge, ports.edge_metrics],
                self.log_file("edge"),
                lambda: _is_serving(ports.edge_metrics),
            ),
        ]

    def _require_free_ports(self) -> None:
        needed = {port for part in self._parts.values() for port in part.ports}
        for field in fields(self.ports):
            port = getattr(self.ports, field.name)
            if port in needed and not is_free(port):
                raise StackError(
                    f"Port {port} is in use; stop what listens there, or set {variable(field.name)} to another one."
                )

    def _wait_until_ready(self, parts: list[Part], on_ready: Callable[[str], None]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        waiting = list(parts)
        while waiting:
            for part in list(waiting):
                if not part.is_running:
                    raise StackError(part.exit_report())
                if part.is_ready():
                    waiting.remove(part)
                    on_ready(part.name)
            if waiting and time.monotonic() > deadline:
                late = " and ".join(part.name for part in waiting)
                tail = waiting[0].tail()
                raise StackError(f"{late} did not serve within {_START_TIMEOUT:.0f} s; the log ends:\n{tail}")
            time.sleep(_CHECK_SECONDS)


def _grace_seconds(environment: Mapping[str, str]) -> float:
    text = environment.get(_GRACE_VARIABLE, _GRACE_SECONDS)
    try:
        return float(text)
    except ValueError as error:
        raise StackError(f"{_GRACE_VARIABLE} must be a number of seconds, and is {text!r}.") from error


def _triton_is_ready(port: int) -> bool:
    from liveclass.triton.launcher import is_model_ready  # noqa: PLC0415  # not needed to read ports and paths

    return is_model_ready(port)


def _is_serving(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
