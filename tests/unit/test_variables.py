"""A misspelt variable keeps every program from starting: its setting would be the default without a word."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.variables import UnknownVariableError, refuse_unknown_variables, unknown_variables

TYPO = "LIVECLASS_MINIMUM_GRUOP_SIZE"
WANTED = f"{TYPO} is set, and nothing reads it: did you mean LIVECLASS_MINIMUM_GROUP_SIZE?"


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv(TYPO, "12")
    return lambda *arguments: CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("service", ["session", "detection", "triton"])
def test_every_service_refuses_and_names_the_nearest(service):
    command = [sys.executable, "-m", f"liveclass.{service}"]
    done = subprocess.run(command, env={**os.environ, TYPO: "12"}, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert WANTED in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("command", ["up", "session create 7b", "classify class.jpg", "publish run", "report 7b/x"])
def test_every_command_refuses_and_names_the_nearest(run, command):
    answer = run(*command.split())

    assert answer.exit_code == 2
    assert WANTED in answer.stderr
    assert answer.stdout == ""


@pytest.mark.parametrize("command", ["settings", "doctor"])
def test_what_is_there_to_say_it_says_it(run, command):
    answer = run(command)

    assert answer.exit_code == 1
    assert "LIVECLASS_MINIMUM_GROUP_SIZE" in answer.output


def test_help_is_never_refused(run):
    assert run("session", "--help").exit_code == 0


def test_a_variable_in_small_letters_is_known_and_so_is_its_typo():
    assert unknown_variables({"liveclass_minimum_group_size": "12", "PATH": "/bin"}) == []
    assert len(unknown_variables({"liveclass_minimum_gruop_size": "12"})) == 1


def test_one_that_is_near_to_none_is_refused_too():
    with pytest.raises(UnknownVariableError, match="LIVECLASS_UMBRELLA is set, and nothing reads it; `liveclass sett"):
        refuse_unknown_variables({"LIVECLASS_UMBRELLA": "black"})
