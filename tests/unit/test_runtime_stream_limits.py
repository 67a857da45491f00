"""Streams whose caller goes away while a response is being waited for."""

import asyncio
import gc
from collections.abc import AsyncIterator

import pytest

from liveclass.runtime.errors import InvalidArgumentError, UnavailableError
from liveclass.runtime.stream_limits import until


async def reports_after_leaving(error: Exception) -> list[BaseException]:
    """What the event loop reports where a stream raises `error` when its caller goes."""
    reported = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
    is_waiting = asyncio.Event()

    async def responses() -> AsyncIterator[int]:
        try:
            is_waiting.set()
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise error from None
        yield 1

    call = asyncio.ensure_future(anext(until(responses(), 10.0, lambda: UnavailableError("too old", 0.1))))
    await is_waiting.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asyncio.sleep(0)
    gc.collect()
    return reported


async def test_a_refusal_is_dropped() -> None:
    assert await reports_after_leaving(InvalidArgumentError("config", "is missing")) == []


async def test_a_defect_is_reported() -> None:
    error = RuntimeError("a defect")
    assert await reports_after_leaving(error) == [error]
