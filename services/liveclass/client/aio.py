"""The client for asyncio programs: the same methods as `LiveClass`, awaited."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, TypeVar

import grpc

from liveclass.client import calls, messages
from liveclass.client.async_streams import AsyncPacedRequests, Frames
from liveclass.client.calls import DEFAULT_RESOLUTION, DEFAULTS, Call, ClassifyOptions, CroppedFace, Seconds
from liveclass.client.channel import channel_options
from liveclass.client.errors import ServiceError, error_from_rpc
from liveclass.client.frames import FrameLike
from liveclass.client.results import (
    ClassifiedFrame,
    Erased,
    Observation,
    Recorded,
    Session,
    SessionPage,
    SessionSummary,
    StreamResult,
    TimelineBucket,
)
from liveclass.client.retries import Attempts
from liveclass.client.streams import STREAM_TIMEOUT, WatchProgress
from liveclass.client.throttle import Throttles
from liveclass.client.timeline import Timeline
from liveclass.client.token_source import token_source
from liveclass.client.tokens import CallToken, Metadata, Tokens, TokenSource
from liveclass.secure_channel import open_channel, uses_tls
from liveclass.tls import Tls
from liveclass.v1 import detection_pb2_grpc, session_pb2_grpc

T = TypeVar("T")


class AsyncLiveClass:
    """Both services as one object; create it inside a running event loop.

    ```python
    async with AsyncLiveClass("localhost:50051", "localhost:50052") as lc:
        frame = await lc.classify("class.jpg")
    ```

    Arguments, results and errors are those of `LiveClass`. Files are read and pixels are encoded in a thread.
    """

    def __init__(
        self,
        detection: str = "localhost:50051",
        session: str = "localhost:50052",
        *,
        timeout: float = 10.0,
        tls: Tls | None = None,
        token: TokenSource | None = None,
        plaintext_token: bool = False,
    ) -> None:
        self._addresses = {"detection": detection, "session": session}
        source = token_source(token, self._addresses.values(), session, tls, plaintext=plaintext_token)
        self._timeout, self._tls, self._tokens = timeout, tls, Tokens(source)
        self._throttles = Throttles(self._addresses)
        self._channels = {
            name: open_channel(grpc.aio, address, tls, options=channel_options())
            for name, address in self._addresses.items()
        }
        # The types of the stubs do not cover aio channels.
        self._detection: Any = detection_pb2_grpc.DetectionServiceStub(self._channels["detection"])
        self._session: Any = session_pb2_grpc.SessionServiceStub(self._channels["session"])

    # Frames.

    async def classify(
        self,
        frame: FrameLike,
        *,
        session: str = "",
        source: str = "",
        frame_id: str | None = None,
        capture_time: datetime | None = None,
        options: ClassifyOptions = DEFAULTS,
        timeout: float | None = None,
        retry: bool = True,
    ) -> ClassifiedFrame:
        """As `LiveClass.classify`."""
        call = await asyncio.to_thread(
            calls.classify,
            frame,
            session=session,
            source=source,
            frame_id=frame_id,
            capture_time=capture_time,
            options=options,
        )
        return await self._call(call, timeout, retry=retry)

    async def classify_faces(
        self,
        faces: Iterable[CroppedFace],
        *,
        session: str = "",
        source: str = "",
        frame_id: str | None = None,
        capture_time: datetime | None = None,
        model_version: str = "",
        timeout: float | None = None,
    ) -> ClassifiedFrame:
        """As `LiveClass.classify_faces`."""
        call = calls.classify_faces(
            faces,
            session=session,
            source=source,
            frame_id=frame_id,
            capture_time=capture_time,
            model_version=model_version,
        )
        return await self._call(call, timeout)

    async def classify_stream(
        self,
        frames: Frames,
        *,
        session: str = "",
        source: str = "",
        options: ClassifyOptions = DEFAULTS,
        smoothing_time: Seconds | None = None,
        full_scan_interval: Seconds | None = None,
        min_quality: float = 0.0,
        in_flight: int | None = None,
        timeout: float = STREAM_TIMEOUT,
        on_wait: Callable[[ServiceError], None] = lambda _: None,
    ) -> AsyncIterator[StreamResult]:
        """As `LiveClass.classify_stream`; `frames` may be an ordinary or an asynchronous iterable."""
        config = calls.stream_config(
            session=session,
            source=source,
            options=options,
            smoothing_time=smoothing_time,
            full_scan_interval=full_scan_interval,
            min_quality=min_quality,
        )
        requests, token = AsyncPacedRequests(config, frames, in_flight), CallToken(self._tokens)
        has_ended = False
        try:
            while not has_ended:
                metadata = await self._metadata(token)
                responses = self._detection.ClassifyStream(requests.messages(), timeout=timeout, metadata=metadata)
                try:
                    async for response in responses:
                        token.was_accepted()
                        result = messages.read_stream(response)
                        wait = requests.delay_of(result)
                        if wait is None:
                            requests.answered()
                            yield result
                        else:
                            on_wait(wait[1])
                            await asyncio.sleep(wait[0])
                            requests.again()
                    has_ended = True
                except grpc.RpcError as error:
                    has_ended = requests.error is not None
                    if not has_ended:
                        reason = self._error("detection", error)
                        if requests.can_go_on and await asyncio.to_thread(token.was_replaced, reason):
                            continue
                        delay = requests.delay_after_break(reason)
                        on_wait(reason)
                        await asyncio.sleep(delay)
                finally:
                    responses.cancel()
        finally:
            await requests.close()
        if requests.error is not None:
            raise requests.error

    # Sessions.

    async def create_session(
        self,
        parent: str,
        session_id: str = "",
        *,
        display_name: str = "",
        minimum_group_size: int = 0,
        retention: Seconds | None = None,
        start_time: datetime | None = None,
        timeout: float | None = None,
    ) -> Session:
        """As `LiveClass.create_session`."""
        call = calls.create_session(
            parent, session_id, display_name, minimum_group_size, retention, start_time=start_time
        )
        return await self._call(call, timeout)

    async def get_session(self, name: str, *, timeout: float | None = None) -> Session:
        """Returns a session."""
        return await self._call(calls.get_session(name), timeout)

    async def list_sessions(
        self,
        parent: str = "classrooms/-",
        *,
        filter: str = "",  # noqa: A002  the name in the proto
        page_size: int = 0,
        timeout: float | None = None,
    ) -> AsyncIterator[Session]:
        """As `LiveClass.list_sessions`: iterate with `async for`."""
        token = ""
        while True:
            page = await self.list_sessions_page(
                parent, filter=filter, page_size=page_size, page_token=token, timeout=timeout
            )
            for session in page.sessions:
                yield session
            token = page.next_page_token
            if not token:
                return

    async def list_sessions_page(
        self,
        parent: str = "classrooms/-",
        *,
        filter: str = "",  # noqa: A002  the name in the proto
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
    ) -> SessionPage:
        """One page of sessions."""
        return await self._call(calls.list_sessions(parent, filter, page_size, page_token), timeout)

    async def rename_session(self, name: str, display_name: str, *, timeout: float | None = None) -> Session:
        """Changes the `display_name` of a session; its name stays the same."""
        return await self._call(calls.rename_session(name, display_name), timeout)

    async def mark_session(
        self, name: str, text: str, *, time: datetime | None = None, timeout: float | None = None
    ) -> Session:
        """Marks a moment, by default now, with at most 80 characters; an empty `text` removes the mark.

        Times are stored to the second. Describe what happened, never who did it.
        """
        return await self._call(calls.mark_session(name, text, time or datetime.now(timezone.utc)), timeout)

    async def end_session(self, name: str, *, timeout: float | None = None) -> Session:
        """Ends a session: it takes no more observations."""
        return await self._call(calls.end_session(name), timeout)

    async def delete_session(self, name: str, *, timeout: float | None = None) -> None:
        """Deletes a session with all its observations, permanently."""
        await self._call(calls.delete_session(name), timeout)

    # Observations and timelines.

    async def record(
        self, session: str, observations: Iterable[Observation], *, timeout: float | None = None
    ) -> Recorded:
        """Records observations: all or none, each at most once."""
        return await self._call(calls.record(session, observations), timeout)

    async def timeline(
        self,
        session: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float | None = None,
    ) -> Timeline:
        """As `LiveClass.timeline`."""
        request = calls.timeline_request(session, start, end, resolution, source)
        return await self._call(calls.timeline(request), timeout)

    async def watch(
        self,
        session: str,
        *,
        start: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float = STREAM_TIMEOUT,
    ) -> AsyncIterator[TimelineBucket]:
        """As `LiveClass.watch`."""
        progress = WatchProgress(calls.watch_request(session, start, resolution, source))
        token = CallToken(self._tokens)
        while True:
            metadata = await self._metadata(token)
            responses = self._session.WatchTimeline(progress.request, timeout=timeout, metadata=metadata)
            try:
                async for response in responses:
                    token.was_accepted()
                    bucket = messages.read_bucket(response)
                    progress.saw(bucket)
                    yield bucket
            except grpc.RpcError as error:
                reason = self._error("session", error)
                if not await asyncio.to_thread(token.was_replaced, reason):
                    await asyncio.sleep(progress.delay_after(reason))
            else:
                return
            finally:
                responses.cancel()

    async def summary(self, session: str, *, timeout: float | None = None) -> SessionSummary:
        """A summary of the whole session."""
        return await self._call(calls.summary(session), timeout)

    async def export(
        self,
        session: str,
        *,
        format: str = "csv",  # noqa: A002  the name in the proto
        start: datetime | None = None,
        end: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float = 60.0,
    ) -> AsyncIterator[bytes]:
        """As `LiveClass.export`."""
        timeline = calls.timeline_request(session, start, end, resolution, source)
        metadata = await self._metadata(CallToken(self._tokens))
        chunks = self._session.ExportTimeline(
            calls.export_request(timeline, format), timeout=timeout, metadata=metadata
        )
        try:
            async for chunk in chunks:
                yield chunk.data
        except grpc.RpcError as error:
            raise self._error("session", error) from error
        finally:
            chunks.cancel()

    async def delete_observations(self, session: str, source: str, *, timeout: float | None = None) -> Erased:
        """Erases all observations that one source sent to a session."""
        return await self._call(calls.delete_observations(session, source), timeout)

    async def _call(self, call: Call[T], timeout: float | None, *, retry: bool = True) -> T:
        stub = self._detection if call.service == "detection" else self._session
        method: Callable[..., Any] = getattr(stub, call.method)
        attempts = Attempts(call.method, self._timeout if timeout is None else timeout, retry=retry)
        token, throttle = CallToken(self._tokens), self._throttles.of(call.service, call.method)
        while True:
            if (reason := throttle.refusal()) is None:
                metadata = await self._metadata(token)
                try:
                    answer = await method(call.request, timeout=attempts.remaining(), metadata=metadata)
                except grpc.RpcError as error:
                    reason = self._error(call.service, error)
                    throttle.note(reason)
                else:
                    throttle.note()
                    return call.read(answer)
            was_replaced = await asyncio.to_thread(token.was_replaced, reason)
            await asyncio.sleep(0.0 if was_replaced else attempts.delay_after(reason))

    async def _metadata(self, token: CallToken) -> Metadata:
        """What a call carries; a function that gives tokens is called in a thread."""
        return token.metadata() if self._tokens.is_ready else await asyncio.to_thread(token.metadata)

    def _error(self, service: str, error: grpc.RpcError) -> ServiceError:
        address = self._addresses[service]
        return error_from_rpc(error, service, address, tls=uses_tls(address, self._tls))

    async def close(self) -> None:
        """Closes the connections; calls in flight are cancelled."""
        for channel in self._channels.values():
            await channel.close(None)

    async def __aenter__(self) -> "AsyncLiveClass":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
