"""Which metrics exist: ours, asked of the code that makes them, and Triton's."""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from deploy_helpers import DEPLOY, ROOT
from prometheus_client import CollectorRegistry

TRITON = frozenset(
    {
        "nv_inference_request_success",
        "nv_inference_request_failure",
        "nv_inference_count",
        "nv_inference_exec_count",
        "nv_inference_pending_request_count",
        "nv_inference_request_duration_us",
        "nv_inference_queue_duration_us",
        "nv_inference_compute_input_duration_us",
        "nv_inference_compute_infer_duration_us",
        "nv_inference_compute_output_duration_us",
        "nv_gpu_utilization",
        "nv_gpu_memory_used_bytes",
        "nv_gpu_memory_total_bytes",
    }
)
"""Of its documentation's list, what is used here. Those of GPUs exist only where there is one."""

ENVOY = frozenset(
    {
        "envoy_http_downstream_cx_active",
        "envoy_http_downstream_rq_active",
        "envoy_http_downstream_rq_time_bucket",
        "envoy_http_downstream_rq_xx",
        "envoy_http_jwt_authn_denied",
        "envoy_server_memory_allocated",
    }
)
"""Of the edge; tests/e2e/test_edge.py sees that it has them."""

PROMETHEUS = frozenset({"up"})
"""What Prometheus adds for each target."""

NAME = re.compile(
    r"(?<![\w:])(?:liveclass[_:][\w:]*|nv_\w+|envoy_http_(?:downstream|jwt)_\w+|envoy_server_\w+|up)(?![\w:.])"
)


def names_in(expression: str) -> set[str]:
    """The metrics that a PromQL expression asks for; quoted label values are none."""
    return set(NAME.findall(re.sub(r'"[^"]*"', '""', expression)))


def ours() -> set[str]:
    """The series of every class in a `metrics` module of the services that registers with a registry."""
    registry = CollectorRegistry()
    for path in sorted((ROOT / "services/liveclass").glob("*/metrics.py")):
        if path.parent.name == "training":
            continue
        module = importlib.import_module(f"liveclass.{path.parent.name}.metrics")
        members: list[tuple[str, Any]] = inspect.getmembers(module, inspect.isclass)
        for _, kind in members:
            if kind.__module__ == module.__name__ and list(inspect.signature(kind).parameters) == ["registry"]:
                kind(registry)
    return {name for metric in registry.collect() for name in _series(metric.name, metric.type)}


def _series(name: str, kind: str) -> list[str]:
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(kind, [""])
    return [name + suffix for suffix in suffixes]


def rules() -> Iterator[dict[str, object]]:
    """Every recording and alerting rule."""
    for path in sorted((DEPLOY / "prometheus/rules").glob("*.yaml")):
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def known() -> set[str]:
    """Every name that an expression may use."""
    recorded = {str(rule["record"]) for rule in rules() if "record" in rule}
    return ours() | recorded | TRITON | ENVOY | PROMETHEUS


def dashboards() -> list[Path]:
    return sorted((DEPLOY / "grafana/dashboards").glob("*.json"))
