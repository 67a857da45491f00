"""Exits 0 when the service in this container says SERVING, 1 otherwise. For engines without probes of their own."""

import os
import sys
from http import HTTPStatus
from http.client import HTTPConnection

DEFAULT_PORTS = {
    "LIVECLASS_DETECTION_METRICS_PORT": "9101",
    "LIVECLASS_SESSION_METRICS_PORT": "9102",
    "LIVECLASS_WEB_PORT": "8081",
}
TIMEOUT_SECONDS = 2.0


def is_serving(port: str) -> bool:
    connection = HTTPConnection("127.0.0.1", int(port), timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    # A container runs one of the three: nothing listens on the others' ports.
    ports = [os.environ.get(name, default) for name, default in DEFAULT_PORTS.items()]
    sys.exit(0 if any(is_serving(port) for port in ports) else 1)
