"""A live camera read in its own thread: when its frames are taken too slowly, the oldest ones are dropped."""

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType

from liveclass.client.camera import Camera
from liveclass.client.frames import Frame

_STOPPING_SECONDS = 30.0


class LiveFrames:
    """The frames of a live camera; when `capacity` of them wait, the oldest one is dropped and counted.

    ```python
    with LiveFrames(Camera(0, frames_per_second=2)) as frames:
        for frame in frames:
            lc.classify(frame)
    print(frames.dropped)
    ```

    Raises what the camera raises, when the frames before that have been taken.
    """

    def __init__(self, camera: Camera, capacity: int = 16) -> None:
        self.dropped = 0
        """How many frames were given up because newer ones needed the room."""
        self._camera, self._capacity = camera, capacity
        self._queue: deque[Frame] = deque()
        self._changed = threading.Condition()
        self._has_ended = False
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for frame in self._camera:
                self._add(frame)
        except Exception as error:  # noqa: BLE001  whatever it is, whoever takes the frames is to see it
            self._error = error
        with self._changed:
            self._has_ended = True
            self._changed.notify_all()

    def _add(self, frame: Frame) -> None:
        with self._changed:
            if len(self._queue) >= self._capacity:
                self._queue.popleft()
                self.dropped += 1
            self._queue.append(frame)
            self._changed.notify_all()

    def __iter__(self) -> Iterator[Frame]:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._has_ended)
                if not self._queue:
                    break
                frame = self._queue.popleft()
            yield frame
        if self._error is not None:
            raise self._error

    def stop(self) -> None:
        """Reads no more; what has been read can still be taken."""
        self._camera.stop()

    def close(self) -> None:
        """Stops, waits until nothing reads the camera any more, and lets go of it."""
        self._camera.stop()
        self._thread.join(_STOPPING_SECONDS)
        if not self._thread.is_alive():
            self._camera.close()

    def __enter__(self) -> "LiveFrames":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
