"""A real kube-apiserver takes the overlays, in a server-side dry run. It needs `etcd` and `kube-apiserver` on PATH."""

import base64
import copy
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from certificates import Authority
from deploy_helpers import COMBINATIONS, KUBERNETES, ROOT, Manifest, combine, documents, kustomize, overlay, run, tool
from pods_kubectl import blocks, commands

START_TIMEOUT_SECONDS = 90
TOKEN = "for-this-test-only"

TempFolders = pytest.TempPathFactory
Kubectl = Callable[..., subprocess.CompletedProcess[str]]


class Cluster(NamedTuple):
    """`kubectl` for it, and the file of the settings that finds it."""

    kubectl: Kubectl
    config: Path


def free_ports(count: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


@pytest.fixture(scope="module")
def server(tmp_path_factory: TempFolders) -> Iterator[Cluster]:
    """An API server of its own, without nodes or controllers."""
    # No package manager has the server; it can be built from the Go module k8s.io/kubernetes.
    apiserver, etcd = tool("kube-apiserver", in_ci=False), tool("etcd", in_ci=False)
    folder = tmp_path_factory.mktemp("apiserver")
    client, peer, secure = free_ports(3)
    processes = []
    try:
        processes.append(start(folder / "etcd.log", etcd_command(etcd, folder, client, peer)))
        processes.append(start(folder / "apiserver.log", apiserver_command(apiserver, folder, client, secure)))

        config = write_config(folder / "config", secure)

        def call(*arguments: str | Path, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
            return run(tool("kubectl"), f"--kubeconfig={config}", *arguments, stdin=stdin)

        wait_until_ready(call, processes[1], folder / "apiserver.log")
        yield Cluster(call, config)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def write_config(file: Path, port: int) -> Path:
    server = {"server": f"https://127.0.0.1:{port}", "insecure-skip-tls-verify": True}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "test", "cluster": server}],
        "users": [{"name": "test", "user": {"token": TOKEN}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
        "current-context": "test",
    }
    file.write_text(yaml.safe_dump(config))
    return file


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
def cluster(server: Cluster) -> Kubectl:
    """`kubectl` for it, with the custom resources, and the namespace that holds pods to the restricted standard."""
    kubectl = server.kubectl
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


def pods_of(manifests: Sequence[Manifest]) -> list[Manifest]:
    """The pods that the controllers would make of the Deployments; there are no controllers here."""
    return [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                **each["spec"]["template"]["metadata"],
                "name": each["metadata"]["name"],
                "namespace": "liveclass",
            },
            "spec": each["spec"]["template"]["spec"],
        }
        for each in manifests
        if each["kind"] == "Deployment"
    ]


@pytest.fixture(scope="module", params=["local", "production", "everything"])
def applied(
    request: pytest.FixtureRequest, cluster: Kubectl, tmp_path_factory: pytest.TempPathFactory
) -> list[Manifest]:
    """An overlay, or every component at once, as it was applied; with what its pods refer to."""
    folder = tmp_path_factory.mktemp("clusters")
    if request.param == "everything":
        rendered = kustomize(combine(folder, COMBINATIONS["all"]))
    else:
        rendered = kustomize(overlay(request.param, folder / "school"))
    result = cluster("apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", "-", stdin=rendered)
    assert result.returncode == 0, result.stdout
    assert "arning" not in result.stdout
    return documents(rendered)


def test_the_restricted_standard_lets_every_pod_in_and_none_that_is_more_than_that(cluster, applied):
    pods = pods_of(applied)
    assert len(pods) >= 3
    for pod in pods:
        accepted = cluster("create", "--dry-run=server", "-f", "-", stdin=yaml.safe_dump(pod))
        assert accepted.returncode == 0, accepted.stdout
        for loosen in (run_as_root, may_escalate, keep_capabilities, mount_the_host):
            looser = copy.deepcopy(pod)
            loosen(looser["spec"])
            refused = cluster("create", "--dry-run=server", "-f", "-", stdin=yaml.safe_dump(looser))
            assert refused.returncode != 0, loosen.__name__
            assert 'violates PodSecurity "restricted' in refused.stdout


def run_as_root(spec: Manifest) -> None:
    spec["securityContext"] |= {"runAsNonRoot": False, "runAsUser": 0}


def may_escalate(spec: Manifest) -> None:
    spec["containers"][0]["securityContext"]["allowPrivilegeEscalation"] = True


def keep_capabilities(spec: Manifest) -> None:
    del spec["containers"][0]["securityContext"]["capabilities"]


def mount_the_host(spec: Manifest) -> None:
    spec.setdefault("volumes", []).append({"name": "host", "hostPath": {"path": "/"}})


def test_it_would_warn_of_a_pod_that_runs_as_root(cluster):
    rendered = kustomize(KUBERNETES / "overlays/local").replace("runAsNonRoot: true", "runAsNonRoot: false")
    result = cluster("apply", "--server-side", "--dry-run=server", "-f", "-", stdin=rendered)
    assert "would violate PodSecurity" in result.stdout


class Shell:
    """Runs commands of deploy/README.md for an operator who has a home, this cluster and the project's programs."""

    def __init__(self, config: Path, home: Path) -> None:
        tool("kustomize", in_ci=False)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {"PATH": path, "HOME": str(home), "KUBECONFIG": str(config)}
        self.environment["LIVECLASS_DATA_DIRECTORY"] = str(home / "liveclass")

    def run(self, command: str, *, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """One command; what it exports holds for those that follow."""
        script = f"{command}\nstatus=$?\nenv >{self.environment['HOME']}/exported\nexit $status"
        options = ["-o", "pipefail", "-uc", script]
        result = subprocess.run(
            ["bash", *options], env=self.environment, cwd=cwd, text=True, check=False, capture_output=True
        )
        exported = Path(self.environment["HOME"], "exported")
        if exported.exists():
            lines = (line.partition("=") for line in exported.read_text().splitlines())
            self.environment |= {name: value for name, _, value in lines if name.isupper()}
            exported.unlink()
        return result


@pytest.fixture
def shell(server: Cluster, cluster: Kubectl, tmp_path: Path) -> Shell:
    """With a namespace in which nothing is yet."""
    kinds = (
        "configmap,secret,deployment,service,serviceaccount,poddisruptionbudget,networkpolicy,horizontalpodautoscaler"
    )
    emptied = cluster("-n", "liveclass", "delete", kinds, "--all")
    assert emptied.returncode == 0, emptied.stdout
    return Shell(server.config, tmp_path)


README = (KUBERNETES.parent / "README.md").read_text()


def test_the_commands_for_an_empty_cluster_fill_it(shell, cluster):
    _, _, keys, apply, _ = commands(blocks(README)[0])
    assert shell.run(keys).returncode == 0
    # Nothing rolls out here: there are no nodes.
    result = shell.run(apply.partition(" && kubectl -n liveclass rollout status")[0])
    assert result.returncode == 0, result.stdout + result.stderr
    assert "would violate" not in result.stderr
    listed = cluster("-n", "liveclass", "get", "deployments,configmaps", "-o", "name").stdout
    assert {"deployment.apps/detection", "configmap/liveclass-issuer-keys"} <= set(listed.splitlines())


def own_cluster() -> list[list[str]]:
    """The commands of "A cluster of your own", block by block."""
    return [commands(block) for block in blocks(README.partition("## A cluster of your own")[2].partition("\n## ")[0])]


def test_a_cluster_of_one_s_own_is_refused_until_every_value_is_filled_in(shell, tmp_path):
    values, copy_it, refer, apply = own_cluster()
    for command in (*values, *copy_it[:2]):
        assert shell.run(command).returncode == 0
    for name in re.findall(r"(\w+)=(?: |$)", values[0]):
        (command,) = [command for command in (*copy_it, *refer) if f"{{{name}:?}}" in command]
        refused = shell.run(command, cwd=tmp_path)
        assert refused.returncode != 0
        assert "parameter null or not set" in refused.stderr
    refused = shell.run(apply[0])
    assert refused.returncode != 0
    for value in ("LIVECLASS_ISSUER", "registry.example.com", "liveclass.example.com", "gateway-class.example.com"):
        assert value in refused.stderr


def test_a_cluster_of_one_s_own_takes_what_the_manual_says(shell, cluster, tmp_path):
    values, copy_it, refer, apply = own_cluster()
    for command in (*values, *copy_it[:2]):
        assert shell.run(command).returncode == 0
    digest = "a" * 64
    shell.environment |= {
        "SERVICES_IMAGE": f"registry.school.test/services@sha256:{digest}",
        "TRITON_IMAGE": f"registry.school.test/triton@sha256:{digest}",
        "USE_DECLARATION": "purpose=research; jurisdiction=US",
        "DATABASE_URL": "postgresql+asyncpg://teacher:password@database:5432/liveclass?ssl=verify-full",
    }
    folder = Path(shell.environment["OVERLAY"])
    (folder / "kustomization.yaml").write_text(
        (folder / "kustomization.yaml").read_text().replace("example.com", "school.test")
    )
    filled = (
        (folder / "identity.env").read_text().replace("LIVECLASS_ISSUER=", "LIVECLASS_ISSUER=https://login.school.test")
    )
    (folder / "identity.env").write_text(filled)
    certificates(tmp_path)
    for namespace in ("envoy-gateway-system", "observability"):
        cluster("create", "namespace", namespace)
    authority = ["-n", "liveclass", "create", "secret", "generic", "authority", f"--from-file=ca.crt={tmp_path}/ca.pem"]
    assert cluster(*authority).returncode == 0
    for command in (*copy_it[2:], *(each for each in refer if "certificates.yaml" not in each)):
        result = shell.run(command, cwd=ROOT if "OVERLAY" in command else tmp_path)
        assert result.returncode == 0, result.stderr
    result = shell.run(apply[0])
    assert result.returncode == 0, result.stderr
    images = cluster("-n", "liveclass", "get", "deployment", "detection", "-o", "jsonpath={..image}").stdout
    assert images == shell.environment["SERVICES_IMAGE"]
    kept = cluster(
        "-n", "liveclass", "get", "configmap", "liveclass-authority", "-o", "jsonpath={.data.ca\\.crt}"
    ).stdout
    assert kept.strip() == (tmp_path / "ca.pem").read_text().strip()


def fill_in(file: Path, placeholder: str, value: str) -> None:
    file.write_text(file.read_text().replace(placeholder, value))


def certificates(folder: Path) -> None:
    """What the commands read: the database's authority, and the certificates for callers."""
    authority = Authority(folder)
    for prefix, host in (("", "liveclass"), ("class-", "class")):
        issued = authority.issue(host, f"{host}.school.test")
        assert issued.certificate
        assert issued.key
        (folder / f"{prefix}fullchain.pem").write_bytes(issued.certificate.read_bytes())
        (folder / f"{prefix}key.pem").write_bytes(issued.key.read_bytes())
    (folder / "database-authority.pem").write_bytes(authority.file.read_bytes())


def test_a_certificate_for_callers_is_replaced_by_the_command_of_the_manual(shell, cluster, tmp_path):
    (command, _) = commands(blocks(README.partition("## Rotate TLS")[2])[0])
    for _ in range(2):
        certificates(tmp_path)
        result = shell.run(command, cwd=tmp_path)
        assert result.returncode == 0, result.stderr
        kept = cluster("-n", "liveclass", "get", "secret", "liveclass-tls", "-o", "jsonpath={.data.tls\\.key}").stdout
        assert base64.b64decode(kept) == (tmp_path / "key.pem").read_bytes()
