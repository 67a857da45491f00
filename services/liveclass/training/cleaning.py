"""What is wrong with FER2013 and what is done about it: constant images, exact duplicates, conflicting labels."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from liveclass.training.faces import Faces


@dataclass(frozen=True)
class Cleaning:
    """What was taken out of the training split, by reason."""

    constant: int = 0
    duplicates_of_evaluation: int = 0


class Place(NamedTuple):
    """Where an image stands, and what it is said to show."""

    split: str
    position: int
    label: int


def clean(splits: Mapping[str, Faces]) -> tuple[dict[str, Faces], Cleaning]:
    """Drops constant training images, and training images that an evaluation split also holds.

    Evaluation splits are left as published, so that figures stay comparable.
    """
    training = splits["Training"]
    evaluation = {key for name, faces in splits.items() if name != "Training" for key in image_keys(faces.images)}
    constant = is_constant(training.images)
    copied = np.array([key in evaluation for key in image_keys(training.images)], bool) & ~constant
    cleaning = Cleaning(int(constant.sum()), int(copied.sum()))
    return {**splits, "Training": training.where(~constant & ~copied)}, cleaning


def is_constant(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which of `images` [N, H, W, 1] have one gray everywhere."""
    pixels = images.reshape(len(images), -1)
    return np.asarray(pixels.min(axis=1) == pixels.max(axis=1))


def duplicate_groups(splits: Mapping[str, Faces]) -> list[list[Place]]:
    """The places of every image that stands in more than one, largest group first."""
    places: defaultdict[bytes, list[Place]] = defaultdict(list)
    for split, faces in splits.items():
        for index, (key, label) in enumerate(zip(image_keys(faces.images), faces.labels, strict=True)):
            places[key].append(Place(split, index, int(label)))
    return sorted((group for group in places.values() if len(group) > 1), key=len, reverse=True)


def crosses_splits(group: Iterable[Place]) -> bool:
    """Whether a group of identical images is in more than one split."""
    return len({place.split for place in group}) > 1


def has_conflict(group: Iterable[Place]) -> bool:
    """Whether a group of identical images carries unlike labels."""
    return len({place.label for place in group}) > 1


def image_keys(images: npt.NDArray[np.uint8]) -> list[bytes]:
    """A short digest of each image: equal for equal pixels."""
    return [hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in images]
