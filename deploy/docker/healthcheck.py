"""Exits 0 when the service in this container says SERVING, 1 otherwise. For engines that know no gRPC probes."""

import os
import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

DEFAULT_PORTS = {"LIVECLASS_DETECTION_PORT": "50051", "LIVECLASS_SESSION_PORT": "50052"}
TIMEOUT_SECONDS = 2.0


def is_serving(port: str) -> bool:
    with grpc.insecure_channel(f"localhost:{port}") as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


if __name__ == "__main__":
    # A container runs one of the two services; the other's port has nobody listening.
    ports = [os.environ.get(name, default) for name, default in DEFAULT_PORTS.items()]
    sys.exit(0 if any(is_serving(port) for port in ports) else 1)
