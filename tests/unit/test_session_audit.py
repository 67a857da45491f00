"""The audit log keeps what it was told."""

import asyncio
from types import SimpleNamespace

from structlog.testing import capture_logs

from liveclass.names import SessionName
from liveclass.session.audit import MAX_WAITING, Auditor

CALLER = SimpleNamespace(
    auth_context=dict, invocation_metadata=lambda: (("liveclass-caller", "ms-may"),), peer=lambda: "ipv4:127.0.0.1:1"
)


class SlowStore:
    """Takes its time, until it is told that it may."""

    def __init__(self) -> None:
        self.asked, self.may_write = asyncio.Event(), asyncio.Event()
        self.written: list[str] = []

    async def add_audit(self, entries):
        self.asked.set()
        await self.may_write.wait()
        self.written += [entry.action for entry in entries]


async def test_stopping_in_the_middle_of_a_write_loses_and_doubles_nothing():
    store = SlowStore()
    auditor = Auditor(store)
    auditor.note(CALLER, "GetTimeline", SessionName("default", "7b", "maths"))
    writing = asyncio.create_task(auditor.flush())
    await store.asked.wait()
    auditor.note(CALLER, "GetSummary", SessionName("default", "7b", "maths"))
    writing.cancel()
    await asyncio.wait([writing])
    store.may_write.set()
    await auditor.flush()
    assert store.written == ["GetTimeline", "GetSummary"]


async def test_what_could_not_be_written_is_written_the_next_time():
    class AwayOnce(SlowStore):
        async def add_audit(self, entries):
            if not self.asked.is_set():
                self.asked.set()
                raise OSError("away")
            await super().add_audit(entries)

    store = AwayOnce()
    store.may_write.set()
    auditor = Auditor(store)
    auditor.note(CALLER, "GetTimeline", SessionName("default", "7b", "maths"))
    await auditor.flush()
    assert store.written == []
    await auditor.flush()
    assert store.written == ["GetTimeline"]


async def test_what_could_not_be_written_does_not_push_out_what_is_newer():
    class AwayOnce(SlowStore):
        async def add_audit(self, entries):
            if not self.asked.is_set():
                await super().add_audit([])
                raise OSError("away")
            self.written += [entry.session for entry in entries]

    store = AwayOnce()
    auditor = Auditor(store)
    for number in range(MAX_WAITING):
        auditor.note(CALLER, "GetTimeline", SessionName("default", "old", f"{number}"))
    writing = asyncio.create_task(auditor.flush())
    await store.asked.wait()
    for number in range(3):
        auditor.note(CALLER, "GetTimeline", SessionName("default", "new", f"{number}"))
    store.may_write.set()
    with capture_logs() as lines:
        await writing
    assert lines[0]["cause"] == "OSError: away"
    assert lines[1] == {"event": "audit entries are in the log only", "entries": 3, "log_level": "error"}
    await auditor.flush()
    assert len(store.written) == MAX_WAITING
    assert store.written[0] == "classrooms/old/sessions/3"
    assert store.written[-3:] == [f"classrooms/new/sessions/{number}" for number in range(3)]
