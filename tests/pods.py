"""The workloads of a rendered overlay as pods on this host: what a kubelet would run, run by podman."""

import base64
import copy
import http.client
import json
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import yaml
from deploy_helpers import Manifest, find, tool

from liveclass.stack.ports import HOST, Ports

APP = "app.kubernetes.io/name"
"""The label that says of which Deployment a pod is."""

CLAIM_IMAGE = "localhost/liveclass/services:local"
"""Any that is here; a volume is first mounted by it."""

ENGINE = """
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=4096:4096"]
[engine]
runtime = "runc"
"""
"""What podman needs to run on hosts with control groups of version 1, or where its limits may not be raised."""


LOG_CHARACTERS = 4000


class PodError(AssertionError):
    """A pod did not become what it should; the message ends with its log."""


class Pods:
    """Pods of Deployments, on a network in which all of a Deployment are found by its name.

    Their ports are published on loopback, on free ports. podman does not probe by itself where systemd is missing, so
    `probe` does what the manifest says. A context manager that takes everything away again, the volumes too.
    """

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self.manifests = manifests
        self._folder = Path(tempfile.mkdtemp(prefix="liveclass-pods-"))
        self._memory = Path(tempfile.mkdtemp(prefix="liveclass-pods-", dir="/dev/shm"))
        (self._folder / "containers.conf").write_text(ENGINE)
        self.environment = {**os.environ, "CONTAINERS_CONF": str(self._folder / "containers.conf")}
        self.network = f"liveclass-{uuid.uuid4().hex[:8]}"
        self._running: dict[str, Manifest] = {}
        self._before: dict[str, Manifest] = {}
        self._claims: dict[str, str] = {}
        self._volumes: list[str] = []
        self._secrets: list[str] = []

    def __enter__(self) -> "Pods":
        self.podman("network", "create", self.network)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._running:
            self.podman("pod", "rm", "--force", "--ignore", "--time", "0", name)
        for secret in self._secrets:
            self.podman("secret", "rm", secret)
        for volume in self._volumes:
            self.podman("volume", "rm", "--force", volume)
        self.podman("network", "rm", "--force", self.network)
        shutil.rmtree(self._folder)
        shutil.rmtree(self._memory)

    def podman(self, *arguments: str | Path, timeout: float = 120) -> str:
        """Runs podman, and returns what it prints. Raises `PodError` with its own words if it fails."""
        command = [tool("podman"), *map(str, arguments)]
        result = subprocess.run(
            command, env=self.environment, text=True, capture_output=True, check=False, timeout=timeout
        )
        if result.returncode:
            raise PodError(f"podman {' '.join(map(str, arguments))}: {result.stdout}{result.stderr}")
        return result.stdout

    def popen(self, arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """podman in the background, all of its streams as pipes."""
        command = [tool("podman"), *arguments]
        pipe = subprocess.PIPE
        variables = {**self.environment, **environment}
        return subprocess.Popen(command, env=variables, text=True, stdin=pipe, stdout=pipe, stderr=pipe)

    def start(self, name: str, pod: str | None = None) -> None:
        """Starts a pod of the Deployment `name`, with all that it refers to.

        It is called like the Deployment unless `pod` names it. All pods of a Deployment share its name in the network,
        as they would behind a headless Service.
        """
        manifest = self._pod(name, pod or name)
        around = [each for each in self.manifests if each["kind"] == "ConfigMap"]
        around += filter(None, [self._own_copy(reference) for reference in references(manifest["spec"])])
        file = self._folder / f"{pod or name}.yaml"
        file.write_text(yaml.safe_dump_all([*around, manifest]))
        self._running[pod or name] = manifest  # from here on there may be something to take away
        self.podman("kube", "play", "--network", f"{self.network}:alias={name}", file)

    def roll(self, name: str) -> None:
        """Replaces the only pod of the Deployment `name` as its strategy says.

        The old pod keeps its name in the network until it has ended: clients find an address that answers no more,
        which is worse than on a cluster.
        """
        (old,) = self.of(name)
        new = f"{name}-next" if old == name else name
        deployment = find(self.manifests, "Deployment", name)["spec"]
        recreate = deployment["strategy"].get("type") == "Recreate"
        if recreate:
            self.leave(old)
        self.start(name, new)
        self.wait_for(new, "startup")
        self.wait_for(new, "readiness")
        if not recreate:
            time.sleep(deployment["minReadySeconds"])
            self.leave(old)

    def set_image(self, name: str, image: str) -> None:
        """As `kustomize edit set image` and an apply would: a new image for the Deployment, and a rollout."""
        deployment = find(self.manifests, "Deployment", name)
        self._before[name] = copy.deepcopy(deployment["spec"])
        for container in deployment["spec"]["template"]["spec"]["containers"]:
            container["image"] = image
        self.roll(name)

    def undo(self, name: str) -> None:
        """The Deployment as it was before its image was set, and a rollout."""
        find(self.manifests, "Deployment", name)["spec"] = self._before.pop(name)
        self.roll(name)

    def scale(self, name: str, replicas: int) -> None:
        """Stops pods of the Deployment or starts more of them, and waits for these."""
        for pod in self.of(name)[replicas:]:
            self.leave(pod)
        names = (each for each in (name, *(f"{name}-{number}" for number in range(replicas))))
        for pod in [each for each in names if each not in self._running][: replicas - len(self.of(name))]:
            self.start(name, pod)
            self.wait_for(pod, "startup")
            self.wait_for(pod, "readiness")

    def deployments(self) -> list[str]:
        return [each["metadata"]["name"] for each in self.manifests if each["kind"] == "Deployment"]

    def of(self, name: str) -> list[str]:
        """The running pods of the Deployment `name`."""
        return [pod for pod, manifest in self._running.items() if manifest["metadata"]["labels"][APP] == name]

    def leave(self, pod: str) -> None:
        """Ends it as a kubelet does: the pause of `preStop`, SIGTERM, and all the grace that it asks for."""
        hook = self.container(pod).get("lifecycle", {}).get("preStop", {})
        time.sleep(hook.get("sleep", {}).get("seconds", 0))
        self.stop(pod)

    def stop(self, pod: str) -> None:
        """SIGTERM, and all the grace that it asks for. Its volumes stay."""
        grace = self._running.pop(pod)["spec"].get("terminationGracePeriodSeconds", 30)
        self.podman("pod", "stop", "--time", str(grace), pod)
        self.podman("pod", "rm", "--force", pod)

    def kill(self, pod: str) -> None:
        """As if its node were lost: SIGKILL."""
        del self._running[pod]
        self.podman("pod", "kill", "--signal", "KILL", pod)
        self.podman("pod", "rm", "--force", pod)

    def container(self, pod: str) -> Manifest:
        """The main container of a running pod, as it was started."""
        manifest = self._running[pod]
        name = manifest["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"]
        return dict(next(each for each in manifest["spec"]["containers"] if each["name"] == name))

    def port(self, pod: str, port: str) -> int:
        """Where on loopback a running pod's port of that name is published."""
        return int(find_port(self.container(pod), port)["hostPort"])

    def container_name(self, pod: str) -> str:
        """What podman calls the pod's main container."""
        return f"{pod}-{self.container(pod)['name']}"

    def exec(self, pod: str, *command: str, timeout: float = 60) -> str:
        """What the command prints inside of the pod's main container."""
        return self.podman("exec", self.container_name(pod), *command, timeout=timeout)

    def log(self, pod: str) -> str:
        """What the pod's main container has printed, on both outputs."""
        command = [tool("podman"), "logs", self.container_name(pod)]
        pipe, both = subprocess.PIPE, subprocess.STDOUT
        result = subprocess.run(command, env=self.environment, text=True, stdout=pipe, stderr=both, check=True)
        return result.stdout

    def probe(self, pod: str, kind: str) -> bool:
        """Whether the pod's probe (`startup`, `readiness` or `liveness`) succeeds now."""
        probe = self.container(pod)[f"{kind}Probe"]
        timeout = float(probe.get("timeoutSeconds", 1))
        if "exec" in probe:
            try:
                self.exec(pod, *probe["exec"]["command"], timeout=timeout)
            except (PodError, subprocess.TimeoutExpired):
                return False
            return True
        get = probe["httpGet"]
        return answers(self.port(pod, get["port"]), get["path"], timeout)

    def wait_for(self, pod: str, kind: str) -> float:
        """Probes as often as the manifest says; returns the seconds until it succeeded.

        Raises `PodError` when it has failed as often as a startup probe may.
        """
        probe = self.container(pod)[f"{kind}Probe"]
        patience = self.container(pod).get("startupProbe", {"periodSeconds": 1, "failureThreshold": 60})
        seconds = patience.get("periodSeconds", 10) * patience["failureThreshold"]
        started = time.monotonic()
        while not self.probe(pod, kind):
            if time.monotonic() - started > seconds:
                end = self.log(pod)[-LOG_CHARACTERS:]
                raise PodError(f"the {kind} probe of {pod} failed for {seconds} s; its log ends:\n{end}")
            time.sleep(min(1, probe.get("periodSeconds", 10)))
        return time.monotonic() - started

    def forget_claim(self, claim: str) -> None:
        """The volume behind a claim is lost; the next pod that mounts it gets an empty one."""
        self.podman("volume", "rm", self._claims[claim])
        self._volumes.remove(self._claims.pop(claim))

    def _own_volume(self, name: str) -> str:
        """A name for a volume that is taken away in the end, as somebody here may have one called `name`."""
        self._volumes.append(f"{name}-{uuid.uuid4().hex[:8]}")
        return self._volumes[-1]

    def _own_copy(self, reference: "Reference") -> Manifest | None:
        """Copies the ConfigMap or Secret that is referred to under a name of its own, which the pod then refers to.

        Returns what podman is to make of it, unless it is made already: podman 4.3 cannot read Secrets of a manifest.
        """
        source = copy.deepcopy(find(self.manifests, reference.kind, reference.holder["name"]))
        name = f"{source['metadata']['name']}-{uuid.uuid4().hex[:8]}"
        source["metadata"]["name"] = reference.holder["name"] = name
        if not reference.mounted:
            file = self._folder / "secret.json"
            file.write_text(json.dumps(source["data"]))
            self.podman("secret", "create", name, file)
            file.unlink()
            self._secrets.append(name)
            return None
        self._volumes.append(name)
        if reference.kind == "Secret":
            values = {key: base64.b64decode(value).decode() for key, value in source["data"].items()}
            return {**source, "kind": "ConfigMap", "data": values}
        return source

    def _pod(self, name: str, pod: str) -> Manifest:
        template: Manifest = copy.deepcopy(find(self.manifests, "Deployment", name)["spec"]["template"])
        free = iter(astuple(Ports.free()))
        for port in (port for each in template["spec"]["containers"] for port in each.get("ports", [])):
            port |= {"hostIP": HOST, "hostPort": next(free)}
        for volume in template["spec"].get("volumes", []):
            if claim := volume.get("persistentVolumeClaim"):
                group = template["spec"]["securityContext"]["fsGroup"]
                claim["claimName"] = self._volume_of_claim(claim["claimName"], group)
            if volume.get("secret", {}).get("optional") and not self._has("Secret", volume["secret"]["secretName"]):
                del volume["secret"]
                volume["emptyDir"] = {}
            if volume.get("configMap", {}).get("optional") and not self._has("ConfigMap", volume["configMap"]["name"]):
                del volume["configMap"]
                volume["emptyDir"] = {}
            # A kubelet's are folders that everybody in the pod may write to; podman's are root's.
            if "emptyDir" in volume:
                place = self._memory if volume["emptyDir"].get("medium") == "Memory" else self._folder
                folder = place / f"{pod}-{volume['name']}-{uuid.uuid4().hex[:8]}"
                folder.mkdir()
                folder.chmod(0o1777)
                del volume["emptyDir"]
                volume["hostPath"] = {"path": str(folder), "type": "Directory"}
        metadata = {**template["metadata"], "name": pod}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}

    def _has(self, kind: str, name: str) -> bool:
        return any((each["kind"], each["metadata"]["name"]) == (kind, name) for each in self.manifests)

    def _volume_of_claim(self, claim: str, group: int) -> str:
        """The volume that stands for a claim; as new it is empty and belongs to the pod's `fsGroup`."""
        if claim not in self._claims:
            volume = self._claims[claim] = self._own_volume(claim)
            self.podman("volume", "create", volume)
            folder = Path(self.podman("volume", "inspect", "--format", "{{.Mountpoint}}", volume).strip())
            # podman fills an empty one with what the image has in its place, and gives it to the image's owner.
            (folder / ".volume").touch()
            self.podman("run", "--rm", f"--volume={volume}:/claim", "--entrypoint=true", CLAIM_IMAGE)
            os.chown(folder, 0, group)
            folder.chmod(0o2775)
        return self._claims[claim]


class Reference(NamedTuple):
    """Where a pod names a ConfigMap or Secret, of which it gets a copy of its own."""

    holder: dict[str, str]
    kind: str
    mounted: bool


def references(spec: Manifest) -> Iterator[Reference]:
    """Mounted ConfigMaps, and all Secrets; a mounted Secret becomes a mounted ConfigMap, as podman 4.3 breaks at it."""
    for volume in spec.get("volumes", []):
        if "configMap" in volume:
            yield Reference(volume["configMap"], "ConfigMap", mounted=True)
        if secret := volume.pop("secret", None):
            volume["configMap"] = {"name": secret.pop("secretName"), **secret}
            yield Reference(volume["configMap"], "Secret", mounted=True)
    for variable in (variable for each in spec["containers"] for variable in each.get("env", [])):
        if key := variable.get("valueFrom", {}).get("secretKeyRef"):
            yield Reference(key, "Secret", mounted=False)


def find_port(container: Manifest, name: str) -> Manifest:
    return next(port for port in container["ports"] if port["name"] == name)


def answers(port: int, path: str, timeout: float) -> bool:
    """Whether a kubelet would take the answer to a GET for success."""
    connection = http.client.HTTPConnection(HOST, port, timeout=timeout)
    try:
        connection.request("GET", path)
        return http.client.OK <= connection.getresponse().status < http.client.BAD_REQUEST
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
