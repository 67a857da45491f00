"""The workloads of a rendered overlay as pods on this host: what a kubelet would run, run by podman."""

import copy
import http.client
import os
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from types import TracebackType

import yaml
from deploy_helpers import Manifest, find, tool

from liveclass.stack.ports import HOST, Ports

PLAYED = ("ConfigMap", "Secret")
"""What a pod refers to. Accounts, Services and policies are the cluster's own affair."""

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
    """One pod for each Deployment that is started, named like its Service, on a network with names of its own.

    Their ports are published on loopback, on free ports. podman does not probe by itself where systemd is missing, so
    `probe` does what the manifest says. A context manager that takes everything away again, the volumes too.
    """

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._manifests = manifests
        self._folder = Path(tempfile.mkdtemp(prefix="liveclass-pods-"))
        self._memory = Path(tempfile.mkdtemp(prefix="liveclass-pods-", dir="/dev/shm"))
        (self._folder / "containers.conf").write_text(ENGINE)
        self._environment = {**os.environ, "CONTAINERS_CONF": str(self._folder / "containers.conf")}
        self._network = f"liveclass-{uuid.uuid4().hex[:8]}"
        self._running: dict[str, Manifest] = {}
        self._claims: dict[str, str] = {}
        self._volumes: list[str] = []

    def __enter__(self) -> "Pods":
        self.podman("network", "create", self._network)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._running:
            self.podman("pod", "rm", "--force", "--ignore", "--time", "0", name)
        for volume in self._volumes:
            self.podman("volume", "rm", "--force", volume)
        self.podman("network", "rm", "--force", self._network)
        shutil.rmtree(self._folder)
        shutil.rmtree(self._memory)

    def podman(self, *arguments: str | Path, timeout: float = 120) -> str:
        """Runs podman, and returns what it prints. Raises `PodError` with its own words if it fails."""
        command = [tool("podman"), *map(str, arguments)]
        result = subprocess.run(
            command, env=self._environment, text=True, capture_output=True, check=False, timeout=timeout
        )
        if result.returncode:
            raise PodError(f"podman {' '.join(map(str, arguments))}: {result.stdout}{result.stderr}")
        return result.stdout

    def start(self, name: str) -> None:
        """Starts the pod of the Deployment `name`, with all that it refers to."""
        pod = self._pod(name)
        around = [each for each in self._manifests if each["kind"] in PLAYED]
        around += [self._mounted(volume) for volume in pod["spec"].get("volumes", []) if "configMap" in volume]
        file = self._folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump_all([*around, pod]))
        self._running[name] = pod  # from here on there may be something to take away
        self.podman("kube", "play", "--network", self._network, file)

    def stop(self, name: str) -> None:
        """Stops it as a rollout would: SIGTERM, and all the grace that it asks for. Its volumes stay."""
        grace = self._running.pop(name)["spec"]["terminationGracePeriodSeconds"]
        self.podman("pod", "stop", "--time", str(grace), name)
        self.podman("pod", "rm", "--force", name)

    def kill(self, name: str) -> None:
        """As if its node were lost: SIGKILL."""
        del self._running[name]
        self.podman("pod", "kill", "--signal", "KILL", name)
        self.podman("pod", "rm", "--force", name)

    def container(self, name: str) -> Manifest:
        """The only container of a running pod, as it was started."""
        (container,) = self._running[name]["spec"]["containers"]
        return dict(container)

    def port(self, name: str, port: str) -> int:
        """Where on loopback a running pod's port of that name is published."""
        return int(find_port(self.container(name), port)["hostPort"])

    def exec(self, name: str, *command: str, timeout: float = 60) -> str:
        """What the command prints inside of the pod's container."""
        return self.podman("exec", f"{name}-{name}", *command, timeout=timeout)

    def log(self, name: str) -> str:
        return self.podman("logs", f"{name}-{name}")

    def probe(self, name: str, kind: str) -> bool:
        """Whether the pod's probe (`startup`, `readiness` or `liveness`) succeeds now."""
        probe = self.container(name)[f"{kind}Probe"]
        timeout = float(probe.get("timeoutSeconds", 1))
        if "exec" in probe:
            try:
                self.exec(name, *probe["exec"]["command"], timeout=timeout)
            except (PodError, subprocess.TimeoutExpired):
                return False
            return True
        get = probe["httpGet"]
        return answers(self.port(name, get["port"]), get["path"], timeout)

    def wait_for(self, name: str, kind: str) -> float:
        """Probes as often as the manifest says; returns the seconds until it succeeded.

        Raises `PodError` when it has failed as often as a startup probe may.
        """
        probe = self.container(name)[f"{kind}Probe"]
        patience = self.container(name)["startupProbe"]
        seconds = patience.get("periodSeconds", 10) * patience["failureThreshold"]
        started = time.monotonic()
        while not self.probe(name, kind):
            if time.monotonic() - started > seconds:
                end = self.log(name)[-LOG_CHARACTERS:]
                raise PodError(f"the {kind} probe of {name} failed for {seconds} s; its log ends:\n{end}")
            time.sleep(min(1, probe.get("periodSeconds", 10)))
        return time.monotonic() - started

    def _own_volume(self, name: str) -> str:
        """A name for a volume that is taken away in the end, as somebody here may have one called `name`."""
        self._volumes.append(f"{name}-{uuid.uuid4().hex[:8]}")
        return self._volumes[-1]

    def _mounted(self, volume: Manifest) -> Manifest:
        """A copy of the ConfigMap that `volume` mounts, of which podman makes a volume; changes `volume` to name it."""
        source = copy.deepcopy(find(self._manifests, "ConfigMap", volume["configMap"]["name"]))
        source["metadata"]["name"] = volume["configMap"]["name"] = self._own_volume(source["metadata"]["name"])
        return source

    def _pod(self, name: str) -> Manifest:
        template: Manifest = copy.deepcopy(find(self._manifests, "Deployment", name)["spec"]["template"])
        free = iter(astuple(Ports.free()))
        for port in template["spec"]["containers"][0]["ports"]:
            port |= {"hostIP": HOST, "hostPort": next(free)}
        for volume in template["spec"].get("volumes", []):
            if claim := volume.get("persistentVolumeClaim"):
                name_of_claim = claim["claimName"]
                if name_of_claim not in self._claims:
                    self._claims[name_of_claim] = self._own_volume(name_of_claim)
                claim["claimName"] = self._claims[name_of_claim]
            # A kubelet mounts memory that everybody in the pod may write to; podman makes it a folder of root's.
            if volume.get("emptyDir", {}).get("medium") == "Memory":
                folder = self._memory / f"{name}-{volume['name']}-{uuid.uuid4().hex[:8]}"
                folder.mkdir()
                folder.chmod(0o1777)
                del volume["emptyDir"]
                volume["hostPath"] = {"path": str(folder), "type": "Directory"}
        metadata = {**template["metadata"], "name": name}
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]}


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
