"""Group commit, with a disk that the test holds."""

import asyncio
from dataclasses import replace

import pytest

from liveclass.capture_time import CaptureTimeLimits
from liveclass.names import SessionName
from liveclass.runtime.errors import FailedPreconditionError, Reason, ResourceExhaustedError, UnavailableError
from liveclass.session.group_commit import MAX_COMMIT_COST, SHARED_COMMIT_COST, GroupCommitter
from liveclass.session.model import Recorded, Write


class Disk:
    """Commits when it is let go."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.busy, self.let_go = asyncio.Event(), asyncio.Event()

    async def commit(self, writes):
        self.groups.append(len(writes))
        self.busy.set()
        await self.let_go.wait()
        return [Recorded(len(write), 0) for write in writes]


def write(observations: int, faces: int = 0) -> Write:
    none = [0] * observations
    frames = [f"f{number}" for number in range(observations)]
    return Write(
        SessionName("default", "7b", "maths"),
        frames,
        ["camera-1"] * observations,
        none,
        none,
        none,
        [0.0] * (7 * faces),
        CaptureTimeLimits(0, 600),
    )


async def test_what_arrives_during_a_commit_waits_and_goes_to_disk_together() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1)))]
    await disk.busy.wait()
    submitted += [asyncio.ensure_future(committer.submit(write(number))) for number in (2, 3)]
    await asyncio.sleep(0)
    assert committer.waiting == 5  # the first is on its way
    disk.let_go.set()
    assert [answer.recorded for answer in await asyncio.gather(*submitted)] == [1, 2, 3]
    assert (committer.waiting, disk.groups) == (0, [1, 2])


async def test_faces_count_as_much_as_observations_for_what_may_wait() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1)))]
    await disk.busy.wait()
    submitted += [asyncio.ensure_future(committer.submit(write(1, faces=900)))]
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError):
        await committer.submit(write(1, faces=99))
    disk.let_go.set()
    assert [answer.recorded for answer in await asyncio.gather(*submitted)] == [1, 1]


async def test_a_commit_is_not_made_longer_than_it_may_be_by_faces() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 100_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1)))]
    await disk.busy.wait()
    submitted += [asyncio.ensure_future(committer.submit(write(1, faces=6_000))) for _ in range(3)]
    disk.let_go.set()
    await asyncio.gather(*submitted)
    assert disk.groups == [1, 1, 1, 1]


async def test_commits_are_shorter_while_several_tenants_write() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 100_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1), ("north", "first")))]
    await asyncio.sleep(0)
    submitted += [asyncio.ensure_future(committer.submit(write(100), ("north", f"{one}"))) for one in range(100)]
    submitted += [asyncio.ensure_future(committer.submit(write(100), ("south", f"{one}"))) for one in range(2)]
    disk.let_go.set()
    await asyncio.gather(*submitted)
    # Also where a tenant has nothing waiting just then: it is about to write again, and not made to wait for long.
    shared = SHARED_COMMIT_COST // 100
    assert disk.groups == [1, shared, shared, MAX_COMMIT_COST // 100, 2]


async def test_a_caller_with_little_to_write_does_not_wait_for_all_of_another() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 100_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1), ("default", "greedy")))]
    await disk.busy.wait()
    submitted += [
        asyncio.ensure_future(committer.submit(write(1, faces=6_000), ("default", "greedy"))) for _ in range(10)
    ]
    modest = asyncio.ensure_future(committer.submit(write(1), ("default", "modest")))
    await asyncio.sleep(0)
    disk.let_go.set()
    await asyncio.gather(modest, *submitted)
    assert disk.groups == [1, 1, 2] + [1] * 8  # only the third, which is after one of the greedy caller's, has two


async def test_a_caller_has_room_for_its_share_though_another_fills_what_may_wait() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1), ("default", "greedy")))]
    await disk.busy.wait()
    submitted.append(asyncio.ensure_future(committer.submit(write(1, faces=950), ("default", "greedy"))))
    await asyncio.sleep(0)
    submitted.append(asyncio.ensure_future(committer.submit(write(1, faces=400), ("default", "modest"))))
    with pytest.raises(ResourceExhaustedError):
        await committer.submit(write(1, faces=99), ("default", "greedy"))
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError):
        await committer.submit(write(1, faces=200), ("default", "modest"))
    disk.let_go.set()
    assert [answer.recorded for answer in await asyncio.gather(*submitted)] == [1, 1, 1]


async def test_what_nobody_waits_for_any_more_is_not_written() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    first = asyncio.ensure_future(committer.submit(write(1)))
    await disk.busy.wait()
    gone, second = (asyncio.ensure_future(committer.submit(write(1))) for _ in range(2))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    disk.let_go.set()
    await asyncio.gather(first, second)
    assert (committer.waiting, disk.groups) == (0, [1, 1])


class FaultyDisk:
    """Fails a whole group where one write in it is of the session "faulty", in a way that nobody foresaw."""

    def __init__(self) -> None:
        self.groups: list[int] = []

    async def commit(self, writes):
        self.groups.append(len(writes))
        await asyncio.sleep(0)
        if any(write.session.session == "faulty" for write in writes):
            raise ZeroDivisionError
        ended = FailedPreconditionError("session", "has ended", Reason.SESSION_ENDED)
        return [ended if write.session.session == "ended" else Recorded(len(write), 0) for write in writes]


async def submit_together(committer: GroupCommitter, *sessions: str) -> list[object]:
    """What each caller gets, of writes that go into one group."""
    writes = [replace(write(1), session=SessionName("default", "7b", session)) for session in sessions]
    outcomes = await asyncio.gather(*map(committer.submit, writes), return_exceptions=True)
    return [outcome if isinstance(outcome, Recorded) else type(outcome) for outcome in outcomes]


async def test_a_write_that_fails_unexpectedly_does_not_fail_its_neighbours() -> None:
    disk = FaultyDisk()
    committer = GroupCommitter(disk.commit, 1_000)
    outcomes = await submit_together(committer, "maths", "faulty", "physics")
    assert outcomes == [Recorded(1, 0), ZeroDivisionError, Recorded(1, 0)]
    assert disk.groups == [3, 1, 1, 1]
    assert await submit_together(committer, "maths") == [Recorded(1, 0)]


async def test_a_refused_write_is_refused_alone_and_the_group_is_written_once() -> None:
    disk = FaultyDisk()
    outcomes = await submit_together(GroupCommitter(disk.commit, 1_000), "maths", "ended", "physics")
    assert outcomes == [Recorded(1, 0), FailedPreconditionError, Recorded(1, 0)]
    assert disk.groups == [3]


async def test_a_database_that_is_away_refuses_the_group_and_is_not_asked_again_for_each_write() -> None:
    attempts = []

    async def away(writes):
        attempts.append(len(writes))
        await asyncio.sleep(0)
        raise UnavailableError("the database cannot be reached at the moment", 0.5, Reason.STORE_UNAVAILABLE)

    assert await submit_together(GroupCommitter(away, 1_000), "maths", "physics") == [UnavailableError] * 2
    assert attempts == [2]


async def test_closing_finishes_what_was_taken_and_refuses_what_comes_later() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    taken = [asyncio.ensure_future(committer.submit(write(number))) for number in (1, 2)]
    await disk.busy.wait()
    closing = asyncio.ensure_future(committer.close())
    await asyncio.sleep(0)
    with pytest.raises(UnavailableError, match="shutting down"):
        await committer.submit(write(1))
    disk.let_go.set()
    await closing
    assert [answer.recorded for answer in await asyncio.gather(*taken)] == [1, 2]


async def test_a_tenant_of_one_caller_has_as_much_room_as_one_of_many() -> None:
    disk = Disk()
    committer = GroupCommitter(disk.commit, 1_000)
    submitted = [asyncio.ensure_future(committer.submit(write(1), ("north", "first")))]
    await disk.busy.wait()
    for number in range(9):
        submitted.append(asyncio.ensure_future(committer.submit(write(1, faces=99), ("north", f"camera-{number}"))))
        await asyncio.sleep(0)
    submitted.append(asyncio.ensure_future(committer.submit(write(1, faces=450), ("south", "camera"))))
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError):
        await committer.submit(write(1, faces=99), ("north", "another"))
    disk.let_go.set()
    assert all(answer.recorded == 1 for answer in await asyncio.gather(*submitted))


async def test_tenants_take_turns_however_many_callers_each_has() -> None:
    disk = Disk()
    order: list[str] = []

    async def commit(writes):
        order.extend(one.session.tenant for one in writes)
        return await disk.commit(writes)

    committer = GroupCommitter(commit, 10**6)
    submitted = [asyncio.ensure_future(committer.submit(write(1), ("north", "first")))]
    await disk.busy.wait()
    for tenant, caller in [("north", str(number)) for number in range(10)] + [("south", "camera")] * 3:
        one = replace(write(1, faces=6_000), session=SessionName(tenant, "7b", "maths"))
        submitted.append(asyncio.ensure_future(committer.submit(one, (tenant, caller))))
    await asyncio.sleep(0)
    disk.let_go.set()
    await asyncio.gather(*submitted)
    assert order.index("south") <= 2
    assert (
        len(order) - order[::-1].index("south") <= 8
    )  # the third of the south's is through when half of the north's are
