"""How one service stays connected to another that may restart, move or multiply."""

import json
from collections.abc import Mapping
from typing import Any


def channel_options(service_config: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Options of a channel that is kept: retries and balancing by `service_config`, and quick returns."""
    return [
        ("grpc.service_config", json.dumps(service_config)),
        # The default backoff grows to two minutes: far too long to notice that a service is back.
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.max_reconnect_backoff_ms", 1000),
        # gRPC looks a name up again every 30 s at most: too long to wait for a new replica when none is left.
        ("grpc.dns_min_time_between_resolutions_ms", 1000),
    ]
