"""Recording observations: many writes in one transaction, each frame counted once whatever happens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter

import numpy as np
import sqlalchemy as sa

from liveclass.runtime.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    Reason,
    ServiceError,
)
from liveclass.session import figures
from liveclass.session.figures import Ints
from liveclass.session.model import MICROSECONDS, Recorded, Session, Write
from liveclass.session.rollup import Frames, count_pairs, roll_up
from liveclass.session.store import keys, lookups, schema, sessions
from liveclass.session.store.lookups import Lookups
from liveclass.session.store.sessions import StoredSession
from liveclass.session.store.upserts import Upserts


@dataclass(frozen=True, slots=True)
class Change:
    """The seconds of a session, from `first` to `last`, in which something was written."""

    session_id: int
    first: int
    last: int


@dataclass
class Batch:
    """What a transaction is going to write, column by column. All are [observations], but for `scores`."""

    outcomes: list[Recorded | ServiceError]
    frame_ids: list[lookups.FrameId] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    seconds: list[int] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    faces: list[int] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    """Seven of each face, as they were given [faces * 7]."""

    def columns(self) -> Frames:
        scores = np.array(self.scores, np.float64).reshape(-1, figures.EMOTIONS)
        return Frames(
            np.array([number for number, _ in self.frame_ids], np.int64),
            np.array(self.sources, np.int64),
            np.array(self.seconds, np.int64),
            np.array(self.seen, np.int64),
            scores / scores.sum(axis=1, keepdims=True),
            np.repeat(np.arange(len(self.faces)), self.faces),
        )


def admit(connection: sa.Connection, find: Lookups, writes: Sequence[Write]) -> tuple[Batch, dict[int, StoredSession]]:
    """Locks the sessions, refuses what cannot be recorded, and leaves out what was recorded before.

    Gives the batch and the sessions that it writes to, by number.
    """
    stored = sessions.find_all(connection, {write.session for write in writes}, lock=True)
    refused = [_refusal(write, stored.get(write.session)) for write in writes]
    keyed = [
        [] if error else _frame_ids(write, stored[write.session]) for write, error in zip(writes, refused, strict=True)
    ]
    by_id = {one.session.id: one for one in stored.values()}
    known = find.known_frames(connection, list(chain.from_iterable(keyed)), _expiry_range(by_id.values()))
    batch = Batch([])
    for write, ids, error in zip(writes, keyed, refused, strict=True):
        batch.outcomes.append(error or _take(batch, write, ids, stored[write.session], known))
    return batch, by_id


def add(
    connection: sa.Connection, find: Lookups, upserts: Upserts, batch: Batch, stored: dict[int, StoredSession]
) -> list[Change]:
    """Writes a batch of frames that are all new; gives what it changed."""
    columns = batch.columns()
    retention = _Retention(stored)
    days = retention.expires(columns.sessions, columns.seconds).tolist()
    # In the order of the keys: neighbours then lie on one page.
    frame_rows = sorted(zip(batch.frame_ids, days, batch.sources, strict=True), key=itemgetter(0))
    upserts.add_frames(connection, [(*frame, day, source) for frame, day, source in frame_rows])
    rows = roll_up(columns)
    expires = retention.expires(rows.sessions, rows.starts)
    buckets = np.column_stack((rows.sessions, rows.resolutions, rows.starts, rows.sources))
    people = np.column_stack((rows.seen_at_once, rows.faces_at_once))
    # Of the most faces at once, what is above the most until now counts for the class.
    gains = np.maximum(people - find.at_once(connection, buckets, (min(days), max(days))), 0)
    upserts.add_source_buckets(connection, np.column_stack((buckets, expires, rows.figures, people)))
    upserts.add_class_buckets(connection, _of_class(buckets, expires, np.column_stack((rows.figures, gains))))
    pairs = count_pairs(columns)
    expires = retention.expires(pairs.sessions, pairs.starts)
    pair_rows = np.column_stack((pairs.sessions, pairs.starts, pairs.sources, pairs.pairs, expires, pairs.faces))
    upserts.add_pairs(connection, pair_rows)
    return _stretch_sessions(connection, columns, stored)


def expiry_days(batch: Batch, stored: dict[int, StoredSession]) -> set[int]:
    """The days of expiry, and so the partitions, that a batch writes to."""
    numbers = np.array([frame[0] for frame in batch.frame_ids], np.int64)
    seconds = np.array(batch.seconds, np.int64)
    return set(_Retention(stored).expires(numbers, seconds).tolist())


class _Retention:
    """The retention of some sessions, looked up for whole columns."""

    def __init__(self, stored: dict[int, StoredSession]) -> None:
        self._numbers = np.array(sorted(stored), np.int64)
        self._seconds = np.array([stored[one].session.retention_seconds for one in sorted(stored)], np.int64)

    def expires(self, numbers: Ints, seconds: Ints) -> Ints:
        return keys.expiry_days(seconds, self._seconds[np.searchsorted(self._numbers, numbers)])


def _refusal(write: Write, stored: StoredSession | None) -> ServiceError | None:
    if stored is None:
        return NotFoundError("session", str(write.session))
    if not stored.session.is_active:
        return FailedPreconditionError(str(write.session), "the session has ended", Reason.SESSION_ENDED)
    try:
        _check_times(write, stored.session)
    except InvalidArgumentError as error:
        return error
    return None


def _check_times(write: Write, session: Session) -> None:
    """Raises `InvalidArgumentError` where the earliest observation lies before what the session takes or keeps."""
    earliest = min(range(len(write)), key=write.seconds.__getitem__)
    field, end = f"observations[{earliest}].capture_time", write.seconds[earliest] + 1
    write.limits.check_in_session(end, session.start_time / MICROSECONDS, field)
    if end <= write.limits.now - session.retention_seconds:
        description = f"lies before the {session.retention_seconds} seconds that the session keeps"
        raise InvalidArgumentError(field, description, Reason.INVALID_TIMESTAMP)


def _frame_ids(write: Write, stored: StoredSession) -> list[lookups.FrameId]:
    number = stored.session.id
    return [(number, key) for key in keys.frame_keys(stored.hash_key, write.frame_ids)]


def _take(
    batch: Batch, write: Write, ids: Sequence[lookups.FrameId], stored: StoredSession, known: set[lookups.FrameId]
) -> Recorded:
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


def _expiry_range(stored: Collection[StoredSession]) -> tuple[int, int]:
    """The days of expiry, first and last, of all that the sessions hold."""
    held = [one.session for one in stored if one.session.first_second is not None]
    if not held:
        return (0, 0)
    seconds = np.array([(one.first_second, one.last_second) for one in held], np.int64)
    retention = np.array([[one.retention_seconds] for one in held], np.int64)
    days = keys.expiry_days(seconds, retention)
    return int(days.min()), int(days.max())


def _of_class(buckets: Ints, expires: Ints, values: Ints) -> Ints:
    """Rows of the class's buckets: those of the sources, summed."""
    order, firsts = figures.group_by((buckets[:, 0], buckets[:, 1], buckets[:, 2]))
    first = order[firsts]
    return np.column_stack((buckets[first, :3], expires[first], np.add.reduceat(values[order], firsts)))


def _stretch_sessions(connection: sa.Connection, columns: Frames, stored: dict[int, StoredSession]) -> list[Change]:
    """Keeps the first and last second of each session up to date."""
    changes = []
    for number in np.unique(columns.sessions).tolist():
        seconds = columns.seconds[columns.sessions == number]
        change = Change(number, int(seconds.min()), int(seconds.max()))
        changes.append(change)
        session = stored[number].session
        first = change.first if session.first_second is None else min(session.first_second, change.first)
        last = change.last if session.last_second is None else max(session.last_second, change.last)
        if (first, last) != (session.first_second, session.last_second):
            mine = schema.sessions.update().where(schema.sessions.c.id == number)
            connection.execute(mine.values(first_second=first, last_second=last))
    return changes
