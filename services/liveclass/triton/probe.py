"""Health check of a Triton: one small inference, and a check for backend processes that have died.

After a backend process was killed, Triton still reports its model as ready and fails every request sent to that process
(triton server issue 7230). So the check sends a real request.

It uses only the standard library, because Kubernetes runs it inside Triton's image:

    python3 probe.py ready     exits 0 if the model answers
    python3 probe.py alive     exits 0 if it answers and none of its backend processes has died
"""

import http.client
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

MODEL = "emotion"
HOST = "127.0.0.1"
HTTP_PORT = 8000
TIMEOUT_SECONDS = 3.0
ATTEMPTS = 2
"""Triton sends successive requests to different backend processes of the model."""

FACE_SIZE = 48
_ONE_FACE = json.dumps(
    {
        "inputs": [
            {
                "name": "face",
                "shape": [1, FACE_SIZE, FACE_SIZE, 1],
                "datatype": "UINT8",
                "data": [0] * FACE_SIZE * FACE_SIZE,
            }
        ]
    }
).encode()

_BACKEND = "triton_python_b"
"""Process name of a backend; the kernel truncates names to 15 characters."""


class Process(NamedTuple):
    """A process, as in /proc/PID/stat."""

    pid: int
    name: str
    state: str
    """Z: a zombie."""
    parent: int


def answers(http_port: int = HTTP_PORT, timeout: float = TIMEOUT_SECONDS, attempts: int = ATTEMPTS) -> bool:
    """Whether the newest version of the model classifies a blank face; each attempt may take `timeout` seconds."""
    return any(_infer(http_port, timeout) for _ in range(attempts))


def backend_processes(server: int) -> list[Process]:
    """The processes that run the model for the Triton with this process id, dead ones included."""
    return [each for each in _processes() if each.parent == server and each.name == _BACKEND]


def find_server(parent: int | None = None) -> int | None:
    """The process id of a `tritonserver`, with this parent if one is given; None if there is none."""
    found = (each.pid for each in _processes() if each.name == "tritonserver" and parent in {None, each.parent})
    return next(found, None)


def _infer(http_port: int, timeout: float) -> bool:
    connection = http.client.HTTPConnection(HOST, http_port, timeout=timeout)
    try:
        connection.request("POST", f"/v2/models/{MODEL}/infer", _ONE_FACE)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _processes() -> Iterator[Process]:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdecimal():
            continue
        try:
            text = (folder / "stat").read_text("utf-8", errors="replace")
        except OSError:  # it has ended in the meantime
            continue
        # The name is in parentheses and may contain any character; state and parent follow it.
        name, _, rest = text.partition("(")[2].rpartition(")")
        state, parent = rest.split()[:2]
        yield Process(int(folder.name), name, state, int(parent))


def _all_alive() -> bool:
    server = find_server()
    return server is not None and all(each.state != "Z" for each in backend_processes(server))


def main(arguments: Sequence[str]) -> int:
    if list(arguments) not in (["ready"], ["alive"]):
        sys.stderr.write("usage: probe.py ready|alive\n")
        return 2
    if arguments[0] == "alive" and not _all_alive():
        sys.stderr.write("a backend process of the model has died\n")
        return 1
    if not answers():
        sys.stderr.write("the model does not answer\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
