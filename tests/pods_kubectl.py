"""`kubectl` for pods that podman runs: the commands of a runbook, run as the document has them."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy_helpers import ROOT
from pods import PodError, Pods

EXEC = """#!/bin/sh
# kubectl -n liveclass exec [-i] deployment/NAME -- COMMAND…
# kubectl -n liveclass port-forward deployment/NAME PORT
set -eu
case "$1 $2 $3" in
  "-n liveclass exec") ;;
  "-n liveclass port-forward") exec python "$FORWARD" "$5" "$(cat "$CONTAINERS/${4#deployment/}.$5")" ;;
  *) echo "this is not known here: $*" >&2; exit 64 ;;
esac
shift 3
interactive=
if [ "$1" = -i ]; then interactive=-i; shift; fi
container=$(cat "$CONTAINERS/${1#deployment/}")
[ "$2" = -- ]
shift 2
exec podman exec $interactive "$container" "$@"
"""
"""In the place of kubectl, so that a shell may have it in its pipes."""


class Kubectl:
    """Runs the lines of a block of shell, one after the other. `kubectl exec` runs in the Deployment's newest pod."""

    def __init__(self, pods: Pods, folder: Path, environment: Mapping[str, str], working_directory: Path) -> None:
        self._pods, self._folder, self._working_directory = pods, folder, working_directory
        self._variables = dict(environment)
        (folder / "kubectl").write_text(EXEC)
        (folder / "kubectl").chmod(0o755)

    def run(self, block: str) -> str:
        """Returns what all of it prints. Raises `PodError` for the first line that fails."""
        return "".join(self._line(line) for line in commands(block))

    def _line(self, line: str) -> str:
        words = shlex.split(line, comments=True)
        if words[:4] == ["kubectl", "-n", "liveclass", "scale"]:
            self._pods.scale(words[4].removeprefix("deployment/"), int(words[5].removeprefix("--replicas=")))
            return ""
        if words[:4] == ["kubectl", "-n", "liveclass", "rollout"]:
            {"undo": self._pods.undo, "restart": self._pods.roll}[words[4]](words[5].removeprefix("deployment/"))
            return ""
        if match := re.fullmatch(r"(\w+)=(\S*)", line.strip()):
            self._variables[match[1]] = match[2]
            return ""
        return self._shell(line)

    def _shell(self, line: str) -> str:
        for name in self._pods.deployments():
            if pods := self._pods.of(name):
                (self._folder / name).write_text(self._pods.container_name(pods[-1]))
                for port in self._pods.container(pods[-1]).get("ports", []):
                    (self._folder / f"{name}.{port['containerPort']}").write_text(str(port["hostPort"]))
        environment = {**self._pods.environment, **self._variables}
        environment["PATH"] = f"{self._folder}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment |= {"CONTAINERS": str(self._folder), "FORWARD": str(ROOT / "tests/deploy/forward.py")}
        script = f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{line}"
        result = subprocess.run(
            ["bash", "-o", "pipefail", "-euc", script],
            env=environment,
            cwd=self._working_directory,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )
        if result.returncode:
            raise PodError(f"{line}: {result.stdout}{result.stderr}")
        return result.stdout


def commands(block: str) -> list[str]:
    """The commands of a block of shell; one that goes on over several lines is one."""
    joined = re.sub(r"\\\n\s*", "", block)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def blocks(text: str) -> list[str]:
    """Every block of shell in a Markdown text."""
    return re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
