"""Labelled faces in memory, and the error of data that cannot become them."""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.errors import BadDataError
from liveclass.training.votes import Counts

__all__ = ["SPLITS", "BadDataError", "Faces"]

SPLITS = ("Training", "PublicTest", "PrivateTest")
"""FER2013's own names."""


@dataclass(frozen=True)
class Faces:
    """Labelled faces: `images` uint8 [N, 48, 48, 1], `labels` int64 [N] (values of `Emotion`).

    `votes` uint8 [N, 10] are FER+'s (see `votes.py`); none where they were not read.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    votes: Counts | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "Faces":
        """The faces for which `chosen` [N] is true, or those at the places `chosen`."""
        return Faces(self.images[chosen], self.labels[chosen], None if self.votes is None else self.votes[chosen])

    def counts(self) -> dict[str, int]:
        """Faces per emotion, in label order."""
        counted = np.bincount(self.labels, minlength=len(LABELS))
        return {label: int(count) for label, count in zip(LABELS, counted, strict=True)}

    def fingerprint(self) -> str:
        """SHA-256 of images and labels in order: the same data gives the same string."""
        digest = hashlib.sha256(np.ascontiguousarray(self.images).tobytes())
        digest.update(self.labels.astype("<i8").tobytes())
        return digest.hexdigest()

    def votes_fingerprint(self) -> str | None:
        """SHA-256 of the votes in order; none without votes."""
        return None if self.votes is None else hashlib.sha256(np.ascontiguousarray(self.votes).tobytes()).hexdigest()
