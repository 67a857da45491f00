"""What two attackers take from an honest camera: the share of its frames that it still gets answered, attack by attack.

python tests/soak/attacks.py
"""

import asyncio
import multiprocessing
import os
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import grpc
import psutil
from rich.console import Console
from rich.table import Table
from skimage import data

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
from detection_stack import Stack, detection_stack

from liveclass.v1 import detection_pb2, detection_pb2_grpc

FRAMES, PER_SECOND, DEADLINE_SECONDS = 36, 4.0, 2.0
ATTACKERS, AT_ONCE = 2, 32
HEAD_START_SECONDS = 2.0

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def astronaut() -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))[1].tobytes()


def honest(address: str, image: bytes) -> "Counter[str]":
    """A camera's frames, at its own pace whatever becomes of them, by how they ended."""

    async def camera() -> "Counter[str]":
        async with grpc.aio.insecure_channel(address) as channel:
            stub = detection_pb2_grpc.DetectionServiceStub(channel)
            request = detection_pb2.ClassifyFrameRequest(image=image, source="honest")
            calls = []
            for _ in range(FRAMES):
                calls.append(asyncio.ensure_future(ending(stub.ClassifyFrame(request, timeout=DEADLINE_SECONDS))))
                await asyncio.sleep(1 / PER_SECOND)
            return Counter(await asyncio.gather(*calls))

    return asyncio.run(camera())


async def ending(call: Awaitable[object]) -> str:
    """The status of a call."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code().name
    return "OK"


def flood(address: str, make: "Callable[[int], detection_pb2.ClassifyFrameRequest]") -> None:
    """As many calls as fit, for ever."""

    async def forever() -> None:
        async with grpc.aio.insecure_channel(address) as channel:
            stub = detection_pb2_grpc.DetectionServiceStub(channel)

            async def one(worker: int) -> None:
                number = worker
                while True:
                    number += AT_ONCE
                    await ending(stub.ClassifyFrame(make(number), timeout=10))

            await asyncio.gather(*(one(worker) for worker in range(AT_ONCE)))

    asyncio.run(forever())


def one_source(address: str) -> None:
    image = astronaut()
    flood(address, lambda _: detection_pb2.ClassifyFrameRequest(image=image, source="greedy"))


def made_up_sources(address: str) -> None:
    image = astronaut()
    flood(
        address,
        lambda n: detection_pb2.ClassifyFrameRequest(image=image, source=f"{os.getpid()}-{n}-{time.monotonic_ns()}"),
    )


def unserved_version(address: str) -> None:
    image = astronaut()
    flood(address, lambda _: detection_pb2.ClassifyFrameRequest(image=image, options={"model_version": "99"}))


def broken_images(address: str) -> None:
    image = astronaut()
    flood(address, lambda n: detection_pb2.ClassifyFrameRequest(image=image[: 3_000 + n % 20_000]))


def mute_sockets(address: str) -> None:
    """A hundred and fifty each, renewed as they are closed."""
    host, _, port = address.rpartition(":")
    sockets: list[socket.socket] = []
    while True:
        for each in sockets:
            each.close()
        sockets = [socket.create_connection((host, int(port))) for _ in range(150)]
        time.sleep(5)


def half_sent_requests(address: str) -> None:
    """Thirty each: headers, and 7 MB of a message of 8 MB."""
    host, _, port = address.rpartition(":")
    sockets = [socket.create_connection((host, int(port))) for _ in range(30)]
    for each in sockets:
        each.settimeout(0.2)
        try:
            each.sendall(_PREFACE + _frame(4, 0, 0) + _headers() + _frame(8, 0, 0, struct.pack(">I", 8_000_000)))
            each.sendall(_frame(0, 0, 1, b"\x00" + struct.pack(">I", 8_000_000)))
            for _ in range(450):
                each.sendall(_frame(0, 0, 1, bytes(16_000)))
        except OSError:  # the peer takes no more
            continue
    time.sleep(3600)


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _headers() -> bytes:
    fields = {
        b":method": b"POST",
        b":scheme": b"http",
        b":path": b"/liveclass.v1.DetectionService/ClassifyFrame",
        b":authority": b"x",
        b"te": b"trailers",
        b"content-type": b"application/grpc",
    }
    block = b"".join(b"\x00" + bytes([len(k)]) + k + bytes([len(v)]) + v for k, v in fields.items())
    return _frame(1, 4, 1, block)


ATTACKS: dict[str, Callable[[str], None]] = {
    "one source, 32 at once": one_source,
    "made-up sources, 32 at once": made_up_sources,
    "a version that is not served": unserved_version,
    "broken images": broken_images,
    "150 mute sockets": mute_sockets,
    "30 half-sent requests": half_sent_requests,
}


@contextmanager
def under_attack(attack: Callable[[str], None], address: str) -> Iterator[None]:
    attackers = [multiprocessing.get_context("spawn").Process(target=attack, args=(address,)) for _ in range(ATTACKERS)]
    for each in attackers:
        each.start()
    time.sleep(HEAD_START_SECONDS + 3)  # importing takes a while
    try:
        yield
    finally:
        for each in attackers:
            each.kill()
            each.join()


def measure(stack: Stack) -> Table:
    image = astronaut()
    process = psutil.Process(stack.process_id)
    honest(stack.address, image)  # warms up
    alone = honest(stack.address, image)["OK"]
    table = Table("two attackers", "answered of 36", "of alone", "others", "memory", title=f"alone: {alone}")
    for name, attack in ATTACKS.items():
        with under_attack(attack, stack.address):
            endings = honest(stack.address, image)
            memory = process.memory_info().rss >> 20
        answered = endings.pop("OK", 0)
        table.add_row(name, str(answered), f"{answered / alone:.2f}", str(dict(endings)), f"{memory} MB")
    return table


if __name__ == "__main__":
    with detection_stack() as running:
        Console(width=160).print(measure(running))
