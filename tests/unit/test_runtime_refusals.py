"""How many lines refused calls write into the log."""

from structlog.testing import capture_logs

from liveclass.reasons import Reason
from liveclass.runtime.errors import NotFoundError, UnavailableError
from liveclass.runtime.refusals import REPEAT_SECONDS, LimitedLines, RefusalLog


def test_lines_of_a_kind_are_limited_and_the_next_one_counts_those_in_between() -> None:
    now = 0.0
    lines = LimitedLines(1.0, 3.0, lambda: now)
    assert [lines.take("denied") for _ in range(5)] == [0, 0, 0, None, None]
    assert lines.take("other") == 0
    now = 1.0
    assert [lines.take("denied") for _ in range(2)] == [2, None]


def test_the_same_refusal_is_logged_once_in_a_while_with_its_cause() -> None:
    now = 0.0
    with capture_logs() as lines:
        log = RefusalLog(lambda: now)
        error = UnavailableError("the database cannot be reached", 1.0, Reason.STORE_UNAVAILABLE)
        error.__cause__ = OSError("no such table")
        for _ in range(4):
            log.note(error)
        log.note(NotFoundError("session", "x"))
        now = REPEAT_SECONDS
        log.note(error)
    assert [line.get("since_the_last_line") for line in lines] == [None, 3]
    assert lines[0]["cause"] == "OSError: no such table"
