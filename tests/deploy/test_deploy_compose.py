"""docker-compose.yaml by podman-compose: the way of one machine, with a real Prometheus on what it publishes."""

import json
import os
import subprocess
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator

import pytest
from deploy_helpers import DEPLOY, ROOT, run
from pods import ENGINE
from pods_running import Operator, new_session, recorded_frames
from prometheus_running import has_data, panel_expressions

from liveclass.client import LiveClass, ServiceError

pytestmark = pytest.mark.timeout(600)

SERVICES = ("triton", "session", "detection", "prometheus")
"""Grafana's and Alertmanager's images are nowhere to be had without a registry."""

READY_SECONDS = 120

Compose = Callable[..., str]


@pytest.fixture(scope="module")
def compose(operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """`podman-compose` with our file and what an operator sets; what it has started is taken away in the end."""
    made = run(ROOT / "tests/deploy/build_tools_image.sh")
    assert made.returncode == 0, made.stdout
    folder = tmp_path_factory.mktemp("compose")
    (folder / "containers.conf").write_text(ENGINE)
    (folder / "webhook").write_text("http://127.0.0.1:9/")
    environment = {
        **os.environ,
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "BASE": "localhost/liveclass/python:bookworm",
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
        "LIVECLASS_ISSUER": "liveclass-local",
        "LIVECLASS_JWKS": str(operator.issuer_keys_file(folder)),
        "GRAFANA_PASSWORD": uuid.uuid4().hex,
        "ALERT_WEBHOOK_FILE": str(folder / "webhook"),
    }
    files = ("--file", DEPLOY / "docker/docker-compose.yaml", "--file", ROOT / "tests/data/pods/compose.yaml")
    program = (ROOT / "build/compose/bin/podman-compose", "--in-pod=0", f"--project-name=lc{uuid.uuid4().hex[:8]}")

    def call(*arguments: str) -> str:
        command = list(map(str, (*program, *files, *arguments)))
        result = subprocess.run(command, env=environment, text=True, capture_output=True, check=False, timeout=180)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    try:
        call("up", "--no-build", "--detach", *SERVICES)
        yield call
    finally:
        call("down", "--volumes", "--timeout", "30")


@pytest.fixture(scope="module")
def client(compose: Compose, operator: Operator, photograph: bytes) -> Iterator[LiveClass]:
    """Of the ports that the file publishes, once a photograph is classified."""
    del compose
    with LiveClass("127.0.0.1:50051", "127.0.0.1:50052", timeout=30, token=operator.token()) as client:
        deadline = time.monotonic() + READY_SECONDS
        while not is_classified(client, photograph):
            assert time.monotonic() < deadline
            time.sleep(1)
        yield client


def is_classified(client: LiveClass, photograph: bytes) -> bool:
    try:
        return bool(client.classify(photograph).faces)
    except ServiceError:
        return False


def ask(expression: str) -> list[str]:
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"http://127.0.0.1:9090/api/v1/query?{query}", timeout=10) as response:
        return [series["value"][1] for series in json.load(response)["data"]["result"]]


def test_a_frame_is_classified_and_recorded(client, photograph):
    session = new_session(client)
    frame = client.classify(photograph, session=session, source="camera-1")
    assert frame.recorded
    assert [face.emotion.label for face in frame.faces] == ["happiness"]
    assert recorded_frames(client, session) == 1


def test_every_panel_has_data_from_the_prometheus_of_the_file(client, photograph):
    """Every panel but the edge's, which needs an image of Envoy; scraped as often as the file says."""
    session = new_session(client)
    waiting = {name: expression for name, expression in panel_expressions().items() if not name.startswith("edge:")}
    deadline = time.monotonic() + 180
    while waiting and time.monotonic() < deadline:
        assert client.classify(photograph, session=session, source="camera-1").recorded
        client.timeline(session)
        with pytest.raises(ServiceError):
            client.classify(b"%PDF-1.7")
        waiting = {name: expression for name, expression in waiting.items() if not has_data(ask(expression))}
        time.sleep(1)
    assert waiting == {}
    assert sorted(ask("up")) == ["1", "1", "1"]


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_may_do_more_than_it_must(compose, client, name):
    del client
    status = compose("exec", "-T", name, "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert set(fields["Uid"].split()) <= {"10001", "65534"}
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 0
    assert fields["NoNewPrivs"] == "1"
    assert compose("exec", "-T", name, "sh", "-c", "touch /x /usr/x 2>/dev/null && echo written; true") == ""


def test_what_was_recorded_outlives_a_restart_of_everything(compose, client, operator, photograph):
    session = new_session(client)
    assert client.classify(photograph, session=session, source="camera-1").recorded
    compose("down", "--timeout", "30")
    compose("up", "--no-build", "--detach", *SERVICES[:3])
    with LiveClass("127.0.0.1:50051", "127.0.0.1:50052", timeout=30, token=operator.token()) as after:
        deadline = time.monotonic() + READY_SECONDS
        while not is_classified(after, photograph):
            assert time.monotonic() < deadline
            time.sleep(1)
        assert recorded_frames(after, session) == 1
