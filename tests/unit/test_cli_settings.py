"""`liveclass settings`, `liveclass doctor`, and what the command line says before it does anything."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.commands import doctor as checks
from liveclass.commands.doctor import Level
from liveclass.commands.settings import collect_settings
from liveclass.stack import Ports, StackError
from liveclass.stack.ports import is_free

runner = CliRunner()


def test_help_imports_nothing_heavy():
    heavy = "('cv2', 'numpy', 'grpc', 'google.protobuf', 'matplotlib', 'keras', 'pydantic_settings', 'sqlalchemy')"
    program = f"import liveclass.cli, sys; print([name for name in {heavy} if name in sys.modules])"

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.strip() == "[]"


def test_help_lists_every_command():
    answer = runner.invoke(app, ["--help"])

    assert answer.exit_code == 0
    for command in ("up", "demo", "classify", "session", "timeline", "watch", "report", "settings", "doctor"):
        assert command in answer.output


def test_version():
    answer = runner.invoke(app, ["--version"])

    assert answer.exit_code == 0
    assert answer.output.startswith("liveclass")


def test_every_setting_has_a_default_and_a_meaning():
    found = {setting.variable: setting for setting in collect_settings({})}

    assert found["LIVECLASS_DETECTION_PORT"].default == "50051"
    assert found["LIVECLASS_DATABASE_URL"].default.startswith("sqlite")
    assert found["LIVECLASS_LOG_LEVEL"].readers == ("detection", "session")
    assert all(setting.description.endswith(".") for setting in found.values())
    # What `liveclass up` reads is listed, and nothing of it under another name.
    assert set(Ports().environment()) <= set(found)


def test_a_setting_that_is_set_shows_its_value_but_no_password():
    url = "postgresql+asyncpg://teacher:secret@db/liveclass"
    found = {setting.variable: setting for setting in collect_settings({"LIVECLASS_DATABASE_URL": url})}

    setting = found["LIVECLASS_DATABASE_URL"]
    assert setting.is_set
    assert setting.value == "postgresql+asyncpg://teacher:***@db/liveclass"


def test_settings_as_a_table_and_as_json(monkeypatch):
    monkeypatch.setenv("LIVECLASS_MAX_FACES", "7")
    monkeypatch.setenv("LIVECLASS_MAX_FACE", "7")

    table = runner.invoke(app, ["settings"])
    lines = [json.loads(line) for line in runner.invoke(app, ["settings", "--json"]).stdout.splitlines()]

    assert "LIVECLASS_MAX_FACES" in table.stdout
    assert "LIVECLASS_MAX_FACE is set, and nothing reads it: did you mean LIVECLASS_MAX_FACES?" in table.stderr
    assert table.exit_code == 1
    assert {"variable": "LIVECLASS_MAX_FACES", "value": "7"}.items() <= next(
        line for line in lines if line["variable"] == "LIVECLASS_MAX_FACES"
    ).items()


def test_triton_by_hand_reads_its_settings():
    environment = {**os.environ, "LIVECLASS_TRITON_GRPC_PORT": "nine"}

    answer = subprocess.run(
        [sys.executable, "-m", "liveclass.triton"], env=environment, capture_output=True, text=True, check=False
    )

    assert answer.returncode == 2
    assert "LIVECLASS_TRITON_GRPC_PORT" in answer.stderr


def test_doctor_names_every_part_and_fails_only_for_what_is_needed():
    answer = runner.invoke(app, ["doctor", "--json"])
    findings = {line["name"]: line for line in map(json.loads, answer.stdout.splitlines())}

    assert {"Python", "Triton", "model", "shared memory", "disk", "PostgreSQL", "plots", "camera"} <= set(findings)
    assert findings["Python"]["level"] == "good"
    missing = [finding for finding in findings.values() if finding["level"] == "missing"]
    assert answer.exit_code == (1 if missing else 0)
    assert all(finding["remedy"] for finding in findings.values() if finding["level"] != "good")


def test_doctor_says_how_to_get_what_is_missing(tmp_path):
    finding = checks.model_repository({"LIVECLASS_MODEL_REPOSITORY": str(tmp_path)})

    assert finding.level is Level.MISSING
    assert "liveclass publish" in finding.remedy
    assert checks.extra("x", "no_such_package", "it is needed", "pip install x").level is Level.OPTIONAL


def test_doctor_wants_a_driver_only_for_the_database_that_is_set():
    postgres = {"LIVECLASS_DATABASE_URL": "postgresql+asyncpg://db/x"}

    assert checks.database({}, lambda package: False).level is Level.OPTIONAL
    assert checks.database(postgres, lambda package: False).level is Level.MISSING
    assert checks.database(postgres, lambda package: package == "asyncpg").level is Level.GOOD


def test_doctor_finds_a_small_shared_memory():
    assert "--shm-size" in checks.shared_memory(lambda path: 64 * 2**20).remedy
    assert checks.shared_memory(lambda path: 256 * 2**20).level is Level.GOOD


def test_ports_come_from_the_environment():
    ports = Ports.from_environment({"LIVECLASS_DETECTION_PORT": "18301", "LIVECLASS_TRITON_HTTP_PORT": "18302"})

    assert (ports.detection, ports.triton_http, ports.session) == (18301, 18302, 50052)
    assert ports.environment()["LIVECLASS_DETECTION_ADDRESS"] == "127.0.0.1:18301"


@pytest.mark.parametrize("text", ["0", "65536", "http", ""])
def test_what_is_no_port_is_refused(text):
    with pytest.raises(StackError, match="LIVECLASS_SESSION_PORT must be a port"):
        Ports.from_environment({"LIVECLASS_SESSION_PORT": text})


def test_free_ports_are_free_and_differ():
    ports = Ports.free()

    numbers = [int(value) for name, value in ports.environment().items() if name.endswith("_PORT")]
    assert len(set(numbers)) == 10
    assert all(is_free(port) for port in numbers)
