"""Load generator: frames of many classrooms, sent over either path with a fixed concurrency."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from types import TracebackType

from liveclass.client import ClassifiedFrame, Frame, LiveClass, ResourceExhaustedError
from liveclass.tools.capacity.estimate import STREAMS

SOURCE = "camera"
_LONGEST_PERIOD = 10.0
"""Seconds between two frames from which a stream searches every frame as a whole; a longer period changes nothing."""
_REFUSED_PAUSE = 0.1
_LONGEST_PAUSE = 1.0
_JOIN_SECONDS = 35.0
"""Longer than the deadline of a call."""


@dataclass
class Tally:
    """Counts of the answers."""

    latencies: list[float] = field(default_factory=list)
    timings: list[Mapping[str, float]] = field(default_factory=list)
    faces: int = 0
    refused: int = 0
    unrecorded: int = 0


@dataclass(frozen=True)
class Classroom:
    """A classroom with a camera and a session."""

    session: str
    due: float = 0.0
    """When its next frame is due, on the monotonic clock."""


class Classrooms:
    """A pool of classrooms in which none sends frames more often than every `period` seconds.

    The cost of a frame depends on the time since the source's last one. A new classroom is opened if no other is due,
    so the pool grows until it has as many classrooms as the machine can serve.
    """

    def __init__(self, lc: LiveClass, period: float) -> None:
        self._lc, self._period = lc, period
        self._idle: list[Classroom] = []
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def checkout(self) -> Classroom:
        """Takes the classroom that became due last, or opens a new one."""
        now = time.monotonic()
        with self._lock:
            due = [classroom for classroom in self._idle if classroom.due <= now]
            if due:
                chosen = max(due, key=lambda classroom: classroom.due)
                self._idle.remove(chosen)
                return Classroom(chosen.session, now + self._period)
        return Classroom(self.open(), now + self._period)

    def checkin(self, classroom: Classroom) -> None:
        """Returns a classroom to the pool."""
        with self._lock:
            self._idle.append(classroom)

    def open(self) -> str:
        """Creates a session in a new classroom and returns its name."""
        return self._lc.create_session(f"classrooms/{next(self._numbers)}").name


class Traffic:
    """Context manager that sends frames over `path` with `concurrency` in flight."""

    def __init__(
        self,
        lc: LiveClass,
        classrooms: Classrooms,
        frames: Sequence[bytes],
        *,
        period: float,
        path: str,
        concurrency: int,
    ) -> None:
        """`period`: seconds between two frames of a classroom."""
        self._lc, self._classrooms, self._frames, self._period = lc, classrooms, frames, period
        self._tally, self._lock, self._stop = Tally(), threading.Lock(), threading.Event()
        self._failure: Exception | None = None
        work = self._stream if path == STREAMS else self._send_single_frames
        self._threads = [threading.Thread(target=self._run, args=(work,), daemon=True) for _ in range(concurrency)]

    def take_tally(self) -> Tally:
        """The counts since the last call."""
        with self._lock:
            taken, self._tally = self._tally, Tally()
            return taken

    @property
    def has_answers(self) -> bool:
        """Whether a frame was classified since the last `take_tally`."""
        with self._lock:
            return bool(self._tally.latencies)

    def check(self) -> None:
        """Raises the first error of a sending thread, if there is one."""
        with self._lock:
            if self._failure:
                raise self._failure

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        end = time.monotonic() + _JOIN_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  any error is raised again by `check`
            with self._lock:
                self._failure = self._failure or error

    def _send_single_frames(self) -> None:
        for frame in itertools.cycle(self._frames):
            if self._stop.is_set():
                return
            classroom = self._classrooms.checkout()
            began = time.perf_counter()
            try:
                answer = self._lc.classify(frame, session=classroom.session, source=SOURCE, retry=False)
            except ResourceExhaustedError as error:
                self._count_refused()
                self._stop.wait(min(error.retry_after or _REFUSED_PAUSE, _LONGEST_PAUSE))
            else:
                self._count(time.perf_counter() - began, answer)
            finally:
                self._classrooms.checkin(classroom)

    def _stream(self) -> None:
        """Sends one camera's stream faster than real time, with capture times `period` apart, so costs are real."""
        sent = [0.0]
        answers = self._lc.classify_stream(
            self._camera(sent),
            session=self._classrooms.open(),
            source=SOURCE,
            in_flight=1,
            on_wait=lambda _: self._count_refused(),
        )
        for answer in answers:
            if answer.error:
                raise answer.error
            if answer.frame:
                self._count(time.perf_counter() - sent[0], answer.frame)

    def _camera(self, sent: list[float]) -> Iterator[Frame]:
        """Frames with capture times, until stopped; `sent[0]` becomes the time at which the last one was sent."""
        start, period = datetime.now(timezone.utc), timedelta(seconds=min(self._period, _LONGEST_PERIOD))
        for index, frame in enumerate(itertools.cycle(self._frames)):
            if self._stop.is_set():
                return
            sent[0] = time.perf_counter()
            yield Frame(frame, start + index * period)

    def _count(self, latency: float, answer: ClassifiedFrame) -> None:
        with self._lock:
            self._tally.latencies.append(latency)
            self._tally.timings.append(answer.timings)
            self._tally.faces += len(answer.faces)
            self._tally.unrecorded += not answer.recorded

    def _count_refused(self) -> None:
        with self._lock:
            self._tally.refused += 1
