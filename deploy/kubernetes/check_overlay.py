"""Passes a rendered production overlay on if it may be applied; otherwise says what it lacks, and exits 1.

kubectl kustomize ~/clusters/school | python deploy/kubernetes/check_overlay.py | kubectl apply --server-side -f -
"""

import re
import sys
from collections.abc import Iterator, Mapping

PLACEHOLDER = r"\bexample\.(?:com|org|net)\b|image: .*(?:…|REGISTRY)"


def problems(rendered: str) -> Iterator[str]:
    """One sentence for each thing that is missing or still a placeholder in the YAML that kustomize rendered."""
    pairs = re.findall(r"^  (LIVECLASS_\w+): *(.*)$", rendered, re.MULTILINE)
    yield from _settings_problems({name: value.strip("\"'") for name, value in pairs})
    if not re.search(r"^kind: NetworkPolicy$", rendered, re.MULTILINE):
        yield "there are no network policies: add the component network-policy"
    if re.search(r"^  name: edge$", rendered, re.MULTILINE) and not dict(pairs).get("LIVECLASS_EDGE_HOSTS"):
        yield "the edge answers to localhost alone: set LIVECLASS_EDGE_HOSTS to the names that callers use"
    for line in sorted(set(re.findall(rf"^.*(?:{PLACEHOLDER}).*$", rendered, re.MULTILINE))):
        yield f"a placeholder is left: {line.strip()}"


def _settings_problems(settings: Mapping[str, str]) -> Iterator[str]:
    issuer = settings.get("LIVECLASS_ISSUER", "")
    if not issuer:
        yield "LIVECLASS_ISSUER is empty: name the issuer of tokens in identity.env"
    elif not issuer.startswith("https://") and not settings.get("LIVECLASS_JWKS"):
        yield f"LIVECLASS_ISSUER={issuer} is no https address: set LIVECLASS_JWKS to where its keys are"
    if not settings.get("LIVECLASS_CERTIFICATE"):
        yield "the services speak plaintext: add the component tls"
    if settings.get("LIVECLASS_PLAINTEXT_BEHIND_PROXY", "false").lower() not in {"false", "0", "no", "off"}:
        yield "LIVECLASS_PLAINTEXT_BEHIND_PROXY is for one machine: leave it out"


def main() -> int:
    rendered = sys.stdin.read()
    if not rendered.strip():
        sys.stderr.write("nothing was rendered; give what `kubectl kustomize FOLDER` prints\n")
        return 2
    found = list(problems(rendered))
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    if not found:
        sys.stdout.write(rendered)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
