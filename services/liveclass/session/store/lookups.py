"""Finding many rows by their keys at once: a list of keys is joined to the table, each found by the primary key.

The engines differ in how a list becomes a table: SQLite takes VALUES, PostgreSQL arrays.
"""

from collections.abc import Sequence
from itertools import chain

import sqlalchemy as sa

from liveclass.session.store.bulk import BulkStatement

FrameId = tuple[int, bytes]
"""(session, frame key)."""

_POSTGRES_FRAMES = """
SELECT f.session_id, f.frame_key
FROM unnest($1::bigint[], $2::bytea[]) AS k(session_id, frame_key)
JOIN frames f ON f.session_id = k.session_id AND f.frame_key = k.frame_key
WHERE f.expires BETWEEN $3::bigint AND $4::bigint
"""
# CROSS JOIN is how SQLite is told to begin with the keys.
_SQLITE_FRAMES = """
WITH k(session_id, frame_key) AS (VALUES {})
SELECT f.session_id, f.frame_key FROM k CROSS JOIN frames f
ON f.session_id = k.session_id AND f.frame_key = k.frame_key
"""


class Lookups:
    """Finds rows on one engine. The days of expiry, first and last, say which partitions to look into."""

    def __init__(self, dialect: sa.Dialect) -> None:
        self._is_sqlite = dialect.name == "sqlite"
        self._frames = BulkStatement(lambda rows: _SQLITE_FRAMES.format(", ".join(["(?, ?)"] * rows)), 2)

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
