"""FER2013 as training and evaluation use it: read from whichever form it came in, checked, and cleaned."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from liveclass.emotions import LABELS
from liveclass.training.cleaning import Cleaning, clean, image_keys
from liveclass.training.faces import BadDataError, Faces
from liveclass.training.fer2013_csv import read_csv
from liveclass.training.folders import read_folders
from liveclass.training.votes import KEYED, PUBLISHED, read_keyed, read_published

__all__ = ["HELD_OUT", "BadDataError", "Cleaning", "Dataset", "Faces", "differences", "hold_out", "load", "read"]

HELD_OUT = "HeldOut"
"""The split that `hold_out` takes from Training."""

HELD_OUT_SHARE = 0.08
HELD_OUT_SEED = 2013

FULL = {
    "Training": (3995, 436, 4097, 7215, 4830, 3171, 4965),
    "PublicTest": (467, 56, 496, 895, 653, 415, 607),
    "PrivateTest": (491, 55, 528, 879, 594, 416, 626),
}
"""Faces per emotion of the published data set, in label order."""


@dataclass(frozen=True)
class Dataset:
    """The splits of FER2013 by name (`Training`, `PublicTest`, …), after cleaning."""

    splits: dict[str, Faces]
    cleaning: Cleaning = field(default_factory=Cleaning)
    differences: tuple[str, ...] = ()  # from the published data set, a sentence each, before cleaning

    @property
    def training(self) -> Faces:
        """The split to learn from."""
        return self.splits["Training"]


def load(path: Path) -> Dataset:
    """The data set at `path`, cleaned: constant images and training copies of evaluation images are dropped.

    Raises `BadDataError` with the file and the reason where anything is not as expected.
    """
    splits = read(path)
    if "Training" not in splits:
        raise BadDataError(f"{path}: nothing to train on; there is only {', '.join(splits)}")
    return Dataset(*clean(splits), tuple(differences(splits)))


def read(path: Path) -> dict[str, Faces]:
    """The splits at `path` by name, as they are: a CSV file, a folder that holds one, or folders of images.

    FER+'s votes are read where they lie beside them: `fer2013new.csv` as published beside `fer2013.csv`, files
    `ferplus-*.csv` by image name beside the folders. Raises `BadDataError` with the file and the reason where
    anything is not as expected.
    """
    if not path.exists():
        raise BadDataError(f"{path}: no such file or folder")
    file = path if path.is_file() else path / "fer2013.csv"
    if not file.is_file():
        keyed = sorted(path.glob(KEYED))
        return read_folders(path, read_keyed(keyed) if keyed else None)
    published = file.with_name(PUBLISHED)
    return read_csv(file, read_published(published) if published.is_file() else None)


def hold_out(data: Dataset) -> Dataset:
    """The data set with a fixed part of Training as the split `HELD_OUT`, for what is chosen or fitted.

    The emotions have the same shares in both parts, and copies of an image are on one side. Raises `BadDataError`
    where an emotion has fewer than two faces.
    """
    faces = data.training
    _, first, group = np.unique(image_keys(faces.images), return_index=True, return_inverse=True)
    emotions = faces.labels[first]
    held_out = max(round(HELD_OUT_SHARE * len(first)), len(np.unique(emotions)))  # one of each emotion at least
    try:
        _, chosen = train_test_split(
            np.arange(len(first)), test_size=held_out, stratify=emotions, random_state=HELD_OUT_SEED
        )
    except ValueError as error:
        raise BadDataError(f"too few faces to hold some out for choosing the best epoch: {error}") from None
    held = np.isin(group, chosen)
    return replace(data, splits={**data.splits, "Training": faces.where(~held), HELD_OUT: faces.where(held)})


def differences(splits: Mapping[str, Faces]) -> list[str]:
    """A sentence for every split that is not the published one, and for every one that is missing."""
    sentences = []
    for split, expected in FULL.items():
        if split not in splits:
            sentences.append(f"{split} is missing.")
            continue
        found = tuple(splits[split].counts().values())
        unlike = [
            f"{count:,} {label} instead of {published:,}"
            for label, count, published in zip(LABELS, found, expected, strict=True)
            if count != published
        ]
        if unlike:
            sentences.append(f"{split} has {sum(found):,} faces instead of {sum(expected):,}: {', '.join(unlike)}.")
    return sentences
