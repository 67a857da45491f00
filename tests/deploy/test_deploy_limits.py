"""Thirty faces a second in pods with 512 MB, no capability and nowhere to write: nothing is killed, nothing fails."""

import json
import re
import time
from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from deploy_helpers import KUBERNETES, documents, find, kustomize
from pods import Pods
from pods_running import Operator, new_session, start

from liveclass.tools.capacity.frames import classroom_frames

pytestmark = pytest.mark.timeout(600)

LIMIT = 512 * 1024 * 1024
SERVICES = ("detection", "session")
STUDENTS = 30
SECONDS = 60


@pytest.fixture(scope="module")
def started(operator: Operator) -> Iterator[Pods]:
    """The local overlay with both services limited to 512 MB; detection is given more in the manifest."""
    manifests = [*documents(kustomize(KUBERNETES / "overlays/local")), operator.issuer_keys()]
    for name in SERVICES:
        (container,) = find(manifests, "Deployment", name)["spec"]["template"]["spec"]["containers"]
        container["resources"]["limits"]["memory"] = str(LIMIT)
    with Pods(manifests) as pods:
        start(pods)
        yield pods


def memory(pods: Pods, name: str) -> dict[str, int]:
    """Limit and peak in bytes, and how often it killed, of the pod's control group (version 1 or 2)."""
    both = "cd /sys/fs/cgroup; cat memory.max memory.peak memory.events 2>/dev/null || { cd memory; "
    old = "cat memory.limit_in_bytes memory.max_usage_in_bytes memory.oom_control; }"
    limit, peak, *events = pods.exec(name, "sh", "-c", both + old).splitlines()
    kills = dict(line.split() for line in events)["oom_kill"]
    return {"limit": int(limit), "peak": int(peak), "kills": int(kills)}


def restarts(pods: Pods, name: str) -> int:
    (found,) = json.loads(pods.podman("inspect", pods.container_name(name)))
    return int(found["RestartCount"])


def test_thirty_faces_a_second_fit_into_512_mb_without_a_write(started, operator, photograph, record_property):
    frames = classroom_frames(cv2.imdecode(np.frombuffer(photograph, np.uint8), cv2.IMREAD_COLOR), STUDENTS)
    faces = []
    with operator.connect(started) as client:
        session = new_session(client)
        client.classify(frames[0], session=session, source="front")
        began = time.monotonic()
        for number in range(SECONDS):
            time.sleep(max(0.0, began + number - time.monotonic()))
            frame = client.classify(frames[number % len(frames)], session=session, source="front")
            assert frame.recorded
            faces.append(len(frame.faces))
    assert sum(faces) / SECONDS >= STUDENTS * 0.9
    for name in SERVICES:
        seen = memory(started, name)
        record_property(f"{name} peak MiB", seen["peak"] // 2**20)
        assert seen["limit"] == LIMIT
        assert seen["kills"] == 0
        assert restarts(started, name) == 0
        log = started.log(name)
        assert '"event": "listening"' in log
        assert not re.search("Read-only file system|Errno|Traceback", log)


def test_the_limit_is_one(started):
    """The same control group kills what takes more, so that the test above could fail."""
    before = memory(started, "session")["kills"]
    with pytest.raises(AssertionError):
        started.exec("session", "python", "-c", f"print(len(bytearray({LIMIT})))")
    assert memory(started, "session")["kills"] == before + 1
