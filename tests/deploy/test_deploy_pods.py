"""The local overlay, started: its workloads as pods with the images that `make images` has built."""

import json
import re
import shlex
import time
from collections.abc import Iterator

import pytest
from deploy_helpers import DEPLOY, ROOT
from deploy_metrics import rules
from pods import Pods
from pods_kubectl import Kubectl, blocks, commands
from pods_running import NAMES, Operator, new_session, recorded_frames, wait_until_recorded
from prometheus_running import has_data, panel_expressions, running_prometheus

from liveclass.client import LiveClass, ServiceError

pytestmark = pytest.mark.timeout(900)

TRAFFIC_SECONDS = 120
MANY = 20
"""Packages in each image, at least."""
COMPILERS = ("cc", "gcc", "g++", "clang", "pip", "pip3")


@pytest.fixture(scope="module")
def started(pods: Pods) -> Pods:
    """All of it, ready: each pod is started once the one that it waits for would be missed."""
    pods.start("detection")
    pods.wait_for("detection", "startup")
    assert not pods.probe("detection", "readiness"), "detection calls itself ready without Triton"
    pods.start("session")
    pods.wait_for("session", "startup")
    pods.wait_for("session", "readiness")
    pods.start("triton")
    for kind in ("startup", "readiness", "liveness"):
        pods.wait_for("triton", kind)
    pods.wait_for("detection", "readiness")
    return pods


@pytest.fixture
def client(started: Pods, operator: Operator) -> Iterator[LiveClass]:
    with operator.connect(started) as client:
        yield client


def test_a_face_is_classified_and_recorded_by_pods_that_became_ready_in_order(client, photograph):
    session = new_session(client)
    frame = client.classify(photograph, session=session, source="camera-1")
    assert frame.recorded
    assert [face.emotion.label for face in frame.faces] == ["happiness"]
    assert recorded_frames(client, session) == 1


def test_the_last_of_the_five_commands_prints_what_a_face_shows(started, operator, face, tmp_path):
    kubectl = Kubectl(started, tmp_path, operator.environment, face.parent)
    (first, *_) = blocks((DEPLOY / "README.md").read_text())
    assert "happiness" in kubectl.run(commands(first)[-1])


def test_nothing_is_called_without_a_token(started, photograph):
    with (
        LiveClass(f"127.0.0.1:{started.port('detection', 'grpc')}", timeout=10) as stranger,
        pytest.raises(ServiceError, match="token"),
    ):
        stranger.classify(photograph)


@pytest.mark.parametrize("name", NAMES)
def test_every_pod_is_nobody_on_a_file_system_that_takes_no_writing(started, name):
    status = started.exec(name, "cat", "/proc/1/status")
    assert re.search(r"^Uid:\t10001\t10001\t10001\t10001$", status, re.MULTILINE)
    for capabilities in ("CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert re.search(rf"^{capabilities}:\t0+$", status, re.MULTILINE), capabilities
    assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)
    probe = "for folder in / /opt /usr /var /etc; do touch $folder/x 2>/dev/null && echo $folder; done; true"
    assert started.exec(name, "sh", "-c", probe) == ""


@pytest.mark.parametrize("name", NAMES)
def test_an_image_has_no_compiler_no_pip_and_says_what_it_is(started, name):
    programs = f"for each in {' '.join(COMPILERS)}; do command -v $each; done"
    look = f"({programs}; find / -xdev -path '*-packages/pip') 2>/dev/null; true"
    assert started.exec(name, "sh", "-c", look) == ""
    (image,) = json.loads(started.podman("image", "inspect", started.container(name)["image"]))
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in image["Labels"].items()}
    assert labels["licenses"].startswith("Apache-2.0")
    assert re.fullmatch("[0-9a-f]{40}", labels["revision"])
    parts = json.loads(started.exec(name, "cat", "/opt/liveclass/sbom.json"))["components"]
    listed = {(normalised(part["name"]), part["version"]) for part in parts if part["name"] != "liveclass"}
    pinned = ROOT / ("services/liveclass/triton/requirements.txt" if name == "triton" else "requirements.txt")
    pins = re.findall(r"^([\w.-]+)==([\w.]+)", pinned.read_text(), re.MULTILINE)
    assert len(listed) > MANY
    assert listed <= {(normalised(package), version) for package, version in pins}


def normalised(package: str) -> str:
    """As of PEP 503."""
    return re.sub(r"[-_.]+", "-", package).lower()


def test_prometheus_has_data_for_every_panel_and_no_alert(started, client, photograph, tmp_path):
    """Every panel but the edge's, which is no part of this overlay."""
    session = new_session(client)

    def traffic() -> None:
        assert client.classify(photograph, session=session, source="camera-1").recorded
        client.timeline(session)
        with pytest.raises(ServiceError):
            client.classify(b"%PDF-1.7")

    with running_prometheus(tmp_path, {name: started.port(name, "metrics") for name in NAMES}) as ask:
        asked = panel_expressions() | {str(rule["record"]): str(rule["record"]) for rule in rules() if "record" in rule}
        waiting = {
            name: expression for name, expression in asked.items() if not re.match("edge:|liveclass:edge_", name)
        }
        deadline = time.monotonic() + TRAFFIC_SECONDS
        while waiting and time.monotonic() < deadline:
            traffic()
            waiting = {name: expression for name, expression in waiting.items() if not has_data(ask(expression))}
            time.sleep(0.5)
        assert waiting == {}
        assert len(ask("up == 1")) == len(NAMES)
        assert ask('ALERTS{alertstate="firing"}') == []


def sqlite_backup() -> list[list[str]]:
    """The commands of deploy/README.md that back SQLite up, each as the words after `exec deployment/session --`."""
    text = (DEPLOY / "README.md").read_text().partition("**SQLite.**")[2]
    block = re.search(r"```sh\n(.*?)```", text, re.DOTALL)[1].replace("\\\n", "")
    commands = [shlex.split(line) for line in block.splitlines()]
    assert all(each[:6] == ["kubectl", "-n", "liveclass", "exec", "deployment/session", "--"] for each in commands)
    return [each[6:] for each in commands]


def count_frames(pods: Pods, file: str) -> int:
    code = f"import sqlite3; print(*sqlite3.connect('/data/{file}').execute('select count(*) from frames').fetchone())"
    return int(pods.exec("session", "python", "-c", code))


def test_the_backup_of_the_runbook_holds_what_was_acknowledged(started, client, photograph):
    session = new_session(client)
    assert client.classify(photograph, session=session, source="camera-1").recorded
    copy, read, remove = sqlite_backup()
    started.exec("session", *copy)
    assert read == ["cat", "/data/backup.db", ">", "backup.db"]
    ask = "import sqlite3; print(*sqlite3.connect('/data/backup.db').execute('PRAGMA integrity_check').fetchone())"
    assert started.exec("session", "python", "-c", ask).strip() == "ok"
    live, copied = (count_frames(started, file) for file in ("liveclass.db", "backup.db"))
    assert copied == live >= 1
    started.exec("session", *remove)
    assert "backup.db" not in started.exec("session", "ls", "/data")


@pytest.mark.parametrize(
    ("name", "end"),
    [("session", Pods.stop), ("session", Pods.kill), ("detection", Pods.kill), ("triton", Pods.kill)],
    ids=["session stopped", "session lost", "detection lost", "triton lost"],
)
def test_a_pod_that_ends_comes_back_and_nothing_acknowledged_is_gone(started, operator, photograph, name, end):
    """Last, as it starts pods anew, whose ports are others then."""
    with operator.connect(started) as before:
        session = new_session(before)
        acknowledged = sum(before.classify(photograph, session=session, source="camera-1").recorded for _ in range(3))
    end(started, name)
    started.start(name)
    started.wait_for(name, "startup")
    for each in NAMES:
        started.wait_for(each, "readiness")
    with operator.connect(started) as after:
        assert recorded_frames(after, session) == acknowledged
        wait_until_recorded(after, photograph, session)
