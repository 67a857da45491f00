"""Group commit, with a disk that the test holds."""

import asyncio

import pytest

from liveclass.capture_time import CaptureTimeLimits
from liveclass.names import SessionName
from liveclass.runtime.errors import ResourceExhaustedError
from liveclass.session.group_commit import GroupCommitter
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
        SessionName("7b", "maths"),
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
