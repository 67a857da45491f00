"""A camera: what it looks at, and how the emotions of its faces are smoothed."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from liveclass.detection.capture_clock import CaptureClock
from liveclass.detection.scene import Scene
from liveclass.detection.smoothing import Smoothed, smooth


@dataclass
class Camera:
    """The state of one stream, and lives no longer than that; or what is known when a single frame comes."""

    scene: Scene
    is_stream: bool = False
    """Whether faces are named and their scores smoothed."""
    smoothing_time: float = 0.0
    """Time constant in seconds; 0 leaves each frame's own scores."""
    min_quality: float | None = None
    """Faces of a lower quality are not counted. None: the operator's default."""
    clock: CaptureClock = field(default_factory=CaptureClock)
    _faces: dict[str, Smoothed] = field(default_factory=dict)

    def smoothed(self, track_id: str, scores: npt.NDArray[np.float32], now: float) -> Smoothed:
        """Takes the scores [7] of a tracked face, and gives them as they are to be shown."""
        self._faces[track_id] = smooth(self._faces.get(track_id), scores, now, self.smoothing_time)
        return self._faces[track_id]

    def forget_unseen(self, now: float, seconds: float = 5.0) -> None:
        """Drops faces that have not been seen for `seconds`."""
        self._faces = {track: face for track, face in self._faces.items() if now - face.time < seconds}
