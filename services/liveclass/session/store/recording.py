"""Recording observations: many writes in one transaction, each frame counted once whatever happens."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

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
from liveclass.session.store.releasing import close_cells, is_due
from liveclass.session.store.sessions import StoredSession
from liveclass.session.store.transaction import Transaction
from liveclass.session.sums import EXPIRY_SECONDS, Frames, Ints, SourceRows, floor, roll_up

MAX_PENDING = 20_000
"""Rows of a session in pending_buckets from which on they are added to its buckets, which takes a tenth of a second."""

Stored = dict[int, StoredSession]
"""Sessions by their number."""


@dataclass
class Batch:
    """What a transaction is going to write, column by column. All are [observations], but for `scores`."""

    outcomes: list[Recorded | ServiceError]
    sessions: list[int] = field(default_factory=list)
    frame_keys: list[bytes] = field(default_factory=list)
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
            np.array(self.sessions, np.int64),
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
    if not batch.frame_keys:
        return batch.outcomes
    columns = batch.columns()
    _add_frames(transaction, batch, columns, stored)
    new_sources = _add_sources(transaction, columns, np.array(batch.faces, np.int64), stored)
    by_session = roll_up(columns).by_session()
    pending = [(number, stored[number].session.pending, rows.packed()) for number, rows in by_session.items()]
    transaction.statements.add_rows(transaction.connection, schema.pending_buckets, pending)
    updated = [
        _updated(stored[number].session, rows, batch.labels.get(number), new_sources[number], int(transaction.now))
        for number, rows in by_session.items()
    ]
    transaction.connection.execute(_UPDATE, [{name: getattr(one, name) for name in _UPDATED} for one in updated])
    for session in updated:
        mine = SessionRows(transaction, session)
        if not session.hides:
            mine.publish(by_session[session.id].starts)  # whoever reads next has them added to the buckets
        if session.pending >= MAX_PENDING or is_due(mine):
            close_cells(mine)
    return batch.outcomes


def _new_frames(transaction: Transaction, writes: Sequence[Write]) -> tuple[Batch, Stored]:
    """Locks the sessions, refuses what cannot be recorded, and leaves out what was recorded before."""
    connection = transaction.connection
    stored = sessions.find_all(connection, {write.session for write in writes}, lock=True)
    refused, labels = _refusals(transaction, writes, stored)
    keyed = [
        [] if error else keys.frame_keys(stored[write.session].hash_key, write.frame_ids)
        for write, error in zip(writes, refused, strict=True)
    ]
    frames = [(stored[write.session].session.id, key) for write, ids in zip(writes, keyed, strict=True) for key in ids]
    days = _expiry_range(one.session for one in stored.values())
    rows = transaction.statements.matching(connection, schema.frames, _FRAME, frames, days)
    known = {bytes(key) for _, key, *_ in rows}
    batch = Batch([], labels=labels)
    for write, ids, error in zip(writes, keyed, refused, strict=True):
        batch.outcomes.append(error or _take(batch, write, ids, stored[write.session], known))
    return batch, {one.session.id: one for one in stored.values()}


_FRAME = ("session_id", "frame_key")


def _take(batch: Batch, write: Write, ids: Sequence[bytes], stored: StoredSession, known: set[bytes]) -> Recorded:
    """Puts what is new in the batch, and adds it to `known`: keys that differ by session, too."""
    if known.isdisjoint(ids) and len(new_ids := set(ids)) == len(ids):
        known |= new_ids
        new, fresh = write, ids
    else:
        first = {key: index for index, key in reversed([*enumerate(ids)]) if key not in known}
        known |= first.keys()
        new, fresh = write.only(sorted(first.values())), sorted(first, key=first.__getitem__)
    source_keys = {source: keys.source_key(stored.hash_key, source) for source in set(new.sources)}
    batch.sessions += [stored.session.id] * len(fresh)
    batch.frame_keys += fresh
    batch.sources += [source_keys[source] for source in new.sources]
    batch.seconds += new.seconds
    batch.seen += new.seen
    batch.faces += new.faces
    batch.scores += new.scores
    return Recorded(len(fresh), len(ids) - len(fresh))


def _add_frames(transaction: Transaction, batch: Batch, columns: Frames, stored: Stored) -> None:
    days = _expires(stored, columns.sessions, columns.seconds)
    transaction.make_partitions(np.unique(days))
    # In the order of the keys: neighbours then lie on one page.
    rows = sorted(zip(batch.sessions, batch.frame_keys, days.tolist(), batch.sources, strict=True))
    transaction.statements.add_rows(transaction.connection, schema.frames, rows)


def _add_sources(transaction: Transaction, columns: Frames, faces: Ints, stored: Stored) -> Counter[int]:
    """Notes when each source showed so many faces at once, first and last, where that is news.

    `faces` are those of each frame. Gives how many sources of each session are new.
    """
    connection, statements = transaction.connection, transaction.statements
    rows = {row[:3]: row for row in map(tuple, _sources(columns, faces, stored).tolist())}
    known = {tuple(row[:3]): row[3:] for row in statements.matching(connection, schema.sources, _SHOWN, list(rows))}
    new = {row[:2] for key, row in rows.items() if key not in known}
    new -= {tuple(row[:2]) for row in statements.matching(connection, schema.sources, _SHOWN[:2], list(new))}
    news = [row for key, row in rows.items() if key not in known or row[3] < known[key][0] or row[4] > known[key][1]]
    statements.add_rows(connection, schema.sources, news)
    return Counter(number for number, _ in new)


_SHOWN = ("session_id", "source_key", "faces")


def _sources(columns: Frames, faces: Ints, stored: Stored) -> Ints:
    """When each source showed so many faces at once, first and last: rows of sources."""
    watermarks = np.array([stored[number].session.watermark for number in columns.sessions.tolist()], np.int64)
    order, firsts = sums.group_by((columns.sessions, columns.sources, faces))
    first, seconds = order[firsts], columns.seconds[order]
    known_from = np.maximum(columns.seconds, np.where(watermarks < FOREVER, watermarks, 0))[order]
    earliest, latest = np.minimum.reduceat(known_from, firsts), np.maximum.reduceat(seconds, firsts)
    latest = floor(latest, EXPIRY_SECONDS) + EXPIRY_SECONDS - 1
    return np.column_stack((columns.sessions[first], columns.sources[first], faces[first], earliest, latest))


def _expires(stored: Stored, numbers: Ints, seconds: Ints) -> Ints:
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
        self._written: dict[int, set[str]] = {one.session.id: set() for one in stored}

    def refusal(self, write: Write, stored: StoredSession) -> InvalidArgumentError | None:
        """Why a write brings too many sources, if it does."""
        number = stored.session.id
        written = self._written[number] | set(write.sources)
        # Of most sessions this is enough to know, without looking which of the sources are there already.
        if stored.session.source_count + len(written) > self._most:
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


def _expiry_range(held: Iterable[Session]) -> tuple[int, int]:
    """The days of expiry, first and last, of all that the sessions hold."""
    days = [
        int(keys.expiry_days(np.array(second), one.retention_seconds))
        for one in held
        for second in (one.first_second, one.last_second)
        if second is not None
    ]
    return min(days, default=0), max(days, default=0)


def _updated(session: Session, rows: SourceRows, labels: LabelSet | None, new_sources: int, now: int) -> Session:
    """A session after these rows were recorded."""
    earliest, latest = int(rows.starts.min()), int(rows.starts.max())
    first, last = session.first_second, session.last_second
    return replace(
        session,
        first_second=earliest if first is None else min(first, earliest),
        last_second=latest if last is None else max(last, latest),
        labels=labels,
        recorded_at=max(session.recorded_at, now),
        pending=session.pending + len(rows),
        source_count=session.source_count + new_sources,
    )


_UPDATED = ("first_second", "last_second", "labels", "recorded_at", "pending", "source_count", "id")
_UPDATE = sa.text(
    f"UPDATE sessions SET {', '.join(f'{name} = :{name}' for name in _UPDATED[:-1])} WHERE id = :id"  # noqa: S608
)
