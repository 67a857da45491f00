"""The SDK's asyncio client."""

import asyncio

import numpy as np
import pytest
from client_fakes import AWAY, PNG, SESSION

from liveclass import client
from liveclass.client import AsyncLiveClass, Frame


async def test_the_async_client_does_the_same(services):
    services.detection.faults.next["ClassifyFrame"] = [AWAY]
    async with AsyncLiveClass(*services.addresses) as lc:
        frame = await lc.classify(np.zeros((4, 4), np.uint8), session=SESSION)
        assert frame.recorded
        await lc.create_session("classrooms/7b", "geometry")
        assert [session.name async for session in lc.list_sessions()] == [SESSION]
        assert len((await lc.timeline(SESSION)).buckets) == 3
        assert (await lc.summary(SESSION)).total.faces == 30
        assert b"".join([chunk async for chunk in lc.export(SESSION)]) == b"start_time,frames\n"
        with pytest.raises(client.NotFoundError):
            await lc.end_session("classrooms/7b/sessions/none")


async def test_the_async_client_streams_and_watches(services):
    async def frames():
        for index in range(4):
            await asyncio.sleep(0)
            yield Frame(PNG, frame_id=f"f{index}")

    async with AsyncLiveClass(*services.addresses) as lc:
        results = [result async for result in lc.classify_stream(frames())]
        assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
        assert [result.skipped for result in results] == ["", "newer_frame", "", ""]
        services.detection.faults.next["ClassifyStream.frame"] = [None, AWAY]
        results = [result async for result in lc.classify_stream(frames(), in_flight=1)]
        assert [result.frame_id for result in results] == ["f0", "f1", "f2", "f3"]
        assert [result.skipped for result in results] == [""] * 4
        services.session.faults.next["WatchTimeline.bucket"] = [AWAY]
        assert len([b async for b in lc.watch(SESSION)]) == 4
        with pytest.raises(client.UnreadableFrameError):
            async for _ in lc.classify_stream(["nothing.jpg"]):
                pass
