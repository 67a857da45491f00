"""Observations → the rows by which the store grows. All add up, so that order, batches and lateness do not matter."""

from dataclasses import dataclass

import numpy as np

from liveclass.session import figures
from liveclass.session.figures import Floats, Ints

RESOLUTIONS = (1, 10, 60, 600)
"""Lengths of the buckets that are kept, in seconds. Each divides the next."""

Columns = tuple[Ints, Ints, Ints, Ints, Ints]

PAIR_SECONDS = RESOLUTIONS[-1]
"""Length of the buckets in which the pairs of highest emotions are counted."""


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
    """What to add to the buckets, per source. All are [rows], `figures` is [rows, WIDTH]."""

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


@dataclass(frozen=True)
class PairRows:
    """How many faces to add to each pair of highest emotions, per source. All are [rows]."""

    sessions: Ints
    starts: Ints
    sources: Ints
    pairs: Ints
    faces: Ints


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


def count_pairs(frames: Frames) -> PairRows:
    """The rows for the pairs of highest emotions, one per (session, start, source, pair), in that order."""
    owners = frames.owners
    pairs = figures.top_pairs(frames.scores)
    starts = floor(frames.seconds[owners], PAIR_SECONDS)
    sessions, sources = frames.sessions[owners], frames.sources[owners]
    order, firsts = figures.group_by((sessions, starts, sources, pairs))
    first = order[firsts]
    counts = np.diff(np.append(firsts, len(order)))
    return PairRows(sessions[first], starts[first], sources[first], pairs[first], counts)


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
