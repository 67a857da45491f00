"""Sends a camera's frames in the background, so that the camera's loop never waits for the network."""

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
    check_session,
    meets_every_frame,
)
from liveclass.client.frames import Frame, FrameLike, as_frame
from liveclass.client.results import ClassifiedFrame
from liveclass.client.sync import LiveClass


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

    When `capacity` frames wait, `submit` drops the oldest one: of a live class the newest matter. With
    `when_full="wait"` it waits for room instead, as a recorded video wants: nothing is dropped.

    A frame that meets a service that is away or busy is sent again under its frame_id until it is classified and
    recorded, or refused for good: what the queue has room for outlives the restart of any service. `on_result` is
    called, in a thread of the sender's, with what comes back.

    Raises NotFoundError or FailedPreconditionError where nothing can be recorded in `session`; when that happens later,
    because the session ends, what waits is given up and the next `submit` raises it.
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
            patient_at_first=True,
        )
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(in_flight)]
        for thread in self._threads:
            thread.start()

    def submit(self, frame: FrameLike) -> str:
        """Queues a frame and returns its frame_id.

        Raises ValueError after `close`; NotFoundError or FailedPreconditionError once the session takes no more.
        """
        given = as_frame(frame)
        if given.capture_time is None:  # it may wait in the queue, and is to count for when it was taken
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
        """What became of the frames so far."""
        with self._changed:
            return self._report

    def close(self, timeout: float | None = 10.0) -> SenderReport:
        """Sends what is queued, drops what is left after `timeout` seconds, and says what became of everything.

        None: however long it takes.
        """
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
        except Exception as error:  # noqa: BLE001  whatever it was, the next frame is sent all the same
            self._note(failed=1, error=error)
            if meets_every_frame(error):
                self._give_up(error)
        else:
            self._note(classified=1, recorded=int(result.recorded), error=result.record_error)
            self._tell(result)

    def _next(self) -> Frame | None:
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._stop.is_set())
            frame = self._queue.popleft() if self._queue else None
            self._changed.notify_all()  # there is room
            return frame

    def _note(self, *, error: Exception | None = None, **counts: int) -> None:
        """What became of a frame."""
        with self._changed:
            self._add(waiting=-1, error=error, **counts)
            self._changed.notify_all()

    def _give_up(self, error: Exception) -> None:
        """Every other frame would meet the same."""
        with self._changed:
            self._end = error
            self._add(failed=self._clear_queue())
            self._changed.notify_all()

    def _clear_queue(self) -> int:
        """Gives up what waits, and says how much that was; the lock is held."""
        left = len(self._queue)
        self._queue.clear()
        self._add(waiting=-left)
        return left

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
