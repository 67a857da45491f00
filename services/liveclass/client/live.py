"""Reads a live camera in a thread and drops the oldest frames if they are consumed too slowly."""

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType

from liveclass.client.camera import Camera
from liveclass.client.frames import Frame

_STOPPING_SECONDS = 30.0


class LiveFrames:
    """The frames of a live camera; when `capacity` of them are queued, the oldest is dropped and counted.

    ```python
    with LiveFrames(Camera(0, frames_per_second=2)) as frames:
        for frame in frames:
            lc.classify(frame)
    print(frames.dropped)
    ```

    An error of the camera is raised after the frames before it.
    """

    def __init__(self, camera: Camera, capacity: int = 16) -> None:
        self.dropped = 0
        """The number of dropped frames."""
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
        except Exception as error:  # noqa: BLE001  raised again in the consumer's thread
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
        """Stops reading; frames already read can still be consumed."""
        self._camera.stop()

    def close(self) -> None:
        """Stops, waits for the reading thread, and releases the camera."""
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
