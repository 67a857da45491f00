"""Stands for `kubectl port-forward`: python forward.py PORT TO_PORT, both on loopback."""

import asyncio
import sys

HOST = "127.0.0.1"


async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(65536):
        target.write(part)
        await target.drain()
    target.close()


async def serve(port: int, to_port: int) -> None:
    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(HOST, to_port)
        await asyncio.gather(copy(reader, back), copy(there, writer))

    await (await asyncio.start_server(connect, HOST, port)).serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
