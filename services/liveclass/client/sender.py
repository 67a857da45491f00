"""Sends a camera's frames in the background, so that the camera's loop never waits for the network."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from types import TracebackType

from liveclass.client.calls import DEFAULTS, ClassifyOptions
from liveclass.client.errors import ResourceExhaustedError, UnavailableError
from liveclass.client.frames import Frame, FrameLike, as_frame
from liveclass.client.results import ClassifiedFrame
from liveclass.client.sync import LiveClass

_DELAY = 0.5
_LONGEST_DELAY = 5.0


@dataclass(frozen=True)
class SenderReport:
    """What became of the frames so far. `submitted` = `classified` + `dropped` + `failed` + `waiting`."""

    submitted: int = 0
    classified: int = 0
    recorded: int = 0
    """How many of the classified ones are on disk in the session."""
    dropped: int = 0
    """Given up unsent: newer frames needed the room, or the sender was closed before their turn."""
    failed: int = 0
    """Refused for good; `last_error` says why the latest one was."""
    waiting: int = 0
    """In the queue or on their way."""
    last_error: Exception | None = None


class BackgroundSender:
    """A bounded queue in front of `LiveClass.classify`.

    ```python
    with BackgroundSender(lc, session=session.name, source="front") as sender:
        for frame in Camera(0, frames_per_second=2):
            sender.submit(frame)
    print(sender.report())
    ```

    `submit` returns at once. When `capacity` frames wait, the oldest one is dropped: of a live class the newest matter.
    A frame that meets a service that is away or busy is tried `attempts` times under one frame_id, after the delay that
    the service asked for; `on_result` is called, in a thread of the sender's, with what comes back.
    """

    def __init__(
        self,
        client: LiveClass,
        *,
        session: str = "",
        source: str = "",
        options: ClassifyOptions = DEFAULTS,
        capacity: int = 16,
        in_flight: int = 2,
        attempts: int = 4,
        on_result: Callable[[ClassifiedFrame], None] | None = None,
    ) -> None:
        if min(capacity, in_flight, attempts) < 1:
            raise ValueError("capacity, in_flight and attempts must be at least 1")
        self._client = client
        self._session, self._source, self._options = session, source, options
        self._capacity, self._attempts, self._on_result = capacity, attempts, on_result
        self._queue: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._closed = False
        self._report = SenderReport()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(in_flight)]
        for thread in self._threads:
            thread.start()

    def submit(self, frame: FrameLike) -> str:
        """Queues a frame and returns its frame_id; never waits. Raises ValueError after `close`."""
        given = as_frame(frame)
        if given.capture_time is None:  # it may wait in the queue, and is to count for when it was taken
            given = as_frame(given, datetime.now(timezone.utc))
        with self._changed:
            if self._closed:
                raise ValueError("the sender is closed")
            self._add(submitted=1, waiting=1)
            if len(self._queue) >= self._capacity:
                self._queue.popleft()
                self._add(dropped=1, waiting=-1)
            self._queue.append(given)
            self._changed.notify()
        return given.frame_id

    def report(self) -> SenderReport:
        """What became of the frames so far."""
        with self._changed:
            return self._report

    def close(self, timeout: float = 10.0) -> SenderReport:
        """Sends what is queued for at most `timeout` seconds, drops the rest, and says what became of everything."""
        with self._changed:
            self._closed = True
            self._changed.wait_for(lambda: self._report.waiting == 0, timeout)
            dropped = len(self._queue)
            self._queue.clear()
            self._add(dropped=dropped, waiting=-dropped)
            self._closing.set()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout)
        return self.report()

    def _run(self) -> None:
        while (frame := self._next()) is not None:
            error: Exception | None = None
            result: ClassifiedFrame | None = None
            try:
                result = self._send(frame)
            except Exception as refused:  # noqa: BLE001  whatever it was, the next frame is sent all the same
                error = refused
            with self._changed:
                if result is not None:
                    self._add(classified=1, recorded=int(result.recorded), waiting=-1, error=result.record_error)
                else:
                    self._add(failed=1, waiting=-1, error=error)
                self._changed.notify_all()
            if result is not None:
                self._tell(result)

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing.is_set())
            return self._queue.popleft() if self._queue else None

    def _send(self, frame: Frame) -> ClassifiedFrame:
        """Tries until the frame is classified and, where a session is named, recorded."""
        delay = _DELAY
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts or self._closing.is_set()
            try:
                result = self._client.classify(frame, session=self._session, source=self._source, options=self._options)
            except (UnavailableError, ResourceExhaustedError) as error:
                if last:
                    raise
                wanted = error.retry_after
            else:
                if last or result.recorded or not isinstance(result.record_error, UnavailableError):
                    return result
                wanted = result.record_error.retry_after
            self._closing.wait(min(wanted or delay, _LONGEST_DELAY))
            delay *= 2
        raise AssertionError("the last attempt returns or raises")

    def _tell(self, result: ClassifiedFrame) -> None:
        if self._on_result is None:
            return
        try:
            self._on_result(result)
        except Exception:
            logging.getLogger(__name__).exception("on_result failed; sending goes on")

    def _add(self, *, error: Exception | None = None, **counts: int) -> None:
        """Adds to the report; the lock is held."""
        sums = {name: getattr(self._report, name) + count for name, count in counts.items()}
        self._report = replace(self._report, **sums, last_error=error or self._report.last_error)

    def __enter__(self) -> "BackgroundSender":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
