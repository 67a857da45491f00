"""How Envoy is told to stop: what is under way is finished, streams excepted, and nothing new begins."""

import re
import socket
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from liveclass.edge.configuration import STREAMS

ADMIN_SOCKET = "admin.sock"
_POLL_SECONDS = 0.1
_TIMEOUT_SECONDS = 2.0

_REQUESTS = re.compile(r"^http\.edge\.downstream_rq_active: (\d+)$", re.MULTILINE)
_STREAMS = re.compile(rf"^cluster\.\w+{STREAMS}\.upstream_rq_active: (\d+)$", re.MULTILINE)


def drain(admin: Path, finish_seconds: float, accept_seconds: float = 0.0) -> None:
    """Returns once no request is under way that will end by itself, or after both times.

    For `accept_seconds` new connections are still taken: those of whoever has not learned yet that this edge stops.
    Every answer says from now on that its connection closes. Returns at once where no Envoy answers at the
    socket `admin`.
    """
    end = time.monotonic() + accept_seconds + finish_seconds
    try:
        _ask(admin, "POST", "/healthcheck/fail")
        time.sleep(accept_seconds)
        _ask(admin, "POST", "/drain_listeners?inboundonly")
        while time.monotonic() < end and _requests_under_way(admin):
            time.sleep(_POLL_SECONDS)
    except (OSError, HTTPException):
        return


def _requests_under_way(admin: Path) -> int:
    """Streams go on until their caller ends them, and are taken up again elsewhere: they are not waited for."""
    text = _ask(admin, "GET", "/stats?filter=rq_active$")
    requests = sum(int(number) for number in _REQUESTS.findall(text))
    return requests - sum(int(number) for number in _STREAMS.findall(text))


def _ask(admin: Path, method: str, path: str) -> str:
    connection = _UnixConnection(admin)
    try:
        connection.request(method, path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
