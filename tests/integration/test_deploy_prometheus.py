"""The rules: they parse, fire and stay silent as tested, ask for metrics that exist, and each alert has its runbook."""

import re
import sys

import pytest
import yaml
from deploy_helpers import DEPLOY, run, tool
from deploy_metrics import known, names_in, rules

PROMETHEUS = DEPLOY / "prometheus"
ALERTS = [rule for rule in rules() if "alert" in rule]


def by_name(rule):
    return rule["alert"]


@pytest.mark.parametrize("name", ["prometheus.yml", "local.yml"])
def test_prometheus_takes_the_configuration_and_the_rules_that_it_names(name):
    result = run(tool("promtool"), "check", "config", PROMETHEUS / name)
    assert result.returncode == 0, result.stdout
    assert "2 rule files found" in result.stdout


def test_the_rules_fire_and_stay_silent_as_they_should():
    result = run(tool("promtool"), "test", "rules", *sorted((PROMETHEUS / "tests").glob("*.yaml")), cwd=PROMETHEUS)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("alert", ALERTS, ids=by_name)
def test_each_alert_is_tested_both_ways(alert):
    expected = [
        case["exp_alerts"]
        for path in (PROMETHEUS / "tests").glob("*.yaml")
        for test in yaml.safe_load(path.read_text())["tests"]
        for case in test.get("alert_rule_test", [])
        if case["alertname"] == alert["alert"]
    ]
    assert any(expected), "no test in which it fires"
    assert not all(expected), "no test in which it stays silent"


@pytest.mark.parametrize("alert", ALERTS, ids=by_name)
def test_each_alert_says_how_bad_it_is_and_leads_to_its_runbook(alert):
    assert alert["labels"]["severity"] in {"page", "ticket"}
    path, anchor = alert["annotations"]["runbook_url"].split("#")
    text = (DEPLOY.parent / path).read_text()
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    assert anchor in {heading.lower() for heading in headings}
    assert anchor == alert["alert"].lower()


def test_every_metric_exists():
    assert {name for rule in rules() for name in names_in(rule["expr"])} <= known()


def test_every_recorded_figure_that_is_spoken_of_exists():
    texts = [path.read_text() for kind in ("md", "py", "yaml") for path in DEPLOY.rglob(f"*.{kind}")]
    assert {name for text in texts for name in re.findall(r"liveclass:\w+:\w+", text)} <= known()


def test_every_recorded_figure_is_named_by_level_metric_and_operation():
    for rule in rules():
        if "record" in rule:
            assert re.fullmatch(r"liveclass:[a-z_]+:[a-z0-9_]+", rule["record"])


def test_the_operators_resource_holds_the_same_rules():
    result = run(sys.executable, PROMETHEUS / "prometheus_rule.py", "--check")
    assert result.returncode == 0, result.stdout
