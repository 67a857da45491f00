"""Channel options of the SDK: load balancing, keepalive and reconnection.

The service config is gRPC's own (https://github.com/grpc/grpc/blob/master/doc/service_config.md). It has
no retry policy, since gRPC's ignores RetryInfo; see `liveclass.client.retries`.
"""

import json
from typing import Any


def service_config() -> dict[str, Any]:
    """Round robin over every address that the name resolves to."""
    return {"loadBalancingConfig": [{"round_robin": {}}]}


def channel_options() -> list[tuple[str, Any]]:
    """Options for both kinds of channel."""
    return [
        ("grpc.service_config", json.dumps(service_config())),
        ("grpc.enable_retries", 1),  # transparent retries of calls that never reached a service
        ("grpc.max_receive_message_length", 32 * 2**20),  # a timeline of 20,000 buckets exceeds gRPC's default of 4 MiB
        ("grpc.keepalive_time_ms", 60_000),  # detects a dead connection during a quiet watch
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 5_000),
        ("grpc.dns_min_time_between_resolutions_ms", 1_000),  # the default of 30 s is long if no replica is left
    ]
