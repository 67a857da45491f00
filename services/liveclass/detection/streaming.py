"""The state of a stream, and its frames that wait: when they come too fast, only the newest keeps its image."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from liveclass.detection.frame import DetectedFace, Face
from liveclass.detection.scene import StreamScene
from liveclass.detection.smoothing import Probabilities, Smoothed, smooth
from liveclass.names import check_frame_id
from liveclass.runtime.errors import InvalidArgumentError
from liveclass.v1 import detection_pb2

MAX_PENDING = 256
"""Frames, skipped ones included, that are not answered yet; at this many nothing more is read from the client."""

MAX_STEP_SECONDS = 60.0
"""How far capture times may run ahead of arrivals: a recording is sent faster than it was made."""

MIN_STEP_SECONDS = 1e-6


@dataclass
class PendingFrame:
    """A message that was read and not answered yet."""

    request: detection_pb2.ClassifyStreamRequest | None
    """None once a newer frame has come, so that its image is freed at once, and where there is an `error`."""
    frame_id: str
    """Empty where there is an `error`: it may be as long as a message, and many frames may wait."""
    error: InvalidArgumentError | None = None
    """What is wrong with `frame_id`, checked before anything of the frame is kept."""

    @classmethod
    def of(cls, request: detection_pb2.ClassifyStreamRequest) -> "PendingFrame":
        try:
            return cls(request, check_frame_id(request.frame.frame_id, "frame.frame_id"))
        except InvalidArgumentError as error:
            return cls(None, "", error)


class CaptureClock:
    """The time of a stream's frames, strictly increasing: capture times where their steps are plausible, else arrivals.

    Tracking, the search schedule and smoothing use it; a client's clock that stands still must not stop them.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._before: tuple[float, float] | None = None

    def tick(self, captured: float, arrived: float) -> float:
        """The time of a frame `captured` by the client's clock and `arrived` by ours, both in seconds."""
        if self._before is not None:
            step, waited = captured - self._before[0], arrived - self._before[1]
            is_plausible = 0 < step <= waited + MAX_STEP_SECONDS
            self._now += step if is_plausible else max(waited, MIN_STEP_SECONDS)
        self._before = captured, arrived
        return self._now


@dataclass
class StreamState:
    """What is known of a stream's camera, for as long as the stream lasts."""

    scene: StreamScene
    smoothing_seconds: float
    """Time constant; 0 leaves each frame's own scores."""
    clock: CaptureClock = field(default_factory=CaptureClock)
    _scores: dict[str, Smoothed] = field(default_factory=dict)
    """By track."""

    def smoothed(self, face: DetectedFace, scores: Probabilities, now: float, *, carried_over: bool = False) -> Face:
        """The face with its scores [7] of the frame taken at `now`, smoothed over its track.

        Those that are carried over were smoothed when they were measured.
        """
        smoothed = self._scores.get(face.track_id)
        if smoothed is None or not carried_over:
            smoothed = smooth(smoothed, scores, now, self.smoothing_seconds)
            self._scores[face.track_id] = smoothed
        return Face(smoothed.scores, smoothed.label, face, face.track_id, scores, carried_over)

    def forget_unseen(self, now: float, seconds: float = 5.0) -> None:
        """Drops the scores of tracks that have not been updated for `seconds`."""
        self._scores = {track: face for track, face in self._scores.items() if now - face.time < seconds}


class Mailbox:
    """The queue of a stream's frames. Only the newest holds its image."""

    def __init__(self) -> None:
        self._pending: deque[PendingFrame] = deque()
        self._changed = asyncio.Condition()
        self._has_ended = False

    async def fill(self, requests: AsyncIterator[detection_pb2.ClassifyStreamRequest]) -> None:
        """Reads to the end of the stream."""
        try:
            async for request in requests:
                async with self._changed:
                    await self._changed.wait_for(lambda: len(self._pending) < MAX_PENDING)
                    if self._pending:
                        self._pending[-1].request = None
                    self._pending.append(PendingFrame.of(request))
                    self._changed.notify_all()
        finally:
            async with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    async def next(self) -> PendingFrame | None:
        """The oldest frame, as soon as there is one; None at the end of the stream."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self._pending) or self._has_ended)
            frame = self._pending.popleft() if self._pending else None
            self._changed.notify_all()
            return frame
