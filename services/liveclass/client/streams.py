"""What the sync and the async client share about streams: when to pick a broken watch up again, how to pace frames."""

import threading
from collections.abc import Iterable, Iterator

from liveclass.client import calls
from liveclass.client.errors import DeadlineExceededError, ServiceError, UnavailableError
from liveclass.client.frames import FrameLike
from liveclass.client.messages import write_time
from liveclass.client.results import TimelineBucket
from liveclass.v1 import detection_pb2, session_pb2

STREAM_TIMEOUT = 12 * 3600.0
"""Deadline of a stream in seconds: longer than any lesson, so that one that was forgotten ends all the same."""

_MOST_FAILURES = 6
_LONGEST_DELAY = 5.0


class WatchProgress:
    """Where a watch stands, so that it can go on where it broke off."""

    def __init__(self, request: session_pb2.WatchTimelineRequest) -> None:
        self.request = request
        self._failures = 0

    def saw(self, bucket: TimelineBucket) -> None:
        """The next attempt begins at this bucket."""
        self._failures = 0
        start = write_time(bucket.start_time)
        if start and start.ToNanoseconds() > self.request.start_time.ToNanoseconds():
            self.request.start_time.CopyFrom(start)

    def delay_after(self, error: ServiceError) -> float:
        """Seconds to wait before the next attempt; raises `error` where another one is of no use."""
        self._failures += 1
        if not isinstance(error, UnavailableError | DeadlineExceededError) or self._failures > _MOST_FAILURES:
            raise error
        return min(error.retry_after or 0.2 * 2**self._failures, _LONGEST_DELAY)


class PacedRequests:
    """The messages of a stream: its config, then its frames, at most `in_flight` of them unanswered.

    gRPC takes them from a thread of its own and swallows what goes wrong there: it is kept in `error`.
    """

    def __init__(
        self, config: detection_pb2.ClassifyStreamRequest, frames: Iterable[FrameLike], in_flight: int | None
    ) -> None:
        self.error: Exception | None = None
        self._config = config
        self._frames = frames
        self._room = threading.Semaphore(in_flight) if in_flight else None
        self._closed = False

    def __iter__(self) -> Iterator[detection_pb2.ClassifyStreamRequest]:
        yield self._config
        frames = iter(self._frames)
        while True:
            if self._room:
                self._room.acquire()
            if self._closed:
                return
            try:
                request = calls.stream_frame(next(frames))
            except StopIteration:
                return
            except Exception as error:  # noqa: BLE001  whatever the caller's iterator raises is the caller's to see
                self.error = error
                return
            yield request

    def answered(self) -> None:
        """One of the frames was answered: the next may go."""
        if self._room:
            self._room.release()

    def close(self) -> None:
        """No more frames are wanted."""
        self._closed = True
        if self._room:
            self._room.release()
