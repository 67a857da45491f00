"""Resends frames until each is classified (and recorded, if a session is named) or permanently refused."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import grpc

from liveclass.client.calls import DEFAULTS, ClassifyOptions
from liveclass.client.errors import (
    DeadlineExceededError,
    FailedPreconditionError,
    LiveClassError,
    NotFoundError,
    PermissionDeniedError,
    ResourceExhaustedError,
    ServiceError,
    UnauthenticatedError,
    UnavailableError,
)
from liveclass.client.frames import Frame, encode
from liveclass.client.results import ClassifiedFrame, SessionState
from liveclass.client.retries import FrameRetries
from liveclass.client.sync import LiveClass

_AFFECT_ALL_FRAMES = (NotFoundError, FailedPreconditionError, PermissionDeniedError, UnauthenticatedError)


class DeliveryStoppedError(LiveClassError):
    """The frame was not sent because sending was stopped."""


class InFlightWindow:
    """Limits the frames in flight by additive increase and multiplicative decrease (AIMD; Chiu and Jain 1989)."""

    def __init__(self, start: int = 4, maximum: int = 16) -> None:
        self.maximum = maximum
        self._size = float(min(start, maximum))
        self._in_flight = 0
        self._refused_at = -math.inf
        self._changed = threading.Condition()

    @property
    def size(self) -> int:
        return int(self._size)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Waits for room for one more frame."""
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight < self.size)
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify_all()

    def answered(self) -> None:
        """A frame was classified."""
        with self._changed:
            self._size = min(float(self.maximum), self._size + 1 / self._size)
            self._changed.notify_all()

    def refused(self, sent_at: float) -> None:
        """A busy service refused a frame sent at `sent_at` (time.monotonic())."""
        with self._changed:
            if sent_at > self._refused_at:  # once for all frames in flight at the time
                self._size, self._refused_at = max(1.0, self._size / 2), time.monotonic()


@dataclass(frozen=True)
class Destination:
    """Session, source and options of the frames."""

    session: str = ""
    source: str = ""
    options: ClassifyOptions = DEFAULTS


def check_session(client: LiveClass, session: str) -> None:
    """Raises NotFoundError or FailedPreconditionError if nothing can be recorded in `session`.

    An unavailable session service is not an error here; the first frame's answer will show it.
    """
    try:
        found = client.get_session(session)
    except (UnavailableError, DeadlineExceededError, ResourceExhaustedError, PermissionDeniedError):
        return  # who may record need not be permitted to view
    if found.state is SessionState.ENDED:
        raise has_ended(session)


def has_ended(session: str) -> FailedPreconditionError:
    return FailedPreconditionError(
        f"{session} has ended: it takes no more observations", grpc.StatusCode.FAILED_PRECONDITION, "SESSION_ENDED"
    )


def affects_all_frames(error: Exception | None) -> bool:
    """Whether the error affects all further frames: the session takes no more of them, or not from this caller."""
    return isinstance(error, _AFFECT_ALL_FRAMES)


class Delivery:
    """Sends frames; may be called from several threads.

    A frame is resent under its frame_id while the detection or session service is busy or unavailable, without a time
    limit; `on_wait` receives the reason. An unreachable service is tried for `retry_seconds`, but only a few times
    before it has ever answered, since nothing may be running (unless `retry_first_frame`).
    """

    def __init__(
        self,
        client: LiveClass,
        destination: Destination,
        *,
        window: InFlightWindow | None = None,
        stop: threading.Event | None = None,
        retry_seconds: float = float("inf"),
        retry_first_frame: bool = False,
        on_wait: Callable[[ServiceError], None] = lambda _: None,
    ) -> None:
        self._client, self._to, self._on_wait = client, destination, on_wait
        self._window = window or InFlightWindow()
        self._stop = stop or threading.Event()
        self._retry_seconds = retry_seconds
        self._has_answered = retry_first_frame

    def __call__(self, frame: Frame) -> ClassifiedFrame:
        """The frame's result: recorded if a session is named, or with a final `record_error`.

        Raises the error of a permanent refusal; an error that affects all frames, such as an ended session, is raised
        even if the faces were classified. Raises DeliveryStoppedError once `stop` is set.
        """
        frame = replace(frame, image=encode(frame.image))
        retries = FrameRetries(self._retry_seconds if self._has_answered else None)
        while not self._stop.is_set():
            with self._window.slot():
                result = self._send(frame)
            if isinstance(result, ClassifiedFrame):
                self._has_answered = True
                reason = result.record_error
                if reason is not None and affects_all_frames(reason):
                    raise reason
                if reason is None or not retries.may_retry(reason):
                    return result
            else:
                if not retries.may_retry(result):
                    raise result
                reason = result
            if self._has_answered or reason.retry_after is not None:  # otherwise nothing may be running
                self._on_wait(reason)
            self._stop.wait(retries.delay(reason))
        raise DeliveryStoppedError("sending was stopped")

    def _send(self, frame: Frame) -> ClassifiedFrame | ServiceError:
        """One attempt."""
        sent_at = time.monotonic()
        try:
            result = self._client.classify(
                frame, session=self._to.session, source=self._to.source, options=self._to.options, retry=False
            )
        except ServiceError as error:
            if isinstance(error, ResourceExhaustedError):
                self._window.refused(sent_at)
            return error
        self._window.answered()
        return result
