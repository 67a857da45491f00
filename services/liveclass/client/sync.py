"""The client for ordinary, blocking programs."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, TypeVar

import grpc

from liveclass.client import calls, messages
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
from liveclass.client.streams import STREAM_TIMEOUT, PacedRequests, WatchProgress
from liveclass.client.throttle import Throttles
from liveclass.client.timeline import Timeline
from liveclass.client.token_source import token_source
from liveclass.client.tokens import CallToken, Tokens, TokenSource
from liveclass.secure_channel import open_channel, uses_tls
from liveclass.tls import Tls
from liveclass.v1 import detection_pb2_grpc, session_pb2_grpc

T = TypeVar("T")


class LiveClass:
    """Both services as one object.

    ```python
    with LiveClass("localhost:50051", "localhost:50052") as lc:
        session = lc.create_session("classrooms/7b", display_name="Geometry")
        frame = lc.classify("class.jpg", session=session.name, source="front")
        print(frame.faces[0].emotion.label, frame.recorded)
        lc.timeline(session.name).plot("class.png")
    ```

    Calls to an address with several replicas ("detection.liveclass.svc:50051") are balanced over them. It is
    thread-safe. `timeout` is the default deadline of a call in seconds; every method takes its own.

    TLS is used for addresses that begin with https://, and if `tls` names files: `Tls(ca="school.pem")` for your own
    certificate authority, with `certificate` and `key` if the services require a client certificate. Replaced files
    are reloaded. Raises TlsError for unusable files, and TokenError for a malformed token.

    `token` is for services that require one: a string, or a function that returns one. The function is called before
    the first call, in the background before its token expires, and again if a service rejects the token. A program key
    ("lc_…") is exchanged for tokens. TokenError if it would leave this machine without TLS, unless `plaintext_token`.

    Every method raises ServiceError; those that take frames also UnreadableFrameError. Idempotent calls are retried
    within their deadline while a service is busy or unavailable, after the delay it asks for; calls that an overloaded
    service would refuse are not sent (ResourceExhaustedError). A frame's frame_id keeps retries from counting twice.
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
            name: open_channel(grpc, address, tls, options=channel_options())
            for name, address in self._addresses.items()
        }
        # grpc's type stubs do not describe streams fully.
        self._detection: Any = detection_pb2_grpc.DetectionServiceStub(self._channels["detection"])
        self._session: Any = session_pb2_grpc.SessionServiceStub(self._channels["session"])

    # Frames.

    def classify(
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
        """Classifies every face of one frame. With `session`, the observation is also recorded there: see `recorded`.

        Without `retry` it is sent once: for a live camera, whose next frame is worth more than a late one.
        """
        call = calls.classify(
            frame, session=session, source=source, frame_id=frame_id, capture_time=capture_time, options=options
        )
        return self._call(call, timeout, retry=retry)

    def classify_faces(
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
        """Classifies faces cropped by the client (`liveclass.preprocessing.crop_face`): the frame is not sent."""
        call = calls.classify_faces(
            faces,
            session=session,
            source=source,
            frame_id=frame_id,
            capture_time=capture_time,
            model_version=model_version,
        )
        return self._call(call, timeout)

    def classify_stream(
        self,
        frames: Iterable[FrameLike],
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
    ) -> Iterator[StreamResult]:
        """Classifies the frames of one camera, with tracking and smoothed scores. One result per frame, in order.

        Frames that arrive faster than they can be classified are `skipped`, except for the newest. `in_flight` limits
        how many are unanswered. With 1, for a recorded video, every frame is resent until it is classified (and
        recorded, if a session is named) or permanently refused, even across restarts of the service; `on_wait` receives
        the reason of each retry. An error raised by `frames` ends the stream and is raised here.
        """
        config = calls.stream_config(
            session=session,
            source=source,
            options=options,
            smoothing_time=smoothing_time,
            full_scan_interval=full_scan_interval,
            min_quality=min_quality,
        )
        requests, token = PacedRequests(config, frames, in_flight), CallToken(self._tokens)
        try:
            while not (yield from self._stream(requests, token, timeout, on_wait)):
                pass
        finally:
            requests.close()
        if requests.error is not None:
            raise requests.error

    def _stream(
        self, requests: PacedRequests, token: CallToken, timeout: float, on_wait: Callable[[ServiceError], None]
    ) -> Generator[StreamResult, None, bool]:
        """One stream, to its end or until it breaks; whether that was the end."""
        metadata = token.metadata()
        responses = self._detection.ClassifyStream(requests.messages(), timeout=timeout, metadata=metadata)
        try:
            for response in responses:
                token.was_accepted()
                result = messages.read_stream(response)
                wait = requests.delay_of(result)
                if wait is None:
                    requests.answered()
                    yield result
                else:
                    on_wait(wait[1])
                    time.sleep(wait[0])
                    requests.again()
        except grpc.RpcError as error:
            if requests.error is not None:
                return True
            reason = self._error("detection", error)
            if requests.can_go_on and token.was_replaced(reason):
                return False
            delay = requests.delay_after_break(reason)
            on_wait(reason)
            time.sleep(delay)
            return False
        finally:
            responses.cancel()
        return True

    # Sessions.

    def create_session(
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
        """Starts a session in the classroom `parent`, "7b" or "classrooms/7b". Zero or None: the operator's default.

        `start_time` is for a recorded lesson: the start of the recording, by default now.
        """
        return self._call(
            calls.create_session(
                parent, session_id, display_name, minimum_group_size, retention, start_time=start_time
            ),
            timeout,
        )

    def get_session(self, name: str, *, timeout: float | None = None) -> Session:
        """Returns a session."""
        return self._call(calls.get_session(name), timeout)

    def list_sessions(
        self,
        parent: str = "classrooms/-",
        *,
        filter: str = "",  # noqa: A002  the name in the proto
        page_size: int = 0,
        timeout: float | None = None,
    ) -> Iterator[Session]:
        """The sessions of one classroom or all, latest first; pages are fetched as needed."""
        token = ""
        while True:
            page = self.list_sessions_page(
                parent, filter=filter, page_size=page_size, page_token=token, timeout=timeout
            )
            yield from page.sessions
            token = page.next_page_token
            if not token:
                return

    def list_sessions_page(
        self,
        parent: str = "classrooms/-",
        *,
        filter: str = "",  # noqa: A002  the name in the proto
        page_size: int = 0,
        page_token: str = "",
        timeout: float | None = None,
    ) -> SessionPage:
        """One page of sessions."""
        return self._call(calls.list_sessions(parent, filter, page_size, page_token), timeout)

    def rename_session(self, name: str, display_name: str, *, timeout: float | None = None) -> Session:
        """Changes the `display_name` of a session; its name stays the same."""
        return self._call(calls.rename_session(name, display_name), timeout)

    def mark_session(
        self, name: str, text: str, *, time: datetime | None = None, timeout: float | None = None
    ) -> Session:
        """Marks a moment, by default now, with at most 80 characters; an empty `text` removes the mark.

        Times are stored to the second. Describe what happened, never who did it.
        """
        return self._call(calls.mark_session(name, text, time or datetime.now(timezone.utc)), timeout)

    def end_session(self, name: str, *, timeout: float | None = None) -> Session:
        """Ends a session: it takes no more observations."""
        return self._call(calls.end_session(name), timeout)

    def delete_session(self, name: str, *, timeout: float | None = None) -> None:
        """Deletes a session with all its observations, permanently."""
        self._call(calls.delete_session(name), timeout)

    # Observations and timelines.

    def record(self, session: str, observations: Iterable[Observation], *, timeout: float | None = None) -> Recorded:
        """Records observations: all or none, each at most once."""
        return self._call(calls.record(session, observations), timeout)

    def timeline(
        self,
        session: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float | None = None,
    ) -> Timeline:
        """The session over time, in buckets of `resolution`: a whole number of seconds."""
        return self._call(calls.timeline(calls.timeline_request(session, start, end, resolution, source)), timeout)

    def watch(
        self,
        session: str,
        *,
        start: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float = STREAM_TIMEOUT,
    ) -> Iterator[TimelineBucket]:
        """The timeline as it happens, until the session has ended: closed buckets when released, open ones on change.

        A bucket replaces an earlier one with the same `start_time`. A broken connection is resumed where it stopped.
        """
        progress = WatchProgress(calls.watch_request(session, start, resolution, source))
        token = CallToken(self._tokens)
        while True:
            responses = self._session.WatchTimeline(progress.request, timeout=timeout, metadata=token.metadata())
            try:
                for response in responses:
                    token.was_accepted()
                    bucket = messages.read_bucket(response)
                    progress.saw(bucket)
                    yield bucket
            except grpc.RpcError as error:
                reason = self._error("session", error)
                if not token.was_replaced(reason):
                    time.sleep(progress.delay_after(reason))
            else:
                return
            finally:
                responses.cancel()

    def summary(self, session: str, *, timeout: float | None = None) -> SessionSummary:
        """A summary of the whole session."""
        return self._call(calls.summary(session), timeout)

    def export(
        self,
        session: str,
        *,
        format: str = "csv",  # noqa: A002  the name in the proto
        start: datetime | None = None,
        end: datetime | None = None,
        resolution: Seconds = DEFAULT_RESOLUTION,
        source: str = "",
        timeout: float = 60.0,
    ) -> Iterator[bytes]:
        """The timeline as a file, "csv" or "jsonl", piece by piece (UTF-8)."""
        timeline = calls.timeline_request(session, start, end, resolution, source)
        metadata = CallToken(self._tokens).metadata()
        chunks = self._session.ExportTimeline(
            calls.export_request(timeline, format), timeout=timeout, metadata=metadata
        )
        try:
            for chunk in chunks:
                yield chunk.data
        except grpc.RpcError as error:
            raise self._error("session", error) from error
        finally:
            chunks.cancel()

    def delete_observations(self, session: str, source: str, *, timeout: float | None = None) -> Erased:
        """Erases all observations that one source sent to a session."""
        return self._call(calls.delete_observations(session, source), timeout)

    def _call(self, call: Call[T], timeout: float | None, *, retry: bool = True) -> T:
        stub = self._detection if call.service == "detection" else self._session
        method: Callable[..., Any] = getattr(stub, call.method)
        attempts = Attempts(call.method, self._timeout if timeout is None else timeout, retry=retry)
        token, throttle = CallToken(self._tokens), self._throttles.of(call.service, call.method)
        while True:
            if (reason := throttle.refusal()) is None:
                try:
                    answer = method(call.request, timeout=attempts.remaining(), metadata=token.metadata())
                except grpc.RpcError as error:
                    reason = self._error(call.service, error)
                    throttle.note(reason)
                else:
                    throttle.note()
                    return call.read(answer)
            time.sleep(0.0 if token.was_replaced(reason) else attempts.delay_after(reason))

    def _error(self, service: str, error: grpc.RpcError) -> ServiceError:
        address = self._addresses[service]
        return error_from_rpc(error, service, address, tls=uses_tls(address, self._tls))

    def close(self) -> None:
        """Closes the connections; calls in flight are cancelled."""
        for channel in self._channels.values():
            channel.close()

    def __enter__(self) -> "LiveClass":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
