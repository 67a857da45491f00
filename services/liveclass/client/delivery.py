"""Sends frames until each one is classified and, where a session is named, recorded; or refused for good."""

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
from liveclass.client.retries import Patience
from liveclass.client.sync import LiveClass

_OF_EVERY_FRAME = (NotFoundError, FailedPreconditionError, PermissionDeniedError, UnauthenticatedError)


class DeliveryStoppedError(LiveClassError):
    """The frame was given up because sending was stopped, not because it was refused."""


class InFlightWindow:
    """How many frames are on their way at once: one more while all goes well, half as many after a refusal.

    Additive increase, multiplicative decrease (AIMD, Chiu and Jain 1989).
    """

    def __init__(self, start: int = 4, most: int = 16) -> None:
        self.most = most
        self._size = float(min(start, most))
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
            self._size = min(float(self.most), self._size + 1 / self._size)
            self._changed.notify_all()

    def refused(self, sent_at: float) -> None:
        """A frame that was sent at `sent_at` (time.monotonic()) met a busy service."""
        with self._changed:
            if sent_at > self._refused_at:  # once for all that were in flight together
                self._size, self._refused_at = max(1.0, self._size / 2), time.monotonic()


@dataclass(frozen=True)
class Destination:
    """Where frames go and how they are looked at."""

    session: str = ""
    source: str = ""
    options: ClassifyOptions = DEFAULTS


def check_session(client: LiveClass, session: str) -> None:
    """Raises NotFoundError or FailedPreconditionError where nothing can be recorded in `session`.

    Says nothing where the session service cannot be asked: the first frame's answer tells then.
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


def meets_every_frame(error: Exception | None) -> bool:
    """Whether the next frame would be refused too: the session takes no more of these, or not from this caller."""
    return isinstance(error, _OF_EVERY_FRAME)


class Delivery:
    """Sends frames from any number of threads.

    A frame is sent again, under its frame_id, while the service or the session service behind it is busy or away, for
    as long as that takes; `on_wait` is told why. A service that cannot be reached at all is given `patience` seconds,
    but for the first frame only a moment: nothing may be running there.
    """

    def __init__(
        self,
        client: LiveClass,
        destination: Destination,
        *,
        window: InFlightWindow | None = None,
        stop: threading.Event | None = None,
        patience: float = float("inf"),
        patient_at_first: bool = False,
        on_wait: Callable[[ServiceError], None] = lambda _: None,
    ) -> None:
        self._client, self._to, self._on_wait = client, destination, on_wait
        self._window = window or InFlightWindow()
        self._stop = stop or threading.Event()
        self._patience = patience
        self._has_answered = patient_at_first

    def __call__(self, frame: Frame) -> ClassifiedFrame:
        """The frame's result: recorded where a session is named, or with the `record_error` that is final.

        Raises the error with which it was refused for good; one that every other frame would meet too, such as a
        session that has ended, is raised even where the faces came back. DeliveryStoppedError once `stop` is set.
        """
        frame = replace(frame, image=encode(frame.image))
        trouble = Patience(self._patience if self._has_answered else None)
        while not self._stop.is_set():
            with self._window.slot():
                result = self._send(frame)
            if isinstance(result, ClassifiedFrame):
                self._has_answered = True
                reason = result.record_error
                if reason is not None and meets_every_frame(reason):
                    raise reason
                if reason is None or not trouble.may_pass(reason):
                    return result
            else:
                if not trouble.may_pass(result):
                    raise result
                reason = result
            if self._has_answered or reason.retry_after is not None:  # or there is nothing yet to wait for
                self._on_wait(reason)
            self._stop.wait(trouble.delay(reason))
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
