"""A part of the stack that ends: the report, and the restart."""

import sys

import pytest

from liveclass.stack import Stack, StackError
from liveclass.stack.part import Part


@pytest.fixture
def part(tmp_path):
    return Part("triton", ["this"], [], tmp_path / "triton.log", lambda: False)


def test_the_tail_of_a_log_begins_with_the_errors_before_it(part):
    chatter = [f"I1122 14:03:{second:02} server.cc:345] waiting" for second in range(40)]
    part.log_file.write_text("\n".join([*chatter[:5], "E1122 14:03:05 lifecycle.cc:654] failed to load", *chatter]))

    lines = part.tail().splitlines()

    assert lines[0] == "E1122 14:03:05 lifecycle.cc:654] failed to load"
    assert lines[-1] == chatter[-1]
    assert len(lines) == 14


def test_a_short_log_is_shown_whole(part):
    part.log_file.write_text("liveclass.session: the port is taken\n")

    assert part.tail() == "liveclass.session: the port is taken"


def test_a_part_that_was_never_started(part):
    part.end(1)
    part.kill()

    assert not part.is_running
    assert part.log() == ""
    with pytest.raises(StackError, match="has not been started"):
        _ = part.process


def test_how_a_part_ended_is_told(part):
    part.arguments = ["no_such_module"]
    part.start({"PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)})
    part.process.wait(60)

    assert part.has_ended
    assert "triton ended with status 1" in part.exit_report()
    assert "No module named no_such_module" in part.exit_report()


def test_a_grace_period_that_is_no_number_is_an_error(tmp_path):
    with pytest.raises(StackError, match="LIVECLASS_GRACE_SECONDS must be a number of seconds, and is 'soon'"):
        Stack(tmp_path, environment={"LIVECLASS_GRACE_SECONDS": "soon"})


def test_a_part_that_ends_is_restarted_and_reported(part):
    """With a wait that grows, as a part that cannot stay up must not be started all the time."""
    part.arguments = ["no_such_module"]
    environment, events = {"PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)}, []
    part.start(environment)
    processes = {part.process.pid}

    while len(events) < 2:
        part.keep_running(environment, events.append)
        processes.add(part.process.pid)

    assert events == [
        f"triton ended with status 1; starting it again in 0.5 s (log: {part.log_file})",
        f"triton ended with status 1; starting it again in 1 s (log: {part.log_file})",
    ]
    assert len(processes) == 2
