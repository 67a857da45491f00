"""The batches of one epoch: which faces, in which order, seen how, weighing how much."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS
from liveclass.training.augment import Augmenter
from liveclass.training.distill import SoftTargets
from liveclass.training.errors import BadDataError
from liveclass.training.faces import Faces
from liveclass.training.recipe import LabelSet, Recipe
from liveclass.training.votes import KEYED, PUBLISHED, Counts, distribution, kept_share, majority

Targets = tuple[npt.NDArray[np.float32], npt.NDArray[np.float64]]
"""What each head is to answer float32 [N, heads, 7], and how much that weighs float64 [N, heads]."""

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32], npt.NDArray[np.float64]]
"""Faces uint8 [B, S, S, 1] and their `Targets`."""


class Views:
    """One epoch of random views in batches; order and views follow from (seed, epoch) alone.

    The faces left over by the last full batch sit out this epoch; another shuffle leaves out others.
    `soft` is what the recipe's teachers answer.
    """

    def __init__(self, faces: Faces, recipe: Recipe, epoch: int, soft: SoftTargets | None = None) -> None:
        self.faces, self.recipe, self.size = faces, recipe, recipe.size_at(epoch)
        self.seed = (recipe.seed, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(faces))
        self.augmenter = Augmenter(recipe.augmentation)
        self.targets, self.weights = targets(faces, recipe)
        if soft is not None and recipe.distillation is not None:
            share = recipe.distillation.share
            self.targets = ((1 - share) * self.targets + share * soft).astype(np.float32)

    def __len__(self) -> int:
        return batches_per_epoch(len(self.faces), self.recipe.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        """The batches in order; the next one is made on another thread while one is in use."""
        with ThreadPoolExecutor(1) as worker:
            following = worker.submit(self.batch, 0)
            for index in range(1, len(self) + 1):
                batch = following.result()
                if index < len(self):
                    following = worker.submit(self.batch, index)
                yield batch

    def batch(self, index: int) -> Batch:
        """The batch at `index`, the same whenever it is asked for."""
        size = self.recipe.batch_size
        chosen = self.order[index * size : (index + 1) * size]
        random = np.random.default_rng((*self.seed, index))
        views = self.augmenter.views(self.faces.images[chosen], self.size, random)
        return views, self.targets[chosen], self.weights[chosen]


def targets(faces: Faces, recipe: Recipe) -> Targets:
    """What the heads of `recipe` learn of `faces`.

    FER2013's label is smoothed and weighs what its class weighs. FER+'s votes are a distribution over the seven
    emotions, and weigh the share of the annotators that chose one of them.
    """
    answers, weights = [], []
    for label_set in recipe.label_sets:
        if label_set == "fer2013":
            answers.append(one_hot(faces.labels) * (1 - recipe.label_smoothing) + recipe.label_smoothing / len(LABELS))
            weights.append(class_weights(faces, recipe.class_balance)[faces.labels])
        else:
            answers.append(distribution(votes_of(faces)))
            weights.append(kept_share(votes_of(faces)))
    return np.stack(answers, axis=1).astype(np.float32), np.stack(weights, axis=1)


def true_labels(faces: Faces, label_set: LabelSet) -> npt.NDArray[np.int64]:
    """The emotion of each face [N] by `label_set`; −1 where FER+'s annotators have no majority for one."""
    return faces.labels if label_set == "fer2013" else majority(votes_of(faces))


def votes_of(faces: Faces) -> Counts:
    """FER+'s votes. Raises `BadDataError` where they were not read."""
    if faces.votes is None:
        raise BadDataError(
            f"the recipe learns from FER+'s votes, and the data have none: put {PUBLISHED} beside fer2013.csv, or "
            f"{KEYED} beside the folders of images"
        )
    return faces.votes


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
