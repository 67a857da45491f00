"""Every workload is replaced while frames come in, and lost while frames come in; no acknowledged frame is missing."""

import pytest
from deploy_helpers import find
from pods import Pods
from pods_running import Traffic, start

pytestmark = pytest.mark.timeout(900)

STATELESS = ("triton", "detection")


@pytest.fixture(scope="module")
def started(pods: Pods) -> Pods:
    start(pods)
    return pods


def assert_none_is_lost(traffic: Traffic) -> None:
    """Every acknowledged frame is in the timeline, and once."""
    assert traffic.result["recorded"] == traffic.result["acknowledged"] > 0


@pytest.mark.parametrize("name", ["session", "detection"])  # test_deploy_models.py does it with Triton
def test_a_rolling_update_under_load_fails_no_call_and_loses_no_frame(started, operator, face, name):
    with Traffic(started, operator.token(), face) as traffic:
        started.roll(name)
        traffic.wait_for_frames(10)
    assert traffic.result["failures"] == []
    # One owner of the SQLite file: meanwhile frames come back unrecorded, and are the client's to send again.
    recreated = find(started.manifests, "Deployment", name)["spec"]["strategy"].get("type") == "Recreate"
    assert recreated or traffic.result["kept_back"] == 0
    assert_none_is_lost(traffic)


def test_a_lost_node_takes_no_acknowledged_frame_along(started, operator, face):
    """Two replicas of what has no file, on two nodes; the node with one of each is lost."""
    lost = [pod for name in STATELESS for pod in started.of(name)]
    for name in STATELESS:
        started.start(name, f"{name}-other")
    for name in STATELESS:
        started.wait_for(f"{name}-other", "startup")
        started.wait_for(f"{name}-other", "readiness")
    with Traffic(started, operator.token(), face) as traffic:
        traffic.wait_for_frames(20)
        for pod in lost:
            started.kill(pod)
        traffic.wait_for_frames(20)
    assert_none_is_lost(traffic)


def test_a_killed_session_pod_takes_no_acknowledged_frame_along(started, operator, face):
    with Traffic(started, operator.token(), face) as traffic:
        traffic.wait_for_frames(20)
        (lost,) = started.of("session")
        started.kill(lost)
        started.start("session")
        started.wait_for("session", "readiness")
        traffic.wait_for_frames(20)
    assert_none_is_lost(traffic)
