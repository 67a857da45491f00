"""Reads FER2013: 48×48 gray faces with one emotion each, cleaned and told apart by split."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS, Emotion
from liveclass.preprocessing import FACE_SIZE

FOLDER_EMOTIONS = {
    "angry": Emotion.ANGER,
    "disgust": Emotion.DISGUST,
    "fear": Emotion.FEAR,
    "happy": Emotion.HAPPINESS,
    "sad": Emotion.SADNESS,
    "surprise": Emotion.SURPRISE,
    "neutral": Emotion.NEUTRAL,
}
"""The folder names of the usual download, beside our own labels."""

FOLDER_SPLITS = {"train": "Training", "test": "PublicTest"}


class BadDataError(ValueError):
    """The data cannot be used; the message names the file and the reason."""


@dataclass(frozen=True)
class Faces:
    """Labelled faces: `images` uint8 [N, 48, 48, 1], `labels` int64 [N] (values of `Emotion`)."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def where(self, keep: npt.NDArray[np.bool_]) -> "Faces":
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


@dataclass(frozen=True)
class Cleaning:
    """What was taken out of the training split, by reason."""

    constant: int = 0
    duplicates_of_evaluation: int = 0


@dataclass(frozen=True)
class Dataset:
    """The splits of FER2013 by name (`Training`, `PublicTest`, …), after cleaning."""

    splits: dict[str, Faces]
    cleaning: Cleaning = field(default_factory=Cleaning)

    @property
    def training(self) -> Faces:
        return self.splits["Training"]


def load(path: Path) -> Dataset:
    """The data set at `path`, cleaned: constant images and training copies of evaluation images are dropped.

    Raises `BadDataError` with the file and the reason where anything is not as expected.
    """
    return clean(read_folders(path))


def read_folders(path: Path) -> dict[str, Faces]:
    """Reads `{train,test}/<emotion>/*.jpg`, with or without a folder `fer2013` around it."""
    root = path / "fer2013" if (path / "fer2013").is_dir() else path
    splits = {split: _read_split(root / folder) for folder, split in FOLDER_SPLITS.items() if (root / folder).is_dir()}
    if "Training" not in splits:
        raise BadDataError(f"{path}: no folder 'train' with one folder per emotion in it")
    return splits


def _read_split(folder: Path) -> Faces:
    files: list[tuple[Path, Emotion]] = []
    for emotion_folder in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        emotion = FOLDER_EMOTIONS.get(emotion_folder.name)
        if emotion is None:
            known = ", ".join(FOLDER_EMOTIONS)
            raise BadDataError(f"{emotion_folder}: not an emotion; expected one of {known}")
        files += [(file, emotion) for file in sorted(emotion_folder.iterdir())]
    if not files:
        raise BadDataError(f"{folder}: no images")
    images = np.stack([_read_image(file) for file, _ in files])[..., np.newaxis]
    return Faces(images, np.array([emotion for _, emotion in files], np.int64))


def _read_image(file: Path) -> npt.NDArray[np.uint8]:
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise BadDataError(f"{file}: not an image that can be read")
    if image.shape != (FACE_SIZE, FACE_SIZE):
        raise BadDataError(f"{file}: {image.shape[1]}×{image.shape[0]} pixels instead of 48×48")
    return image.astype(np.uint8, copy=False)


def clean(splits: dict[str, Faces]) -> Dataset:
    """Drops constant training images, and training images that an evaluation split also holds.

    Evaluation splits are left as published, so that figures stay comparable.
    """
    training = splits["Training"]
    evaluation = {key for name, faces in splits.items() if name != "Training" for key in _keys(faces.images)}
    constant = np.array([image.min() == image.max() for image in training.images])
    copied = np.array([key in evaluation for key in _keys(training.images)]) & ~constant
    cleaning = Cleaning(int(constant.sum()), int(copied.sum()))
    return Dataset({**splits, "Training": training.where(~constant & ~copied)}, cleaning)


@dataclass(frozen=True)
class Duplicates:
    """Groups of byte-identical images across the given splits."""

    groups: int
    across_splits: int
    conflicting_labels: int


def duplicates(splits: dict[str, Faces]) -> Duplicates:
    """Counts the groups of identical images, those across splits and those with unlike labels."""
    seen: defaultdict[bytes, list[tuple[str, int]]] = defaultdict(list)
    for name, faces in splits.items():
        for key, label in zip(_keys(faces.images), faces.labels, strict=True):
            seen[key].append((name, int(label)))
    groups = [places for places in seen.values() if len(places) > 1]
    kinds: Counter[str] = Counter()
    for places in groups:
        kinds["across"] += len({name for name, _ in places}) > 1
        kinds["conflict"] += len({label for _, label in places}) > 1
    return Duplicates(len(groups), kinds["across"], kinds["conflict"])


def _keys(images: Iterable[npt.NDArray[np.uint8]]) -> list[bytes]:
    return [hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in images]
