"""Timelines are released cell by cell: watermarks, when sources were seen, late observations, and the class's cells.

What was recorded before is released anew when it is next read.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002_markers"
branch_labels = None
depends_on = None

LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
COLUMNS = ("frames", "faces", "seen", *(f"{figure}_{one}" for figure in ("score", "square", "top") for one in LABELS))
BUCKET = ("session_id", "resolution", "start", "source_key", "expires")

# How many frames had a face was not kept: as many as there can have been is on the safe side.
FRAMES_WITH_FACES = "UPDATE source_buckets SET frames_with_faces = CASE WHEN faces < frames THEN faces ELSE frames END"
SEEN = """
INSERT INTO sources SELECT session_id, source_key, MIN(start), MAX(start)
FROM source_buckets WHERE resolution = 1 GROUP BY session_id, source_key
"""
PARTITIONS = """
SELECT child.relname FROM pg_inherits
JOIN pg_class child ON child.oid = pg_inherits.inhrelid JOIN pg_class parent ON parent.oid = pg_inherits.inhparent
WHERE parent.relname = 'source_buckets' AND pg_table_is_visible(parent.oid)
"""


def upgrade() -> None:
    op.add_column("sessions", _added("watermark"))
    op.rename_table("doomed_sessions", "deleted_sessions")
    op.create_table(
        "sources",
        *map(_key, ("session_id", "source_key")),
        *map(_integer, ("first_second", "last_second")),
        sqlite_with_rowid=False,
    )
    op.add_column("source_buckets", _added("frames_with_faces"))
    op.add_column("source_buckets", _added("shown"))
    op.execute("DELETE FROM source_buckets WHERE resolution > 10")
    op.execute(FRAMES_WITH_FACES)
    op.execute(SEEN)
    op.drop_table("source_pairs")
    op.drop_table("class_buckets")
    recorded = (*COLUMNS, "seen_at_once", "faces_at_once")
    _create_growing("late_buckets", *map(_key, BUCKET), *map(_integer, recorded), _added("frames_with_faces"))
    bucket, released = (*BUCKET[:3], "expires"), (*COLUMNS, "weight", "group_size", "people")
    _create_growing("class_buckets", *map(_key, bucket), *map(_integer, ("state", "detailed", "grown", *released)))


def _create_growing(name: str, *columns: "sa.Column[Any]") -> None:
    """A partitioned table, on PostgreSQL with a partition for every day that there are observations of."""
    op.create_table(name, *columns, postgresql_partition_by="RANGE (expires)", sqlite_with_rowid=False)
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    for partition in connection.scalars(sa.text(PARTITIONS)).all():
        day = int(partition.removeprefix("source_buckets_"))
        op.execute(f"CREATE TABLE {name}_{day} PARTITION OF {name} FOR VALUES FROM ({day}) TO ({day + 1})")


def _key(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _integer(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False)


def _added(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
