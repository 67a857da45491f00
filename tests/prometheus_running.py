"""A real Prometheus that reads services on loopback, with the rules as they are, and what the dashboards ask it."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from deploy_helpers import DEPLOY, tool
from deploy_metrics import dashboards

from liveclass.stack import Ports

HOST = "127.0.0.1"
NEEDS_A_GPU = "nv_gpu_"

Ask = Callable[[str], list[str]]


@contextmanager
def running_prometheus(folder: Path, targets: Mapping[str, int]) -> Iterator[Ask]:
    """Reads the port of each job every second; what it gives asks a PromQL expression for the values of its series."""
    binary = tool("prometheus")
    port = Ports.free().detection
    (folder / "prometheus.yml").write_text(configuration(targets))
    command = [
        binary,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)

    def ask(expression: str) -> list[str]:
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://{HOST}:{port}/api/v1/query?{query}", timeout=10) as response:
            return [series["value"][1] for series in json.load(response)["data"]["result"]]

    try:
        wait_until_ready(process, f"http://{HOST}:{port}/-/ready", folder / "log")
        yield ask
    finally:
        process.terminate()
        process.wait()


def configuration(targets: Mapping[str, int]) -> str:
    """`local.yml` with these jobs and ports, in a hurry."""
    config = yaml.safe_load((DEPLOY / "prometheus/local.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yaml")]
    config["scrape_configs"] = [job for job in config["scrape_configs"] if job["job_name"] in targets]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"{HOST}:{targets[job['job_name']]}"]}]
    return yaml.safe_dump(config)


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(100):
        if process.poll() is not None:
            pytest.fail(f"Prometheus did not start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"Prometheus is not ready:\n{log.read_text()}")


def panel_expressions() -> dict[str, str]:
    """What each panel asks, as Grafana would send it."""
    return {
        f"{path.stem}: {panel['title']} {target['refId']}": target["expr"].replace("$__rate_interval", "1m")
        for path in dashboards()
        for panel in json.loads(path.read_text())["panels"]
        for target in panel["targets"]
        if NEEDS_A_GPU not in target["expr"]
    }


def has_data(values: list[str]) -> bool:
    return any(value != "NaN" for value in values)
