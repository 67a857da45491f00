"""Finding many rows by their keys at once: a list of keys is joined to the table, each found by the primary key.

The engines differ in how a list becomes a table: SQLite takes VALUES, PostgreSQL arrays.
"""

from collections.abc import Sequence
from itertools import chain

import numpy as np
import sqlalchemy as sa

from liveclass.session.figures import Ints
from liveclass.session.store.bulk import BulkStatement

FrameId = tuple[int, bytes]
"""(session, frame key)."""

_POSTGRES_FRAMES = """
SELECT f.session_id, f.frame_key
FROM unnest($1::bigint[], $2::bytea[]) AS k(session_id, frame_key)
JOIN frames f ON f.session_id = k.session_id AND f.frame_key = k.frame_key
WHERE f.expires BETWEEN $3::bigint AND $4::bigint
"""
_POSTGRES_BUCKETS = """
SELECT k.number - 1, b.seen_at_once, b.faces_at_once
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
    WITH ORDINALITY AS k(session_id, resolution, start, source_key, number)
JOIN source_buckets b ON b.session_id = k.session_id AND b.resolution = k.resolution
    AND b.start = k.start AND b.source_key = k.source_key
WHERE b.expires BETWEEN $5::bigint AND $6::bigint
"""
# CROSS JOIN is how SQLite is told to begin with the keys.
_SQLITE_FRAMES = """
WITH k(session_id, frame_key) AS (VALUES {})
SELECT f.session_id, f.frame_key FROM k CROSS JOIN frames f
ON f.session_id = k.session_id AND f.frame_key = k.frame_key
"""
_SQLITE_BUCKETS = """
WITH k(number, session_id, resolution, start, source_key) AS (VALUES {})
SELECT k.number, b.seen_at_once, b.faces_at_once
FROM k CROSS JOIN source_buckets b ON b.session_id = k.session_id AND b.resolution = k.resolution
AND b.start = k.start AND b.source_key = k.source_key
"""


class Lookups:
    """Finds rows on one engine. The days of expiry, first and last, say which partitions to look into."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._is_sqlite = dialect.name == "sqlite"
        self._frames = BulkStatement(lambda rows: _SQLITE_FRAMES.format(", ".join(["(?, ?)"] * rows)), 2)
        numbered = "({}, ?, ?, ?, ?)".format
        self._buckets = BulkStatement(lambda rows: _SQLITE_BUCKETS.format(", ".join(map(numbered, range(rows)))), 4)

    def known_frames(
        self, connection: sa.Connection, frames: Sequence[FrameId], expires: tuple[int, int]
    ) -> set[FrameId]:
        """Those of `frames` that were recorded before."""
        if not frames:
            return set()
        if self._is_sqlite:
            found = [row for _, row in self._frames.run(connection, list(chain.from_iterable(frames)))]
        else:
            columns = [list(column) for column in zip(*frames, strict=True)]
            found = list(connection.exec_driver_sql(_POSTGRES_FRAMES, (*columns, *expires)))
        return {(session, bytes(key)) for session, key in found}

    def at_once(self, connection: sa.Connection, buckets: Ints, expires: tuple[int, int]) -> Ints:
        """The most faces (seen, classified) at once [buckets, 2] in buckets of sources; zero where there is none yet.

        Each bucket is (session, resolution, start, source) [buckets, 4].
        """
        if self._is_sqlite:
            parts = self._buckets.run(connection, buckets.ravel().tolist())
            found = [(first + number, seen, faces) for first, (number, seen, faces) in parts]
        else:
            rows = connection.exec_driver_sql(_POSTGRES_BUCKETS, (*buckets.T.tolist(), *expires))
            found = [(row[0], row[1], row[2]) for row in rows]
        most = np.zeros((len(buckets), 2), np.int64)
        table = np.array(found, np.int64).reshape(-1, 3)
        most[table[:, 0]] = table[:, 1:]
        return most
