"""Observations → the rows by which the store grows. All add up, so that order, batches and lateness do not matter."""

from dataclasses import dataclass

import numpy as np

from liveclass.session import figures
from liveclass.session.figures import Floats, Ints

CELL_SECONDS = 10
"""The class is released in cells of this length: a longer bucket is made of cells."""

RESOLUTIONS = (1, CELL_SECONDS)
"""Lengths of the buckets that are kept, in seconds. Each divides the next."""

EXPIRY_SECONDS = 600
"""Observations expire in stretches of this length."""

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
    """What to add to the buckets of sources. All are [rows], `figures` is [rows, WIDTH]."""

    sessions: Ints
    resolutions: Ints
    """Lengths of the buckets, in seconds."""
    starts: Ints
    sources: Ints
    figures: Ints
    seen_at_once: Ints
    """The most faces seen in one frame."""
    faces_at_once: Ints
    """The most faces classified in one frame."""


def floor(seconds: Ints, resolution: Ints | int) -> Ints:
    """The start of the bucket that each second lies in."""
    return seconds // resolution * resolution


def roll_up(frames: Frames) -> SourceRows:
    """The rows for every resolution, one for each (resolution, session, start, source), in that order."""
    rows = figures.of_frames(frames.scores, frames.owners, frames.seen)
    at_once = np.stack([frames.seen, rows[:, figures.FACES]], axis=1)
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
    order, firsts = figures.group_by((sessions, starts, sources))
    first = order[firsts]
    return (
        sessions[first],
        starts[first],
        sources[first],
        np.add.reduceat(sums[order], firsts),
        np.maximum.reduceat(maxima[order], firsts),
    )
