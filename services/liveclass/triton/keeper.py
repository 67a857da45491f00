"""Supervises a running Triton: loads newly published models and replaces backend processes that died."""

import contextlib
import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from liveclass.triton.probe import HOST, MODEL, answers, backend_processes

POLL_SECONDS = 0.5
PROBE_SECONDS = 2.0
LOAD_TIMEOUT_SECONDS = 240.0
STALE_SECONDS = 5.0
"""Time for the requests of replaced backend processes to end before they are killed."""

MAX_SILENCE_SECONDS = 60.0
"""A Triton that has not answered for this long is killed; its supervisor starts a new one."""

CONTROL_HEADER = "liveclass-control"
"""Of HTTP requests, with the key."""

_MAX_BACKOFF_SECONDS = 60.0
_REASON_LENGTH = 300

Fingerprint = tuple[tuple[str, int, int], ...]


def fingerprint(model: Path) -> Fingerprint:
    """The files that make up the model: path, time of the last change in ns, and size in bytes."""
    found = []
    for path in [model / "config.pbtxt", *sorted(model.glob("[1-9]*/**/*"))]:
        try:
            status = path.stat()
        except OSError:  # it was removed in the meantime
            continue
        found.append((str(path.relative_to(model)), status.st_mtime_ns, status.st_size))
    return tuple(found)


class LoadError(RuntimeError):
    """Triton did not load the model; the message is Triton's."""


class Control(NamedTuple):
    """What a Triton is controlled by."""

    http_port: int
    key: str
    """Without which it loads nothing."""

    def request(self, method: str, path: str, body: str | None) -> str:
        """The text of the answer. Raises `LoadError`."""
        connection = http.client.HTTPConnection(HOST, self.http_port, timeout=LOAD_TIMEOUT_SECONDS)
        try:
            connection.request(method, path, body, {CONTROL_HEADER: self.key})
            response = connection.getresponse()
            text = response.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise LoadError(f"Triton did not answer: {error}") from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise LoadError(_first_line(text))
        return text


class ModelKeeper:
    """Supervises one Triton from its own thread, until `close`.

    A changed model repository is loaded once. If that fails, Triton goes on serving the versions it has, and loading
    is not tried again until the files change. `on_event` receives one line for every action.
    """

    def __init__(
        self,
        repository: Path,
        loaded: Fingerprint,
        control: "Control",
        server_pid: int,
        on_event: Callable[[str], None],
    ) -> None:
        """`loaded`: the files as they were when the server began to load them."""
        self._model, self._control = repository / MODEL, control
        self._server_pid, self._on_event = server_pid, on_event
        self._loaded = self._seen = loaded
        self._known_dead: set[int] = set()
        self._stale: set[int] = set()
        self._stale_at = 0.0
        self._reload_at, self._backoff = 0.0, 1.0
        self._answered_at = self._probed_at = time.monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="model-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Starts no new action; one in progress ends with the server."""
        self._closing.set()

    def join(self) -> None:
        """Waits for the thread to end, after `close` and the end of the server."""
        self._thread.join(2 * PROBE_SECONDS)

    def _run(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            self._load_published()
            self._replace_dead_backends()
            self._kill_stale_backends()
            self._kill_silent_server()

    def _report(self, line: str) -> None:
        if not self._closing.is_set():  # failures are expected while Triton shuts down
            self._on_event(line)

    def _load_published(self) -> None:
        """Loads the repository after it has stopped changing, since a version still being copied would fail."""
        now = fingerprint(self._model)
        settled, self._seen = now == self._seen, now
        if not settled or now == self._loaded:
            return
        self._loaded = now
        try:
            self._load()
        except LoadError as error:
            self._report(
                f"ERROR {self._model} cannot be loaded; the versions loaded before are still served. Loading is tried "
                f"again when its files change: {error}"
            )
        else:
            self._report(f"loaded the published versions in {self._model}")

    def _replace_dead_backends(self) -> None:
        processes = backend_processes(self._server_pid)
        dead = {each.pid for each in processes if each.state == "Z"} - self._known_dead
        if not dead or time.monotonic() < self._reload_at:
            return
        self._report(f"ERROR {len(dead)} of the model's backend processes died; starting new ones")
        try:
            self._load(self._changed_config())
            if not self._alive() - {each.pid for each in processes}:
                raise LoadError("Triton took the model for unchanged")  # noqa: TRY301  # like every other failure
        except LoadError as error:
            self._report(
                f"ERROR new backend processes could not be started, trying again in {self._backoff:.0f} s: {error}"
            )
        else:
            self._report("new backend processes serve the model")
            self._known_dead |= dead
            # Triton does not end the other processes of a model when one of them dies.
            self._stale = {each.pid for each in processes} - dead
            self._stale_at = time.monotonic() + STALE_SECONDS
        self._reload_at = time.monotonic() + self._backoff
        self._backoff = min(_MAX_BACKOFF_SECONDS, 2 * self._backoff)

    def _kill_stale_backends(self) -> None:
        if self._stale and time.monotonic() >= self._stale_at:
            for pid in self._stale & self._alive():
                os.kill(pid, signal.SIGKILL)
            self._known_dead |= self._stale
            self._stale = set()

    def _kill_silent_server(self) -> None:
        now = time.monotonic()
        if now - self._probed_at < PROBE_SECONDS:
            return
        if answers(self._control.http_port, PROBE_SECONDS):
            self._answered_at = now
            if now - self._reload_at > _MAX_BACKOFF_SECONDS:
                self._backoff = 1.0
        elif now - self._answered_at > MAX_SILENCE_SECONDS and not self._closing.is_set():
            self._report(f"ERROR the model has not answered for {MAX_SILENCE_SECONDS:.0f} s; ending this Triton")
            self._closing.set()
            os.kill(self._server_pid, signal.SIGKILL)
        self._probed_at = time.monotonic()

    def _alive(self) -> set[int]:
        return {each.pid for each in backend_processes(self._server_pid) if each.state != "Z"}

    def _changed_config(self) -> str:
        """The served configuration with a new parameter: Triton reloads unchanged files only if it differs."""
        config = json.loads(self._control.request("GET", f"/v2/models/{MODEL}/config", None))
        config.setdefault("parameters", {})["reloaded_at"] = {"string_value": str(time.time_ns())}
        return json.dumps(config)

    def _load(self, config: str | None = None) -> None:
        parameters = {"parameters": {"config": config}} if config else {}
        self._control.request("POST", f"/v2/repository/models/{MODEL}/load", json.dumps(parameters))


def _first_line(answer: str) -> str:
    """The first line of Triton's error message, without the stack trace."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        answer = str(json.loads(answer)["error"])
    return answer.strip().partition("\n")[0][:_REASON_LENGTH]
