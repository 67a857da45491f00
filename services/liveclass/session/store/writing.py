"""Recording observations: many writes in one transaction, each frame counted once whatever happens."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

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
from liveclass.session.model import Observation, Recorded, Write
from liveclass.session.rollup import Frames, SourceRows, as_frames, count_pairs, roll_up
from liveclass.session.store import keys, lookups, schema, sessions
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
    """What a transaction is going to write."""

    outcomes: list[Recorded | ServiceError]
    frame_ids: list[lookups.FrameId] = field(default_factory=list)
    sources: list[int] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)

    def columns(self) -> Frames:
        seen = zip(self.frame_ids, self.sources, self.observations, strict=True)
        return as_frames([(frame[0], source, one.second, one.faces_seen, one.faces) for frame, source, one in seen])


def admit(connection: sa.Connection, writes: Sequence[Write]) -> tuple[Batch, dict[int, StoredSession]]:
    """Locks the sessions, refuses what cannot be recorded, and leaves out what was recorded before.

    Gives the batch and the sessions that it writes to, by number.
    """
    stored = sessions.find_all(connection, {write.session for write in writes}, lock=True)
    now = time.time()
    refused = [_refusal(write, stored.get(write.session), now) for write in writes]
    batch = Batch([])
    keyed = [
        [] if error else _frame_ids(write, stored[write.session]) for write, error in zip(writes, refused, strict=True)
    ]
    by_id = {one.session.id: one for one in stored.values()}
    wanted = [one for ids in keyed for one in ids]
    known = lookups.known_frames(connection, wanted, _expiry_range(by_id.values()))
    for write, ids, error in zip(writes, keyed, refused, strict=True):
        batch.outcomes.append(error or _take(batch, write, ids, stored[write.session], known))
    return batch, by_id


def add(connection: sa.Connection, upserts: Upserts, batch: Batch, stored: dict[int, StoredSession]) -> list[Change]:
    """Writes a batch of frames that are all new; gives what it changed."""
    columns = batch.columns()
    retention = _Retention(stored)
    days = retention.expires(columns.sessions, columns.seconds).tolist()
    frame_rows = zip(batch.frame_ids, days, batch.sources, strict=True)
    upserts.add_frames(connection, [(*frame, day, source) for frame, day, source in frame_rows])
    rolled = roll_up(columns)
    before = _at_once_before(connection, rolled, (min(days), max(days)))
    each = [(rows, retention.expires(rows.sessions, rows.starts)) for rows in rolled]
    upserts.add_source_buckets(connection, [row for one in each for row in _source_values(*one)])
    upserts.add_class_buckets(connection, [row for one in each for row in _class_values(*one, before)])
    pairs = count_pairs(columns)
    expires = retention.expires(pairs.sessions, pairs.starts)
    pair_columns = (pairs.sessions, pairs.starts, pairs.sources, pairs.pairs, expires, pairs.faces)
    upserts.add_pairs(connection, list(zip(*(column.tolist() for column in pair_columns), strict=True)))
    return _stretch_sessions(connection, columns, stored)


def expiry_days(batch: Batch, stored: dict[int, StoredSession]) -> set[int]:
    """The days of expiry, and so the partitions, that a batch writes to."""
    numbers = np.array([frame[0] for frame in batch.frame_ids], np.int64)
    seconds = np.array([one.second for one in batch.observations], np.int64)
    return set(_Retention(stored).expires(numbers, seconds).tolist())


class _Retention:
    """The retention of some sessions, looked up for whole columns."""

    def __init__(self, stored: dict[int, StoredSession]) -> None:
        self._numbers = np.array(sorted(stored), np.int64)
        self._seconds = np.array([stored[one].session.retention_seconds for one in sorted(stored)], np.int64)

    def expires(self, numbers: Ints, seconds: Ints) -> Ints:
        return keys.expiry_days(seconds, self._seconds[np.searchsorted(self._numbers, numbers)])


def _refusal(write: Write, stored: StoredSession | None, now: float) -> ServiceError | None:
    if stored is None:
        return NotFoundError("session", str(write.session))
    if not stored.session.is_active:
        return FailedPreconditionError(str(write.session), "the session has ended", Reason.SESSION_ENDED)
    oldest = now - stored.session.retention_seconds
    for index, observation in enumerate(write.observations):
        if observation.second + 1 <= oldest:
            field_name = f"observations[{index}].capture_time"
            description = f"lies before the {stored.session.retention_seconds} seconds that the session keeps"
            return InvalidArgumentError(field_name, description, Reason.INVALID_TIMESTAMP)
    return None


def _frame_ids(write: Write, stored: StoredSession) -> list[lookups.FrameId]:
    number, hash_key = stored.session.id, stored.hash_key
    return [(number, keys.frame_key(hash_key, one.frame_id)) for one in write.observations]


def _take(
    batch: Batch, write: Write, ids: Sequence[lookups.FrameId], stored: StoredSession, known: set[lookups.FrameId]
) -> Recorded:
    """Puts what is new in the batch, and adds it to `known`."""
    recorded = 0
    for frame, observation in zip(ids, write.observations, strict=True):
        if frame not in known:
            known.add(frame)
            batch.frame_ids.append(frame)
            batch.sources.append(keys.source_key(stored.hash_key, observation.source))
            batch.observations.append(observation)
            recorded += 1
    return Recorded(recorded, len(ids) - recorded)


def _expiry_range(stored: Collection[StoredSession]) -> tuple[int, int]:
    """The days of expiry, first and last, of all that the sessions hold."""
    held = [one.session for one in stored if one.session.first_second is not None]
    if not held:
        return (0, 0)
    seconds = np.array([(one.first_second, one.last_second) for one in held], np.int64)
    retention = np.array([[one.retention_seconds] for one in held], np.int64)
    days = keys.expiry_days(seconds, retention)
    return int(days.min()), int(days.max())


def _at_once_before(
    connection: sa.Connection, rolled: Sequence[SourceRows], expires: tuple[int, int]
) -> dict[lookups.BucketId, lookups.AtOnce]:
    return lookups.at_once(connection, [one for rows in rolled for one in _bucket_ids(rows)], expires)


def _bucket_ids(rows: SourceRows) -> list[lookups.BucketId]:
    columns = zip(rows.sessions.tolist(), rows.starts.tolist(), rows.sources.tolist(), strict=True)
    return [(session, rows.resolution, start, source) for session, start, source in columns]


def _source_values(rows: SourceRows, expires: Ints) -> list[tuple[int, ...]]:
    at_once = (rows.seen_at_once, rows.faces_at_once)
    resolution = np.full(len(expires), rows.resolution)
    return _tuples(rows.sessions, resolution, rows.starts, rows.sources, expires, rows.figures, *at_once)


def _class_values(
    rows: SourceRows, expires: Ints, before: dict[lookups.BucketId, lookups.AtOnce]
) -> list[tuple[int, ...]]:
    """The same rows summed over the sources. Of the most faces at once, what is above the most until now counts."""
    old = np.array([before.get(one, (0, 0)) for one in _bucket_ids(rows)], np.int64)
    gains = np.maximum(np.stack([rows.seen_at_once, rows.faces_at_once], axis=1) - old, 0)
    order, firsts = figures.group_by((rows.sessions, rows.starts))
    first = order[firsts]
    sums = np.add.reduceat(np.concatenate([rows.figures, gains], axis=1)[order], firsts)
    resolution = np.full(len(first), rows.resolution)
    return _tuples(rows.sessions[first], resolution, rows.starts[first], expires[first], sums)


def _tuples(*columns: Ints) -> list[tuple[int, ...]]:
    """Rows of plain integers from columns [rows] and blocks of columns [rows, n]."""
    table = np.column_stack(columns)
    return [tuple(row) for row in table.tolist()]


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
