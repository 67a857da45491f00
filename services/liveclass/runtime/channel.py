"""Channel options for calling a service whose replicas restart and change."""

import json
from collections.abc import Mapping
from typing import Any

KEEPALIVE: list[tuple[str, Any]] = [
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
]
"""For channels to our own services, which allow it: a peer that is gone without a word ends its calls after 15 s."""


def channel_options(service_config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Options of a channel that is kept: retries and balancing by `service_config`, and quick returns."""
    return [
        ("grpc.service_config", json.dumps(service_config)),
        # The default backoff grows to two minutes: far too long to notice that a service is back.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # The time for one attempt to connect, 20 s by default: an address that swallows packets is given up sooner.
        ("grpc.min_reconnect_backoff_ms", 3000),
        # gRPC looks a name up again every 30 s at most: too long to wait for a new replica when none is left.
        ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ]
