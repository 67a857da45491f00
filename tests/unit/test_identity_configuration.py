"""Settings that do not fit together are refused at the start, in a sentence that names the variable."""

import subprocess
import sys
from pathlib import Path

import pytest

from liveclass.identity.access import LocalOperator
from liveclass.identity.configuration import authenticator_of
from liveclass.runtime.settings import ServiceSettings


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"issuer": "school"}, "LIVECLASS_ISSUER: 'school' must be an https URL"),
        ({"issuer": "http://issuer.example"}, "LIVECLASS_ISSUER: 'http://issuer.example' must be an https URL"),
        ({"issuer": "school", "jwks": "http://issuer.example/keys"}, "LIVECLASS_JWKS: .* must be an https URL"),
        ({"issuer": "school", "jwks": "/nowhere/jwks.json"}, "LIVECLASS_JWKS: there is no file /nowhere/jwks.json"),
        ({"issuer": "https://issuer.example", "claims": Path("/nowhere/claims.toml")}, "/nowhere/claims.toml: No such"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        authenticator_of(ServiceSettings(**settings))


def test_without_an_issuer_everybody_is_the_local_operator() -> None:
    assert isinstance(authenticator_of(ServiceSettings()), LocalOperator)


def test_a_service_with_such_settings_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVECLASS_ISSUER", "school")
    monkeypatch.setenv("LIVECLASS_USE_DECLARATION", "purpose=demonstration; jurisdiction=none")
    command = [sys.executable, "-m", "liveclass.session"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "LIVECLASS_ISSUER" in done.stderr.splitlines()[-1]
