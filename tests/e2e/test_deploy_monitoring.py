"""A real Prometheus reads the running stack: every rule and every panel has something to show after some traffic."""

import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator

import grpc
import pytest
from deploy_helpers import run, tool
from deploy_metrics import rules
from edge_helpers import call
from prometheus_running import HOST, Ask, has_data, panel_expressions, running_prometheus

from liveclass.stack import Stack
from liveclass.v1 import detection_pb2, detection_pb2_grpc, session_pb2, session_pb2_grpc

pytestmark = pytest.mark.timeout(400)

TRAFFIC_SECONDS = 120
"""At most. It takes a few scrapes until a rate has something to stand on."""

JOBS = ("detection", "session", "edge", "triton")


@pytest.fixture(scope="module")
def prometheus(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a Prometheus that reads the stack every second, with the rules as they are."""
    targets = {name: getattr(stack.ports, f"{name}_metrics") for name in JOBS}
    with running_prometheus(tmp_path_factory.mktemp("prometheus"), targets) as ask:
        yield ask


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
            call(stack, "GET", "/v1/classrooms/monitoring/sessions")

        yield send


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
    assert len(prometheus("up == 1")) == len(JOBS)
    assert prometheus('ALERTS{alertstate="firing"}') == []


@pytest.mark.parametrize("service", ["detection", "session"])
def test_promtool_has_nothing_to_say_about_our_metrics(stack, traffic, service):
    traffic()
    port = getattr(stack.ports, f"{service}_metrics")
    with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as response:
        text = response.read().decode()
    result = run(tool("promtool"), "check", "metrics", stdin=text)
    assert (result.returncode, result.stdout) == (0, "")
