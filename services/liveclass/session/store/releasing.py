"""Releasing cells: what may be shown of what was recorded goes to class_buckets, and sources are marked as shown.

All of it happens in the transaction that records, erases or closes, which holds the session's row, so that everybody
reads the same. Nothing here decides: `privacy` does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from liveclass.session import privacy
from liveclass.session.changes import Change
from liveclass.session.figures import Ints
from liveclass.session.model import FOREVER, Session
from liveclass.session.privacy import CellPeople, Release, ReleaseRules
from liveclass.session.rollup import CELL_SECONDS
from liveclass.session.store import keys, schema
from liveclass.session.store.cells import CELL, GROWN, SECOND, SHRUNK, SessionRows, State, seconds_of
from liveclass.session.store.schema import SUPPRESSED, VISIBLE, WITHHELD
from liveclass.session.store.transaction import Transaction
from liveclass.session.timeline import Series, empty, merge

CELLS_AT_ONCE = 200
"""The most cells that are closed in one transaction."""

NO_CELLS: Ints = np.zeros(0, np.int64)


def close_cells(transaction: Transaction, session: Session) -> bool:
    """Closes cells of a session that are due, releases them, and publishes that. Gives whether there are no more."""
    cells, is_all = Releaser(transaction.rules).close(SessionRows(transaction, session), transaction.now)
    publish(transaction, session.id, cells)
    return is_all


def publish(transaction: Transaction, session_id: int, cells: Ints) -> None:
    """Adds to the changes of a transaction that some cells are shown otherwise."""
    if len(cells):
        transaction.changes.append(Change(session_id, int(cells.min()), int(cells.max()) + CELL_SECONDS - 1))


@dataclass(frozen=True)
class Releaser:
    """Releases the cells of sessions."""

    rules: ReleaseRules

    def close(self, rows: SessionRows, now: float) -> tuple[Ints, bool]:
        """Closes cells that are due at `now`, and releases them. Gives these cells, and whether there are no more."""
        due, watermark = self.rules.closed_before(rows.session, now), rows.session.watermark
        if due <= watermark:
            return NO_CELLS, True
        cells, is_all = rows.recorded(schema.source_buckets, (watermark, due), CELLS_AT_ONCE)
        self.release(rows, cells)
        if len(cells):
            watermark = int(cells[-1]) + CELL_SECONDS
        if is_all and due == FOREVER:
            late, is_all = self._release_late(rows)
            cells = np.union1d(cells, late)
        this = schema.sessions.update().where(schema.sessions.c.id == rows.session.id)
        rows.connection.execute(this.values(watermark=due if is_all else watermark))
        return cells, is_all

    def release(self, rows: SessionRows, cells: Ints, erased: Mapping[int, CellPeople] | None = None) -> None:
        """Releases closed cells, those that are shown anew after some people were `erased`."""
        for first in range(0, len(cells), CELLS_AT_ONCE):
            part = cells[first : first + CELLS_AT_ONCE]
            if rows.session.hides:
                self._decide(rows, part, erased or {}, SHRUNK if erased else 0)
            else:
                self.show_all(rows, part, seconds_of(part))

    def _release_late(self, rows: SessionRows) -> tuple[Ints, bool]:
        """Adds what came late to closed cells, and deletes what is too little to be added.

        Only once the session has ended: nothing comes any more, so that each cell changes once. Gives the cells that
        changed, and whether there are no more.
        """
        cells, is_all = rows.recorded(schema.late_buckets, (0, FOREVER), CELLS_AT_ONCE)
        states = rows.states(cells)
        unseen = _array(cell for cell in cells.tolist() if states.get(cell, State()).state == SUPPRESSED)
        steps = self._steps(rows, _array(cell for cell, one in states.items() if one == State(VISIBLE, one.detailed)))
        rows.add_late(np.union1d(unseen, _array(steps)))
        rows.delete_late(cells)
        self.release(rows, unseen)
        self._decide(rows, _array(steps), steps, GROWN)
        return np.union1d(unseen, _array(steps)), is_all

    def _steps(self, rows: SessionRows, shown: Ints) -> dict[int, CellPeople]:
        """Who came late to cells that are shown, where so many came that it may be added."""
        waiting = rows.people(schema.late_buckets, shown, self.rules)
        there = rows.people(schema.source_buckets, shown, self.rules)
        before, minimum = rows.releases(shown), rows.session.minimum_group_size
        return {
            cell: change
            for cell, change in waiting.items()
            if cell in there and privacy.is_step(before[cell], there[cell], change, minimum)
        }

    def show_all(self, rows: SessionRows, cells: Ints, seconds: Ints) -> None:
        """Releases cells, and seconds in them, of a session that hides nothing."""
        for resolution, starts in ((CELL, cells), (SECOND, seconds)):
            rows.delete_released(resolution, starts)
            self._add(rows, rows.sums(resolution, starts), State(VISIBLE, detailed=True))

    def _decide(self, rows: SessionRows, cells: Ints, changes: Mapping[int, CellPeople], grown: int) -> None:
        """Releases cells anew, to which `changes` came (`GROWN`), or from which they were erased (`SHRUNK`)."""
        minimum = rows.session.minimum_group_size
        states, before = rows.states(cells), rows.releases(cells)
        shown: dict[int, Release] = {}
        hidden: dict[int, State] = {}
        for cell, people in rows.people(schema.source_buckets, cells, self.rules).items():
            state = states.get(cell, State())
            release = None
            if state.state == SUPPRESSED:
                release = privacy.first_release(people, minimum)
            elif state.state == VISIBLE and state.grown in (0, grown):
                release = privacy.next_release(before[cell], people, changes[cell], minimum)
            if release is not None:
                shown[cell] = release
            else:
                hidden[cell] = State(SUPPRESSED if state.state == SUPPRESSED else WITHHELD)
        # Where nobody is left of what was shown, whoever comes back may be all but one.
        emptied = [
            cell for cell, one in states.items() if one.state != SUPPRESSED and cell not in shown.keys() | hidden
        ]
        hidden |= dict.fromkeys(emptied, State(WITHHELD))
        self._replace(rows, cells, shown, hidden, grown)
        rows.mark_shown(_array(before), shown)

    def _replace(
        self, rows: SessionRows, cells: Ints, shown: Mapping[int, Release], hidden: Mapping[int, State], grown: int
    ) -> None:
        """Puts new buckets of the class in the place of those that are there."""
        for resolution, starts in ((CELL, cells), (SECOND, seconds_of(cells))):
            rows.delete_released(resolution, starts)
        for state in set(hidden.values()):
            self._add(rows, empty(CELL, _array(cell for cell, one in hidden.items() if one == state)), state)
        detailed = _array(cell for cell, release in shown.items() if release.detailed)
        whole, seconds = rows.sums(CELL, _array(shown)), rows.sums(SECOND, seconds_of(detailed))
        is_detailed = np.isin(whole.starts, detailed)
        by_second = State(VISIBLE, detailed=True, grown=grown)
        self._add(rows, whole.where(~is_detailed), State(VISIBLE, grown=grown))
        self._add(rows, _of_seconds(whole.where(is_detailed), seconds), by_second)
        self._add(rows, seconds, by_second)

    def _add(self, rows: SessionRows, series: Series, state: State) -> None:
        names = np.broadcast_to((rows.session.id, series.resolution), (len(series), 2))
        days = keys.expiry_days(series.starts, rows.session.retention_seconds)
        states = np.broadcast_to(np.array(state, np.int64), (len(series), len(state)))
        columns = (names, series.starts, days, states, series.figures, series.group, series.people)
        rows.add(schema.class_buckets, np.column_stack(columns))


def _of_seconds(whole: Series, seconds: Series) -> Series:
    """Cells as the sums of their seconds: were people weighted otherwise there, one could be told from the two."""
    merged = merge(seconds, CELL)
    return Series(CELL, whole.starts, merged.figures, whole.group, merged.people)


def _array(cells: Iterable[int]) -> Ints:
    return np.array(sorted(cells), np.int64)
