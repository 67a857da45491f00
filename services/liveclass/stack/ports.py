"""The ports of the parts."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields

HOST = "127.0.0.1"


class StackError(RuntimeError):
    """The system cannot be started, or a part of it ended; the message names it, the cause, and the end of its log."""


@dataclass(frozen=True)
class Ports:
    """The port of every part, set by the environment variables `LIVECLASS_<NAME>_PORT`."""

    detection: int = 50051
    detection_metrics: int = 9101
    session: int = 50052
    session_metrics: int = 9102
    triton_http: int = 8000
    triton_grpc: int = 8001
    triton_metrics: int = 8002
    edge: int = 8080
    edge_metrics: int = 9103
    web: int = 8081

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Ports":
        """Raises StackError for an invalid port."""
        given = {}
        for field in fields(cls):
            text = environment.get(variable(field.name))
            if text is None:
                continue
            if not text.isdecimal() or not 0 < int(text) < 65536:
                raise StackError(f"{variable(field.name)} must be a port from 1 to 65535, and is {text!r}.")
            given[field.name] = int(text)
        return cls(**given)

    @classmethod
    def free(cls) -> "Ports":
        """Ports that are free at the moment."""
        sockets = [socket.socket() for _ in fields(cls)]
        try:
            for each in sockets:
                each.bind((HOST, 0))
            return cls(*(each.getsockname()[1] for each in sockets))
        finally:
            for each in sockets:
                each.close()

    def environment(self) -> dict[str, str]:
        """The environment variables that make the services and clients use these ports."""
        return {
            **{variable(field.name): str(getattr(self, field.name)) for field in fields(self)},
            "LIVECLASS_TRITON_ADDRESS": f"{HOST}:{self.triton_grpc}",
            "LIVECLASS_DETECTION_ADDRESS": f"{HOST}:{self.detection}",
            "LIVECLASS_SESSION_ADDRESS": f"{HOST}:{self.session}",
            "LIVECLASS_DETECTION_METRICS_ADDRESS": f"{HOST}:{self.detection_metrics}",
            "LIVECLASS_SESSION_METRICS_ADDRESS": f"{HOST}:{self.session_metrics}",
            "LIVECLASS_WEB_ADDRESS": f"{HOST}:{self.web}",
        }


def variable(port: str) -> str:
    """The environment variable that sets a port."""
    return f"LIVECLASS_{port.upper()}_PORT"


def is_free(port: int) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
