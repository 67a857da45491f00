"""What tokens and TLS cost: the same calls to two pairs of services, one open and in plaintext, one protected."""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
from bench_session import figure, process, request, together
from certificates import Authority
from detection_stack import REPOSITORY, classroom_jpegs, stub

from liveclass.identity.local_keys import JWKS_FILE, create_key
from liveclass.secure_channel import credentials
from liveclass.stack import Ports
from liveclass.tls import Tls
from liveclass.triton.launcher import TritonServer
from liveclass.v1 import detection_pb2, session_pb2, session_pb2_grpc

FRAMES, FACES, WIDTH = 80, 8, 1280
TURNS, TURN_SECONDS = 5, 2.0
AUDIENCE = "liveclass"


@dataclass(frozen=True)
class Pair:
    """A detection and a session service, and what calls to them carry."""

    detection: str
    session: str
    tls: Tls | None = None
    metadata: tuple[tuple[str, str], ...] = ()


def run() -> list[dict[str, Any]]:
    images = classroom_jpegs(FRAMES, FACES, WIDTH)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        ports = Ports.free()
        running.enter_context(TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics))
        triton = {"LIVECLASS_TRITON_ADDRESS": f"127.0.0.1:{ports.triton_grpc}"}
        plain = running.enter_context(services(Path(folder, "plain.db"), triton))
        secure = running.enter_context(protected_services(Path(folder), triton))
        frames = classify_ratio(plain, secure, images)
        singles = asyncio.run(record_ratio(plain, secure))
    return [
        figure("ClassifyFrame, recorded, p50 with token and TLS of without", frames, "times", "<= 1.10"),
        figure("single RecordObservations with token and TLS of without", singles, "times", "<= 1.25"),
    ]


def classify_ratio(plain: Pair, secure: Pair, images: list[bytes]) -> float:
    """Of the medians, frame by frame: whatever else the machine does falls on both."""
    with connected(plain, plain.detection) as one, connected(secure, secure.detection) as other:
        lessons = [asyncio.run(create(pair, "frames")) for pair in (plain, secure)]
        times: tuple[list[float], list[float]] = ([], [])
        both = list(zip((plain, secure), (one, other), lessons, times, strict=True))
        for number, image in enumerate(images):
            for pair, channel, lesson, seconds in both[:: 1 if number % 2 else -1]:  # neither is always the first
                asked = detection_pb2.ClassifyFrameRequest(
                    image=image, session=lesson, source="front", frame_id=str(number)
                )
                start = time.perf_counter()
                answer = stub(channel).ClassifyFrame(asked, metadata=pair.metadata)
                seconds.append(time.perf_counter() - start)
                assert answer.recorded, answer.record_error
    warm = len(images) // 4
    return statistics.median(times[1][warm:]) / statistics.median(times[0][warm:])


async def record_ratio(plain: Pair, secure: Pair) -> float:
    """The time of a call, of 64 clients that each record one observation after another."""
    rates: tuple[list[float], list[float]] = ([], [])
    for turn in range(TURNS + 1):
        for pair, measured in zip((plain, secure), rates, strict=True):
            measured.append(await record_singles(pair, f"singles-{turn}"))
    return statistics.median(rates[0][1:]) / statistics.median(rates[1][1:])


async def record_singles(pair: Pair, lesson: str) -> float:
    """Observations a second."""
    name = await create(pair, lesson)
    async with connected(pair, pair.session, grpc.aio) as channel:
        sessions = session_pb2_grpc.SessionServiceStub(channel)

        async def record(client: int, turn: int) -> None:
            await sessions.RecordObservations(request(name, f"{client}-{turn}", client, 1), metadata=pair.metadata)

        return await together(record, TURN_SECONDS)


async def create(pair: Pair, lesson: str) -> str:
    wanted = session_pb2.CreateSessionRequest(
        parent="classrooms/bench", session_id=lesson, session=session_pb2.Session(minimum_group_size=1)
    )
    async with connected(pair, pair.session, grpc.aio) as channel:
        return (await session_pb2_grpc.SessionServiceStub(channel).CreateSession(wanted, metadata=pair.metadata)).name


def connected(pair: Pair, address: str, module: Any = grpc) -> Any:
    """A channel of grpc or grpc.aio."""
    if pair.tls is None:
        return module.insecure_channel(address)
    return module.secure_channel(address, credentials(pair.tls.read()))


@contextmanager
def services(database: Path, given: dict[str, str], pair: Pair | None = None) -> Iterator[Pair]:
    """Both services as processes; `pair` says how they are called."""
    ports = Ports.free()
    environment = {
        **os.environ,
        **ports.environment(),
        "LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
        "LIVECLASS_LOG_LEVEL": "error",
        **given,
    }
    pair = replace(pair or Pair("", ""), detection=f"127.0.0.1:{ports.detection}", session=f"127.0.0.1:{ports.session}")
    with (
        process([sys.executable, "-m", "liveclass.session"], environment),
        process([sys.executable, "-m", "liveclass.detection"], environment),
    ):
        for port in (ports.session_metrics, ports.detection_metrics):
            wait_until_serving(port)
        yield pair


def wait_until_serving(metrics_port: int, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection = HTTPConnection("127.0.0.1", metrics_port, timeout=1)
        try:
            connection.request("GET", "/health")
            if connection.getresponse().status == HTTPStatus.OK:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise TimeoutError(f"what shows its health on port {metrics_port} does not serve")


@contextmanager
def protected_services(folder: Path, triton: dict[str, str]) -> Iterator[Pair]:
    """The same with tokens, and with mutual TLS on every hop."""
    authority = Authority(folder / "authority")
    own, client = authority.issue("service", "service", "127.0.0.1"), authority.issue("client", "bench")
    key = create_key(folder / "issuer", "bench")
    permissions = [f"classrooms/bench:{permission}" for permission in ("classify", "record", "manage")]
    token, _ = key.sign("bench", permissions, 3600, audience=AUDIENCE)
    given = {
        **triton,
        "LIVECLASS_ISSUER": "bench",
        "LIVECLASS_AUDIENCE": AUDIENCE,
        "LIVECLASS_JWKS": str(folder / "issuer" / JWKS_FILE),
        "LIVECLASS_CERTIFICATE": str(own.certificate),
        "LIVECLASS_KEY": str(own.key),
        "LIVECLASS_CA": str(authority.file),
        "LIVECLASS_CLIENT_CA": str(authority.file),
        "LIVECLASS_ALLOWED_CLIENTS": "service,bench",
    }
    with services(
        folder / "protected.db", given, Pair("", "", client, (("authorization", f"Bearer {token}"),))
    ) as pair:
        yield pair


if __name__ == "__main__":
    for each in run():
        print(each)  # noqa: T201  # a program's output
