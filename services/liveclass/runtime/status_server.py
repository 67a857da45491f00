"""The port for whoever looks after a service: `/metrics`, and `/health` for probes, over HTTP in plaintext."""

import asyncio
import concurrent.futures
import socket
import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

from liveclass.runtime.health import HealthMonitor

_ANSWER_SECONDS = 1.0
"""How long an event loop may take to say how it is: one that hangs is not healthy."""


class StatusServer:
    """Serves on threads of its own. Raises `OSError` where the port is taken; port 0 takes any free one.

    `/metrics` is all of `registry`. `/health` answers 200 while every service is SERVING, else 503; `/health/NAME` the
    same for one of gRPC's health names, such as `liveness`. NOT_SERVING before `follow`.
    """

    def __init__(self, registry: CollectorRegistry, host: str, port: int) -> None:
        self._metrics: Any = make_wsgi_app(registry)
        self._health: HealthMonitor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        kind = _Ipv6Server if ":" in host else _Server
        try:
            self._http = make_server(host.strip("[]"), port, self._answer, kind, _SilentHandler)
        except OSError as error:
            raise OSError(f"cannot listen on {host}:{port} for /metrics: {error.strerror}") from error
        self.port = self._http.server_port
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    def follow(self, health: HealthMonitor) -> None:
        """From now on `/health` is what `health` says. To be called on the event loop that it lives on."""
        self._health, self._loop = health, asyncio.get_running_loop()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"].rstrip("/")
        if path == "/metrics":
            answer: Iterable[bytes] = self._metrics(environ, start_response)
            return answer
        if path == "/health" or path.startswith("/health/"):
            is_serving = self._is_serving(path.removeprefix("/health").removeprefix("/"))
            status = HTTPStatus.OK if is_serving else HTTPStatus.SERVICE_UNAVAILABLE
            text = "SERVING" if is_serving else "NOT_SERVING"
        else:
            status, text = HTTPStatus.NOT_FOUND, "there are /metrics and /health"
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
        return [f"{text}\n".encode()]

    def _is_serving(self, name: str) -> bool:
        if self._health is None or self._loop is None:
            return False
        try:
            return asyncio.run_coroutine_threadsafe(self._health.is_serving(name), self._loop).result(_ANSWER_SECONDS)
        except (concurrent.futures.TimeoutError, RuntimeError):  # it hangs, or has ended
            return False


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Ipv6Server(_Server):
    address_family = socket.AF_INET6


class _SilentHandler(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """A line for every look would drown the log."""
