"""Releasing cells: what may be shown is added up in class_buckets, and the sources that may be shown alone are marked.

It happens in the transaction that records, erases or closes, which has the session's row locked, so that all readers
see the same. `privacy` decides what may be shown.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from liveclass.session import privacy, sums
from liveclass.session.model import FOREVER, Session
from liveclass.session.privacy import CellPeople, Release
from liveclass.session.store import keys, schema
from liveclass.session.store.cells import CELL, GROWN, SECOND, SHRUNK, SessionRows, State, seconds_of
from liveclass.session.store.schema import SUPPRESSED, VISIBLE, WITHHELD
from liveclass.session.sums import CELL_SECONDS, RESOLUTIONS, Ints, SourceRows, coarsen, floor
from liveclass.session.timeline import Series, empty, merge

CELLS_AT_ONCE = 200
"""The most cells that are released in one transaction."""

ROWS_AT_ONCE = 10_000
"""The most rows of cells and sources, so that other writers wait for a tenth of a second, not for seconds."""


def cells_at_once(session: Session) -> int:
    """How many cells of a session are released in one transaction."""
    return max(1, min(CELLS_AT_ONCE, ROWS_AT_ONCE // max(1, session.source_count)))


def add_pending(rows: SessionRows) -> None:
    """Adds what waits in pending_buckets to the buckets of a session.

    Where small groups are hidden, what comes to a closed cell waits on until the session ends. Where nothing is hidden,
    the cells that change are released anew.
    """
    session = rows.session
    if not session.pending:
        return
    waiting = rows.take_pending()
    rows.transaction.make_partitions(keys.expiry_days(waiting.starts, session.retention_seconds))
    for resolution in RESOLUTIONS:
        waiting = coarsen(waiting, resolution)
        table = _bucket_rows(session, resolution, waiting)
        late = session.hides & (floor(waiting.starts, CELL_SECONDS) < session.watermark)
        rows.add(schema.source_buckets, np.column_stack((table, np.full(len(table), int(not session.hides))))[~late])
        rows.add(schema.late_buckets, table[late])
        if not session.hides:
            release_all(rows, resolution, np.unique(waiting.starts))


def _bucket_rows(session: Session, resolution: int, rows: SourceRows) -> Ints:
    """Rows of late_buckets, and of source_buckets but for its last column."""
    lengths, days = np.full_like(rows.starts, resolution), keys.expiry_days(rows.starts, session.retention_seconds)
    recorded, with_faces = rows.sums[:, : sums.FRAMES_WITH_FACES], rows.sums[:, sums.FRAMES_WITH_FACES]
    names = (rows.sessions, lengths, rows.starts, rows.sources, days)
    return np.column_stack((*names, recorded, rows.at_once, with_faces))


def is_due(rows: SessionRows) -> bool:
    """Whether cells of a session are to be closed."""
    return rows.transaction.rules.closed_before(rows.session, rows.transaction.now) > rows.session.watermark


def close_cells(rows: SessionRows) -> bool:
    """Closes the cells of a session that are due, and releases them. Gives whether there are no more."""
    add_pending(rows)
    due, watermark = rows.transaction.rules.closed_before(rows.session, rows.transaction.now), rows.session.watermark
    if due <= watermark:
        return True
    most = cells_at_once(rows.session)
    cells, is_all = rows.recorded(schema.source_buckets, (watermark, due), most)
    release_cells(rows, cells)
    if len(cells):
        watermark = int(cells[-1]) + CELL_SECONDS
    if is_all and due == FOREVER:
        late, is_all = _release_late(rows, most - len(cells))
        cells = np.union1d(cells, late)
    this = schema.sessions.update().where(schema.sessions.c.id == rows.session.id)
    rows.connection.execute(this.values(watermark=due if is_all else watermark))
    rows.publish(cells)
    return is_all


def release_cells(rows: SessionRows, cells: Ints, erased: Mapping[int, CellPeople] | None = None) -> None:
    """Releases closed cells. Visible ones are released anew after the people in `erased` were taken out."""
    for first in range(0, len(cells), CELLS_AT_ONCE):
        part = cells[first : first + CELLS_AT_ONCE]
        if rows.session.hides:
            _decide(rows, part, erased or {}, SHRUNK if erased else 0)
        else:
            release_all(rows, CELL, part)
            release_all(rows, SECOND, seconds_of(part))


def _release_late(rows: SessionRows, most: int) -> tuple[Ints, bool]:
    """Adds what came late to `most` closed cells at most, and deletes what is too little to be added.

    Only once the session has ended: nothing comes any more, so that each cell changes once. Gives the cells that
    changed, and whether there are no more.
    """
    cells, is_all = rows.recorded(schema.late_buckets, (0, FOREVER), most)
    states = rows.states(cells)
    unseen = _array(cell for cell in cells.tolist() if states.get(cell, State()).state == SUPPRESSED)
    steps = _steps(rows, _array(cell for cell, one in states.items() if one == State(VISIBLE, one.detailed)))
    rows.add_late(np.union1d(unseen, _array(steps)))
    rows.delete_late(cells)
    release_cells(rows, unseen)
    _decide(rows, _array(steps), steps, GROWN)
    return np.union1d(unseen, _array(steps)), is_all


def _steps(rows: SessionRows, cells: Ints) -> dict[int, CellPeople]:
    """Who came late to visible cells, where so many came that it may be added."""
    waiting = rows.people(schema.late_buckets, cells)
    there = rows.people(schema.source_buckets, cells)
    before, minimum = rows.releases(cells), rows.session.minimum_group_size
    return {
        cell: change
        for cell, change in waiting.items()
        if cell in there and privacy.is_step(before[cell], there[cell], change, minimum)
    }


def release_all(rows: SessionRows, resolution: int, starts: Ints) -> None:
    """Releases buckets of a session that hides nothing."""
    rows.delete_released(resolution, starts)
    _add(rows, rows.add_up(resolution, starts), State(VISIBLE, detailed=True))


def _decide(rows: SessionRows, cells: Ints, changes: Mapping[int, CellPeople], grown: int) -> None:
    """Releases cells anew, to which `changes` came (`GROWN`), or from which they were erased (`SHRUNK`)."""
    minimum = rows.session.minimum_group_size
    states, before = rows.states(cells), rows.releases(cells)
    visible: dict[int, Release] = {}
    hidden: dict[int, State] = {}
    for cell, people in rows.people(schema.source_buckets, cells).items():
        state = states.get(cell, State())
        release = None
        if state.state == SUPPRESSED:
            release = privacy.first_release(people, minimum)
        elif state.state == VISIBLE and state.grown in (0, grown):
            release = privacy.next_release(before[cell], people, changes[cell], minimum)
        if release is not None:
            visible[cell] = release
        else:
            hidden[cell] = State(SUPPRESSED if state.state == SUPPRESSED else WITHHELD)
    # Where nobody is left of a visible cell, a change of it may be one person's.
    emptied = [cell for cell, one in states.items() if one.state != SUPPRESSED and cell not in visible.keys() | hidden]
    hidden |= dict.fromkeys(emptied, State(WITHHELD))
    _replace(rows, cells, visible, hidden, grown)
    rows.mark_shown(_array(before), visible)


def _replace(
    rows: SessionRows, cells: Ints, visible: Mapping[int, Release], hidden: Mapping[int, State], grown: int
) -> None:
    """Puts new buckets of the class in the place of those that are there."""
    for resolution, starts in ((CELL, cells), (SECOND, seconds_of(cells))):
        rows.delete_released(resolution, starts)
    for state in set(hidden.values()):
        _add(rows, empty(CELL, _array(cell for cell, one in hidden.items() if one == state)), state)
    detailed = _array(cell for cell, release in visible.items() if release.detailed)
    whole, seconds = rows.add_up(CELL, _array(visible)), rows.add_up(SECOND, seconds_of(detailed))
    is_detailed = np.isin(whole.starts, detailed)
    by_second = State(VISIBLE, detailed=True, grown=grown)
    _add(rows, whole.where(~is_detailed), State(VISIBLE, grown=grown))
    _add(rows, _of_seconds(whole.where(is_detailed), seconds), by_second)
    _add(rows, seconds, by_second)


def _add(rows: SessionRows, series: Series, state: State) -> None:
    names = np.broadcast_to((rows.session.id, series.resolution), (len(series), 2))
    days = keys.expiry_days(series.starts, rows.session.retention_seconds)
    states = np.broadcast_to(np.array(state, np.int64), (len(series), len(state)))
    columns = (names, series.starts, days, states, series.sums, series.group, series.people)
    rows.add(schema.class_buckets, np.column_stack(columns))


def _of_seconds(whole: Series, seconds: Series) -> Series:
    """Cells as the sums of their seconds. With other weights, the difference of the two could reveal one person."""
    merged = merge(seconds, CELL)
    return Series(CELL, whole.starts, merged.sums, whole.group, merged.people)


def _array(cells: Iterable[int]) -> Ints:
    return np.array(sorted(cells), np.int64)
