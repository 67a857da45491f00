"""What is released of a class, so that no answers, taken together, tell of too few people.

The unit of release is a *cell*: ten seconds of a class. A cell is released once it is over, as one bucket or, where
twice the minimum were there in each of its seconds, as ten of one second: its *parts*. Every answer of any length is a
sum of released parts, so two answers differ by whole parts, and each part holds at least the minimum group size.

**People.** A source counts for `people` of it: the most faces classified at once, but no more than the mean number of
faces in its frames with faces. Each source's mean is weighted by its people. Nobody is twice in one frame, so one
person makes at most 1 / people of the source's faces, hence at most 1 / minimum of a part, however many frames are sent
of them. Towards the minimum a source counts for no more people than it had shown at once some time before the cell: who
may record can invent sources and faces, but must then do so before anybody knows what is worth inventing them for.

**Sources.** The sources that may be shown alone are chosen jointly (complementary suppression; Cox, "Suppression
methodology and statistical disclosure control", 1980): each has at least the minimum in every part in which it is, and
so have those that are not shown, together, or there are none.

**Changes.** What was shown is known for good, so a cell that is shown changes only by steps: in each part nobody or at
least the minimum comes or goes, in the class, in each source that is shown, and in the rest, and what is then left is
nobody or at least the minimum too. All that comes late waits until the session ends, and is then one step: frame by
frame, two frames of which the second shows one face more would tell of that face. It is added where it is a step, and
where of the sources that are there already each shows the minimum alone: what a late frame changes depends on how many
there were before, so that in a sum of such changes one person's may be nearly all. An erasure cannot wait: where it is
not a step, the cell is withheld from then on. A cell only ever grows or only ever shrinks, as two steps may differ by
one person: erasing from a cell that has grown withholds it, and to one that has shrunk nothing is added.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from liveclass.session.model import FOREVER, Session
from liveclass.session.sums import CELL_SECONDS, Ints

Mask = npt.NDArray[np.bool_]

DETAIL_FACTOR = 2
"""Seconds are shown where each holds so many times the minimum."""


@dataclass(frozen=True)
class ReleaseRules:
    """What the operator sets of all this."""

    settle_seconds: float = 2.0
    """How long after a cell its last observations may arrive."""
    newcomer_seconds: int = 10
    """How long before a cell a source must have shown as many faces for them to count towards the minimum."""
    quiet_seconds: float = 10.0
    """How long nothing may have been recorded before the newest cells are closed, too."""
    max_sources: int = 2_000
    """The most sources of a session: to decide about a cell takes the longer the more there are."""

    def closed_before(self, session: Session, now: float) -> int:
        """The second before which each cell is to be closed at `now`.

        The observations are a clock, too: a cell stays open while what is recorded has not come past it, so that a
        lesson that is sent afterwards is released like one that is live.
        """
        if not (session.is_active and session.hides):
            return FOREVER
        if session.last_second is None:
            return session.watermark
        is_quiet = now >= session.recorded_at + self.quiet_seconds
        reached = now if is_quiet else min(now, session.last_second + 1)
        # Not beyond what was recorded: a clock that is wrong for a moment does not make all that follows late.
        recorded = session.last_second // CELL_SECONDS + 1
        return min(int(reached - self.settle_seconds) // CELL_SECONDS, recorded) * CELL_SECONDS

    def next_close(self, session: Session) -> float:
        """When cells are to be closed next, if nothing more is recorded; infinity where none is open."""
        if session.last_second is None or session.watermark == FOREVER:
            return math.inf
        if not (session.is_active and session.hides):
            return -math.inf  # it ended with more than is closed at once, or was recorded before there was a watermark
        first = (session.first_second or 0) // CELL_SECONDS * CELL_SECONDS
        end = max(first, session.watermark) + CELL_SECONDS
        if end > (session.last_second // CELL_SECONDS + 1) * CELL_SECONDS:
            return math.inf
        due = end + self.settle_seconds
        return due if due <= session.last_second + 1 else max(due, session.recorded_at + self.quiet_seconds)


@dataclass(frozen=True)
class CellPeople:
    """The people in one cell, or those who come to it or leave it."""

    sources: Ints
    """Keys [sources], in order."""
    known: Ints
    """For how many people each source counts towards the minimum at most [sources]; 0 for a newcomer."""
    whole: Ints
    """People of each source in the cell [sources]."""
    seconds: Ints
    """People of each source in each second [10, sources]."""

    def parts(self, *, detailed: bool) -> Ints:
        """People of each source in each part [parts, sources]."""
        return self.seconds if detailed else self.whole[np.newaxis]

    def counting(self, *, detailed: bool) -> Ints:
        """As many of them as count towards the minimum [parts, sources]."""
        return np.minimum(self.parts(detailed=detailed), self.known)


@dataclass(frozen=True)
class Release:
    """How a cell is released."""

    detailed: bool
    """As seconds, and not as a whole."""
    sources: Ints
    """Keys of the sources that may be shown alone [sources]."""


NO_SOURCES: Ints = np.zeros(0, np.int64)


def people(faces: Ints, frames_with_faces: Ints, faces_at_once: Ints) -> Ints:
    """How many people a source shows in a bucket, at least [buckets]."""
    return np.minimum(faces_at_once, faces // np.maximum(frames_with_faces, 1))


def first_release(cell: CellPeople, minimum: int) -> Release | None:
    """How a cell is released of which nothing was shown so far; None: not at all."""
    counting = cell.counting(detailed=False).sum()
    if counting < minimum:
        return None
    everyone = np.ones(len(cell.sources), np.bool_)
    enough = DETAIL_FACTOR * minimum
    detailed = bool(counting >= enough and _safe(cell, everyone, enough, detailed=True).all())
    return Release(detailed, cell.sources[_shown_sources(cell, minimum, detailed=detailed)])


def next_release(previous: Release, cell: CellPeople, change: CellPeople, minimum: int) -> Release | None:
    """How a cell that is shown is released after `change` came or went; None: it is withheld."""
    shown = np.isin(cell.sources, previous.sources)
    if _divides(previous, change, minimum) and _divides(previous, cell, minimum):
        return Release(previous.detailed, cell.sources[shown])
    return None


def is_step(previous: Release, cell: CellPeople, change: CellPeople, minimum: int) -> bool:
    """Whether so many come to a cell that is shown at once that their coming tells of no few."""
    return _divides(previous, change, minimum) and _is_even(previous, cell, change, minimum)


def _is_even(release: Release, cell: CellPeople, change: CellPeople, minimum: int) -> bool:
    """Whether nobody's part of a change may outweigh all others' (see above), among the sources that are not shown."""
    coming, there = change.parts(detailed=release.detailed), cell.parts(detailed=release.detailed)
    before = np.zeros_like(coming)
    known = np.isin(change.sources, cell.sources)
    before[:, known] = there[:, np.searchsorted(cell.sources, change.sources[known])]
    rest = ~np.isin(change.sources, release.sources)
    new = np.where(rest & (before == 0), coming, 0)
    again = rest & (before > 0) & (coming > 0)
    are_crowds = (before >= minimum) & (change.counting(detailed=release.detailed) >= minimum)
    enough_new = (new.sum(axis=1) == 0) | (np.minimum(new, change.known).sum(axis=1) >= minimum)
    return bool(are_crowds[again].all() and enough_new.all())


def _divides(release: Release, cell: CellPeople, minimum: int) -> bool:
    """Whether in each part all, each shown source, and the rest are nobody or at least the minimum."""
    shown = np.isin(cell.sources, release.sources)
    alone = cell.parts(detailed=release.detailed)[:, shown]
    each = (alone == 0) | (cell.counting(detailed=release.detailed)[:, shown] >= minimum)
    sets = (np.ones(len(shown), np.bool_), ~shown)
    return bool(each.all()) and all(_safe(cell, one, minimum, detailed=release.detailed).all() for one in sets)


def _safe(cell: CellPeople, chosen: Mask, minimum: int, *, detailed: bool) -> Mask:
    """Whether the chosen sources together hold nobody or at least the minimum, in each part [parts]."""
    parts = cell.parts(detailed=detailed)
    total, counting = parts[:, chosen].sum(axis=1), cell.counting(detailed=detailed)[:, chosen].sum(axis=1)
    return np.asarray((total == 0) | (counting >= minimum))


def _shown_sources(cell: CellPeople, minimum: int, *, detailed: bool) -> Mask:
    """Which sources may be shown alone [sources]."""
    parts = cell.parts(detailed=detailed)
    enough = cell.counting(detailed=detailed) >= minimum
    shown: Mask = ((parts == 0) | enough).all(axis=0) & (parts > 0).any(axis=0)
    while shown.any() and not (safe := _safe(cell, ~shown, minimum, detailed=detailed)).all():
        # One that is in a part where too few are hidden: it is enough there, so each part needs one at most.
        can_help = shown & (parts[safe.argmin()] > 0)
        shown[np.where(can_help, cell.whole, np.iinfo(np.int64).max).argmin()] = False
    return shown
