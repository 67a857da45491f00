"""Names as people have them: with brackets, long, and to be copied from the terminal or a pipe."""

import io
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import cv2
import numpy as np
import pytest
from client_fakes import FakeServices
from typer.testing import CliRunner

from liveclass.cli import app
from liveclass.client import Session, SessionState
from liveclass.commands.shared.console import NameTable, WholeLines
from liveclass.commands.shared.rendering import session_table

NAMES = ("class [front].jpg", "[bold]x.png", "[n.jpg", "ends in [", ":smile:.png")
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
LONG = "classrooms/mathematics-advanced-group-two/sessions/2026-03-02-second-lesson-of-the-week"


@pytest.fixture
def run(monkeypatch):
    """The command line, against services that answer, in a pipe: the runner's streams are no terminal."""
    services = FakeServices()
    monkeypatch.setenv("LIVECLASS_DETECTION_ADDRESS", services.addresses[0])
    monkeypatch.setenv("LIVECLASS_SESSION_ADDRESS", services.addresses[1])
    monkeypatch.setenv("COLUMNS", "80")
    yield lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])
    services.stop()


def on_terminal(table: NameTable, columns: int) -> list[str]:
    console = WholeLines()
    console.file, console.width = io.StringIO(), columns
    console.print(table)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_brackets_in_names_of_files_are_shown_as_they_are(run, tmp_path):
    folder = tmp_path / "n" / "x["
    folder.mkdir(parents=True)
    for name in NAMES[:2]:
        cv2.imwrite(str(folder / name), np.full((48, 64, 3), 120, np.uint8))

    answer = run("classify", tmp_path)

    assert answer.exit_code == 0
    for name in NAMES[:2]:
        assert f"n/x[/{name}" in answer.stdout


def test_a_folder_with_brackets_is_named_as_it_is_after_saving(run, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((48, 64, 3), 120, np.uint8))

    answer = run("classify", tmp_path / "a.png", "--save", tmp_path / "with [faces]")

    assert str(tmp_path / "with [faces]") in answer.stderr


def test_a_title_with_brackets(run):
    run("session", "create", "7b", "--id", "x", "--title", "Geometry [2nd half]")

    assert "Geometry [2nd half]" in run("session", "list").stdout


def test_nothing_is_folded_in_a_pipe(run):
    classroom, _, lesson = LONG.removeprefix("classrooms/").partition("/sessions/")
    run("session", "create", classroom, "--id", lesson)

    lines = run("session", "list").stdout.splitlines()

    assert len(lines) == 2
    assert LONG in lines[1]
    assert "active" in lines[1]


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_long_name_is_in_one_piece_on_any_terminal(columns):
    lesson = Session(LONG, "", SessionState.ACTIVE, NOON, None, 5, timedelta(days=90))
    short = replace(lesson, name="classrooms/7b/sessions/x")

    lines = on_terminal(session_table([lesson, short]), columns)

    assert LONG in lines
    assert sum("active" in line for line in lines) == 2
    beside = f"{short.name}  2026"
    assert any(line.startswith(beside) for line in lines) == (columns >= 80)  # where there is room


def test_names_that_fit_stand_beside_their_rows():
    table = NameTable("frame", "faces")
    for name in NAMES:
        table.add_row(name, "1")

    assert [line.split("  ")[0] for line in on_terminal(table, 80)] == ["frame", *NAMES]


def test_a_name_cannot_move_the_cursor():
    table = NameTable("frame", "faces")
    table.add_row("a\x1b[2Jb\n.jpg", "1")

    assert on_terminal(table, 80)[1].startswith("a�[2Jb�.jpg")


@pytest.mark.parametrize("command", ["settings", "doctor"])
def test_what_says_where_things_are_folds_no_path(run, command, monkeypatch, tmp_path):
    place = tmp_path / ("a" * 60) / ("b" * 60)
    monkeypatch.setenv("LIVECLASS_MODEL_REPOSITORY", str(place))

    assert str(place) in run(command).stdout
