"""Sessions, observations, their buckets, and the audit log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# The labels as they stand at this step, whatever becomes of them later.
LABELS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
FIGURES = (
    "frames",
    "faces",
    "seen",
    *(f"{figure}_{label}" for figure in ("score", "square", "top") for label in LABELS),
    "seen_at_once",
    "faces_at_once",
)


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "sessions",
        sa.Column("id", identity, primary_key=True),
        sa.Column("classroom", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("start_time", sa.BigInteger, nullable=False),
        sa.Column("end_time", sa.BigInteger),
        sa.Column("minimum_group_size", sa.Integer, nullable=False),
        sa.Column("retention_seconds", sa.BigInteger, nullable=False),
        sa.Column("hash_key", sa.LargeBinary, nullable=False),
        sa.Column("first_second", sa.BigInteger),
        sa.Column("last_second", sa.BigInteger),
        sa.UniqueConstraint("classroom", "session", name="sessions_name"),
        sqlite_autoincrement=True,
    )
    op.create_index("sessions_latest", "sessions", ["start_time", "id"])
    op.create_table("doomed_sessions", sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False))
    frame_key = sa.Column("frame_key", sa.LargeBinary, primary_key=True)
    _create_growing("frames", _key("session_id"), frame_key, _key("expires"), _integer("source_key"))
    bucket = ("session_id", "resolution", "start")
    _create_growing("source_buckets", *map(_key, (*bucket, "source_key", "expires")), *map(_integer, FIGURES))
    _create_growing("class_buckets", *map(_key, (*bucket, "expires")), *map(_integer, FIGURES))
    pair = ("session_id", "start", "source_key", "pair", "expires")
    _create_growing("source_pairs", *map(_key, pair), _integer("faces"))
    op.create_table(
        "audit",
        sa.Column("id", identity, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
    )
    op.create_index("audit_session", "audit", ["session", "time"])


def _create_growing(name: str, *columns: "sa.Column[Any]") -> None:
    op.create_table(name, *columns, postgresql_partition_by="RANGE (expires)", sqlite_with_rowid=False)


def _key(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _integer(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False)
