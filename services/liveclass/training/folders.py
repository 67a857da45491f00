"""Reads faces from folders: `{train,test}/<emotion>/*`, or one folder with `<emotion>/*` in it."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS, Emotion
from liveclass.preprocessing import FACE_SIZE
from liveclass.training.faces import SPLITS, BadDataError, Faces
from liveclass.training.votes import VotesByKey, counts_of

EMOTION_OF_FOLDER = {
    **{emotion.label: emotion for emotion in Emotion},
    "angry": Emotion.ANGER,
    "happy": Emotion.HAPPINESS,
    "sad": Emotion.SADNESS,
}
"""Our own labels, and the folder names of the usual download where they differ."""

SPLIT_OF_FOLDER = {"train": "Training", "test": "PublicTest", **{split: split for split in SPLITS}}

WHOLE = "All"
"""The split of a folder that has none."""


def read_folders(path: Path, votes: VotesByKey | None = None) -> dict[str, Faces]:
    """The splits below `path` by name, with or without a folder `fer2013` around them; `votes` go by file name.

    Emotions in the order of their folders' names, files in the order of theirs. Raises `BadDataError` that names
    every file that is not a 48×48 image and every folder that is not an emotion: nothing is ever skipped.
    """
    root = path / "fer2013" if (path / "fer2013").is_dir() else path
    folders = {split: root / name for name, split in SPLIT_OF_FOLDER.items() if (root / name).is_dir()}
    if not folders and any((root / name).is_dir() for name in EMOTION_OF_FOLDER):
        folders = {WHOLE: root}
    if not folders:
        raise BadDataError(f"{path}: neither folders 'train' and 'test' nor one folder per emotion in it")
    return {split: _read_split(folder, votes) for split, folder in folders.items()}


def _read_split(folder: Path, votes: VotesByKey | None) -> Faces:
    files: list[tuple[Path, Emotion]] = []
    problems: list[str] = []
    for entry in sorted(folder.iterdir()):
        emotion = EMOTION_OF_FOLDER.get(entry.name)
        if emotion is None or not entry.is_dir():
            problems.append(f"{entry.name}: not the folder of an emotion ({', '.join(LABELS)})")
        else:
            files += [(file, emotion) for file in sorted(entry.iterdir())]
    images = []
    for file, _ in files:
        image = _read_image(file)
        if isinstance(image, str):
            problems.append(f"{file.relative_to(folder)}: {image}")
        else:
            images.append(image)
    if problems:
        raise BadDataError.listing(folder, problems)
    if not images:
        raise BadDataError(f"{folder}: no images")
    labels = np.array([emotion for _, emotion in files], np.int64)
    return Faces(np.stack(images)[..., np.newaxis], labels, counts_of([file.name for file, _ in files], votes))


def _read_image(file: Path) -> npt.NDArray[np.uint8] | str:
    """The gray image [48, 48], or why there is none."""
    image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
    if image is None:
        return "not an image that can be read"
    if image.shape != (FACE_SIZE, FACE_SIZE):
        return f"{image.shape[1]}×{image.shape[0]} pixels instead of {FACE_SIZE}×{FACE_SIZE}"
    return image.astype(np.uint8, copy=False)
