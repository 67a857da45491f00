"""A model version goes forward and back as deploy/README.md says, by its own commands, while frames come in."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy_helpers import DEPLOY, KUBERNETES, ROOT, documents, find, kustomize, overlay, run
from pods import Pods
from pods_kubectl import Kubectl, blocks
from pods_running import Operator, Traffic, start, with_component

from liveclass.client import LiveClass

pytestmark = pytest.mark.timeout(900)

RUNBOOK = (DEPLOY / "README.md").read_text().partition("## Roll a model")[2].partition("\n## ")[0]
ROLL_SECONDS = 90
"""At most: Triton looks every 15 seconds, and warms a version before it serves it."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the model repository, whose newest version is not published yet."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "model_repository", folder / "model_repository")
    (folder / "model_repository/emotion" / newest()).rename(folder / "unpublished")
    return folder


def newest() -> str:
    return max((path.name for path in (ROOT / "model_repository/emotion").iterdir() if path.name.isdigit()), key=int)


@pytest.fixture(scope="module")
def pods(operator: Operator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pods]:
    """The local overlay with its models on a volume."""
    folder = overlay("local", tmp_path_factory.mktemp("clusters") / "school")
    with_component(folder, "models-volume")
    with Pods([*documents(kustomize(folder)), operator.issuer_keys()]) as pods:
        yield pods


@pytest.fixture(scope="module")
def kubectl(pods: Pods, checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Kubectl:
    return Kubectl(pods, tmp_path_factory.mktemp("kubectl"), {}, checkout)


@pytest.fixture(scope="module")
def image_pods(operator: Operator) -> Iterator[Pods]:
    """The local overlay as it is, with its models in the image."""
    with Pods([*documents(kustomize(KUBERNETES / "overlays/local")), operator.issuer_keys()]) as pods:
        yield pods


def version(client: LiveClass, photograph: bytes) -> str:
    return client.classify(photograph).model_version


def wait_for_version(client: LiveClass, photograph: bytes, wanted: str) -> None:
    deadline = time.monotonic() + ROLL_SECONDS
    while (now := version(client, photograph)) != wanted:
        assert time.monotonic() < deadline, f"version {now} is served, and not {wanted}"
        time.sleep(0.5)


def test_a_version_goes_forward_and_back_on_a_volume(pods, kubectl, checkout, operator, photograph, face):
    undo, fill, forward, back = blocks(RUNBOOK)[:4]
    assert "rollout undo" in undo
    assert re.search(r"^VERSION=\d+$", forward, re.MULTILINE)
    forward = re.sub(r"^VERSION=\d+$", f"VERSION={newest()}", forward, flags=re.MULTILINE)
    pods.start("publisher")
    pods.wait_for("publisher", "readiness")
    kubectl.run(fill)
    (checkout / "unpublished").rename(checkout / "model_repository/emotion" / newest())
    start(pods)
    with operator.connect(pods) as client, Traffic(pods, operator.token(), face) as traffic:
        first = version(client, photograph)
        assert int(first) < int(newest())
        kubectl.run(forward)
        wait_for_version(client, photograph, newest())
        traffic.wait_for_frames(10)
        kubectl.run(back)
        wait_for_version(client, photograph, first)
        traffic.wait_for_frames(10)
    assert traffic.result["failures"] == []
    assert traffic.result["recorded"] == traffic.result["acknowledged"] > 0


def test_a_version_goes_forward_and_back_in_the_image(image_pods, operator, photograph, face, tmp_path):
    older, built = "localhost/liveclass/triton-cpu:older", "localhost/liveclass/triton-cpu:local"
    recipe = f"FROM {built}\nUSER root\nRUN rm -r /models/emotion/{newest()}\nUSER 10001:10001\n"
    (tmp_path / "Dockerfile").write_text(recipe)
    built_older = run("buildah", "build", "--isolation", "chroot", "--tag", older, tmp_path)
    assert built_older.returncode == 0, built_older.stdout
    find(image_pods.manifests, "Deployment", "triton")["spec"]["template"]["spec"]["containers"][0]["image"] = older
    kubectl = Kubectl(image_pods, tmp_path, {}, ROOT)
    start(image_pods)
    with operator.connect(image_pods) as client, Traffic(image_pods, operator.token(), face) as traffic:
        first = version(client, photograph)
        image_pods.set_image("triton", built)
        wait_for_version(client, photograph, newest())
        kubectl.run(blocks(RUNBOOK)[0])
        wait_for_version(client, photograph, first)
        traffic.wait_for_frames(10)
    assert int(first) < int(newest())
    assert traffic.result["failures"] == []
    assert traffic.result["recorded"] == traffic.result["acknowledged"] > 0
