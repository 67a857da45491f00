"""What the operator's page shows of the whole installation: figures of all replicas, from their /metrics."""

import asyncio
import math
import socket
import urllib.request
from collections.abc import Iterable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple

from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_SECONDS = 2.0
MOST_BYTES = 4 * 1024 * 1024
MOST_REPLICAS = 64

FIGURES = {
    "live_sources": "liveclass_sources_live",
    "frames_in_flight": "liveclass_frames_in_flight",
    "frames_waiting": "liveclass_frames_waiting",
    "observations_waiting": "liveclass_observations_waiting",
}
"""The sum over all replicas, by the gauge that has it."""


class Service(NamedTuple):
    """Where the replicas of one service show their metrics."""

    name: str
    address: str


async def describe(services: Iterable[Service]) -> dict[str, Any]:
    """Figures, and of each service how many replicas serve, of which versions. It never fails."""
    answers = await asyncio.gather(*(_scrape_all(service) for service in services))
    samples = [sample for replicas in answers for sample in replicas.samples]
    return {
        "services": [replicas.as_json() for replicas in answers],
        "figures": {name: _total(samples, metric) for name, metric in FIGURES.items()},
    }


class _Sample(NamedTuple):
    name: str
    labels: Mapping[str, str]
    value: float


class _Replica(NamedTuple):
    is_serving: bool
    samples: list[_Sample]


class _Replicas(NamedTuple):
    service: str
    known: int
    serving: int
    samples: list[_Sample]

    def as_json(self) -> dict[str, Any]:
        built = {sample.labels.get("version", "") for sample in self.samples if sample.name == "liveclass_build_info"}
        return {
            "name": self.service,
            "replicas": self.known,
            "serving": self.serving,
            "versions": sorted(built),
        }


async def _scrape_all(service: Service) -> _Replicas:
    host, _, port = service.address.rpartition(":")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (OSError, ValueError):
        return _Replicas(service.name, 0, 0, [])
    addresses = _one_family([str(each[4][0]) for each in found])[:MOST_REPLICAS]
    answers = await asyncio.gather(*(asyncio.to_thread(_scrape, address, int(port)) for address in addresses))
    serving = sum(replica.is_serving for replica in answers)
    return _Replicas(service.name, len(addresses), serving, [one for replica in answers for one in replica.samples])


def _one_family(addresses: list[str]) -> list[str]:
    """One replica may have an IPv4 and an IPv6 address: those of IPv4, or else all."""
    distinct = list(dict.fromkeys(addresses))
    return [address for address in distinct if ":" not in address] or distinct


def _scrape(address: str, port: int) -> _Replica:
    """Not serving, and without samples, where nothing usable is answered."""
    base = f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"
    try:
        families = list(text_string_to_metric_families(_get(f"{base}/metrics")))
    except (OSError, HTTPException, ValueError):
        return _Replica(is_serving=False, samples=[])
    samples = [_Sample(one.name, one.labels, one.value) for family in families for one in family.samples]
    try:
        _get(f"{base}/health")  # raises an OSError where the status is another than 200
    except (OSError, HTTPException, ValueError):
        return _Replica(is_serving=False, samples=samples)
    return _Replica(is_serving=True, samples=samples)


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  # an address that the operator set
        text: str = answer.read(MOST_BYTES).decode()
        return text


def _total(samples: list[_Sample], metric: str) -> float | None:
    """None where no replica has it."""
    values = [sample.value for sample in samples if sample.name == metric and not math.isnan(sample.value)]
    return sum(values) if values else None
