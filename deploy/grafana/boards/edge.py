"""*Edge*: what comes in over HTTP, and what is refused there before a service sees it."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from boards.panels import Query, board, curves, figure

EDGE = 'envoy_http_conn_manager_prefix="edge"'


def edge() -> Dashboard:
    by_class = f"sum by (envoy_response_code_class) (rate(envoy_http_downstream_rq_xx{{{EDGE}}}[$__rate_interval]))"
    buckets = f"sum by (le) (rate(envoy_http_downstream_rq_time_bucket{{{EDGE}}}[$__rate_interval]))"
    return board(
        "liveclass-edge",
        "Edge",
        "What comes in over HTTP. A watcher is one request for as long as it watches.",
        [
            figure("Connections", "Open now.", f"sum(envoy_http_downstream_cx_active{{{EDGE}}})", "none"),
            figure(
                "Requests under way", "Watchers included.", f"sum(envoy_http_downstream_rq_active{{{EDGE}}})", "none"
            ),
            figure("Memory", "Of the largest replica.", "max(envoy_server_memory_allocated)", "bytes"),
            figure(
                "Answers 5xx",
                "The share of five minutes' answers.",
                "liveclass:edge_errors:ratio_rate5m",
                "percentunit",
            ),
            curves(
                "Answers by class",
                "4xx is what callers did: no token, too large, too fast. 5xx is ours.",
                [Query(by_class, "{{envoy_response_code_class}}xx")],
                "reqps",
            ),
            curves(
                "Time of a request",
                "From its first byte to the answer's last; long ones are watchers.",
                [Query(f"histogram_quantile({q}, {buckets})", f"p{round(100 * q)}") for q in (0.5, 0.95, 0.99)],
                "ms",
            ),
        ],
    )
