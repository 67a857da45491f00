"""What the sync and the async client share about streams: when to pick a broken watch up again, how to pace frames."""

import threading
from collections.abc import Iterable, Iterator

import grpc

from liveclass.client import calls
from liveclass.client.errors import DeadlineExceededError, ResourceExhaustedError, ServiceError, UnavailableError
from liveclass.client.frames import FrameLike
from liveclass.client.messages import write_time
from liveclass.client.results import StreamResult, TimelineBucket
from liveclass.client.retries import Patience
from liveclass.v1 import detection_pb2, session_pb2

STREAM_TIMEOUT = 12 * 3600.0
"""Deadline of a stream in seconds: longer than any lesson, so that one that was forgotten ends all the same."""

STREAM_PATIENCE = 120.0
"""Seconds for which a service that has answered and cannot be reached any more is tried, where every frame counts."""

_OVERLOADED_SECONDS = 0.1
_READING_SECONDS = 30.0
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


class StreamAnswers:
    """Whether the answer to a frame of a stream is final, and when it is to be sent again if not."""

    def __init__(self, *, resend: bool) -> None:
        """Without `resend` every answer is final, and a stream that breaks is over."""
        self._resend = resend
        self._patience: Patience | None = None
        self._has_answers = False

    def delay_of(self, result: StreamResult) -> tuple[float, ServiceError] | None:
        """How long to wait before the frame is sent again, and why; None where the answer is final."""
        self._has_answers = True
        error = _why_not_final(result)
        if not self._resend or error is None or not self._patience_now().may_pass(error):
            return None
        return self._patience_now().delay(error), error

    @property
    def can_go_on(self) -> bool:
        """Whether another stream loses nothing that this one has not answered."""
        return self._resend

    def delay_after_break(self, error: ServiceError) -> float:
        """How long to wait before another stream goes on; raises `error` where none can."""
        if not self._resend or not self._patience_now().may_pass(error):
            raise error
        return self._patience_now().delay(error)

    def _patience_now(self) -> Patience:
        if self._patience is None:
            self._patience = Patience(STREAM_PATIENCE if self._has_answers else None)
        return self._patience

    def done(self) -> None:
        """A frame has its final answer: the next one is given as much patience."""
        self._patience = None


class PacedRequests(StreamAnswers):
    """The messages of a stream: its config, then its frames, at most `in_flight` of them unanswered.

    With one in flight, a frame whose answer is not final is sent again, also on another stream after this one broke.
    gRPC takes the messages from a thread of its own and swallows what goes wrong there: it is kept in `error`.
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
        """The messages of the next stream; one that was begun before ends."""
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
            except Exception as error:  # noqa: BLE001  whatever the caller's iterator raises is the caller's to see
                self.error = error
                return None
            if self._resend:
                self._unanswered = request
            return request

    def answered(self) -> None:
        """A frame has its final answer: the next may go."""
        self.done()
        self._unanswered = None
        self._room.release()

    def again(self) -> None:
        """The frame is to be sent again."""
        self._room.release()

    def close(self) -> None:
        """No more messages are wanted. Returns when nothing is being read from the caller's frames any more.

        A thread that still reads a video while the interpreter ends would bring the whole process down.
        """
        self._stream += 1
        self._room.release()
        if self._reading.acquire(timeout=_READING_SECONDS):
            self._reading.release()


def _why_not_final(result: StreamResult) -> ServiceError | None:
    """Why a frame has come to nothing that sending it again could mend."""
    if result.skipped:
        message = f"the service passed this frame over: {result.skipped.replace('_', ' ')}"
        return ResourceExhaustedError(message, grpc.StatusCode.RESOURCE_EXHAUSTED, retry_after=_OVERLOADED_SECONDS)
    return result.error or (result.frame.record_error if result.frame else None)
