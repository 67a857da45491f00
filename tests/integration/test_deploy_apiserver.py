"""A real kube-apiserver takes the overlays, in a server-side dry run. It needs `etcd` and `kube-apiserver` on PATH."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deploy_helpers import KUBERNETES, ROOT, kustomize, overlay, run, tool

START_TIMEOUT_SECONDS = 90
TOKEN = "for-this-test-only"

Kubectl = Callable[..., subprocess.CompletedProcess[str]]


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    """`kubectl` against an API server of its own, without nodes or controllers."""
    # No package manager has the server; it can be built from the Go module k8s.io/kubernetes.
    apiserver, etcd = tool("kube-apiserver", in_ci=False), tool("etcd", in_ci=False)
    folder = tmp_path_factory.mktemp("apiserver")
    client, peer, secure = free_ports(3)
    processes = []
    try:
        processes.append(start(folder / "etcd.log", etcd_command(etcd, folder, client, peer)))
        processes.append(start(folder / "apiserver.log", apiserver_command(apiserver, folder, client, secure)))

        def call(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
            server = f"--server=https://127.0.0.1:{secure}"
            return run(
                tool("kubectl"), server, f"--token={TOKEN}", "--insecure-skip-tls-verify", *arguments, stdin=stdin
            )

        wait_until_ready(call, processes[1], folder / "apiserver.log")
        yield call
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def start(log: Path, command: list[str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(command, stdout=output, stderr=output)


def etcd_command(etcd: str, folder: Path, client: int, peer: int) -> list[str]:
    address = f"http://127.0.0.1:{client}"
    return [
        etcd,
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={address}",
        f"--advertise-client-urls={address}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
    ]


def apiserver_command(apiserver: str, folder: Path, etcd_port: int, port: int) -> list[str]:
    key = folder / "service-account.key"
    created = run("openssl", "genrsa", "-out", key, "2048")
    assert created.returncode == 0, created.stdout
    tokens = folder / "tokens.csv"
    tokens.write_text(f'{TOKEN},admin,admin,"system:masters"\n')
    return [
        apiserver,
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--token-auth-file={tokens}",
        "--service-cluster-ip-range=10.96.0.0/24",
    ]


def wait_until_ready(call: Kubectl, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while call("get", "--raw", "/readyz").returncode != 0:
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"the API server did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.5)


@pytest.fixture(scope="module")
def cluster(kubectl: Kubectl) -> Kubectl:
    """With the custom resources, and the namespace that holds pods to the restricted standard."""
    for path in [*sorted((ROOT / "tests/data/crds").glob("*.yaml")), KUBERNETES / "overlays/local/namespace.yaml"]:
        applied = kubectl("apply", "--server-side", "-f", path)
        assert applied.returncode == 0, applied.stdout
    for path in (ROOT / "tests/data/crds").glob("*.yaml"):
        established = kubectl("wait", "--for=condition=established", "--timeout=60s", "-f", path)
        assert established.returncode == 0, established.stdout
    return kubectl


@pytest.mark.parametrize("name", ["local", "production"])
def test_the_api_server_accepts_it_without_a_warning(cluster, name, tmp_path):
    rendered = kustomize(overlay(name, tmp_path / "school"))
    result = cluster("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-", stdin=rendered)
    assert result.returncode == 0, result.stdout
    lines = [line for line in result.stdout.splitlines() if not line.endswith("(server dry run)")]
    assert lines == []  # a warning says what would violate the restricted standard


def test_it_would_warn_of_a_pod_that_runs_as_root(cluster):
    rendered = kustomize(KUBERNETES / "overlays/local").replace("runAsNonRoot: true", "runAsNonRoot: false")
    result = cluster("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=rendered)
    assert "would violate PodSecurity" in result.stdout
