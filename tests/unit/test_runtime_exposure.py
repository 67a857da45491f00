"""What does not start: a port that others reach without tokens, or in plaintext."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from liveclass.detection.settings import DetectionSettings
from liveclass.paths import is_loopback
from liveclass.runtime.exposure import ExposedError, refuse_exposed, refuse_plaintext_tokens

ISSUER = "https://login.school.example"
TLS = {"certificate": Path("tls.crt"), "key": Path("tls.key")}
PROXY = {"plaintext_behind_proxy": True}
ANYWHERE = {"listen_host": "0.0.0.0"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost"])
def test_loopback_needs_nothing(host):
    refuse_exposed(DetectionSettings(listen_host=host, metrics_host=host))


@pytest.mark.parametrize("host", ["0.0.0.0", "[::]", "::", "", "192.168.1.7", "class.example", "127.0.0.1.example"])
def test_everything_else_is_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "LIVECLASS_ISSUER"),
        (TLS, "LIVECLASS_ISSUER"),
        (PROXY, "LIVECLASS_ISSUER"),
        ({"issuer": ISSUER}, "LIVECLASS_CERTIFICATE and LIVECLASS_KEY"),
        ({"issuer": ISSUER}, "LIVECLASS_PLAINTEXT_BEHIND_PROXY=true"),
    ],
)
def test_a_port_without_tokens_or_in_plaintext_is_refused(given, says):
    with pytest.raises(ExposedError, match=f"^LIVECLASS_LISTEN_HOST=0.0.0.0 would .*{re.escape(says)}"):
        refuse_exposed(DetectionSettings(**ANYWHERE, **given))


@pytest.mark.parametrize("given", [TLS, PROXY])
def test_tokens_and_tls_or_a_proxy_that_speaks_it_are_enough(given):
    refuse_exposed(DetectionSettings(**ANYWHERE, issuer=ISSUER, **given))


def test_metrics_are_shown_to_others_only_where_that_is_said():
    with pytest.raises(ExposedError, match=r"^LIVECLASS_METRICS_HOST=0.0.0.0 .*LIVECLASS_PLAINTEXT_METRICS=true"):
        refuse_exposed(DetectionSettings(metrics_host="0.0.0.0"))
    refuse_exposed(DetectionSettings(metrics_host="0.0.0.0", plaintext_metrics=True))


@pytest.mark.parametrize(
    "address", ["session:50052", "dns:///session:50052", "10.0.0.7:50052", "ipv4:127.0.0.1:1,10.0.0.7:1"]
)
def test_tokens_are_not_passed_on_in_plaintext(address):
    with pytest.raises(ExposedError, match=re.escape(f"LIVECLASS_SESSION_ADDRESS={address} would pass")):
        refuse_plaintext_tokens(DetectionSettings(issuer=ISSUER), "LIVECLASS_SESSION_ADDRESS", address)
    for given in ({"ca": Path("ca.crt")}, PROXY):
        settings = DetectionSettings(issuer=ISSUER, **given)
        refuse_plaintext_tokens(settings, "LIVECLASS_SESSION_ADDRESS", address)
    refuse_plaintext_tokens(DetectionSettings(), "LIVECLASS_SESSION_ADDRESS", address)  # there are no tokens


@pytest.mark.parametrize(
    "address",
    ["localhost:1", "127.0.0.1:1", "dns:///localhost:1", "[::1]:1", "ipv4:127.0.0.1:1,127.0.0.1:2", "unix:/run/s"],
)
def test_on_this_machine_they_are(address):
    refuse_plaintext_tokens(DetectionSettings(issuer=ISSUER), "LIVECLASS_SESSION_ADDRESS", address)


def test_over_tls_they_are():
    settings = DetectionSettings(issuer=ISSUER)
    refuse_plaintext_tokens(settings, "LIVECLASS_SESSION_ADDRESS", "https://session:50052")


@pytest.mark.parametrize("service", ["detection", "session"])
def test_a_service_that_would_be_exposed_says_so_in_a_sentence_and_does_not_start(service):
    environment = {
        **os.environ,
        "LIVECLASS_LISTEN_HOST": "0.0.0.0",
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
    }
    command = [sys.executable, "-m", f"liveclass.{service}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    assert done.returncode == 2
    assert done.stderr.startswith(f"liveclass.{service}: LIVECLASS_LISTEN_HOST=0.0.0.0 would let everybody who reaches")
    assert len(done.stderr.splitlines()) == 1


def test_the_local_operator_is_on_this_machine_only():
    settings = {"issuer": ISSUER, **TLS, "local_operator": True}
    refuse_exposed(DetectionSettings(**settings))
    with pytest.raises(ExposedError, match="LIVECLASS_LOCAL_OPERATOR"):
        refuse_exposed(DetectionSettings(**settings, **ANYWHERE))
