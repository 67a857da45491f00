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

SOURCE_COLUMNS = ("start", "source_key", *COLUMNS, "frames_with_faces", "seen_at_once", "faces_at_once")
"""What is recorded of a source in a bucket."""


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
    """What to add to the buckets of sources, of one length. All are [rows], `sums` is [rows, WIDTH]."""

    sessions: Ints
    starts: Ints
    sources: Ints
    sums: Ints
    at_once: Ints
    """The most faces seen, and the most classified, in one frame [rows, 2]."""

    def __len__(self) -> int:
        return len(self.starts)

    def by_session(self) -> "dict[int, SourceRows]":
        """The rows of each session. They are in order of their sessions."""
        numbers, firsts = np.unique(self.sessions, return_index=True)
        columns = (self.sessions, self.starts, self.sources, self.sums, self.at_once)
        parts = zip(*(np.split(column, firsts[1:]) for column in columns), strict=True)
        return {number: SourceRows(*part) for number, part in zip(numbers.tolist(), parts, strict=True)}

    def where(self, mask: "npt.NDArray[np.bool_]") -> "SourceRows":
        """Only the rows in `mask` [rows]."""
        columns = (self.sessions, self.starts, self.sources, self.sums, self.at_once)
        return SourceRows(*(column[mask] for column in columns))

    def plus(self, others: "SourceRows", resolution: int) -> "SourceRows":
        """These rows and others, put together to buckets of `resolution`."""
        names = ("sessions", "starts", "sources", "sums", "at_once")
        both = (np.concatenate((getattr(self, name), getattr(others, name))) for name in names)
        return coarsen(SourceRows(*both), resolution)

    def packed(self) -> bytes:
        """All but the sessions, as little-endian int64."""
        return np.column_stack((self.starts, self.sources, self.sums, self.at_once)).astype("<i8", copy=False).tobytes()


def source_rows(session: int, table: Ints) -> SourceRows:
    """Rows of one session from a table with the columns `SOURCE_COLUMNS`."""
    sessions = np.full(len(table), session, np.int64)
    return SourceRows(sessions, table[:, 0], table[:, 1], table[:, 2:-2], table[:, -2:])


def unpacked(session: int, packed: Sequence[bytes]) -> SourceRows:
    """The rows of one session that `SourceRows.packed` made bytes of."""
    table = np.frombuffer(b"".join(packed), "<i8").astype(np.int64, copy=False)
    return source_rows(session, table.reshape(-1, len(SOURCE_COLUMNS)))


def floor(seconds: Ints, resolution: Ints | int) -> Ints:
    """The start of the bucket that each second lies in."""
    return seconds // resolution * resolution


def roll_up(frames: Frames) -> SourceRows:
    """A row for each (session, second, source), in that order."""
    rows = of_frames(frames.scores, frames.owners, frames.seen)
    at_once = np.stack([frames.seen, rows[:, FACES]], axis=1)
    return coarsen(SourceRows(frames.sessions, frames.seconds, frames.sources, rows, at_once), 1)


def coarsen(rows: SourceRows, resolution: int) -> SourceRows:
    """Puts rows together to buckets of `resolution`: one for each (session, start, source), in that order."""
    starts = floor(rows.starts, resolution)
    order, firsts = group_by((rows.sessions, starts, rows.sources))
    first = order[firsts]
    return SourceRows(
        rows.sessions[first],
        starts[first],
        rows.sources[first],
        np.add.reduceat(rows.sums[order], firsts),
        np.maximum.reduceat(rows.at_once[order], firsts),
    )
