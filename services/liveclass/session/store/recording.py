"""Recording observations: many writes in one transaction, each frame counted once whatever happens."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from operator import itemgetter

import numpy as np
import sqlalchemy as sa

from liveclass.names import SessionName
from liveclass.runtime.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ServiceError,
)
from liveclass.session import sums
from liveclass.session.model import FOREVER, MICROSECONDS, LabelSet, Recorded, Session, Write
from liveclass.session.store import keys, schema, sessions
from liveclass.session.store.cells import SessionRows
from liveclass.session.store.releasing import close_cells, release_all
from liveclass.session.store.sessions import StoredSession
from liveclass.session.store.transaction import FrameId, Transaction
from liveclass.session.sums import CELL_SECONDS, Frames, Ints, SourceRows, floor, roll_up


@dataclass
class Batch:
    """What a transaction is going to write, column by column. All are [observations], but for `scores`."""

    outcomes: list[Recorded | ServiceError]
    frame_ids: list[FrameId] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    faces: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    """Seven of each face, as they were given [faces * 7]."""
    labels: dict[int, LabelSet] = field(default_factory=dict)
    """Whose labels the scores of each session are by, old and new."""

    def columns(self) -> Frames:
        scores = np.array(self.scores, np.float64).reshape(-1, sums.EMOTIONS)
        return Frames(
            np.array([number for number, _ in self.frame_ids], np.int64),
            np.array(self.sources, np.int64),
            np.array(self.seconds, np.int64),
            np.array(self.seen, np.int64),
            scores / scores.sum(axis=1, keepdims=True),
            np.repeat(np.arange(len(self.faces)), self.faces),
        )


def record_batch(transaction: Transaction, writes: Sequence[Write]) -> list[Recorded | ServiceError]:
    """Records many writes. Gives for each what became of it, in order.

    A write to a session that is not there, or has ended, or is by other labels, or that is too late, fails alone.
    """
    batch, stored = _new_frames(transaction, writes)
    if not batch.frame_ids:
        return batch.outcomes
    connection, statements, columns = transaction.connection, transaction.statements, batch.columns()
    days = _expires(stored, columns.sessions, columns.seconds).tolist()
    transaction.new_days.update(statements.make_partitions(connection, set(days)))
    # In the order of the keys: neighbours then lie on one page.
    frame_rows = sorted(zip(batch.frame_ids, days, batch.sources, strict=True), key=itemgetter(0))
    statements.add_rows(connection, schema.frames, [(*frame, day, source) for frame, day, source in frame_rows])
    watermarks = np.array([stored[number].session.watermark for number in columns.sessions.tolist()], np.int64)
    statements.add_rows(connection, schema.sources, _sources(columns, np.array(batch.faces, np.int64), watermarks))
    rows = roll_up(columns)
    for session in _update_sessions(connection, batch, columns, stored, int(transaction.now)):
        mine = SessionRows(transaction, session)
        _add_to_session(mine, rows)
        close_cells(mine)
    return batch.outcomes


def _new_frames(transaction: Transaction, writes: Sequence[Write]) -> tuple[Batch, dict[int, StoredSession]]:
    """Locks the sessions, refuses what cannot be recorded, and leaves out what was recorded before.

    Gives the batch and the sessions that it writes to, by number.
    """
    connection = transaction.connection
    stored = sessions.find_all(connection, {write.session for write in writes}, lock=True)
    refused, labels = _refusals(transaction, writes, stored)
    keyed: list[list[FrameId]] = []
    for write, error in zip(writes, refused, strict=True):
        mine = None if error else stored[write.session]
        keyed.append(
            [(mine.session.id, key) for key in keys.frame_keys(mine.hash_key, write.frame_ids)] if mine else []
        )
    by_id = {one.session.id: one for one in stored.values()}
    frames, days = list(chain.from_iterable(keyed)), _expiry_range(one.session for one in by_id.values())
    known = transaction.statements.known_frames(connection, frames, days)
    batch = Batch([], labels=labels)
    for write, ids, error in zip(writes, keyed, refused, strict=True):
        batch.outcomes.append(error or _take(batch, write, ids, stored[write.session], known))
    return batch, by_id


def _add_to_session(into: SessionRows, rows: SourceRows) -> None:
    """Writes the rows of a session.

    Where small groups are hidden, what comes to a closed cell waits until the session ends. Otherwise readers see it.
    """
    session = into.session
    mine = rows.sessions == session.id
    cells = floor(rows.starts, CELL_SECONDS)
    late = mine & (cells < session.watermark)
    table = _bucket_rows(session, rows)
    shown = np.full((len(table), 1), int(not session.hides))
    now = mine & ~late if session.hides else mine
    into.add(schema.source_buckets, np.hstack((table, shown))[now])
    if session.hides:
        into.add(schema.late_buckets, table[late])
        return
    again = np.unique(cells[late])
    release_all(into, again, np.unique(rows.starts[late & (rows.resolutions == 1)]))
    into.publish(again)


def _bucket_rows(session: Session, rows: SourceRows) -> Ints:
    """Rows of late_buckets, and of source_buckets but for its last column."""
    days = keys.expiry_days(rows.starts, session.retention_seconds)
    recorded, with_faces = rows.sums[:, : sums.FRAMES_WITH_FACES], rows.sums[:, sums.FRAMES_WITH_FACES]
    names = (rows.sessions, rows.resolutions, rows.starts, rows.sources, days)
    return np.column_stack((*names, recorded, rows.seen_at_once, rows.faces_at_once, with_faces))


def _sources(columns: Frames, faces: Ints, watermarks: Ints) -> Ints:
    """When each source showed so many faces at once, first and last: rows of sources.

    `faces` are those of each frame, and `watermarks` those of its session [frames].
    """
    order, firsts = sums.group_by((columns.sessions, columns.sources, faces))
    first, seconds = order[firsts], columns.seconds[order]
    known_from = np.maximum(columns.seconds, np.where(watermarks < FOREVER, watermarks, 0))[order]
    earliest, latest = np.minimum.reduceat(known_from, firsts), np.maximum.reduceat(seconds, firsts)
    return np.column_stack((columns.sessions[first], columns.sources[first], faces[first], earliest, latest))


def _expires(stored: dict[int, StoredSession], numbers: Ints, seconds: Ints) -> Ints:
    """The days of expiry of what was observed in some sessions."""
    known = np.array(sorted(stored), np.int64)
    retention = np.array([stored[one].session.retention_seconds for one in sorted(stored)], np.int64)
    return keys.expiry_days(seconds, retention[np.searchsorted(known, numbers)])


def _refusals(
    transaction: Transaction, writes: Sequence[Write], stored: dict[SessionName, StoredSession]
) -> tuple[list[ServiceError | None], dict[int, LabelSet]]:
    """Why each write is refused, if it is, and whose labels each session is then by."""
    labels = {one.session.id: one.session.labels for one in stored.values() if one.session.labels}
    sources = SourceCounts(transaction, stored.values())
    refused = []
    for write in writes:
        found = stored.get(write.session)
        error = _refusal(write, found, labels) or (sources.refusal(write, found) if found else None)
        refused.append(error)
        if found and write.labels and not error:
            labels.setdefault(found.session.id, write.labels)
    return refused, labels


def _refusal(write: Write, stored: StoredSession | None, labels: dict[int, LabelSet]) -> ServiceError | None:
    if stored is None:
        return NotFoundError("session", str(write.session))
    if not stored.session.is_active:
        return FailedPreconditionError(str(write.session), "the session has ended", Reason.SESSION_ENDED)
    its_labels = labels.get(stored.session.id, write.labels)
    if write.labels and write.labels != its_labels:
        description = f"its scores are by the labels '{its_labels}', these by '{write.labels}'; begin a new session"
        return FailedPreconditionError(str(write.session), description, Reason.SESSION_OF_OTHER_LABELS)
    try:
        _check_times(write, stored.session)
    except InvalidArgumentError as error:
        return error
    return None


class SourceCounts:
    """Keeps each session's number of sources within the limit."""

    def __init__(self, transaction: Transaction, stored: Iterable[StoredSession]) -> None:
        self._connection, self._most = transaction.connection, transaction.rules.max_sources
        source = schema.sources.c
        query = sa.select(source.session_id, sa.func.count(source.source_key.distinct())).group_by(source.session_id)
        numbers = [one.session.id for one in stored]
        self._counts: dict[int, int] = dict(
            self._connection.execute(query.where(source.session_id.in_(numbers))).tuples().all()
        )
        self._written: dict[int, set[str]] = {number: set() for number in numbers}

    def refusal(self, write: Write, stored: StoredSession) -> InvalidArgumentError | None:
        """Why a write brings too many sources, if it does."""
        number = stored.session.id
        written = self._written[number] | set(write.sources)
        # Of most sessions this is enough to know, without looking which of the sources are there already.
        if self._counts.get(number, 0) + len(written) > self._most:
            query = sa.select(schema.sources.c.source_key).where(schema.sources.c.session_id == number)
            known = set(self._connection.scalars(query))
            new = {one for one in written if keys.source_key(stored.hash_key, one) not in known}
            if len(known) + len(new) > self._most:
                first = next(index for index, source in enumerate(write.sources) if source in new)
                description = f"is one too many: a session takes {self._most} sources (LIVECLASS_MAX_SOURCES)"
                return InvalidArgumentError(f"observations[{first}].source", description, Reason.TOO_MANY_SOURCES)
        self._written[number] = written
        return None


def _check_times(write: Write, session: Session) -> None:
    """Raises `InvalidArgumentError` where the earliest observation lies before what the session takes or keeps."""
    earliest = min(range(len(write)), key=write.seconds.__getitem__)
    field, end = f"observations[{earliest}].capture_time", write.seconds[earliest] + 1
    write.limits.check_in_session(end, session.start_time / MICROSECONDS, field)
    if end <= write.limits.now - session.retention_seconds:
        description = f"lies before the {session.retention_seconds} seconds that the session keeps"
        raise InvalidArgumentError(field, description, Reason.INVALID_TIMESTAMP)


def _take(batch: Batch, write: Write, ids: Sequence[FrameId], stored: StoredSession, known: set[FrameId]) -> Recorded:
    """Puts what is new in the batch, and adds it to `known`."""
    fresh = []
    for index, frame in enumerate(ids):
        if frame not in known:
            known.add(frame)
            fresh.append(index)
    new = write if len(fresh) == len(ids) else write.only(fresh)
    source_keys = {source: keys.source_key(stored.hash_key, source) for source in set(new.sources)}
    batch.frame_ids += [ids[index] for index in fresh]
    batch.sources += [source_keys[source] for source in new.sources]
    batch.seconds += new.seconds
    batch.seen += new.seen
    batch.faces += new.faces
    batch.scores += new.scores
    return Recorded(len(fresh), len(ids) - len(fresh))


def _expiry_range(held: Iterable[Session]) -> tuple[int, int]:
    """The days of expiry, first and last, of all that the sessions hold."""
    days = [
        int(keys.expiry_days(np.array(second), one.retention_seconds))
        for one in held
        for second in (one.first_second, one.last_second)
        if second is not None
    ]
    return min(days, default=0), max(days, default=0)


def _update_sessions(
    connection: sa.Connection, batch: Batch, columns: Frames, stored: dict[int, StoredSession], now: int
) -> list[Session]:
    """Keeps the first and last second of each session up to date, when it was recorded in, and its labels.

    Gives those that were written to, as they are now.
    """
    sessions_now = []
    for number in np.unique(columns.sessions).tolist():
        seconds = columns.seconds[columns.sessions == number]
        earliest, latest = int(seconds.min()), int(seconds.max())
        session = stored[number].session
        first = earliest if session.first_second is None else min(session.first_second, earliest)
        last = latest if session.last_second is None else max(session.last_second, latest)
        labels = batch.labels.get(number)
        recorded_at = max(session.recorded_at, now)
        updated = replace(session, first_second=first, last_second=last, labels=labels, recorded_at=recorded_at)
        sessions_now.append(updated)
        if updated != session:
            mine = schema.sessions.update().where(schema.sessions.c.id == number)
            connection.execute(
                mine.values(first_second=first, last_second=last, labels=labels, recorded_at=recorded_at)
            )
    return sessions_now
