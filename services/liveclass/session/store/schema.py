"""The tables. The same on every engine; `migrations/` brings a database to them.

Nothing here names a person, and no score of a single face is kept: only sums. Pseudonyms and frame ids are kept as
keyed hashes, whose key is a session's own and goes with it.

All rows but sessions carry `expires`, the day since the epoch from which they are not needed any more. PostgreSQL
partitions by it, so that a whole day is dropped at once whatever the retention of each session. CockroachDB has no
such partitions: there, leave `postgresql_partition_by` out of the migration, and the sweeper deletes row by row.
"""

from typing import Any

import sqlalchemy as sa

from liveclass.session import figures

metadata = sa.MetaData()

Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite

PARTITIONED: dict[str, Any] = {"postgresql_partition_by": "RANGE (expires)", "sqlite_with_rowid": False}
"""Options of the tables that grow. Without row ids SQLite keeps the rows in the order of the key."""


def _integer(name: str, *, primary_key: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, primary_key=primary_key, nullable=False, autoincrement=False)


def _figures() -> "list[sa.Column[int]]":
    return [_integer(name) for name in (*figures.COLUMNS, "seen_at_once", "faces_at_once")]


sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", Identity, primary_key=True),
    sa.Column("classroom", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("start_time", sa.BigInteger, nullable=False),  # microseconds since the epoch
    sa.Column("end_time", sa.BigInteger),
    sa.Column("minimum_group_size", sa.Integer, nullable=False),
    sa.Column("retention_seconds", sa.BigInteger, nullable=False),
    sa.Column("hash_key", sa.LargeBinary, nullable=False),
    sa.Column("first_second", sa.BigInteger),
    sa.Column("last_second", sa.BigInteger),
    sa.Column("markers", sa.Text, nullable=False, server_default="[]"),  # JSON: [second, text] each, in order of time
    sa.UniqueConstraint("classroom", "session", name="sessions_name"),
    sa.Index("sessions_latest", "start_time", "id"),
    sqlite_autoincrement=True,  # a number is never used again, so that what a crash left behind is nobody else's
)

doomed_sessions = sa.Table(
    "doomed_sessions",
    metadata,
    # Deleted sessions whose rows are being cleared away.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
)

frames = sa.Table(
    "frames",
    metadata,
    # Which frames were recorded: the memory by which a retry is known.
    _integer("session_id", primary_key=True),
    sa.Column("frame_key", sa.LargeBinary, primary_key=True),
    _integer("expires", primary_key=True),
    _integer("source_key"),
    **PARTITIONED,
)

source_buckets = sa.Table(
    "source_buckets",
    metadata,
    _integer("session_id", primary_key=True),
    _integer("resolution", primary_key=True),
    _integer("start", primary_key=True),
    _integer("source_key", primary_key=True),
    _integer("expires", primary_key=True),
    *_figures(),
    **PARTITIONED,
)

class_buckets = sa.Table(
    "class_buckets",
    metadata,
    # The sum of source_buckets over the sources: what a timeline reads.
    _integer("session_id", primary_key=True),
    _integer("resolution", primary_key=True),
    _integer("start", primary_key=True),
    _integer("expires", primary_key=True),
    *_figures(),
    **PARTITIONED,
)

source_pairs = sa.Table(
    "source_pairs",
    metadata,
    # How many faces had which two emotions highest, in buckets of 600 seconds.
    _integer("session_id", primary_key=True),
    _integer("start", primary_key=True),
    _integer("source_key", primary_key=True),
    _integer("pair", primary_key=True),
    _integer("expires", primary_key=True),
    _integer("faces"),
    **PARTITIONED,
)

audit = sa.Table(
    "audit",
    metadata,
    # Who read, exported and erased what; never what it said.
    sa.Column("id", Identity, primary_key=True),
    sa.Column("time", sa.BigInteger, nullable=False),
    sa.Column("caller", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("session", sa.Text, nullable=False),
    sa.Index("audit_session", "session", "time"),
)

GROWING = (frames, source_buckets, class_buckets, source_pairs)
"""The tables that hold observations."""
