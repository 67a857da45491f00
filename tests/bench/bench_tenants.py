"""What a tenant gets of each service while another floods it."""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, str(Path(__file__).parent))
from bench_access import AUDIENCE, wait_until_serving
from bench_session import figure, process, request
from detection_stack import REPOSITORY, classroom_jpegs

from liveclass.identity.local_keys import JWKS_FILE, create_key
from liveclass.stack import Ports
from liveclass.triton.launcher import TritonServer
from liveclass.v1 import detection_pb2, detection_pb2_grpc, session_pb2, session_pb2_grpc

FLOODING, MODEST = 128, 16
"""Clients of each tenant, each with a name of its own and one request after another."""
OBSERVATIONS = 100
"""Of a request."""
SECONDS = 8.0
MANY_CAMERAS, FEW_CAMERAS = 48, 6
"""Each sends one frame after another, without a session."""
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]
LESSON = "classrooms/7b/sessions/maths"


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as (address, tokens):
        recorded = asyncio.run(flood(address, tokens))
    with tempfile.TemporaryDirectory() as folder, detection(Path(folder)) as (address, tokens):
        classified = asyncio.run(flood_with_frames(address, tokens))
    return [
        figure(
            f"observations of a tenant with {MODEST} clients, of those of one with {FLOODING}",
            recorded["south"] / recorded["north"],
            "times",
            ">= 0.5",
        ),
        figure(
            f"frames classified of a tenant with {FEW_CAMERAS} cameras, of those of one with {MANY_CAMERAS}",
            classified["south"] / classified["north"],
            "times",
            ">= 0.5",
        ),
    ]


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A session service, and the tokens of each tenant's clients."""
    ports = Ports.free()
    settings, tokens = protected(folder, ports, {"north": FLOODING, "south": MODEST})
    settings["LIVECLASS_DATABASE_URL"] = f"sqlite+aiosqlite:///{folder}/liveclass.db"
    with process([sys.executable, "-m", "liveclass.session"], settings):
        wait_until_serving(ports.session_metrics)
        yield f"127.0.0.1:{ports.session}", tokens


@contextmanager
def detection(folder: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A detection service with Triton behind it, and the tokens of each tenant's cameras."""
    ports = Ports.free()
    settings, tokens = protected(folder, ports, {"north": MANY_CAMERAS, "south": FEW_CAMERAS})
    settings["LIVECLASS_TRITON_ADDRESS"] = f"127.0.0.1:{ports.triton_grpc}"
    with (
        TritonServer(REPOSITORY, ports.triton_http, ports.triton_grpc, ports.triton_metrics),
        process([sys.executable, "-m", "liveclass.detection"], settings),
    ):
        wait_until_serving(ports.detection_metrics)
        yield f"127.0.0.1:{ports.detection}", tokens


def protected(folder: Path, ports: Ports, clients: dict[str, int]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """The environment of a service that takes tokens, and so many tokens of each tenant."""
    key = create_key(folder / "issuer", "bench")
    environment = {
        **os.environ,
        **ports.environment(),
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
        "LIVECLASS_LOG_LEVEL": "error",
        "LIVECLASS_ISSUER": "bench",
        "LIVECLASS_AUDIENCE": AUDIENCE,
        "LIVECLASS_JWKS": str(folder / "issuer" / JWKS_FILE),
    }
    tokens = {
        tenant: [
            key.sign(f"client-{client}", ["classrooms/*:admin"], 3600, audience=AUDIENCE, tenant=tenant)[0]
            for client in range(count)
        ]
        for tenant, count in clients.items()
    }
    return environment, tokens


async def flood_with_frames(address: str, tokens: dict[str, list[str]]) -> Counter[str]:
    """How many frames of each tenant were classified while the cameras of both sent as fast as they were answered."""
    classified: Counter[str] = Counter()
    images = classroom_jpegs(8, 8, 640)
    end = time.monotonic() + SECONDS

    async def classify(stub: Any, tenant: str, camera: int, token: str) -> None:
        metadata, turn = (("authorization", f"Bearer {token}"),), 0
        while time.monotonic() < end:
            frame = detection_pb2.ClassifyFrameRequest(image=images[turn % len(images)], source=f"camera-{camera}")
            try:
                await stub.ClassifyFrame(frame, metadata=metadata, timeout=10)
                classified[tenant] += 1
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    raise
                await asyncio.sleep(0.5)
            turn += 1

    async with AsyncExitStack() as channels:  # a connection carries 64 calls
        stubs = {
            tenant: detection_pb2_grpc.DetectionServiceStub(
                await channels.enter_async_context(grpc.aio.insecure_channel(address, OWN_CONNECTION))
            )
            for tenant in tokens
        }
        await asyncio.gather(
            *(classify(stubs[tenant], tenant, *each) for tenant in tokens for each in enumerate(tokens[tenant]))
        )
    return classified


async def flood(address: str, tokens: dict[str, list[str]]) -> Counter[str]:
    """How many observations of each tenant were recorded while both sent as fast as they were answered."""
    recorded: Counter[str] = Counter()
    end = time.monotonic() + SECONDS

    async def record(stub: Any, tenant: str, client: int, token: str) -> None:
        metadata, turn = (("authorization", f"Bearer {token}"),), 0
        while time.monotonic() < end:
            sent = request(LESSON, f"{client}-{turn}", client, OBSERVATIONS)
            try:
                recorded[tenant] += (await stub.RecordObservations(sent, metadata=metadata, timeout=10)).recorded
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    raise
                await asyncio.sleep(0.5)
            turn += 1

    async with grpc.aio.insecure_channel(address) as channel:
        stub: Any = session_pb2_grpc.SessionServiceStub(channel)
        new = session_pb2.CreateSessionRequest(
            parent="classrooms/7b", session_id="maths", session=session_pb2.Session(minimum_group_size=1)
        )
        for token, *_ in tokens.values():
            await stub.CreateSession(new, metadata=(("authorization", f"Bearer {token}"),))
        await asyncio.gather(
            *(record(stub, tenant, client, token) for tenant in tokens for client, token in enumerate(tokens[tenant]))
        )
    return recorded
