"""Whoever runs pods here and sends them frames."""

import base64
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy_helpers import DEPLOY, ROOT, Manifest
from pods import Pods

from liveclass.client import LiveClass

NAMES = ("triton", "session", "detection")


class Operator:
    """Whoever runs the system: a folder with the signing key, and the command line."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "LIVECLASS_DATA_DIRECTORY": str(folder),
            "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
            "HOME": str(folder),
        }

    @cached_property
    def _keys(self) -> str:
        """The public keys that the command of deploy/README.md makes, from the file it names."""
        command = re.search(r'^eval "\$\(liveclass keys create.*$', (DEPLOY / "README.md").read_text(), re.MULTILINE)[0]
        return self._run("bash", "-c", f'{command} && cat "$LIVECLASS_JWKS"')

    def issuer_keys(self) -> Manifest:
        """The ConfigMap with these keys."""
        metadata = {"name": "liveclass-issuer-keys"}
        return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"jwks.json": self._keys}}

    def issuer_keys_file(self, folder: Path) -> Path:
        """The same keys as a file in `folder` that a container may read."""
        file = folder / "jwks.json"
        file.write_text(self._keys)
        readable(file)
        return file

    def token(self) -> str:
        permits = [f"--permit={each}" for each in ("classify", "record", "view", "manage")]
        return self._run("liveclass", "token", "create", *permits, "--classroom=*").strip()

    def connect(self, pods: Pods) -> LiveClass:
        """A client of each Deployment's newest pod, over its published port."""
        addresses = (f"127.0.0.1:{pods.port(pods.of(name)[-1], 'grpc')}" for name in ("detection", "session"))
        return LiveClass(*addresses, timeout=30, token=self.token())

    def _run(self, *command: str) -> str:
        return subprocess.run(command, env=self.environment, text=True, capture_output=True, check=True).stdout


def secret(name: str, values: dict[str, bytes]) -> Manifest:
    encoded = {key: base64.b64encode(value).decode() for key, value in values.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": encoded}


def new_session(client: LiveClass) -> str:
    return client.create_session("pods", f"s{uuid.uuid4().hex[:12]}", minimum_group_size=1).name


def recorded_frames(client: LiveClass, session: str) -> int:
    return sum(bucket.frames for bucket in client.timeline(session).buckets)


class Traffic:
    """Frames from a container in the pods' network, which knows the services by their names; a context manager.

    `result` is there once it has left: what `sender.py` prints at the end.
    """

    def __init__(self, pods: Pods, token: str, photograph: Path) -> None:
        self._pods, self._photograph, self._token = pods, photograph, token
        self._name = f"{pods.network}-sender"
        self.result: dict[str, Any] = {}

    def __enter__(self) -> "Traffic":
        here = ROOT / "tests/deploy"
        mounts = [f"--volume={here / 'sender.py'}:/sender.py:ro", f"--volume={self._photograph}:/face.jpg:ro"]
        options = ["--rm", "--interactive", "--network", self._pods.network, "--name", self._name]
        entry = ["--env=TOKEN", "--entrypoint=python", "localhost/liveclass/services:local", "/sender.py", "/face.jpg"]
        self._process = self._pods.popen(["run", *options, *mounts, *entry], {"TOKEN": self._token})
        self.wait_for_frames(1)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        output, errors = self._process.communicate(timeout=180)
        if kind is None:
            assert self._process.returncode == 0, errors
            self.result = json.loads(output.splitlines()[-1])

    def wait_for_frames(self, more: int) -> None:
        """Until so many more frames were acknowledged."""
        assert self._process.stdout
        first = None
        for line in self._process.stdout:
            first = int(line) if first is None else first
            if int(line) >= first + more:
                return
        raise AssertionError(self._process.stderr.read() if self._process.stderr else "the sender has ended")


def start(pods: Pods, names: Sequence[str] = NAMES) -> None:
    """Starts these pods and waits until they are ready."""
    for name in names:
        pods.start(name)
    for name in names:
        pods.wait_for(name, "startup")
        pods.wait_for(name, "readiness")


def wait_until_recorded(client: LiveClass, photograph: bytes, session: str, seconds: float = 60) -> None:
    """Sends frames until one is acknowledged as recorded."""
    deadline = time.monotonic() + seconds
    while not client.classify(photograph, session=session, source="camera-1").recorded:
        assert time.monotonic() < deadline, f"no frame was recorded for {seconds} s"
        time.sleep(0.5)


def with_component(folder: Path, component: str) -> None:
    """Adds one of our components to the copy of an overlay in `folder`."""
    kustomization = folder / "kustomization.yaml"
    text = kustomization.read_text()
    (back,) = re.findall(r"^  - (.*)/components/issuer-keys$", text, re.MULTILINE)
    kustomization.write_text(text.replace("components:\n", f"components:\n  - {back}/components/{component}\n", 1))


def readable(file: Path) -> None:
    """Lets the user of a container read a file in one of pytest's folders."""
    file.chmod(0o644)
    for folder in file.parents:
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
        if folder.name.startswith("pytest-of-"):
            break
