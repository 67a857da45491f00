"""A real Prometheus reads the running stack: every rule and every panel has something to show after some traffic."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
import yaml
from deploy_helpers import DEPLOY, run, tool
from deploy_metrics import dashboards, rules

from liveclass.stack import Ports, Stack
from liveclass.v1 import detection_pb2, detection_pb2_grpc, session_pb2, session_pb2_grpc

pytestmark = pytest.mark.timeout(400)

HOST = "127.0.0.1"
TRAFFIC_SECONDS = 120
"""At most. It takes a few scrapes until a rate has something to stand on."""

NEEDS_A_GPU = "nv_gpu_"

Ask = Callable[[str], list[str]]


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a Prometheus that reads the stack every second, with the rules as they are."""
    binary = tool("prometheus")
    folder = tmp_path_factory.mktemp("prometheus")
    port = Ports.free().detection
    (folder / "prometheus.yml").write_text(configuration(stack.ports))
    command = [
        binary,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)

    def ask(expression: str) -> list[str]:
        """The values of the series that it finds."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"http://{HOST}:{port}/api/v1/query?{query}", timeout=10) as response:
            return [series["value"][1] for series in json.load(response)["data"]["result"]]

    try:
        wait_until_ready(process, f"http://{HOST}:{port}/-/ready", folder / "log")
        yield ask
    finally:
        process.terminate()
        process.wait()


def configuration(ports: Ports) -> str:
    """`local.yml` with this stack's ports, in a hurry."""
    config = yaml.safe_load((DEPLOY / "prometheus/local.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yaml")]
    for job in config["scrape_configs"]:
        target = f"{HOST}:{getattr(ports, job['job_name'] + '_metrics')}"
        job["static_configs"] = [{"targets": [target]}]
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


@pytest.fixture(scope="module")
def traffic(stack: Stack, photograph: bytes) -> Iterator[Callable[[], None]]:
    """Sends a little of everything: a frame that is recorded, one that is none, and a look at the timeline."""
    with grpc.insecure_channel(stack.detection_address) as frames, grpc.insecure_channel(stack.session_address) as kept:
        detection, sessions = detection_pb2_grpc.DetectionServiceStub(frames), session_pb2_grpc.SessionServiceStub(kept)
        request = session_pb2.CreateSessionRequest(
            parent="classrooms/monitoring", session_id=f"s{uuid.uuid4().hex[:12]}", session={"minimum_group_size": 1}
        )
        session = sessions.CreateSession(request, timeout=10).name

        def send() -> None:
            frame = detection_pb2.ClassifyFrameRequest(image=photograph, session=session, source="camera-1")
            assert detection.ClassifyFrame(frame, timeout=10).recorded
            with pytest.raises(grpc.RpcError):
                detection.ClassifyFrame(detection_pb2.ClassifyFrameRequest(image=b"%PDF-1.7"), timeout=10)
            sessions.GetTimeline(session_pb2.GetTimelineRequest(session=session), timeout=10)

        yield send


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


def test_every_panel_and_every_recorded_figure_has_data(prometheus, traffic):
    waiting = panel_expressions() | {str(rule["record"]): str(rule["record"]) for rule in rules() if "record" in rule}
    deadline = time.monotonic() + TRAFFIC_SECONDS
    while waiting and time.monotonic() < deadline:
        traffic()
        waiting = {name: expression for name, expression in waiting.items() if not has_data(prometheus(expression))}
        time.sleep(0.5)
    assert waiting == {}


def test_every_target_is_up_and_no_alert_fires(prometheus, traffic):
    traffic()
    assert len(prometheus("up == 1")) == 3
    assert prometheus('ALERTS{alertstate="firing"}') == []


@pytest.mark.parametrize("service", ["detection", "session"])
def test_promtool_has_nothing_to_say_about_our_metrics(stack, traffic, service):
    traffic()
    port = getattr(stack.ports, f"{service}_metrics")
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as response:
        text = response.read().decode()
    result = run(tool("promtool"), "check", "metrics", stdin=text)
    assert (result.returncode, result.stdout) == (0, "")
