"""The dashboards: as generated, made of metrics that exist, PromQL that parses, and nothing that nobody may see."""

import json
import sys

import pytest
import yaml
from deploy_helpers import DEPLOY, documents, find, kustomize, overlay, run, tool
from deploy_metrics import dashboards, known, names_in

from liveclass.emotions import LABELS

GRAFANA = DEPLOY / "grafana"


@pytest.fixture(params=dashboards(), ids=lambda path: path.stem)
def dashboard(request):
    return json.loads(request.param.read_text())


def expressions(dashboard):
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="grafana-foundation-sdk needs Python 3.11")
def test_they_are_what_the_code_makes():
    result = run(sys.executable, GRAFANA / "dashboards.py", "--check")
    assert result.returncode == 0, result.stdout


def test_every_panel_says_what_it_is_about_and_queries_have_names_of_their_own(dashboard):
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in dashboard["panels"]:
        assert panel["title"]
        assert panel["description"]
        assert panel["datasource"]["uid"] == "${datasource}"
        references = [target["refId"] for target in panel["targets"]]
        assert len(set(references)) == len(references)
        assert all(references)


def test_every_metric_exists(dashboard):
    assert {name for expression in expressions(dashboard) for name in names_in(expression)} <= known()


def test_every_expression_is_promql(dashboard, tmp_path):
    rules = [
        {"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
        for number, expression in enumerate(expressions(dashboard))
    ]
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    result = run(tool("promtool"), "check", "rules", tmp_path / "rules.yaml")
    assert result.returncode == 0, result.stdout


def test_no_dashboard_shows_an_emotion(dashboard):
    for expression in expressions(dashboard):
        assert not any(label in expression.lower() for label in (*LABELS, "emotion_", "score"))


def test_grafana_finds_them_as_files_and_as_config_maps(tmp_path):
    names = {path.name for path in dashboards()}
    rendered = kustomize(overlay("production", tmp_path / "school"))
    config_map = find(documents(rendered), "ConfigMap", "liveclass-dashboards")
    assert set(config_map["data"]) == names
    assert config_map["metadata"]["labels"]["grafana_dashboard"] == "1"
    provider = yaml.safe_load((GRAFANA / "provisioning/dashboards/liveclass.yaml").read_text())["providers"][0]
    compose = yaml.safe_load((DEPLOY / "docker/docker-compose.yaml").read_text())
    assert f"../grafana/dashboards:{provider['options']['path']}:ro" in compose["services"]["grafana"]["volumes"]
