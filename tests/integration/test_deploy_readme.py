"""deploy/README.md: which of its commands are run, by what, and why the others cannot be run here."""

import re

import pytest
from deploy_helpers import DEPLOY, ROOT
from pods_kubectl import blocks, commands

README = (DEPLOY / "README.md").read_text()

APISERVER = "tests/integration/test_deploy_apiserver.py"
PODS = "tests/deploy/test_deploy_pods.py"
MODELS = "tests/deploy/test_deploy_models.py"
POSTGRES = "tests/deploy/test_deploy_postgres.py"

RUN: dict[str, str] = {
    r"make images": "Makefile",  # before tests/deploy
    r"eval .*liveclass keys create": PODS,
    r"kubectl -n liveclass port-forward deployment/detection 50051 & ": PODS,
    r"kubectl apply -f deploy/kubernetes/overlays/local/namespace.yaml ": APISERVER,
    r"export (SERVICES_IMAGE|OVERLAY)=": APISERVER,
    r"python deploy/kubernetes/copy_overlay.py": APISERVER,
    r'cp "\$OVERLAY/identity.env.example"': APISERVER,
    r'\(cd "\$OVERLAY" && kustomize edit': APISERVER,
    r'kubectl apply -f "\$OVERLAY/namespace.yaml"': APISERVER,
    r"kubectl -n liveclass create (configmap|secret) ": APISERVER,
    r"kubectl label namespace ": APISERVER,
    r'kubectl kustomize "\$OVERLAY" \|': APISERVER,
    r"kubectl -n liveclass rollout undo deployment/triton": MODELS,
    r"(tar --create|VERSION=\d+$|kubectl -n liveclass exec deployment/publisher)": MODELS,
    r"pg_(dump|restore) ": POSTGRES,
    r"kubectl -n liveclass scale deployment/session ": POSTGRES,
    r"kubectl -n liveclass exec deployment/session -- ": PODS,
    r"prometheus --config.file=deploy/prometheus/local.yml": "tests/deploy/test_deploy_commands.py",
    r"docker compose ": "tests/deploy/test_deploy_compose.py",  # as podman-compose
    r"export (LIVECLASS_\w+|GRAFANA_PASSWORD|ALERT_WEBHOOK_FILE)=": "tests/deploy/test_deploy_compose.py",
    r"liveclass keys create": PODS,
    r"liveclass capacity ": "tests/deploy/test_deploy_commands.py",
}
"""Which test runs the commands that begin like this."""

NOT_RUN: tuple[str, ...] = (
    r"podman save .* \| sudo k3s ctr images import",
    r"kubectl apply -f certificates.yaml",
    r"kubectl -n liveclass rollout status ",
    r"(docker build|export BASE|export TRITON_DIGEST)",
    r"helm upgrade ",
    r"grpcurl ",
    r"curl ",
    r"openssl s_client ",
)
"""What cannot be run here begins like this; docs/images.md has the reasons."""


@pytest.mark.parametrize("command", [command for block in blocks(README) for command in commands(block)])
def test_every_command_is_run_by_a_test_or_there_is_a_reason(command):
    by = [test for start, test in RUN.items() if re.match(start, command)]
    reasons = [start for start in NOT_RUN if re.match(start, command)]
    assert len(by) + len(reasons) == 1
    assert all((ROOT / test).exists() for test in by)


def test_every_pattern_is_about_a_command():
    every = [command for block in blocks(README) for command in commands(block)]
    assert [start for start in (*RUN, *NOT_RUN) if not any(re.match(start, command) for command in every)] == []


def test_the_reasons_are_written_down():
    table = (ROOT / "docs/images.md").read_text().partition("### Commands that are not run")[2]
    listed = re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)
    every = [command for block in blocks(README) for command in commands(block)]
    for start in NOT_RUN:
        (command, *_) = [command for command in every if re.match(start, command)]
        assert [each for each in listed if each.rstrip("…") in command] != [], command


def test_it_begins_with_five_commands_from_an_empty_cluster_to_a_classified_frame():
    first = blocks(README)[0]
    assert README.index(first) < README.index("\n## Install")
    lines = commands(first)
    assert len(lines) == 5
    assert "liveclass classify face.jpg" in lines[-1]
