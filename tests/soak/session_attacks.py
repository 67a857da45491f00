"""What two attackers take from an honest caller of the session service: the share of its calls still answered.

python tests/soak/session_attacks.py
"""

import asyncio
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import grpc
import psutil
from attacks import AT_ONCE, ATTACKERS, ending, under_attack
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from bench_session import channel_to, service

from liveclass.v1 import session_pb2, session_pb2_grpc

ROUNDS, PER_SECOND, DEADLINE_SECONDS = 36, 4.0, 2.0
CALLS_OF_A_ROUND = 3
LONG_SECONDS = 100_000
"""Seconds in which something was recorded, in the session that attackers read."""

Stub = session_pb2_grpc.SessionServiceStub
HONEST, LONG, GREEDY = (f"classrooms/attack/sessions/{name}" for name in ("honest", "long", "greedy"))

READ = session_pb2.GetTimelineRequest(session=HONEST)
LIST = session_pb2.ListSessionsRequest(parent="classrooms/attack")


def observation(second: float, frame_id: str, faces: int = 1) -> session_pb2.Observation:
    face = session_pb2.ObservedFace(emotions=[{"emotion": one, "score": float(one == 4)} for one in range(1, 8)])
    return session_pb2.Observation(
        frame_id=frame_id, capture_time=Timestamp(seconds=int(second)), source="camera", faces=[face] * faces
    )


async def prepare(port: int) -> None:
    async with channel_to(port) as channel:
        stub, start = Stub(channel), int(time.time()) - LONG_SECONDS - 60
        for name in (HONEST, LONG, GREEDY):
            settings = session_pb2.Session(minimum_group_size=1, start_time=Timestamp(seconds=start))
            wanted = session_pb2.CreateSessionRequest(
                parent="classrooms/attack", session_id=name.rpartition("/")[2], session=settings
            )
            await stub.CreateSession(wanted)
        for first in range(0, LONG_SECONDS, 1000):
            seconds = range(first, first + 1000)
            observations = [observation(start + each, str(each)) for each in seconds]
            await stub.RecordObservations(
                session_pb2.RecordObservationsRequest(session=LONG, observations=observations)
            )


async def honest(port: int) -> "Counter[str]":
    """Records, reads and lists at its own pace, whatever becomes of it; gives how the calls ended."""
    async with channel_to(port) as channel:
        stub, calls = Stub(channel), list[asyncio.Future[str]]()
        for number in range(ROUNDS):
            one = observation(time.time(), f"{time.monotonic_ns()}-{number}")
            record = session_pb2.RecordObservationsRequest(session=HONEST, observations=[one])
            calls += map(
                asyncio.ensure_future,
                (
                    ending(stub.RecordObservations(record, timeout=DEADLINE_SECONDS)),
                    ending(stub.GetTimeline(READ, timeout=DEADLINE_SECONDS)),
                    ending(stub.ListSessions(LIST, timeout=DEADLINE_SECONDS)),
                ),
            )
            await asyncio.sleep(1 / PER_SECOND)
        return Counter(await asyncio.gather(*calls))


def flood(address: str, call: Callable[[Stub, str], Awaitable[object]]) -> None:
    """As many calls as fit, for ever."""

    async def forever() -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            stub, numbers = Stub(channel), itertools.count()

            async def one() -> None:
                while True:
                    await ending(call(stub, f"{os.getpid()}-{next(numbers)}"))

            await asyncio.gather(*(one() for _ in range(AT_ONCE)))

    asyncio.run(forever())


def long_filters(address: str) -> None:
    text = 'state="ACTIVE" AND ' * 50_000
    flood(address, lambda stub, _: stub.ListSessions(session_pb2.ListSessionsRequest(filter=text), timeout=10))


def empty_faces(address: str) -> None:
    one = observation(time.time(), "0", 0)
    one.faces.extend([session_pb2.ObservedFace()] * 250_000)
    request = session_pb2.RecordObservationsRequest(session=GREEDY, observations=[one])
    flood(address, lambda stub, _: stub.RecordObservations(request, timeout=10))


def many_faces(address: str) -> None:
    """As much as one request may hold, all of it legal."""

    def call(stub: Stub, name: str) -> Awaitable[object]:
        observations = [observation(time.time(), f"{name}-{index}", 10) for index in range(1000)]
        request = session_pb2.RecordObservationsRequest(session=GREEDY, observations=observations)
        return stub.RecordObservations(request, timeout=10)

    flood(address, call)


def long_reads(address: str) -> None:
    request = session_pb2.GetTimelineRequest(session=LONG, resolution=Duration(seconds=10))
    flood(address, lambda stub, _: stub.GetTimeline(request, timeout=10))


def long_exports(address: str) -> None:
    timeline = session_pb2.GetTimelineRequest(session=LONG, resolution=Duration(seconds=10))
    request = session_pb2.ExportTimelineRequest(timeline=timeline)

    async def drained(chunks: AsyncIterator[object]) -> None:
        async for _ in chunks:
            pass

    flood(address, lambda stub, _: drained(stub.ExportTimeline(request, timeout=10)))


def summaries(address: str) -> None:
    request = session_pb2.GetSummaryRequest(session=LONG)
    flood(address, lambda stub, _: stub.GetSummary(request, timeout=10))


ATTACKS: dict[str, Callable[[str], None]] = {
    "filters of 1 MB": long_filters,
    "250,000 empty faces": empty_faces,
    "10,000 faces a request": many_faces,
    "timelines of 100,000 seconds": long_reads,
    "exports of 100,000 seconds": long_exports,
    "summaries of 100,000 seconds": summaries,
}


def measure(port: int, process: psutil.Process) -> Table:
    asyncio.run(prepare(port))
    asyncio.run(honest(port))  # warms up
    alone = asyncio.run(honest(port))["OK"]
    title = f"alone: {alone} of {ROUNDS * CALLS_OF_A_ROUND}"
    table = Table(f"{ATTACKERS} attackers", "answered", "of alone", "others", "memory", title=title)
    for name, attack in ATTACKS.items():
        with under_attack(attack, f"127.0.0.1:{port}"):
            endings = asyncio.run(honest(port))
            memory = process.memory_info().rss >> 20
        answered = endings.pop("OK", 0)
        table.add_row(name, str(answered), f"{answered / alone:.2f}", str(dict(endings)), f"{memory} MB")
    return table


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="liveclass-attacks-") as folder:
        with service(Path(folder) / "liveclass.db") as port:
            children = psutil.Process().children()
            session = next(one for one in children if "liveclass.session" in one.cmdline())
            Console(width=160).print(measure(port, session))


if __name__ == "__main__":
    main()
