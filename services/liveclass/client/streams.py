"""Streams: resuming a broken watch, and pacing and resending frames. Shared by both clients."""

import threading
from collections.abc import Iterable, Iterator

import grpc

from liveclass.client import calls
from liveclass.client.errors import DeadlineExceededError, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.client.frames import FrameLike
from liveclass.client.messages import write_time
from liveclass.client.results import StreamResult, TimelineBucket
from liveclass.client.retries import FrameRetries
from liveclass.v1 import detection_pb2, session_pb2

STREAM_TIMEOUT = 12 * 3600.0
"""Deadline of a stream in seconds: longer than any lesson, so that a forgotten stream ends."""

STREAM_RETRY_SECONDS = 120.0
"""Seconds for which an unreachable service that has answered before is tried, if every frame must be sent."""

_OVERLOADED_SECONDS = 0.1
_READING_SECONDS = 30.0
_MAX_FAILURES = 6
_MAX_DELAY = 5.0


class WatchProgress:
    """The position of a watch, so that it can be resumed."""

    def __init__(self, request: session_pb2.WatchTimelineRequest) -> None:
        self.request = request
        self._failures = 0

    def saw(self, bucket: TimelineBucket) -> None:
        """A resumed watch starts at this bucket."""
        self._failures = 0
        start = write_time(bucket.start_time)
        if start and start.ToNanoseconds() > self.request.start_time.ToNanoseconds():
            self.request.start_time.CopyFrom(start)

    def delay_after(self, error: ServiceError) -> float:
        """Seconds to wait before the next attempt; raises `error` if it should not be retried."""
        self._failures += 1
        if not isinstance(error, UnavailableError | DeadlineExceededError) or self._failures > _MAX_FAILURES:
            raise error
        return min(error.retry_after or 0.2 * 2**self._failures, _MAX_DELAY)


class StreamAnswers:
    """Decides whether the answer to a frame is final, or when the frame is resent."""

    def __init__(self, *, resend: bool) -> None:
        """Without `resend` every answer is final, and a broken stream is not resumed."""
        self._resend = resend
        self._retries: FrameRetries | None = None
        self._has_answers = False

    def delay_of(self, result: StreamResult) -> tuple[float, ServiceError] | None:
        """The delay before the frame is resent, and the reason; None if the answer is final."""
        self._has_answers = True
        error = _why_not_final(result)
        if not self._resend or error is None or not self._current_retries().may_retry(error):
            return None
        return self._current_retries().delay(error), error

    @property
    def can_go_on(self) -> bool:
        """Whether another stream loses nothing that this one has not answered."""
        return self._resend

    def delay_after_break(self, error: ServiceError) -> float:
        """The delay before a new stream; raises `error` if there should be none."""
        if not self._resend or not self._current_retries().may_retry(error):
            raise error
        return self._current_retries().delay(error)

    def _current_retries(self) -> FrameRetries:
        if self._retries is None:
            self._retries = FrameRetries(STREAM_RETRY_SECONDS if self._has_answers else None)
        return self._retries

    def done(self) -> None:
        """A frame has its final answer: retries start anew for the next one."""
        self._retries = None


class PacedRequests(StreamAnswers):
    """The request messages of a stream: the config, then the frames, with at most `in_flight` unanswered.

    With one in flight, a frame whose answer is not final is resent, also on a new stream after this one broke.
    gRPC reads the messages in its own thread and ignores exceptions there, so an error of `frames` is kept in `error`.
    """

    def __init__(
        self, config: detection_pb2.ClassifyStreamRequest, frames: Iterable[FrameLike], in_flight: int | None
    ) -> None:
        super().__init__(resend=in_flight == 1)
        self.error: Exception | None = None
        self._config = config
        self._frames = iter(frames)
        self._in_flight = in_flight
        self._unanswered: detection_pb2.ClassifyStreamRequest | None = None
        self._reading = threading.Lock()
        self._room = threading.Semaphore(0)
        self._stream = 0

    def messages(self) -> Iterator[detection_pb2.ClassifyStreamRequest]:
        """The messages of a new stream; the previous one ends."""
        self._stream += 1
        self._room = threading.Semaphore(self._in_flight or 0)
        return self._messages(self._stream, self._room)

    def _messages(self, stream: int, room: threading.Semaphore) -> Iterator[detection_pb2.ClassifyStreamRequest]:
        yield self._config
        while True:
            if self._in_flight:
                room.acquire()
            request = self._next(stream)
            if request is None:
                return
            yield request

    def _next(self, stream: int) -> detection_pb2.ClassifyStreamRequest | None:
        with self._reading:
            if stream != self._stream:
                return None
            if self._unanswered is not None:
                return self._unanswered
            try:
                request = calls.stream_frame(next(self._frames))
            except StopIteration:
                return None
            except Exception as error:  # noqa: BLE001  raised again in the caller's thread
                self.error = error
                return None
            if self._resend:
                self._unanswered = request
            return request

    def answered(self) -> None:
        """A frame has its final answer: the next one may be sent."""
        self.done()
        self._unanswered = None
        self._room.release()

    def again(self) -> None:
        """The frame will be sent again."""
        self._room.release()

    def close(self) -> None:
        """Ends the messages, and waits until no thread reads from the caller's frames.

        A thread that reads a video while the interpreter exits would crash the process.
        """
        self._stream += 1
        self._room.release()
        if self._reading.acquire(timeout=_READING_SECONDS):
            self._reading.release()


def _why_not_final(result: StreamResult) -> ServiceError | None:
    """The reason why a frame was not classified or recorded, if there is one."""
    if result.skipped:
        message = f"the service skipped this frame: {result.skipped.replace('_', ' ')}"
        return ResourceExhaustedError(message, grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after=_OVERLOADED_SECONDS)
    return result.error or (result.frame.record_error if result.frame else None)
