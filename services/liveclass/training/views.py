"""The batches of one epoch: which faces, in which order, seen how, weighing how much."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.augment import Augmenter
from liveclass.training.data import Faces
from liveclass.training.recipe import Recipe

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float64]]
"""Faces uint8 [B, S, S, 1], one-hot labels float32 [B, 7], weights float64 [B]."""


class Views:
    """One epoch of random views in batches; order and views follow from (seed, epoch) alone.

    The faces left over by the last full batch sit out this epoch; another shuffle leaves out others.
    """

    def __init__(self, faces: Faces, recipe: Recipe, epoch: int) -> None:
        self.faces, self.recipe, self.size = faces, recipe, recipe.size_at(epoch)
        self.seed = (recipe.seed, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(faces))
        self.augmenter = Augmenter(recipe.augmentation)
        self.class_weights = class_weights(faces, recipe.class_balance)

    def __len__(self) -> int:
        return batches_per_epoch(len(self.faces), self.recipe.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        for index in range(len(self)):
            yield self.batch(index)

    def batch(self, index: int) -> Batch:
        """The batch at `index`, the same whenever it is asked for."""
        size = self.recipe.batch_size
        chosen = self.order[index * size : (index + 1) * size]
        labels, random = self.faces.labels[chosen], np.random.default_rng((*self.seed, index))
        views = self.augmenter.views(self.faces.images[chosen], self.size, random)
        return views, one_hot(labels), self.class_weights[labels]


def batches_per_epoch(faces: int, batch_size: int) -> int:
    """Full batches, but at least one."""
    return faces // batch_size or 1


def class_weights(faces: Faces, balance: float) -> npt.NDArray[np.float64]:
    """A weight for each emotion [7], rarer ones heavier: (mean count / its count) ** `balance`.

    They are scaled so that the mean weight of a face is 1, which keeps the learning rate's meaning.
    """
    counts = np.maximum(np.bincount(faces.labels, minlength=len(LABELS)), 1)
    weights = (counts.mean() / counts) ** balance
    return np.asarray(weights / (weights * counts).sum() * counts.sum(), np.float64)


def one_hot(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """[N] → [N, 7]."""
    return np.eye(len(LABELS), dtype=np.float32)[labels]
