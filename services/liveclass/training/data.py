"""FER2013 as training and evaluation use it: read from whichever form it came in, checked, and cleaned."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from liveclass.emotions import LABELS
from liveclass.training.cleaning import Cleaning, clean
from liveclass.training.faces import BadDataError, Faces
from liveclass.training.fer2013_csv import read_csv
from liveclass.training.folders import read_folders

__all__ = ["BadDataError", "Cleaning", "Dataset", "Faces", "differences", "load", "read"]

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

    Raises `BadDataError` with the file and the reason where anything is not as expected.
    """
    if not path.exists():
        raise BadDataError(f"{path}: no such file or folder")
    if path.is_file():
        return read_csv(path)
    file = path / "fer2013.csv"
    return read_csv(file) if file.is_file() else read_folders(path)


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
