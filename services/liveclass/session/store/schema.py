"""The tables. The same on every engine; `migrations/` brings a database to them.

Nothing here names a person, and no score of a single face is kept: only sums. Pseudonyms and frame ids are kept as
keyed hashes, whose key is a session's own and goes with it. Answers are read from class_buckets, which hold only what
may be shown, and from those source_buckets that are marked as shown.

What grows with the frames carries `expires`, the day since the epoch from which it is not needed any more. PostgreSQL
partitions by it, so that a whole day is dropped at once whatever the retention of each session. CockroachDB has no
such partitions: there, leave `postgresql_partition_by` out of the migration, and the sweeper deletes row by row.
"""

from typing import Any

import sqlalchemy as sa

from liveclass.session import sums

metadata = sa.MetaData()

Identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts up by itself on SQLite

PARTITIONED: dict[str, Any] = {"postgresql_partition_by": "RANGE (expires)", "sqlite_with_rowid": False}
"""Options of the tables that grow. Without row ids SQLite keeps the rows in the order of the key."""


def _key(*names: str) -> "list[sa.Column[int]]":
    """The columns of a primary key."""
    return [sa.Column(name, sa.BigInteger, primary_key=True, nullable=False, autoincrement=False) for name in names]


def _integer(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False)


def _added(name: str) -> "sa.Column[int]":
    """A column that came with a later step: with a default, as it was added to rows that were there."""
    return sa.Column(name, sa.BigInteger, nullable=False, autoincrement=False, server_default="0")


def _tenant() -> "sa.Column[str]":
    """Whose a row is. With a default, for rows that a replica adds which is not updated yet."""
    return sa.Column("tenant", sa.Text, nullable=False, server_default="default")


def _recorded() -> "list[sa.Column[int]]":
    names = (*sums.COLUMNS, "seen_at_once", "faces_at_once")
    return [*map(_integer, names), _added("frames_with_faces")]


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
    _added("watermark"),  # the second before which every cell is closed
    sa.Column("labels", sa.Text),  # those of the first face that was recorded: "fer2013" or "votes"
    _added("recorded_at"),  # when something was last recorded, in seconds since the epoch
    _tenant(),
    _added("pending"),  # rows in pending_buckets
    _added("source_count"),  # different sources in sources
    sa.UniqueConstraint("tenant", "classroom", "session", name="sessions_name"),
    sa.Index("sessions_latest", "tenant", "start_time", "classroom", "session"),
    sqlite_autoincrement=True,  # a number is never used again: rows that a crash left behind belong to no new session
)

deleted_sessions = sa.Table(
    "deleted_sessions",
    metadata,
    # Those whose rows are still being cleared away.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
)

frames = sa.Table(
    "frames",
    metadata,
    # Which frames were recorded, so that a retry is recognised.
    *_key("session_id"),
    sa.Column("frame_key", sa.LargeBinary, primary_key=True),
    *_key("expires"),
    _integer("source_key"),
    **PARTITIONED,
)

sources = sa.Table(
    "sources",
    metadata,
    # When each source showed so many faces at once, first and last, in seconds. What came late, for a cell that was
    # closed, was first shown at the watermark: nobody can say afterwards that a source was there before. The last is
    # rounded up to the end of its EXPIRY_SECONDS, so that a row changes once in so long.
    *_key("session_id", "source_key", "faces"),
    _integer("first_second"),
    _integer("last_second"),
    sqlite_with_rowid=False,
)

pending_buckets = sa.Table(
    "pending_buckets",
    metadata,
    # What was recorded and is not in source_buckets yet, as commits appended it: `sums.SourceRows.packed`. It is added
    # there when the session is closed in part, read or erased from, or has much of it: a bucket is then written once,
    # and not with every commit.
    *_key("session_id", "number"),
    sa.Column("packed", sa.LargeBinary, nullable=False),
)

source_buckets = sa.Table(
    "source_buckets",
    metadata,
    # What was recorded, without what waits in pending_buckets or late_buckets.
    *_key("session_id", "resolution", "start", "source_key", "expires"),
    *_recorded(),
    _added("shown"),  # 1: the source may be shown alone here
    **PARTITIONED,
)

late_buckets = sa.Table(
    "late_buckets",
    metadata,
    # What came for a cell that is closed: it waits until the session ends.
    *_key("session_id", "resolution", "start", "source_key", "expires"),
    *_recorded(),
    **PARTITIONED,
)

class_buckets = sa.Table(
    "class_buckets",
    metadata,
    # What was released of the class. All sums are zero where nothing may be shown.
    *_key("session_id", "resolution", "start", "expires"),
    _integer("state"),
    _integer("detailed"),  # 1: the cell is shown second by second
    _integer("grown"),  # 1: late observations were added since it is shown, -1: a source was erased from it
    *map(_integer, (*sums.COLUMNS, "weight", "group_size", "people")),
    **PARTITIONED,
)

SUPPRESSED, VISIBLE, WITHHELD = 0, 1, 2
"""States of a class's bucket. What is withheld stays so."""

audit = sa.Table(
    "audit",
    metadata,
    # Who did what, without the data itself. Triggers refuse to change a row, and to delete one before its time.
    sa.Column("id", Identity, primary_key=True),
    sa.Column("time", sa.BigInteger, nullable=False),
    sa.Column("client", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("resource", sa.Text, nullable=False),
    _tenant(),
    sa.Column("issuer", sa.Text, nullable=False, server_default=""),
    sa.Column("subject", sa.Text, nullable=False, server_default=""),
    sa.Column("outcome", sa.Text, nullable=False, server_default="OK"),
    sa.Column("calls", sa.BigInteger, nullable=False, server_default="1"),
    sa.Index("audit_latest", "tenant", "time"),
)

audit_retention = sa.Table(
    "audit_retention",
    metadata,
    # One row: the triggers let go of entries before this time.
    sa.Column("kept_from", sa.BigInteger, nullable=False),
)

program_keys = sa.Table(
    "program_keys",
    metadata,
    # Long-lived secrets of programs, as hashes. Revoked ones stay, so that the audit log can be read.
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("permissions", sa.Text, nullable=False),  # JSON: a list such as ["classrooms/7b:record"]
    sa.Column("secret_hash", sa.LargeBinary, nullable=False),
    sa.Column("create_time", sa.BigInteger, nullable=False),  # microseconds since the epoch
    sa.Column("last_use_time", sa.BigInteger),
    sa.Column("revoke_time", sa.BigInteger),
    sa.Index("program_keys_tenant", "tenant", "create_time"),
)

GROWING = (frames, source_buckets, late_buckets, class_buckets)
"""The tables that hold observations."""
