"""What a tenant gets of the session service while another floods it."""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

sys.path.insert(0, str(Path(__file__).parent))
from bench_access import AUDIENCE, wait_until_serving
from bench_session import figure, process, request

from liveclass.identity.local_keys import JWKS_FILE, create_key
from liveclass.stack import Ports
from liveclass.v1 import session_pb2, session_pb2_grpc

FLOODING, MODEST = 128, 16
"""Clients of each tenant, each with a name of its own and one request after another."""
OBSERVATIONS = 100
"""Of a request."""
SECONDS = 8.0
LESSON = "classrooms/7b/sessions/maths"


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder, service(Path(folder)) as (address, tokens):
        recorded = asyncio.run(flood(address, tokens))
    return [
        figure(
            f"observations of a tenant with {MODEST} clients, of those of one with {FLOODING}",
            recorded["south"] / recorded["north"],
            "times",
            ">= 0.5",
        )
    ]


@contextmanager
def service(folder: Path) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """A session service, and the tokens of each tenant's clients."""
    ports, key = Ports.free(), create_key(folder / "issuer", "bench")
    environment = {
        **os.environ,
        **ports.environment(),
        "LIVECLASS_DATABASE_URL": f"sqlite+aiosqlite:///{folder}/liveclass.db",
        "LIVECLASS_USE_DECLARATION": "purpose=demonstration; jurisdiction=none",
        "LIVECLASS_LOG_LEVEL": "error",
        "LIVECLASS_ISSUER": "bench",
        "LIVECLASS_AUDIENCE": AUDIENCE,
        "LIVECLASS_JWKS": str(folder / "issuer" / JWKS_FILE),
    }
    tokens = {
        tenant: [
            key.sign(f"client-{client}", ["classrooms/*:admin"], 3600, audience=AUDIENCE, tenant=tenant)[0]
            for client in range(clients)
        ]
        for tenant, clients in (("north", FLOODING), ("south", MODEST))
    }
    with process([sys.executable, "-m", "liveclass.session"], environment):
        wait_until_serving(ports.session_metrics)
        yield f"127.0.0.1:{ports.session}", tokens


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
