"""How many requests are received at once."""

import asyncio

from liveclass.runtime.requests import MOST_BYTES_OF_CALLER, Receiver


class Context:
    """Of a call whose message comes when a test says so."""

    def __init__(self) -> None:
        self.reading, self.message = False, asyncio.Event()

    async def read(self) -> str:
        self.reading = True
        await self.message.wait()
        return "message"


async def test_of_one_caller_only_so_many_bytes_are_received_at_once() -> None:
    receiver = Receiver(MOST_BYTES_OF_CALLER // 2, 5.0)
    contexts = [Context() for _ in range(4)]
    calls = [asyncio.ensure_future(receiver.receive(context, "one")) for context in contexts]
    other = Context()
    of_other = asyncio.ensure_future(receiver.receive(other, "other"))
    await asyncio.sleep(0.01)
    assert [context.reading for context in (*contexts, other)] == [True, True, False, False, True]

    contexts[0].message.set()
    assert await calls[0] == "message"
    calls[1].cancel()
    await asyncio.sleep(0.01)
    assert [context.reading for context in contexts[2:]] == [True, True]

    for context in (*contexts, other):
        context.message.set()
    assert await asyncio.gather(*calls[2:], of_other) == ["message"] * 3
