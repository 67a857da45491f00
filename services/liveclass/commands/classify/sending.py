"""Sends the frames of `liveclass classify`, and yields the result of each."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from liveclass.client import (
    ClassifiedFrame,
    Frame,
    InvalidArgumentError,
    LiveClass,
    LiveClassError,
    ServiceError,
    UnreadableFrameError,
)
from liveclass.client.delivery import Delivery, DeliveryStoppedError, Destination, InFlightWindow, affects_all_frames
from liveclass.commands.classify.inputs import Item, Reader

Outcome = tuple[Item, ClassifiedFrame | LiveClassError]
OnWait = Callable[[ServiceError], None]

RETRY_SECONDS = 120.0
"""Seconds for which a service that has answered before and is now unreachable is tried."""


class WrongTimeError(LiveClassError):
    """The service refuses the capture times of the frames."""


class Sending:
    """Sends every frame until it is classified (and recorded, if a session is named) or permanently refused.

    An error of a single frame is its outcome; one that would affect every frame is raised.
    """

    def __init__(self, client: LiveClass, destination: Destination, reader: Reader, on_wait: OnWait) -> None:
        self._client, self._to, self._reader, self._on_wait = client, destination, reader, on_wait

    def concurrent(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Sends frames concurrently, as many as the service can take; outcomes are in the order of the items."""
        window = InFlightWindow()
        deliver = Delivery(
            self._client,
            self._to,
            window=window,
            stop=self._reader.stopped,
            retry_seconds=RETRY_SECONDS,
            on_wait=self._on_wait,
        )
        waiting: deque[tuple[Item, Future[ClassifiedFrame]]] = deque()
        with ThreadPoolExecutor(window.maximum) as pool:
            try:
                for item in items:
                    waiting.append((item, pool.submit(_deliver, deliver, item)))
                    while waiting and (len(waiting) >= window.maximum or waiting[0][1].done()):
                        yield self._outcome(*waiting.popleft())
                while waiting:
                    yield self._outcome(*waiting.popleft())
            except BaseException:
                self._reader.stop()  # otherwise the pool would wait for frames that are being retried
                raise

    def tracked(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """Sends the frames of one video or camera as a stream, with face tracking."""
        sent: dict[str, Item] = {}
        unreadable: list[Item] = []

        def frames() -> Iterator[Frame]:
            for item in items:
                if item.frame is None:
                    unreadable.append(item)
                else:
                    sent[item.frame.frame_id] = item
                    yield item.frame

        stream = self._client.classify_stream(
            frames(),
            session=self._to.session,
            source=self._to.source,
            options=self._to.options,
            in_flight=1,
            on_wait=self._on_wait_in_stream,
        )
        try:
            for answer in stream:
                item = sent.pop(answer.frame_id)
                result = answer.frame or answer.error
                if result is not None:
                    yield item, self._checked(result)
        except DeliveryStoppedError as error:
            yield from ((item, error) for item in sent.values())
        for item in unreadable:
            if item.error is not None:
                yield item, item.error

    def _on_wait_in_stream(self, error: ServiceError) -> None:
        if self._reader.stopped.is_set():
            raise DeliveryStoppedError("sending was stopped")
        self._on_wait(error)

    def _outcome(self, item: Item, future: "Future[ClassifiedFrame]") -> Outcome:
        try:
            return item, self._checked(future.result())
        except (UnreadableFrameError, DeliveryStoppedError) as error:
            return item, error
        except InvalidArgumentError as error:
            return item, self._checked(error)

    def _checked(self, result: ClassifiedFrame | ServiceError) -> ClassifiedFrame | ServiceError:
        """The result, if it concerns this frame only; raises an error that would affect every frame."""
        error = result.record_error if isinstance(result, ClassifiedFrame) else result
        if error is None:
            return result
        fields = [violation.field for violation in error.violations] if isinstance(error, InvalidArgumentError) else []
        if any(field.endswith("capture_time") for field in fields):
            raise WrongTimeError(f"{error}. {_HINT}") from error
        if affects_all_frames(error) or (fields and fields != ["image"] and result is error):
            raise error
        return result


_HINT = (
    "Give the start of the lesson with --start, or record into a new session, which starts with the recording: "
    "--classroom 7b instead of --session"
)


def _deliver(deliver: Delivery, item: Item) -> ClassifiedFrame:
    if item.frame is None:
        raise item.error or UnreadableFrameError(f"{item.name} gave no frame")
    return deliver(item.frame)
