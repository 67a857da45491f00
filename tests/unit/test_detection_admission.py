"""What is let in, when, and for whom; on a clock that the test turns."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from liveclass.detection.admission import Admission, Ticket, Work, cost_class
from liveclass.detection.requesters import Requester
from liveclass.runtime.deadline import Deadline
from liveclass.runtime.errors import DeadlineExceededError, ResourceExhaustedError


class Piece:
    """A piece of work that was let in."""

    def __init__(self, admitted: AsyncExitStack, ticket: Ticket) -> None:
        self._admitted, self._ticket = admitted, ticket

    async def finish(self, busy: float | None = None) -> None:
        self._ticket.seconds_worked = busy
        await self._admitted.aclose()


class Machine:
    """Two workers that need `seconds` for a piece; pieces run one after another in pairs."""

    def __init__(self, most: int = 64) -> None:
        self.now = 0.0
        self.admission = Admission(2, most, clock=lambda: self.now)

    async def enter(
        self, source: str = "a", left: float = 10.0, peer: str = "ipv4:10.0.0.1:5", tenant: str = "", subject: str = ""
    ) -> Piece:
        admitted = AsyncExitStack()
        work = Work(Requester(peer, source, tenant, subject), "frame", 1000)
        return Piece(admitted, await admitted.enter_async_context(self.admission.admit(work, Deadline.after(left))))

    def begin(self, source: str, peer: str = "ipv4:10.0.0.1:5", left: float = 10.0) -> "asyncio.Task[Piece]":
        return asyncio.ensure_future(self.enter(source, left, peer))

    async def rounds(self, number: int, seconds: float, wait: float = 0.0) -> None:
        """Fills the service to its limit, again and again; each piece waits for `wait` and takes `seconds`."""
        for _ in range(number):
            entered = [await self.enter() for _ in range(self.admission.limit)]
            self.now += seconds + wait
            for each in entered:
                await each.finish(seconds)

    async def serve(self, waiting: "dict[str, list[asyncio.Task[Piece]]]", pieces: int) -> dict[str, int]:
        """Finishes one piece after another; how many of whose were let in."""
        let_in = dict.fromkeys(waiting, 0)
        for _ in range(pieces):
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            for name, tasks in waiting.items():
                for task in [task for task in tasks if task.done()]:
                    tasks.remove(task)
                    let_in[name] += 1
                    await (await task).finish()
        return let_in


async def cancel(tasks: "list[asyncio.Task[Piece]]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_the_limit_grows_while_latency_stays_low_and_falls_when_it_rises() -> None:
    machine = Machine()
    start = machine.admission.limit
    await machine.rounds(30, 0.1)
    grown = machine.admission.limit
    assert grown > start
    await machine.rounds(30, 0.1, wait=0.5)
    assert machine.admission.limit == 3
    await machine.rounds(30, 0.1)
    assert machine.admission.limit > 3


async def test_the_limit_never_passes_the_operators() -> None:
    machine = Machine(most=5)
    await machine.rounds(100, 0.1)
    assert machine.admission.limit == 5


async def test_an_idle_service_takes_a_burst_that_it_can_finish_in_time() -> None:
    machine = Machine()
    await machine.rounds(5, 0.02)
    burst = [machine.begin("a") for _ in range(200)]
    assert await machine.serve({"a": burst}, 400) == {"a": 200}
    assert machine.admission.in_flight == machine.admission.waiting == 0


async def test_what_cannot_be_finished_in_time_is_refused_at_once_and_told_when_to_come_back() -> None:
    machine = Machine()
    await machine.rounds(5, 0.1)
    waiting = [machine.begin("a") for _ in range(60)]
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError) as raised:
        await machine.enter(left=1.0)  # before it wait some 50 pieces of 0.05 s
    assert 1 < raised.value.retry_after <= 5
    await cancel(waiting)


async def test_a_turn_that_does_not_come_in_time_is_refused() -> None:
    machine = Machine(most=2)
    kept = [await machine.enter() for _ in range(2)]
    with pytest.raises(ResourceExhaustedError):
        await machine.enter(left=0.05)
    assert machine.admission.waiting == 0
    for each in kept:
        await each.finish()


async def test_what_is_too_slow_even_alone_is_told_from_what_others_delay() -> None:
    machine = Machine()
    await machine.rounds(10, 0.2)
    with pytest.raises(DeadlineExceededError):
        await machine.enter(left=0.1)
    for _ in range(machine.admission.limit):
        await machine.enter(left=0.4)
    with pytest.raises(ResourceExhaustedError):
        await machine.enter(left=0.3)


async def test_what_waited_and_is_then_too_late_is_told_to_come_back() -> None:
    machine = Machine(most=2)
    kept = [await machine.enter() for _ in range(2)]

    async def late() -> None:
        async with machine.admission.admit(Work(Requester("ipv4:10.0.0.1:5", "a"), "frame"), Deadline.after(10)):
            raise DeadlineExceededError("the deadline passed while faces were being searched for")

    waiting = asyncio.ensure_future(late())
    await asyncio.sleep(0)
    await kept.pop().finish()
    with pytest.raises(ResourceExhaustedError):
        await waiting
    await kept.pop().finish()
    with pytest.raises(DeadlineExceededError):  # alone, it is the caller's deadline that is too short
        await late()


async def test_a_bad_estimate_is_forgotten() -> None:
    machine = Machine()
    await machine.rounds(1, 5.0)
    with pytest.raises(DeadlineExceededError):
        await machine.enter(left=1.0)
    machine.now += 60
    await machine.enter(left=1.0)


@pytest.mark.parametrize("peer", ["ipv4:10.0.0.1:5", "ipv4:10.0.0.1:6", "ipv4:10.0.0.2:5"])
async def test_a_source_that_takes_everything_makes_room_for_others(peer) -> None:
    machine = Machine(most=4)
    for name in ("modest", "greedy"):
        for _ in range(3):  # both are known
            await (await machine.enter(name, peer=peer if name == "modest" else "ipv4:10.0.0.1:5")).finish()
    greedy = [machine.begin("greedy") for _ in range(100)]
    modest = [machine.begin("modest", peer) for _ in range(5)]
    let_in = await machine.serve({"greedy": greedy, "modest": modest}, 10)
    assert let_in["modest"] == 5
    await cancel(greedy)


@pytest.mark.parametrize("peer", ["ipv4:10.0.0.1:5", "ipv4:10.0.0.2:5"])
async def test_made_up_sources_share_one_share(peer) -> None:
    machine = Machine(most=4)
    for _ in range(3):
        await (await machine.enter("honest", peer=peer)).finish()
    made_up = [machine.begin(f"made-up-{number}") for number in range(300)]
    honest = [machine.begin("honest", peer) for _ in range(10)]
    let_in = await machine.serve({"made up": made_up, "honest": honest}, 24)
    assert let_in["honest"] == 10
    await cancel(made_up)


@pytest.mark.parametrize(("tenant", "subject"), [("south", "camera"), ("north", "other-camera")])
async def test_callers_of_one_gateway_get_their_share_by_tenant_and_by_subject(tenant, subject) -> None:
    machine = Machine(most=4)
    greedy = [asyncio.ensure_future(machine.enter("front", tenant="north", subject="camera")) for _ in range(100)]
    await asyncio.sleep(0)
    modest = [asyncio.ensure_future(machine.enter("front", tenant=tenant, subject=subject)) for _ in range(5)]
    let_in = await machine.serve({"greedy": greedy, "modest": modest}, 14)
    assert let_in["modest"] == 5
    await cancel(greedy)


async def test_a_full_queue_drops_the_newest_of_whoever_fills_it() -> None:
    machine = Machine(most=2)
    waiting = [machine.begin("greedy") for _ in range(2 + 512)]
    await asyncio.sleep(0)
    modest = machine.begin("modest", "ipv4:10.0.0.2:5")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ResourceExhaustedError):
        await waiting.pop()
    assert not modest.done()
    await cancel([*waiting, modest])
    assert machine.admission.waiting == 0


async def test_alone_a_source_may_take_everything() -> None:
    machine = Machine(most=4)
    for _ in range(4):
        await machine.enter("only")
    assert machine.admission.in_flight == 4


async def test_who_goes_away_leaves_no_place_taken() -> None:
    machine = Machine(most=2)
    kept = [await machine.enter() for _ in range(2)]
    gone, waiting = machine.begin("a"), machine.begin("a")
    await asyncio.sleep(0)
    await kept.pop().finish()
    gone.cancel()  # in the very moment in which it is its turn
    await (await waiting).finish()
    await kept.pop().finish()
    assert machine.admission.in_flight == machine.admission.waiting == 0


async def test_work_that_came_to_nothing_teaches_nothing() -> None:
    machine = Machine()
    piece = await machine.enter()
    machine.now += 100
    await piece.finish()
    assert machine.admission.in_flight == 0
    await machine.enter(left=0.1)


def test_work_is_classed_by_powers_of_two() -> None:
    assert cost_class("frame", 1000) == cost_class("frame", 1024) != cost_class("frame", 1025)
    assert cost_class("crops", 0) == cost_class("crops", 1)
