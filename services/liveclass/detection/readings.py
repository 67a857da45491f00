"""Which faces of a frame are classified, and the scores that the others keep: emotions last longer than a frame.

A face is read when it is new, when its scores are as old as allowed, or sooner where they may have changed: its crop
looks different, its two highest emotions were close, or it has only just appeared. A request to the model costs as much
as two or three faces, so a face that has to be read takes others along.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.detection.frame import Classification, Crops, Labels, ModelChoice
from liveclass.detection.tracking import Track
from liveclass.emotions import LABELS

MAX_AGE = 0.5
"""Seconds for which scores are carried over by default."""

_MIN_AGE = 0.5
"""Share of the maximum age before which a face that was read is not read again."""
_CHANGED = 0.45
"""Mean absolute difference of two normalized crops above which the face may look different. Boxes that differ by a few
pixels leave 0.3 and the scores as they are; of faces above it 0.29 of the probability has moved after 0.3 s."""
_OTHER = 0.8
"""Such a difference above which it may be another face, and is read at once."""
_MARGIN = 0.15
"""Difference of the two highest scores below which noise may change the emotion shown."""
_YOUNG = 1.0
"""Seconds in which a face that has just appeared is read more often."""
_TAKEN_ALONG = 16
"""The most faces of one request of which none has to be read yet."""
_EPSILON = 1e-3
"""Seconds by which times of frames may be early."""
_EDGE, _SIDE = 4, 10
_FORGETTING = 5.0
"""Seconds after which a face that was not read again is forgotten: longer than any track lives unseen."""

_Crop = npt.NDArray[np.uint8]
_Thumbnail = npt.NDArray[np.float32]


class Reading(NamedTuple):
    """The scores of a face."""

    scores: npt.NDArray[np.float32]
    """[7], in label order."""
    time: float
    """Of the frame in which they were measured."""
    choice: ModelChoice
    """What was asked for."""
    version: str
    labels: Labels | None


class FaceScores(NamedTuple):
    """The scores of a frame's faces, measured and carried over."""

    classified: Classification
    carried_over: list[bool]
    """Of each face, whether its scores are those of an earlier frame."""


def with_carried_over(
    count: int, read: Sequence[int], classified: Classification, carried_over: Mapping[int, Reading]
) -> FaceScores:
    """The scores of a frame's faces: of those that were `read`, as `classified`, and of the others as before."""
    scores = np.empty((count, len(LABELS)), np.float32)
    scores[list(read)] = classified.scores
    for index, reading in carried_over.items():
        scores[index] = reading.scores
    model: Reading | Classification = classified if len(read) else next(iter(carried_over.values()), classified)
    whole = Classification(scores, model.version, model.labels)
    return FaceScores(whole, [index in carried_over for index in range(count)])


def of_another_model(carried_over: Mapping[int, Reading], classified: Classification) -> bool:
    """Whether scores that are carried over come from another version or other labels than what was `classified`."""
    return any(not _same_model(one, classified) for one in carried_over.values())


class _Look(NamedTuple):
    """What a face looked like when it was last chosen to be read."""

    thumbnail: _Thumbnail
    time: float
    first_seen: float


class Readings:
    """The readings of one source's faces, by track."""

    def __init__(self, max_age: float = MAX_AGE) -> None:
        """Scores are carried over for `max_age` seconds; 0: every face is read in every frame."""
        self._max_age = max_age
        self._asked_at = -np.inf
        self._looks: dict[str, _Look] = {}
        self._readings: dict[str, Reading] = {}

    def choose(self, tracks: Sequence[Track], crops: Crops, now: float) -> list[int]:
        """Indices of the faces to read in a frame taken at `now` seconds. Used by one thread at a time."""
        thumbnails = [_thumbnail(crop) for crop in crops]
        due = self._due(tracks, thumbnails, now)
        self._looks = {key: look for key, look in self._looks.items() if now - look.time < _FORGETTING}
        chosen = [index for index, is_due in enumerate(due) if is_due]
        for index in chosen:
            track_id = tracks[index].track_id
            before = self._looks.get(track_id)
            self._looks[track_id] = _Look(thumbnails[index], now, before.first_seen if before else now)
        return chosen

    def carried_over(self, track_ids: Sequence[str], chosen: Sequence[int], choice: ModelChoice) -> dict[int, Reading]:
        """The readings that faces of a frame keep, by index: those that are known, but of the faces that were `chosen`.

        All are of one model version, the newest, by the same `choice`.
        """
        kept = {
            index: reading
            for index, track in enumerate(track_ids)
            if (reading := self._readings.get(track)) and reading.choice == choice
        }
        newest = max(kept.values(), key=lambda reading: reading.time, default=None)
        return {index: one for index, one in kept.items() if index not in chosen and _same_model(one, newest)}

    def add(self, track_ids: Sequence[str], classified: Classification, choice: ModelChoice, now: float) -> None:
        """Keeps the scores of these faces, measured in the frame of `now`."""
        kept = {key: one for key, one in self._readings.items() if now - one.time < _FORGETTING}
        for track, scores in zip(track_ids, classified.scores, strict=True):
            kept[track] = Reading(scores, now, choice, classified.version, classified.labels)
        self._readings = kept  # replaced, as another thread may be reading it

    def forget(self, track_ids: Sequence[str]) -> None:
        """Has these faces read in the next frame: their classification failed."""
        self._readings = {key: one for key, one in self._readings.items() if key not in track_ids}

    def _due(self, tracks: Sequence[Track], thumbnails: Sequence[_Thumbnail], now: float) -> list[bool]:
        ages = [self._age(track, now) for track in tracks]
        changes = [self._change(track, thumbnail) for track, thumbnail in zip(tracks, thumbnails, strict=True)]
        due = [age >= self._max_age or change > _OTHER for age, change in zip(ages, changes, strict=True)]
        # Requests are so far apart at least that those who may differ are put together in few.
        if any(due) or now - self._asked_at >= _MIN_AGE * self._max_age - _EPSILON:
            for index, track in enumerate(tracks):
                is_old = ages[index] >= _MIN_AGE * self._max_age - _EPSILON
                due[index] |= changes[index] > _CHANGED or (is_old and self._may_differ(track, now))
        if any(age >= self._max_age for age in ages):
            later = [index for index, age in enumerate(ages) if not due[index] and age >= _MIN_AGE * self._max_age]
            later.sort(key=lambda index: -ages[index])
            for index in later[: max(0, _TAKEN_ALONG - sum(due))]:
                due[index] = True
        if any(due):
            self._asked_at = now
        return due

    def _age(self, track: Track, now: float) -> float:
        look = self._looks.get(track.track_id)
        return now - look.time + _EPSILON if look else np.inf

    def _change(self, track: Track, thumbnail: _Thumbnail) -> float:
        """How different it looks from when it was read last."""
        look = self._looks.get(track.track_id)
        return float(np.abs(thumbnail - look.thumbnail).mean()) if look else np.inf

    def _may_differ(self, track: Track, now: float) -> bool:
        look, reading = self._looks[track.track_id], self._readings.get(track.track_id)
        if reading is None or now - look.first_seen < _YOUNG:
            return True
        second, first = np.partition(reading.scores, -2)[-2:]
        return bool(first - second < _MARGIN)


def _same_model(one: Reading, other: Reading | Classification | None) -> bool:
    return other is not None and (one.version, one.labels) == (other.version, other.labels)


def _thumbnail(crop: _Crop) -> _Thumbnail:
    """The inner part of a crop [48, 48, 1] at [10, 10], of mean 0 and standard deviation 1."""
    small = cv2.resize(crop[_EDGE:-_EDGE, _EDGE:-_EDGE], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(
        np.float32
    )
    return np.asarray((small - small.mean()) / max(float(small.std()), 1.0), np.float32)
