"""The session service: writes against an empty service and a bare insert, and reads as the store grows."""

import argparse
import asyncio
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from liveclass.session import sums
from liveclass.session.store import keys
from liveclass.session.sums import EXPIRY_SECONDS, RESOLUTIONS
from liveclass.v1 import emotion_pb2, session_pb2, session_pb2_grpc

CLIENTS = 64
WRITE_SECONDS = 6.0
BATCH = 100

SOURCES = 1_000
LESSON_SECONDS = 3 * 3600
FEW, MANY = 100_000, 1_000_000  # ten million takes ten times as long to write: --many 10000000
READS = 300

Figure = dict[str, Any]

ECHO = """
import asyncio, sys, grpc
async def main():
    server = grpc.aio.server()
    handler = grpc.unary_unary_rpc_method_handler(echo)
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("Echo", {"Echo": handler})])
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    await server.start()
    await server.wait_for_termination()
async def echo(request, context):
    return b""
asyncio.run(main())
"""


def run(many: int = MANY, only: str | None = None) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        written = asyncio.run(writing(Path(folder))) if only != "reading" else []
        return [*written, *(asyncio.run(reading(Path(folder), many)) if only != "writing" else [])]


# Writing


async def writing(folder: Path) -> list[Figure]:
    with process([sys.executable, "-c", ECHO]) as echo_process, service(folder / "writing.db") as port:
        assert echo_process.stdout
        echo_port = int(echo_process.stdout.readline())
        await record_singles(port, "warm-up", 1.0)
        echo_used, used = Processor(echo_process.pid), Processor(session_process())
        # Turn about, so that whatever else the machine does falls on both.
        pairs = [
            (*await echo_used.measured(echo_calls(echo_port, 2.0), 2.0),
             *await used.measured(record_singles(port, f"s{turn}", 2.0), 2.0))
            for turn in range(3)
        ]  # fmt: skip  # a line for each service
        echo, echo_cost, singles, cost = (statistics.fmean(column) for column in zip(*pairs, strict=True))
        batches = [(insert_rows(folder, 2.0), await record_batches(port, f"b{turn}", 2.0)) for turn in range(3)]
        bare, batched = (statistics.fmean(column) for column in zip(*batches, strict=True))
    return [
        figure("single observations against an empty gRPC service", singles / echo, "", ">= 0.35"),
        figure("single observations, 64 clients", singles, "calls/s", ">= 0"),
        figure("the same: processor time of the service", cost * 1e6, "µs", ">= 0"),
        figure("the same: processor time of the empty one", echo_cost * 1e6, "µs", ">= 0"),
        figure("observations in hundreds against a bare executemany", batched / bare, "", ">= 0.3"),
        figure("observations in hundreds, 64 clients", batched, "observations/s", ">= 0"),
    ]


class Processor:
    """What a process uses of the processor, which other work on the machine disturbs less than the clock."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)

    async def measured(self, load: Awaitable[float], seconds: float) -> tuple[float, float]:
        """Calls a second of a `load` of so many seconds, and the seconds of processor time of each call."""
        before = sum(self._process.cpu_times()[:2])
        rate = await load
        return rate, (sum(self._process.cpu_times()[:2]) - before) / (rate * seconds)


def session_process() -> int:
    """The process id of the one session service that this process has started."""
    return next(each.pid for each in psutil.Process().children() if "liveclass.session" in each.cmdline())


async def echo_calls(port: int, seconds: float) -> float:
    """Calls per second."""
    payload = request("classrooms/bench/sessions/x", "x", 0, 1).SerializeToString()
    async with channel_to(port) as channel:
        call = channel.unary_unary("/Echo/Echo")
        return await together(lambda _client, _turn: call(payload), seconds)


async def record_singles(port: int, session: str, seconds: float) -> float:
    """Observations per second, one in each call."""
    async with channel_to(port) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        name = await create(stub, session)
        return await together(
            lambda client, turn: stub.RecordObservations(request(name, f"{client}-{turn}", client, 1)), seconds
        )


async def record_batches(port: int, session: str, seconds: float) -> float:
    """Observations per second, a hundred in each call."""
    async with channel_to(port) as channel:
        stub = session_pb2_grpc.SessionServiceStub(channel)
        name = await create(stub, session)
        prepared = {c: [request(name, f"{c}-{turn}", c, BATCH) for turn in range(60)] for c in range(CLIENTS)}
        calls = await together(lambda client, turn: stub.RecordObservations(prepared[client][turn % 60]), seconds)
        total = sum(bucket.frames for bucket in (await stub.GetTimeline(whole(name, 600))).buckets)
        assert total <= CLIENTS * 60 * BATCH
        return min(calls * BATCH, total / seconds)


def insert_rows(folder: Path, seconds: float) -> float:
    """Rows per second that a bare `executemany` of the observations reaches, a hundred a commit, as durably."""
    path = folder / "bare.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    scores = ", ".join(f"score_{index} REAL" for index in range(7))
    connection.execute(f"CREATE TABLE observations (session TEXT, frame_id TEXT, time INTEGER, source TEXT, {scores})")
    places = ",".join("?" * 11)
    rows, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        batch = [("maths", f"{rows}-{one}", rows, "seat-1", *SCORES) for one in range(BATCH)]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO observations VALUES ({places})", batch)
        connection.execute("COMMIT")
        rows += BATCH
    rate = rows / (time.perf_counter() - start)
    connection.close()
    remove(path)
    return rate


SCORES = (0.05, 0.0, 0.05, 0.7, 0.05, 0.05, 0.1)


def request(session: str, frame: str, client: int, count: int) -> session_pb2.RecordObservationsRequest:
    emotions = [emotion_pb2.EmotionScore(emotion=index + 1, score=score) for index, score in enumerate(SCORES)]
    face = session_pb2.ObservedFace(emotions=emotions)
    now = int(time.time())
    observations = [
        session_pb2.Observation(
            frame_id=f"{frame}-{one}", capture_time=Timestamp(seconds=now - one), source=f"seat-{client}", faces=[face]
        )
        for one in range(count)
    ]
    return session_pb2.RecordObservationsRequest(session=session, observations=observations)


async def together(call: Callable[[int, int], Awaitable[object]], seconds: float) -> float:
    """Calls per second of clients that each call again as soon as they are answered."""
    end = time.perf_counter() + seconds

    async def client(number: int) -> int:
        turn = 0
        while time.perf_counter() < end:
            await call(number, turn)
            turn += 1
        return turn

    return sum(await asyncio.gather(*(client(number) for number in range(CLIENTS)))) / seconds


# Reading


async def reading(folder: Path, many: int) -> list[Figure]:
    databases = {count: folder / f"{count}.db" for count in (FEW, many)}
    names = {count: await fill(path, count) for count, path in databases.items()}
    # One right after the other, so that whatever else the machine does falls on both.
    slowest = {count: await read_times(path, names[count]) for count, path in databases.items()}
    return [
        figure("GetTimeline of 3 hours and 1,000 sources, p99", slowest[FEW], "ms", "<= 30"),
        figure(f"GetTimeline with {many:,} observations, p99", slowest[many], "ms", "<= 30"),
        figure(f"GetTimeline with {many:,} against {FEW:,}", slowest[many] / slowest[FEW], "", "<= 1.5"),
    ]


async def read_times(path: Path, name: str) -> float:
    """The 99th percentile of GetTimeline at ten seconds, in milliseconds, as a client sees it."""
    with service(path) as port:
        async with channel_to(port) as channel:
            stub = session_pb2_grpc.SessionServiceStub(channel)
            times = []
            await stub.GetTimeline(whole(name, 10))
            for _ in range(READS):
                start = time.perf_counter()
                timeline = await stub.GetTimeline(whole(name, 10))
                times.append((time.perf_counter() - start) * 1000)
            assert len(timeline.buckets) > 1000
            assert not any(bucket.suppressed for bucket in timeline.buckets[:-1])
    return statistics.quantiles(times, n=100)[-1]


async def fill(path: Path, count: int) -> str:
    """A database with `count` observations of one lesson, as the service records them; the first read releases them."""
    with service(path) as port:
        async with channel_to(port) as channel:
            name = await create(session_pb2_grpc.SessionServiceStub(channel), "lesson", minimum_group_size=5)
    first = (int(time.time()) - 86_400) // 600 * 600
    await asyncio.to_thread(fill_rows, path, count, first)
    return name


def fill_rows(path: Path, count: int, first: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -400000")
    chance = np.random.default_rng(0)
    per_window = count * EXPIRY_SECONDS // LESSON_SECONDS
    sources = np.array(sorted(chance.integers(-(2**63), 2**63 - 1, SOURCES)), np.int64)
    made = 0
    for start in range(first, first + LESSON_SECONDS, EXPIRY_SECONDS):
        expires = int(keys.expiry_days(np.array([start]), 90 * 86_400)[0])  # a lesson may go on past midnight
        seconds = np.sort(chance.integers(start, start + EXPIRY_SECONDS, per_window))
        who = chance.integers(0, SOURCES, per_window)
        frame_keys = [os.urandom(16) for _ in range(per_window)]
        rows = zip([1] * per_window, sorted(frame_keys), [expires] * per_window, sources[who].tolist(), strict=True)
        connection.executemany("INSERT INTO frames VALUES (?,?,?,?)", rows)
        made += per_window
        for resolution in RESOLUTIONS:
            fill_buckets(connection, resolution, seconds // resolution * resolution, sources[who], expires)
        connection.commit()
    seen = ((1, source, 1, first - 60, first + LESSON_SECONDS) for source in sources.tolist())
    connection.executemany("INSERT INTO sources VALUES (?,?,?,?,?)", seen)
    values = (first, first + LESSON_SECONDS - 1, SOURCES)
    connection.execute("UPDATE sessions SET first_second = ?, last_second = ?, source_count = ?", values)
    connection.commit()
    connection.close()


def fill_buckets(
    connection: sqlite3.Connection, resolution: int, starts: np.ndarray, who: np.ndarray, expires: int
) -> None:
    one = np.zeros(sums.WIDTH, np.int64)
    scores = np.array(SCORES)
    one[[sums.FRAMES, sums.FACES, sums.SEEN, sums.FRAMES_WITH_FACES]] = 1
    one[sums.SCORES], one[sums.SQUARES] = scores * sums.SCALE, scores**2 * sums.SCALE
    one[sums.TOPS.start + 3] = 1
    order, firsts = sums.group_by((starts, who))
    counts = np.diff(np.append(firsts, len(order)))
    first = order[firsts]
    cells = zip(starts[first].tolist(), who[first].tolist(), np.outer(counts, one).tolist(), strict=True)
    places = ",".join("?" * (sums.WIDTH + 8))
    connection.executemany(
        f"INSERT INTO source_buckets VALUES ({places})",
        ((1, resolution, start, source, expires, *row[:-1], 1, 1, row[-1], 0) for start, source, row in cells),
    )


# Both


def remove(database: Path) -> None:
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()


def figure(name: str, value: float, unit: str, bar: str) -> Figure:
    comparison, limit = bar.split()
    holds = value >= float(limit) if comparison == ">=" else value <= float(limit)
    return {"name": name, "figure": round(value, 3), "unit": unit, "bar": bar, "holds": holds}


def whole(name: str, resolution: int) -> session_pb2.GetTimelineRequest:
    return session_pb2.GetTimelineRequest(session=name, resolution=Duration(seconds=resolution))


async def create(stub: session_pb2_grpc.SessionServiceStub, session: str, minimum_group_size: int = 1) -> str:
    wanted = session_pb2.CreateSessionRequest(
        parent="classrooms/bench",
        session_id=session,
        session=session_pb2.Session(minimum_group_size=minimum_group_size),
    )
    return (await stub.CreateSession(wanted)).name


def channel_to(port: int) -> grpc.aio.Channel:
    return grpc.aio.insecure_channel(f"127.0.0.1:{port}")


@contextmanager
def service(database: Path) -> Iterator[int]:
    """The session service as a process of its own; gives its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "LIVECLASS_SESSION_PORT": str(port),
        "LIVECLASS_SESSION_METRICS_PORT": "0",
        "LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
        "LIVECLASS_LOG_LEVEL": "warning",
    }
    with process([sys.executable, "-m", "liveclass.session"], environment):
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            grpc.channel_ready_future(channel).result(timeout=30)
        yield port


@contextmanager
def process(command: list[str], environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen[str]]:
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=MANY, help="observations of the longer session")
    parser.add_argument("--only", choices=["writing", "reading"], help="one half of it")
    chosen = parser.parse_args()
    print(json.dumps(run(chosen.many, chosen.only), indent=2))  # noqa: T201  # for trying it
