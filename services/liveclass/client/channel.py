"""How the SDK talks to the services: retries, load balancing and keepalive, as data.

The service config is gRPC's own (https://github.com/grpc/grpc/blob/master/doc/service_config.md). Only methods whose
second call changes nothing are retried, and only on UNAVAILABLE. CreateSession is not among them, since the server may
make up the name; DeleteSession and DeleteObservations are not, since their second answer would not be the first's.
"""

import json
from typing import Any

RETRIED: dict[str, tuple[str, ...]] = {
    "liveclass.v1.DetectionService": ("ClassifyFrame", "ClassifyFaces"),
    "liveclass.v1.SessionService": (
        "GetSession",
        "ListSessions",
        "EndSession",
        "RecordObservations",
        "GetTimeline",
        "GetSummary",
    ),
}

RETRY_POLICY: dict[str, Any] = {
    "maxAttempts": 4,
    "initialBackoff": "0.2s",
    "maxBackoff": "2s",
    "backoffMultiplier": 2,
    "retryableStatusCodes": ["UNAVAILABLE"],
}


def service_config() -> dict[str, Any]:
    """Retries of idempotent methods, and round robin over every address that the name resolves to."""
    names = [{"service": service, "method": method} for service, methods in RETRIED.items() for method in methods]
    return {
        "loadBalancingConfig": [{"round_robin": {}}],
        "methodConfig": [{"name": names, "retryPolicy": RETRY_POLICY}],
    }


def channel_options() -> list[tuple[str, Any]]:
    """Options for both kinds of channel."""
    return [
        ("grpc.service_config", json.dumps(service_config())),
        ("grpc.enable_retries", 1),
        ("grpc.max_receive_message_length", 32 * 2**20),  # a timeline of 20,000 buckets is longer than gRPC's 4 MiB
        ("grpc.keepalive_time_ms", 60_000),  # a watch over a silent network notices that the other end is gone
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 5_000),
        ("grpc.dns_min_time_between_resolutions_ms", 1_000),  # 30 s by default: long, when no replica is left
    ]


def target(address: str) -> str:
    """The address with gRPC's scheme: a bare host:port is looked up in DNS, so that all its replicas are found."""
    return address if "://" in address or address.startswith("unix:") else f"dns:///{address}"
