"""Which buckets may be shown, so that neither one answer nor what two of them differ by tells of too few people.

A bucket with fewer than the session's `minimum_group_size` people is hidden. That alone would not do: a shown minute,
less the five shown of its six ten-second buckets, is the hidden sixth. So buckets of 600, 60, 10 and 1 seconds form a
tree, and in every shown bucket the hidden parts together must hold a large enough group too, or nobody; otherwise the
smallest shown part is hidden with them (complementary suppression; Cox, "Suppression methodology and statistical
disclosure control", 1980). A hidden bucket's parts are all hidden.

What is shown then falls into disjoint *atoms*: the shown parts, and what is left of each shown bucket without them.
Every atom holds at least the minimum, and every answer is a union of atoms, if lengths that are not kept are put
together from shown buckets only. Differences of unions of atoms are atoms again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liveclass.session.figures import Ints, group_by
from liveclass.session.rollup import floor

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Level:
    """The buckets of one length, in order of time. All are [buckets]."""

    resolution: int
    starts: Ints
    people: Ints
    """How many people a bucket tells of, at least."""


def large_enough(people: Ints, minimum: int) -> Mask:
    """Where a group alone may be shown. A minimum of one hides nothing, not even frames without a face."""
    return np.asarray(people >= (minimum if minimum > 1 else 0))


def visible(levels: Sequence[Level], minimum: int) -> list[Mask]:
    """What is shown of each level. `levels` go from the longest buckets to the shortest, whole trees of them."""
    masks: list[Mask] = []
    parent: Level | None = None
    for level in levels:
        mask = large_enough(level.people, minimum)
        if parent is not None and minimum > 1:
            mask &= _shown_parent(level, parent, masks[-1])
            _hide_complements(level, parent.resolution, mask, minimum)
        masks.append(mask)
        parent = level
    return masks


def _shown_parent(level: Level, parent: Level, parent_mask: Mask) -> Mask:
    shown = parent.starts[parent_mask]
    return np.isin(floor(level.starts, parent.resolution), shown)


def _hide_complements(level: Level, parent_resolution: int, mask: Mask, minimum: int) -> None:
    """Hides, in place, one more bucket of each parent in which only too few people are hidden."""
    parents = floor(level.starts, parent_resolution)
    hidden = ~mask & (level.people > 0)
    for start in np.unique(parents[hidden]):
        first, end = np.searchsorted(parents, (start, start + parent_resolution))
        part = slice(int(first), int(end))
        # Sources may overlap between buckets, so the largest hidden bucket is all that is certain.
        if level.people[part][hidden[part]].max() < minimum and mask[part].any():
            people = np.where(mask[part], level.people[part], np.iinfo(np.int64).max)
            mask[part.start + int(people.argmin())] = False


def atom_lengths(levels: Sequence[Level], masks: Sequence[Mask]) -> Ints:
    """For each bucket of the shortest level, the length of the bucket whose atom it lies in; zero: it is hidden."""
    shortest = levels[-1].starts
    lengths = np.zeros(len(shortest), np.int64)
    for level, mask in zip(levels, masks, strict=True):
        shown = np.isin(floor(shortest, level.resolution), level.starts[mask])
        lengths[shown] = level.resolution
    return lengths


def splits_well(everyone: Level, own: Ints, lengths: Ints, minimum: int) -> Mask:
    """Whether each bucket of the shortest level lies in an atom that may be split into one source and the others.

    `own` [buckets] counts the source's own people, zero where it has none; `lengths` is what `atom_lengths` gave.
    """
    order, firsts = group_by((lengths, floor(everyone.starts, np.maximum(lengths, 1))))
    if not len(order):
        return np.zeros(0, np.bool_)
    mine = np.maximum.reduceat(own[order], firsts)
    # As above: the largest bucket is all that is certain.
    others = np.maximum.reduceat((everyone.people - own)[order], firsts)
    good = large_enough(mine, minimum) & ((others == 0) | large_enough(others, minimum))
    mask = np.zeros(len(order), np.bool_)
    mask[order] = np.repeat(good, np.diff(np.append(firsts, len(order))))
    return mask & (lengths > 0)
