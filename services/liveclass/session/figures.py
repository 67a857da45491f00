"""The additive figures of a bucket, as whole numbers, so that their sum is the same in any order.

A score is counted in millionths. A row of figures is an int64 vector of `WIDTH`: frames, faces classified, faces seen,
then for each of the seven emotions the sum of its scores, the sum of their squares, and how often it was the highest.

Figures are kept in two forms. *Recorded*, per source: sums over faces, and last how many frames had a face in them.
*Released*: sums over people, each source's means times its people (see `privacy`), with how often an emotion was the
highest in millionths too, and last the sum of the people.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from liveclass.emotions import LABELS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SCALE = 1_000_000
"""Parts in which scores, and squares of scores, are counted."""

EMOTIONS = len(LABELS)
FRAMES, FACES, SEEN = 0, 1, 2
SCORES = slice(3, 3 + EMOTIONS)
SQUARES = slice(SCORES.stop, SCORES.stop + EMOTIONS)
TOPS = slice(SQUARES.stop, SQUARES.stop + EMOTIONS)
FRAMES_WITH_FACES = TOPS.stop
"""Of recorded figures."""
WEIGHT = TOPS.stop
"""Of released figures: the sum of the people, by which the means are weighted."""
WIDTH = WEIGHT + 1

COLUMNS: tuple[str, ...] = (
    "frames",
    "faces",
    "seen",
    *(f"score_{label}" for label in LABELS),
    *(f"square_{label}" for label in LABELS),
    *(f"top_{label}" for label in LABELS),
)
"""The names of the figures, in order, but for the last."""


def of_frames(scores: Floats, owners: Ints, seen: Ints) -> Ints:
    """The recorded figures [frames, WIDTH] of frames.

    `scores` [faces, 7] are those of all faces, `owners` [faces] the index of each one's frame, in order, and `seen`
    [frames] how many faces were seen in each. Of equal scores the first in label order counts as the highest.
    """
    figures = np.zeros((len(seen), WIDTH), np.int64)
    figures[:, FRAMES] = 1
    figures[:, FACES] = np.bincount(owners, minlength=len(seen))
    figures[:, SEEN] = seen
    figures[:, FRAMES_WITH_FACES] = figures[:, FACES] > 0
    if len(owners):
        faces = np.zeros((len(owners), WIDTH), np.int64)
        faces[:, SCORES] = np.rint(scores * SCALE)
        faces[:, SQUARES] = np.rint(scores * scores * SCALE)
        faces[np.arange(len(owners)), TOPS.start + scores.argmax(axis=1)] = 1
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        figures[owners[firsts]] += np.add.reduceat(faces, firsts)
    return figures


def of_whole_people(released: Ints) -> Ints:
    """Released figures [buckets, WIDTH] in which each person counts for one emotion as the highest.

    Shares are rounded by largest remainders, so that they still sum to one.
    Of people with different numbers of frames a fraction would tell of one: where all have ten and one has seven, the
    sevenths are that one's.
    """
    tops = released[:, TOPS]
    whole = tops // SCALE
    left = released[:, WEIGHT] - whole.sum(axis=1)
    rank = np.argsort(np.argsort(-(tops % SCALE), axis=1, kind="stable"), axis=1)
    rounded: Ints = released.copy()
    rounded[:, TOPS] = (whole + (rank < left[:, np.newaxis])) * SCALE
    return rounded


def group_by(keys: Sequence[Ints]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Sorts rows by several keys, the first one leading.

    Returns `order`, which sorts the rows, and `firsts`, the index in the sorted rows at which each group begins: just
    what `np.add.reduceat` takes.
    """
    order = np.lexsort(tuple(reversed(keys)))
    if not len(order):
        return order, np.zeros(0, np.intp)
    ordered = [key[order] for key in keys]
    changes = np.logical_or.reduce([key[1:] != key[:-1] for key in ordered])
    return order, np.flatnonzero(np.concatenate(([True], changes)))
