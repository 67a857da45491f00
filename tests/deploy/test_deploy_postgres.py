"""PostgreSQL in a pod: dumped under load, lost with its disk, and restored as deploy/README.md says."""

import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from certificates import Authority
from deploy_helpers import DEPLOY, ROOT, documents, kustomize, overlay, run, tool
from pods import Pods
from pods_kubectl import Kubectl, blocks
from pods_running import Operator, new_session, recorded_frames, secret, start, with_component

from liveclass.client import LiveClass

pytestmark = pytest.mark.timeout(900)

RUNBOOK = (DEPLOY / "README.md").read_text().partition("**PostgreSQL.**")[2].partition("**SQLite.**")[0]
PATIENCE_SECONDS = 60
PASSWORD = secrets.token_urlsafe(16)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pods(operator: Operator, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """The local overlay with the component postgres, and the PostgreSQL that it needs, with a certificate."""
    made = run(ROOT / "tests/deploy/build_tools_image.sh")
    assert made.returncode == 0, made.stdout
    folder = overlay("local", tmp_path_factory.mktemp("clusters") / "school")
    with_component(folder, "postgres")
    server = authority.issue("postgres", "postgres", "localhost")
    assert server.certificate
    assert server.key
    url = f"postgresql+asyncpg://liveclass:{PASSWORD}@postgres:5432/liveclass?ssl=verify-full"
    manifests = [
        *documents(kustomize(folder)),
        yaml.safe_load((ROOT / "tests/data/pods/postgres.yaml").read_text()),
        operator.issuer_keys(),
        secret("session-database", {"url": url.encode(), "ca.crt": authority.file.read_bytes()}),
        secret(
            "postgres",
            {
                "password": PASSWORD.encode(),
                "tls.crt": server.certificate.read_bytes(),
                "tls.key": server.key.read_bytes(),
            },
        ),
    ]
    with Pods(manifests) as pods:
        yield pods


class Sender:
    """Sends frames in a thread, one after the other, and remembers which were acknowledged; a context manager."""

    def __init__(self, client: LiveClass, photograph: bytes, session: str) -> None:
        self._client, self._photograph, self._session = client, photograph, session
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Sender":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def send(self, frame_id: str) -> bool:
        frame = self._client.classify(self._photograph, session=self._session, frame_id=frame_id, source="camera-1")
        return frame.recorded

    def send_again(self, frame_id: str) -> None:
        """Until it is acknowledged, as a client does while a service comes back."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.send(frame_id):
            assert time.monotonic() < deadline
            time.sleep(0.2)

    def wait_for(self, count: int) -> None:
        while len(self.acknowledged) < count:
            assert self._thread.is_alive()
            self._stop.wait(0.05)

    def _run(self) -> None:
        while not self._stop.is_set():
            frame_id = uuid.uuid4().hex
            if self.send(frame_id):
                self.acknowledged.append(frame_id)


def test_a_restored_dump_holds_every_frame_that_was_acknowledged_before_it(
    pods: Pods, operator: Operator, authority: Authority, photograph: bytes, tmp_path: Path
) -> None:
    tool("pg_restore", in_ci=False)
    dump, restore = blocks(RUNBOOK)
    start(pods, ("postgres",))
    start(pods)

    def kubectl() -> Kubectl:
        port = pods.port("postgres", "postgres")
        url = f"postgresql://liveclass:{PASSWORD}@localhost:{port}/liveclass"
        environment = {"URL": url, "PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(authority.file)}
        return Kubectl(pods, tmp_path, environment, tmp_path)

    with operator.connect(pods) as client:
        session = new_session(client)
        with Sender(client, photograph, session) as sender:
            sender.wait_for(20)
            before = list(sender.acknowledged)
            kubectl().run(dump)
            sender.wait_for(len(sender.acknowledged) + 10)
        assert recorded_frames(client, session) == len(sender.acknowledged)

    pods.kill("postgres")
    pods.forget_claim("postgres-data")
    start(pods, ("postgres",))
    kubectl().run(restore)
    assert len(pods.of("session")) == 2

    with operator.connect(pods) as client:
        pods.wait_for("detection", "readiness")
        restored = recorded_frames(client, session)
        assert len(before) <= restored <= len(sender.acknowledged)
        again = Sender(client, photograph, session)
        for frame_id in before:
            again.send_again(frame_id)
        assert recorded_frames(client, session) == restored  # every one of them was in the dump
        for frame_id in sender.acknowledged:
            again.send_again(frame_id)
        assert recorded_frames(client, session) == len(sender.acknowledged)


def test_a_killed_postgres_pod_comes_back_with_everything(pods: Pods, operator: Operator, photograph: bytes) -> None:
    with operator.connect(pods) as client:
        session = new_session(client)
        with Sender(client, photograph, session) as sender:
            sender.wait_for(20)
            pods.kill("postgres")
        start(pods, ("postgres",))
        for pod in pods.of("session"):
            pods.wait_for(pod, "readiness")
        assert recorded_frames(client, session) >= len(sender.acknowledged)
