"""Finding many rows by their keys at once: a list of keys is joined to the table, each found by the primary key.

The engines differ in how a list becomes a table: SQLite takes VALUES, PostgreSQL arrays.
"""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

import sqlalchemy as sa

FrameId = tuple[int, bytes]
"""(session, frame key)."""

BucketId = tuple[int, int, int, int]
"""(session, resolution, start, source)."""

AtOnce = tuple[int, int]
"""The most faces (seen, classified) at once."""

_CHUNK = 4_000
"""Keys in one SQLite statement: four values each stay below its limit of 32,766."""

_POSTGRES_FRAMES = """
SELECT f.session_id, f.frame_key
FROM unnest($1::bigint[], $2::bytea[]) AS k(session_id, frame_key)
JOIN frames f ON f.session_id = k.session_id AND f.frame_key = k.frame_key
WHERE f.expires BETWEEN $3::bigint AND $4::bigint
"""
_POSTGRES_BUCKETS = """
SELECT b.session_id, b.resolution, b.start, b.source_key, b.seen_at_once, b.faces_at_once
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS k(session_id, resolution, start, source_key)
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
WITH k(session_id, resolution, start, source_key) AS (VALUES {})
SELECT b.session_id, b.resolution, b.start, b.source_key, b.seen_at_once, b.faces_at_once
FROM k CROSS JOIN source_buckets b ON b.session_id = k.session_id AND b.resolution = k.resolution
AND b.start = k.start AND b.source_key = k.source_key
"""


def known_frames(connection: sa.Connection, frames: Sequence[FrameId], expires: tuple[int, int]) -> set[FrameId]:
    """Those of `frames` that were recorded before, with an expiry in the given range of days."""
    rows = _find(connection, (_SQLITE_FRAMES, _POSTGRES_FRAMES), frames, expires)
    return {(session, bytes(key)) for session, key in rows}


def at_once(connection: sa.Connection, buckets: Sequence[BucketId], expires: tuple[int, int]) -> dict[BucketId, AtOnce]:
    """The most faces at once in those of `buckets` that there are."""
    rows = _find(connection, (_SQLITE_BUCKETS, _POSTGRES_BUCKETS), buckets, expires)
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def _find(
    connection: sa.Connection, statements: tuple[str, str], keys: Sequence[Sequence[Any]], expires: tuple[int, int]
) -> list[Any]:
    sqlite, postgres = statements
    if not keys:
        return []
    if connection.dialect.name != "sqlite":
        columns = tuple(list(column) for column in zip(*keys, strict=True))
        return list(connection.exec_driver_sql(postgres, (*columns, *expires)))
    found: list[Any] = []
    for chunk in _chunks(keys):
        places = ",".join(["(" + ",".join("?" * len(keys[0])) + ")"] * len(chunk))
        found += connection.exec_driver_sql(sqlite.format(places), tuple(chain.from_iterable(chunk)))
    return found


def _chunks(keys: Iterable[Sequence[Any]]) -> Iterable[list[Sequence[Any]]]:
    remaining = iter(keys)
    while chunk := list(islice(remaining, _CHUNK)):
        yield chunk
