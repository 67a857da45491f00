"""What is known of a bucket: sums over its observations, as whole numbers, so that any order gives the same.

A score is counted in millionths. A row of sums is an int64 vector of `WIDTH`: frames, faces classified, faces seen,
then for each of the seven emotions the sum of its scores, the sum of their squares, and how often it was the highest.

Sums are kept in two forms. *Recorded*, per source: over faces, and last how many frames had a face in them. *Released*:
over people, each source's means times its people (see `privacy`), with how often an emotion was the highest in
millionths too, and last the number of people.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
"""Of recorded sums."""
WEIGHT = TOPS.stop
"""Of released sums: the number of people, by which the means are weighted."""
WIDTH = WEIGHT + 1

CELL_SECONDS = 10
"""The class is released in cells of this length: a longer bucket is made of cells."""

RESOLUTIONS = (1, CELL_SECONDS)
"""Lengths of the buckets that are kept, in seconds. Each divides the next."""

EXPIRY_SECONDS = 600
"""Observations expire in stretches of this length."""

COLUMNS: tuple[str, ...] = (
    "frames",
    "faces",
    "seen",
    *(f"score_{label}" for label in LABELS),
    *(f"square_{label}" for label in LABELS),
    *(f"top_{label}" for label in LABELS),
)
"""The names of the sums, in order, without the last."""


def of_frames(scores: Floats, owners: Ints, seen: Ints) -> Ints:
    """The recorded sums [frames, WIDTH] of each frame.

    `scores` [faces, 7] are those of all faces, `owners` [faces] the index of each one's frame, in order, and `seen`
    [frames] how many faces were seen in each. Of equal scores the first in label order counts as the highest.
    """
    sums = np.zeros((len(seen), WIDTH), np.int64)
    sums[:, FRAMES] = 1
    sums[:, FACES] = np.bincount(owners, minlength=len(seen))
    sums[:, SEEN] = seen
    sums[:, FRAMES_WITH_FACES] = sums[:, FACES] > 0
    if len(owners):
        faces = np.zeros((len(owners), WIDTH), np.int64)
        faces[:, SCORES] = np.rint(scores * SCALE)
        faces[:, SQUARES] = np.rint(scores * scores * SCALE)
        faces[np.arange(len(owners)), TOPS.start + scores.argmax(axis=1)] = 1
        firsts = np.flatnonzero(np.diff(owners, prepend=-1))
        sums[owners[firsts]] += np.add.reduceat(faces, firsts)
    return sums


def of_whole_people(released: Ints) -> Ints:
    """Released sums [buckets, WIDTH] in which each person counts for one emotion as the highest.

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


Columns = tuple[Ints, Ints, Ints, Ints, Ints]


@dataclass(frozen=True)
class Frames:
    """Frames to roll up, column by column. A frame's session, source and second are numbers [frames]."""

    sessions: Ints
    sources: Ints
    seconds: Ints
    seen: Ints
    scores: Floats
    """Of all faces [faces, 7]."""
    owners: Ints
    """Index of each face's frame, in order [faces]."""


@dataclass(frozen=True)
class SourceRows:
    """What to add to the buckets of sources. All are [rows], `sums` is [rows, WIDTH]."""

    sessions: Ints
    resolutions: Ints
    """Lengths of the buckets, in seconds."""
    starts: Ints
    sources: Ints
    sums: Ints
    seen_at_once: Ints
    """The most faces seen in one frame."""
    faces_at_once: Ints
    """The most faces classified in one frame."""


def floor(seconds: Ints, resolution: Ints | int) -> Ints:
    """The start of the bucket that each second lies in."""
    return seconds // resolution * resolution


def roll_up(frames: Frames) -> SourceRows:
    """The rows for every resolution, one for each (resolution, session, start, source), in that order."""
    rows = of_frames(frames.scores, frames.owners, frames.seen)
    at_once = np.stack([frames.seen, rows[:, FACES]], axis=1)
    finer = (frames.sessions, frames.seconds, frames.sources, rows, at_once)
    rolled = []
    for resolution in RESOLUTIONS:
        finer = _coarsen(finer, resolution)
        rolled.append(finer)
    sessions, starts, sources, sums, maxima = (np.concatenate(column) for column in zip(*rolled, strict=True))
    resolutions = np.repeat(RESOLUTIONS, [len(one[0]) for one in rolled])
    return SourceRows(sessions, resolutions, starts, sources, sums, maxima[:, 0], maxima[:, 1])


def _coarsen(columns: Columns, resolution: int) -> Columns:
    """Puts rows of (sessions, seconds, sources, sums, maxima) together to buckets of `resolution`."""
    sessions, seconds, sources, sums, maxima = columns
    starts = floor(seconds, resolution)
    order, firsts = group_by((sessions, starts, sources))
    first = order[firsts]
    return (
        sessions[first],
        starts[first],
        sources[first],
        np.add.reduceat(sums[order], firsts),
        np.maximum.reduceat(maxima[order], firsts),
    )
