"""The audit log keeps what it was told."""

import asyncio
from contextlib import nullcontext

import pytest
from structlog.testing import capture_logs

from liveclass.identity.audit import MAX_DENIED_CALLERS, MAX_WAITING, AuditedCall, AuditEntry, Auditor
from liveclass.identity.caller import NOBODY, Caller
from liveclass.identity.methods import Audited
from liveclass.identity.permissions import NONE
from liveclass.runtime.errors import NotFoundError, PermissionDeniedError

MS_MAY = Caller("ms-may", NONE, "https://issuer.example", "north")
READ = AuditedCall("ipv4:127.0.0.1", "GetTimeline", "classrooms/7b/sessions/maths")
SUMMARY = READ._replace(action="GetSummary")


class Database:
    """Takes its time, until it is told that it may."""

    def __init__(self, *, away: int = 0) -> None:
        """The first `away` attempts fail."""
        self.asked, self.may_write = asyncio.Event(), asyncio.Event()
        self.written: list[AuditEntry] = []
        self._away = away

    async def add(self, entries: list[AuditEntry]) -> None:
        self.asked.set()
        await self.may_write.wait()
        if self._away:
            self._away -= 1
            raise OSError("away")
        self.written += entries

    @property
    def actions(self) -> list[str]:
        return [entry.action for entry in self.written]


def ready(**settings: int) -> tuple[Database, Auditor]:
    database = Database(**settings)
    database.may_write.set()
    return database, Auditor(database.add)


async def test_stopping_in_the_middle_of_a_write_loses_and_doubles_nothing() -> None:
    database = Database()
    auditor = Auditor(database.add)
    auditor.note(MS_MAY, READ, "OK")
    writing = asyncio.create_task(auditor.flush())
    await database.asked.wait()
    auditor.note(MS_MAY, SUMMARY, "OK")
    writing.cancel()
    await asyncio.wait([writing])
    database.may_write.set()
    await auditor.flush()
    assert database.actions == ["GetTimeline", "GetSummary"]


async def test_what_could_not_be_written_is_written_the_next_time() -> None:
    database, auditor = ready(away=1)
    auditor.note(MS_MAY, READ, "OK")
    await auditor.flush()
    assert database.written == []
    await auditor.flush()
    assert database.actions == ["GetTimeline"]


async def test_what_could_not_be_written_does_not_push_out_what_is_newer() -> None:
    database = Database(away=1)
    auditor = Auditor(database.add)
    for number in range(MAX_WAITING):
        auditor.note(MS_MAY, READ._replace(resource=f"old {number}"), "OK")
    database.may_write.set()
    with capture_logs() as lines:
        await auditor.flush()
        for number in range(3):
            auditor.note(MS_MAY, READ._replace(resource=f"new {number}"), "OK")
        await auditor.flush()
    assert lines[0]["cause"] == "OSError: away"
    assert len(database.written) == MAX_WAITING + 3
    assert database.written[-1].resource == "new 2"


async def test_a_database_that_stays_away_costs_bounded_memory_and_the_log_says_what_is_missing() -> None:
    database, auditor = ready(away=2)
    for half in range(2):
        for number in range(MAX_WAITING // 2 + 2):
            auditor.note(MS_MAY, READ._replace(resource=f"{half} {number}"), "OK")
        with capture_logs() as lines:
            await auditor.flush()
    assert lines[-1] == {"event": "audit entries are in the log only", "entries": 4, "log_level": "error"}
    await auditor.flush()
    assert len(database.written) == MAX_WAITING
    assert database.written[0].resource == "0 4"


async def test_the_same_call_repeated_is_one_entry_with_a_count() -> None:
    database, auditor = ready()
    with capture_logs() as lines:
        for _ in range(500):
            auditor.note(MS_MAY, READ, "OK")
        auditor.note(MS_MAY, READ, "NOT_FOUND")
        await auditor.flush()
    assert [(entry.outcome, entry.calls) for entry in database.written] == [("OK", 500), ("NOT_FOUND", 1)]
    assert [line["outcome"] for line in lines] == ["OK", "NOT_FOUND"]
    assert database.written[0].subject == lines[0]["subject"] == "ms-may"


async def test_a_flood_of_denied_calls_is_an_entry_for_each_caller_and_bounded() -> None:
    database, auditor = ready()
    with capture_logs() as lines:
        for number in range(1_000):
            auditor.note(MS_MAY, READ._replace(resource=f"classrooms/{number}/sessions/x"), "PERMISSION_DENIED")
        for number in range(1_000):
            auditor.note(NOBODY, READ._replace(client=f"ipv6:{number}"), "UNAUTHENTICATED")
        await auditor.flush()
    denied, *unauthenticated = database.written
    assert (denied.subject, denied.outcome, denied.calls) == ("ms-may", "PERMISSION_DENIED", 1_000)
    assert len(unauthenticated) == MAX_DENIED_CALLERS + 1
    assert sum(entry.calls for entry in unauthenticated) == 1_000
    assert unauthenticated[-1].calls == 1_000 - MAX_DENIED_CALLERS
    assert len(lines) == len(database.written)


async def test_after_a_second_denied_calls_are_entered_again() -> None:
    database, auditor = ready()
    for _ in range(2):
        auditor.note(NOBODY, READ, "UNAUTHENTICATED")
        await auditor.flush()
    assert [entry.calls for entry in database.written] == [1, 1]


async def outcomes(when: Audited, error: BaseException | None, *, is_stream: bool = False) -> list[str]:
    database, auditor = ready()
    with pytest.raises(type(error)) if error else nullcontext():
        async with auditor.recorded(MS_MAY, READ, when, is_stream=is_stream):
            if error is not None:
                raise error
    await auditor.flush()
    return [entry.outcome for entry in database.written]


@pytest.mark.parametrize(
    ("when", "error", "is_stream", "found"),
    [
        (Audited.AFTERWARDS, None, False, ["OK"]),
        (Audited.AFTERWARDS, None, True, ["BEGUN", "OK"]),
        (Audited.AFTERWARDS, NotFoundError("session", "x"), False, ["NOT_FOUND"]),
        (Audited.AFTERWARDS, RuntimeError("a defect"), False, ["INTERNAL"]),
        (Audited.AFTERWARDS, asyncio.CancelledError(), True, ["BEGUN", "CANCELLED"]),
        (Audited.BEFORE, None, False, ["BEGUN", "OK"]),
        (Audited.BEFORE, NotFoundError("session", "x"), False, ["BEGUN", "NOT_FOUND"]),
        (Audited.WHEN_DENIED, None, True, []),
        # The end of a denied call is entered once, by the interceptor.
        (Audited.AFTERWARDS, PermissionDeniedError("classrooms/7b:view"), True, ["BEGUN"]),
    ],
)
async def test_how_a_call_ended_is_entered(when, error, is_stream, found) -> None:
    assert await outcomes(when, error, is_stream=is_stream) == found


async def test_nothing_is_erased_that_cannot_be_recorded_before() -> None:
    _, auditor = ready(away=1)
    is_erased = False
    with pytest.raises(OSError, match="away"):
        async with auditor.recorded(MS_MAY, READ._replace(action="DeleteSession"), Audited.BEFORE):
            is_erased = True
    assert not is_erased
