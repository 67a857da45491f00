"""Sends mutated requests to every RPC of both services, over gRPC on loopback, and checks what comes back.

    python tests/fuzz/rpcs.py --count 20000 --seed 1

A caller may be told OK, that the request is wrong (with the field), that something is not there, or that there is too
much. Anything else is a finding, and printed with what repeats it: `--seed S --only NUMBER`.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import grpc
import psutil
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from rpc_requests import SESSIONS, Maker, Request

from liveclass.v1 import session_pb2, session_pb2_grpc

AT_ONCE = 24
MOST_RESPONSES = 3
"""Of a stream that may go on for ever."""
REFRESH = 2_000
"""After so many requests the sessions that were deleted or ended are made anew."""

ALWAYS = {"OK", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED"}
DOCUMENTED: dict[str, set[str]] = {
    "CreateSession": {"ALREADY_EXISTS"},
    "ListSessions": set(),
    "RecordObservations": {"NOT_FOUND", "FAILED_PRECONDITION"},
    **{name: set() for name in ("ClassifyFrame", "ClassifyFaces", "ClassifyStream", "ListAuditEntries", "ListKeys")},
    **{name: {"FAILED_PRECONDITION", "UNAUTHENTICATED"} for name in ("CreateKey", "ExchangeKey")},
    "RevokeKey": {"NOT_FOUND"},
}
CUT_OFF = "Internal error from Core"
"""What grpc.aio's client says where a stream is refused before all of it is sent; the first message alone tells why."""
OTHERS = {"NOT_FOUND"}
"""Every other RPC is about a session."""


class Fuzzer:
    """Sends, and keeps count."""

    def __init__(self, seed: int, ports: dict[str, int]) -> None:
        self.seed, self.maker = seed, Maker(seed)
        self.outcomes: Counter[str] = Counter()
        self.findings: list[str] = []
        self.in_flight: set[int] = set()
        self._session = grpc.aio.insecure_channel(f"127.0.0.1:{ports['session']}")
        self._detection = grpc.aio.insecure_channel(f"127.0.0.1:{ports['detection']}")

    async def run(self, numbers: range, seconds: float) -> None:
        """Sends the requests of `numbers`, for at most `seconds`."""
        end, following = time.monotonic() + seconds, iter(numbers)

        async def send_on() -> None:
            for number in following:
                if time.monotonic() > end:
                    return
                if number % REFRESH == 0:
                    await self.make_sessions()
                self.in_flight.add(number)
                await self.send(number)
                self.in_flight.discard(number)

        await self.make_sessions()
        await asyncio.gather(*(send_on() for _ in range(AT_ONCE)))
        await self._session.close()
        await self._detection.close()

    async def make_sessions(self) -> None:
        stub = session_pb2_grpc.SessionServiceStub(self._session)
        for name in SESSIONS:
            _, classroom, _, session = name.split("/")
            request = session_pb2.CreateSessionRequest(
                parent=f"classrooms/{classroom}", session_id=session, session=session_pb2.Session(minimum_group_size=1)
            )
            try:
                if (await stub.GetSession(session_pb2.GetSessionRequest(name=name))).HasField("end_time"):
                    await stub.DeleteSession(session_pb2.DeleteSessionRequest(name=name))
                    await stub.CreateSession(request)
            except grpc.aio.AioRpcError:
                with contextlib.suppress(grpc.aio.AioRpcError):  # a request did it meanwhile
                    await stub.CreateSession(request)

    async def send(self, number: int) -> None:
        await self._send(self.maker.request(number), number)

    async def _send(self, request: Request, number: int) -> None:
        try:
            await self._call(request)
            code, problem = "OK", ""
        except grpc.aio.AioRpcError as error:
            if error.details() == CUT_OFF and len(request.messages) > 1:
                self.in_flight.discard(number)
                await self._send(replace(request, messages=request.messages[:1]), number)
                return
            code, problem = error.code().name, _problem(request, error)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001  # the client could not read the answer
            code, problem = "UNREADABLE", repr(error)
        self.outcomes[code] += 1
        if problem:
            self.find(f"{request.method.name}: {problem}", number)

    def find(self, what: str, *numbers: int) -> None:
        repeat = " ".join(f"--only {number}" for number in numbers)
        self.findings.append(what)
        print(f"FINDING {what}  (repeat with --seed {self.seed} {repeat})", flush=True)

    async def _call(self, request: Request) -> None:
        method = request.method
        channel = self._session if "Detection" not in method.service else self._detection
        kind = ("stream" if method.streams_in else "unary") + "_" + ("stream" if method.streams_out else "unary")
        callable_ = getattr(channel, kind)(method.path, response_deserializer=method.response.FromString)
        sent = iter(request.messages) if method.streams_in else request.messages[0]
        call = callable_(sent, timeout=request.timeout, metadata=tuple(request.metadata))
        if not method.streams_out:
            await call
            return
        received = 0
        async for response in call:
            received += 1
            if "error" in response.DESCRIPTOR.fields_by_name and response.HasField("error"):
                self.outcomes["in a stream: " + str(grpc_code(response.error.code))] += 1
            if received == MOST_RESPONSES or method.name == "WatchTimeline":
                call.cancel()
                return


def grpc_code(number: int) -> str:
    return next((code.name for code in grpc.StatusCode if code.value[0] == number), str(number))


def _problem(request: Request, error: grpc.aio.AioRpcError) -> str:
    """What is wrong with a refusal; empty where it is as it should be."""
    code, method = error.code().name, request.method.name
    if request.is_hurried and code in ("DEADLINE_EXCEEDED", "CANCELLED"):
        return ""
    if method == "WatchTimeline" and code in ("DEADLINE_EXCEEDED", "CANCELLED"):
        return ""  # nothing happened in the session meanwhile
    if code not in ALWAYS | DOCUMENTED.get(method, OTHERS):
        return f"{code} {error.details()!r}"
    if code != "INVALID_ARGUMENT":
        return ""
    status = rpc_status.from_call(error)
    bad, info = error_details_pb2.BadRequest(), error_details_pb2.ErrorInfo()
    for packed in status.details if status else ():
        packed.Unpack(bad)
        packed.Unpack(info)
    if not bad.field_violations or info.domain != "liveclass":
        return f"INVALID_ARGUMENT names no field: {error.details()!r}"
    return ""


async def fuzz(arguments: argparse.Namespace) -> Fuzzer:
    """Starts the services, and sends."""
    with tempfile.TemporaryDirectory(prefix="liveclass-fuzz-") as folder:
        script = Path(__file__).parent / "rpc_services.py"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            script,
            f"{folder}/liveclass.db",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        fuzzer = Fuzzer(arguments.seed, json.loads(await process.stdout.readline()))
        watching = asyncio.create_task(_watch(process, fuzzer))
        numbers = range(arguments.start, arguments.start + arguments.count)
        if arguments.only is not None:
            numbers = range(arguments.only, arguments.only + 1)
        services = psutil.Process(process.pid)
        before = services.memory_info().rss
        await fuzzer.run(numbers, arguments.seconds)
        if process.returncode is None:
            grown = services.memory_info().rss / before
            print(f"memory of the services: {before >> 20} MiB before, {grown:.2f} of that after")
        process.stdin.close()
        code = await asyncio.wait_for(process.wait(), 60)
        watching.cancel()
        if code:
            fuzzer.find(f"the services ended with {code}", *fuzzer.in_flight)
        return fuzzer


async def _watch(process: asyncio.subprocess.Process, fuzzer: Fuzzer) -> None:
    while line := await process.stdout.readline():
        fuzzer.find(f"the event loop was held for {json.loads(line)['held']} s", *sorted(fuzzer.in_flight)[:AT_ONCE])
    if process.returncode not in (None, 0):
        fuzzer.find(f"the services died: {process.returncode}", *fuzzer.in_flight)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000, help="requests to send")
    parser.add_argument("--seconds", type=float, default=60.0, help="stop after this time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=int, default=0, help="number of the first request")
    parser.add_argument("--only", type=int, help="send this request alone")
    arguments = parser.parse_args()
    begun = time.monotonic()
    fuzzer = asyncio.run(fuzz(arguments))
    total = sum(count for code, count in fuzzer.outcomes.items() if not code.startswith("in a stream"))
    print(f"{total} requests in {time.monotonic() - begun:.0f} s, {len(fuzzer.findings)} findings")
    for code, count in fuzzer.outcomes.most_common():
        print(f"  {code}: {count}")
    return 1 if fuzzer.findings else 0


if __name__ == "__main__":
    sys.exit(main())
