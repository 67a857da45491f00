"""Writes the rules as one PrometheusRule for the operator; with `--check`, fails where it differs."""

import sys
from pathlib import Path

import yaml

RULES = Path(__file__).parent / "rules"
RESOURCE = Path(__file__).parents[1] / "kubernetes/components/monitoring/rules.yaml"
HEADER = "# Made by deploy/prometheus/prometheus_rule.py from deploy/prometheus/rules; not to be edited here.\n"


def rendered() -> str:
    groups = [group for path in sorted(RULES.glob("*.yaml")) for group in yaml.safe_load(path.read_text())["groups"]]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "liveclass"},
        "spec": {"groups": groups},
    }
    return HEADER + yaml.safe_dump(resource, sort_keys=False, width=120, allow_unicode=True)


def main(*, check: bool) -> int:
    text = rendered()
    if not check:
        RESOURCE.write_text(text)
        return 0
    if RESOURCE.exists() and RESOURCE.read_text() == text:
        return 0
    sys.stderr.write(f"{RESOURCE} does not hold the rules; run: python deploy/prometheus/prometheus_rule.py\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
