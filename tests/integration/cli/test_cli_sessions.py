"""`liveclass session`, `timeline`, `watch` and `report`."""

from datetime import datetime, timezone

import cv2
import pytest
from client_fakes import NOON, PNG, SESSION, json_lines
from typer.testing import CliRunner

from liveclass.cli import app


def test_a_session_from_creation_to_deletion(run):
    created = run("session", "create", "7b", "--id", "geometry", "--minimum-group-size", "3", "--retention", "30d")
    assert (created.exit_code, created.stdout.strip()) == (0, SESSION)

    assert "30 d" in run("session", "get", SESSION).stdout
    assert SESSION in run("session", "list").stdout
    assert json_lines(run("session", "list", "7b", "--json"))[0]["minimum_group_size"] == 3
    assert json_lines(run("session", "end", SESSION, "--json"))[0]["state"] == "ended"
    assert run("session", "erase", SESSION, "front", "--yes").stdout.startswith("erased 4 observations")
    assert run("session", "delete", SESSION, "--yes").exit_code == 0
    assert "no such sessions" in run("session", "list").stdout


def test_deleting_asks_first(run, services, session):
    answer = CliRunner().invoke(app, ["session", "delete", session], input="n\n")

    assert answer.exit_code == 1
    assert session in services.session.sessions


def test_errors_are_one_sentence(run):
    answer = run("session", "get", SESSION)

    assert answer.exit_code == 1
    assert answer.stderr == f"error: there is no session '{SESSION}'\n"


def test_a_service_that_is_away_is_said_with_what_to_do(run, monkeypatch):
    monkeypatch.setenv("LIVECLASS_SESSION_ADDRESS", "127.0.0.1:1")

    answer = run("session", "list")

    assert answer.exit_code == 1
    assert answer.stderr.startswith("error: cannot reach the session service at 127.0.0.1:1 (Connection refused)")
    assert "liveclass up" in answer.stderr


def test_a_timeline_as_table_and_strip(run, services, session):
    answer = run("timeline", session, "--resolution", "1m")

    assert answer.exit_code == 0
    assert "happiness 0.60" in answer.stdout
    assert "strongest" in answer.stdout
    assert answer.stdout.endswith("The scores are by the votes of ten annotators (FER+).\n")
    assert services.session.requests[-1].resolution.seconds == 60


def test_a_timeline_as_json_csv_and_plot(run, session, tmp_path):
    answer = run("timeline", session, "--json", "--png", tmp_path / "t.png", "--csv", tmp_path / "t.csv")

    assert [line["suppressed"] for line in json_lines(answer)] == [False, True, False]
    assert cv2.imread(str(tmp_path / "t.png")) is not None
    assert (tmp_path / "t.csv").read_text() == "start_time,frames\n"


def test_a_plot_into_an_unknown_format_is_refused(run, session, tmp_path):
    answer = run("timeline", session, "--png", tmp_path / "t.xyz")

    assert answer.exit_code == 1
    assert "t.xyz cannot be written" in answer.stderr


def test_a_timeline_of_nothing(run, services, session):
    services.session.buckets = []

    assert "Nothing has been recorded yet." in run("timeline", session).stdout


def test_a_bad_resolution_is_bad_usage(run, session):
    answer = run("timeline", session, "--resolution", "soon")

    assert answer.exit_code == 2
    assert "10s, 5m, 1h or 90d" in answer.stderr


def test_watching_prints_what_is_closed_until_the_end(run, session):
    answer = run("watch", session)

    lines = answer.stdout.splitlines()
    assert len(lines) == 3
    assert "happiness 0.60" in lines[0]
    assert "suppressed" in lines[1]
    assert lines[2] == f"{session} has ended."
    assert [line["open"] for line in json_lines(run("watch", session, "--json"))] == [False, False, True]


def test_a_report_is_written(run, session, tmp_path):
    answer = run("report", session, "--html", tmp_path / "class.html")

    assert answer.exit_code == 0
    page = (tmp_path / "class.html").read_text()
    assert "Geometry" in page
    assert "happiness rose from 0.20 to 0.70" in page


def test_a_report_of_two_lessons_by_their_short_names(run, session, tmp_path):
    run("session", "create", "7b/circles", "--title", "Circles")

    answer = run("report", "7b/geometry", "7b/circles", "--html", tmp_path / "both.html")

    assert answer.exit_code == 0
    page = (tmp_path / "both.html").read_text()
    assert "Two lessons compared" in page
    assert "Circles" in page


def test_a_report_of_a_part_asks_for_that_part(run, services, session, tmp_path):
    answer = run("report", session, "--start", "12:00", "--end", "12:30", "--html", tmp_path / "part.html")

    assert answer.exit_code == 0
    assert "This part of the lesson" in (tmp_path / "part.html").read_text()
    asked = next(request for request in services.session.requests if hasattr(request, "resolution"))
    day = f"{NOON.astimezone():%Y-%m-%d}"
    assert asked.start_time.ToDatetime(timezone.utc) == local(f"{day}T12:00")
    assert asked.end_time.ToDatetime(timezone.utc) == local(f"{day}T12:30")


def test_a_picture_of_a_timeline_says_which_lesson_it_is(run, session, tmp_path):
    run("timeline", session, "--png", tmp_path / "class.svg")

    assert f"Geometry · 7b/geometry · {NOON.astimezone():%A %Y-%m-%d}" in (tmp_path / "class.svg").read_text()


def test_a_report_of_nothing_or_into_nowhere(run, services, session, tmp_path):
    assert "cannot be written" in run("report", session, "--html", tmp_path / "none" / "class.html").stderr
    services.session.buckets = []
    answer = run("report", session, "--html", tmp_path / "class.html")
    assert answer.exit_code == 1
    assert "nothing has been recorded" in answer.stderr
    assert not (tmp_path / "class.html").exists()


def test_bytes_are_what_they_are(run, services, tmp_path):
    (tmp_path / "fake.png").write_bytes(PNG)

    run("classify", tmp_path / "fake.png")

    assert services.detection.requests[0].image == PNG


@pytest.mark.parametrize("name", ["7b/geometry", SESSION])
@pytest.mark.parametrize(
    "command", ["session get {}", "timeline {}", "watch {}", "session end {}", "session delete --yes {}"]
)
def test_a_short_name_does_as_well_as_a_full_one(run, services, session, command, name):
    answer = run(*command.format(name).split())

    assert answer.exit_code == 0
    request = services.session.requests[-1]
    assert SESSION in (getattr(request, "name", ""), getattr(request, "session", ""))


def test_a_short_name_to_create_and_to_record_into(run, services, pictures):
    assert run("session", "create", "7b/geometry").stdout == f"{SESSION}\n"
    run("classify", pictures / "a.jpg", "--session", "7b/geometry")

    assert services.detection.requests[-1].session == SESSION


@pytest.mark.parametrize("name", ["geometry", "classrooms/7b", "7b/geometry/1", "7b/", "7b geometry"])
def test_what_names_no_session_is_refused_with_how_to_write_it(run, services, name):
    answer = run("timeline", name)

    assert answer.exit_code == 2
    assert "7b/math-monday" in answer.stderr
    assert services.session.requests == []


def test_a_session_is_renamed(run, session):
    assert run("session", "rename", "7b/geometry", "Circles").stdout == f"{SESSION} is called Circles\n"
    assert json_lines(run("session", "get", session, "--json"))[0]["display_name"] == "Circles"
    assert "no title" in run("session", "rename", session, "").stdout


def test_a_moment_is_marked_and_the_mark_taken_away(run, services, session, tmp_path):
    day = f"{NOON.astimezone():%Y-%m-%d}"

    first = run("session", "mark", "7b/geometry", "group work", "--at", "12:00:10")
    run("session", "mark", session, "quiz")

    assert first.stdout == f"{day} 12:00:10  group work\n"
    assert "group work" in run("session", "get", session).stdout
    run("report", session, "--html", tmp_path / "class.html")
    assert "group work" in (tmp_path / "class.html").read_text()
    assert "group work" not in run("session", "mark", session, "", "--at", f"{day}T12:00:10").stdout
    assert [marker.text for marker in services.session.sessions[session].markers] == ["quiz"]
    assert run("session", "mark", session, "").exit_code == 2


def local(text):
    return datetime.fromisoformat(text).astimezone()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12:10", "{day}T12:10"),
        ("9:05", "{day}T09:05"),
        ("9:05:10", "{day}T09:05:10"),
        ("12:10:30", "{day}T12:10:30"),
        ("2026-03-04T10:30", "2026-03-04T10:30"),
        ("2026-03-04T10:30Z", "2026-03-04T10:30+00:00"),
    ],
)
def test_a_timeline_from_and_to_a_time_of_its_day(run, services, session, typed, meant, tmp_path):
    meant = local(meant.format(day=f"{NOON.astimezone():%Y-%m-%d}"))

    answer = run("timeline", session, "--start", typed, "--end", "2026-03-05T00:00", "--csv", tmp_path / "t.csv")

    assert answer.exit_code == 0
    asked = services.session.requests[-2:]
    for request in (asked[0], asked[1].timeline):
        assert request.start_time.ToDatetime(timezone.utc) == meant
        assert request.end_time.ToDatetime(timezone.utc) == local("2026-03-05T00:00")


@pytest.mark.parametrize("typed", ["half past ten", "25:00", "10.30"])
def test_what_is_no_time_is_refused_with_how_to_write_it(run, session, typed):
    answer = run("timeline", session, "--end", typed)

    assert answer.exit_code == 2
    assert "--end" in answer.stderr
    assert "10:30" in answer.stderr
