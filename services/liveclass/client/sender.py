"""Sends frames in the background, so that a camera's loop does not wait for the network."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from types import TracebackType
from typing import Literal

from liveclass.client.calls import DEFAULTS, ClassifyOptions
from liveclass.client.delivery import (
    Delivery,
    DeliveryStoppedError,
    Destination,
    InFlightWindow,
    affects_all_frames,
    check_session,
)
from liveclass.client.frames import Frame, FrameLike, as_frame
from liveclass.client.results import ClassifiedFrame
from liveclass.client.sync import LiveClass


@dataclass(frozen=True)
class SenderReport:
    """Counts of the frames so far. `submitted` = `classified` + `dropped` + `failed` + `waiting`."""

    submitted: int = 0
    classified: int = 0
    recorded: int = 0
    """Classified frames that are also stored in the session."""
    dropped: int = 0
    """Not sent: the queue was full, or the sender was closed."""
    failed: int = 0
    """Permanently refused; `last_error` is the latest reason."""
    waiting: int = 0
    """In the queue or in flight."""
    last_error: Exception | None = None


class BackgroundSender:
    """A bounded queue in front of `LiveClass.classify`.

    ```python
    with BackgroundSender(lc, session=session.name, source="front") as sender:
        for frame in Camera(0, frames_per_second=2):
            sender.submit(frame)
    print(sender.report())
    ```

    When `capacity` frames are queued, `submit` drops the oldest: for a live class the newest frames matter. With
    `when_full="wait"` it waits for room instead, for a recorded video: nothing is dropped.

    While a service is busy or unavailable, a frame is resent under its frame_id until it is classified and recorded or
    permanently refused, so queued frames survive a restart of any service. `on_result` is called with each result, in a
    thread of the sender.

    Raises NotFoundError or FailedPreconditionError if nothing can be recorded in `session`. If that happens later,
    because the session ends, queued frames are dropped and the next `submit` raises it.
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
        when_full: Literal["drop_oldest", "wait"] = "drop_oldest",
        on_result: Callable[[ClassifiedFrame], None] | None = None,
    ) -> None:
        if min(capacity, in_flight) < 1:
            raise ValueError("capacity and in_flight must be at least 1")
        if session:
            check_session(client, session)
        self._capacity, self._waits, self._on_result = capacity, when_full == "wait", on_result
        self._queue: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._closed = False
        self._end: Exception | None = None
        self._report = SenderReport()
        self._deliver = Delivery(
            client,
            Destination(session, source, options),
            window=InFlightWindow(in_flight, in_flight),
            stop=self._stop,
            retry_first_frame=True,
        )
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(in_flight)]
        for thread in self._threads:
            thread.start()

    def submit(self, frame: FrameLike) -> str:
        """Queues a frame and returns its frame_id.

        Raises ValueError after `close`; NotFoundError or FailedPreconditionError once the session takes no more frames.
        """
        given = as_frame(frame)
        if given.capture_time is None:  # it may wait in the queue; the time of capture is now
            given = as_frame(given, datetime.now(timezone.utc))
        with self._changed:
            if self._waits:
                self._changed.wait_for(lambda: len(self._queue) < self._capacity or self._closed or self._end)
            if self._end is not None:
                raise self._end
            if self._closed:
                raise ValueError("the sender is closed")
            self._add(submitted=1, waiting=1)
            if len(self._queue) >= self._capacity:
                self._queue.popleft()
                self._add(dropped=1, waiting=-1)
            self._queue.append(given)
            self._changed.notify_all()
        return given.frame_id

    def report(self) -> SenderReport:
        """The counts so far."""
        with self._changed:
            return self._report

    def close(self, timeout: float | None = 10.0) -> SenderReport:
        """Sends queued frames for at most `timeout` seconds (None: no limit), drops the rest, returns the counts."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._report.waiting == 0, timeout)
            self._add(dropped=self._clear_queue())
            self._stop.set()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout)
        return self.report()

    def _run(self) -> None:
        while (frame := self._next()) is not None:
            self._send(frame)

    def _send(self, frame: Frame) -> None:
        try:
            result = self._deliver(frame)
        except DeliveryStoppedError:
            self._note(dropped=1)
        except Exception as error:  # noqa: BLE001  any error counts as a failed frame; the next one is sent
            self._note(failed=1, error=error)
            if affects_all_frames(error):
                self._give_up(error)
        else:
            self._note(classified=1, recorded=int(result.recorded), error=result.record_error)
            self._call_back(result)

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stop.is_set())
            frame = self._queue.popleft() if self._queue else None
            self._changed.notify_all()  # there is room in the queue
            return frame

    def _note(self, *, error: Exception | None = None, **counts: int) -> None:
        """Counts the result of a frame."""
        with self._changed:
            self._add(waiting=-1, error=error, **counts)
            self._changed.notify_all()

    def _give_up(self, error: Exception) -> None:
        """Stops after an error that affects all frames."""
        with self._changed:
            self._end = error
            self._add(failed=self._clear_queue())
            self._changed.notify_all()

    def _clear_queue(self) -> int:
        """Empties the queue and returns how many frames it had; the lock must be held."""
        left = len(self._queue)
        self._queue.clear()
        self._add(waiting=-left)
        return left

    def _call_back(self, result: ClassifiedFrame) -> None:
        if self._on_result is None:
            return
        try:
            self._on_result(result)
        except Exception:
            logging.getLogger(__name__).exception("on_result failed; sending continues")

    def _add(self, *, error: Exception | None = None, **counts: int) -> None:
        """Adds to the report; the lock must be held."""
        sums = {name: getattr(self._report, name) + count for name, count in counts.items()}
        self._report = replace(self._report, **sums, last_error=error or self._report.last_error)

    def __enter__(self) -> "BackgroundSender":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
