"""Labelled faces in memory, and the error of data that cannot become them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.errors import TrainingError

SPLITS = ("Training", "PublicTest", "PrivateTest")
"""FER2013's own names."""


class BadDataError(TrainingError):
    """The data cannot be used; the message names the file and the reason."""

    @classmethod
    def listing(cls, source: object, problems: Sequence[str], most: int = 10) -> "BadDataError":
        """One message for all `problems` of `source`; beyond `most` they are only counted."""
        lines = [f"{source}: {len(problems)} {'problem' if len(problems) == 1 else 'problems'}", *problems[:most]]
        if len(problems) > most:
            lines.append(f"… and {len(problems) - most} more")
        return cls("\n  ".join(lines))


@dataclass(frozen=True)
class Faces:
    """Labelled faces: `images` uint8 [N, 48, 48, 1], `labels` int64 [N] (values of `Emotion`)."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, keep: npt.NDArray[np.bool_]) -> "Faces":
        """The faces for which `keep` [N] is true."""
        return Faces(self.images[keep], self.labels[keep])

    def counts(self) -> dict[str, int]:
        """Faces per emotion, in label order."""
        counted = np.bincount(self.labels, minlength=len(LABELS))
        return {label: int(count) for label, count in zip(LABELS, counted, strict=True)}

    def fingerprint(self) -> str:
        """SHA-256 of images and labels in order: the same data gives the same string."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        return digest.hexdigest()
