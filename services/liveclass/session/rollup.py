"""Observations → the rows by which the store grows. All add up, so that order, batches and lateness do not matter."""

from collections.abc import Sequence
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
    """Index of each face's frame [faces]."""


@dataclass(frozen=True)
class SourceRows:
    """What to add to the buckets of one length, per source. All are [rows], `figures` is [rows, WIDTH]."""

    resolution: int
    sessions: Ints
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


def roll_up(frames: Frames) -> list[SourceRows]:
    """The rows for every resolution, each with one row per (session, start, source), in that order."""
    rows = figures.of_frames(frames.scores, frames.owners, frames.seen)
    at_once = np.stack([frames.seen, rows[:, figures.FACES]], axis=1)
    finer = (frames.sessions, frames.seconds, frames.sources, rows, at_once)
    rolled = []
    for resolution in RESOLUTIONS:
        finer = _coarsen(finer, resolution)
        sessions, starts, sources, sums, maxima = finer
        rolled.append(SourceRows(resolution, sessions, starts, sources, sums, maxima[:, 0], maxima[:, 1]))
    return rolled


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


def as_frames(numbered: Sequence[tuple[int, int, int, int, Sequence[Sequence[float]]]]) -> Frames:
    """Columns from rows of (session, source, second, faces seen, scores of the faces)."""
    sessions, sources, seconds, seen, faces = zip(*numbered, strict=True)
    counts = [len(scores) for scores in faces]
    flat = [face for scores in faces for face in scores]
    return Frames(
        np.array(sessions, np.int64),
        np.array(sources, np.int64),
        np.array(seconds, np.int64),
        np.array(seen, np.int64),
        np.array(flat, np.float64).reshape(-1, figures.EMOTIONS),
        np.repeat(np.arange(len(counts)), counts),
    )
