"""When sources were seen is kept by the number of faces that they showed at once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What is not known of a source any more, or came late, it has shown no face of.
FACES = """
INSERT INTO sources SELECT session_id, source_key, faces_at_once, MIN(start), MAX(start)
FROM source_buckets WHERE resolution = 1 GROUP BY session_id, source_key, faces_at_once
"""
OTHERS = """
INSERT INTO sources SELECT session_id, source_key, 0, first_second, last_second FROM sources_before AS before
WHERE NOT EXISTS (
  SELECT 1 FROM sources WHERE session_id = before.session_id AND source_key = before.source_key AND faces = 0
)
"""


def upgrade() -> None:
    op.rename_table("sources", "sources_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX sources_pkey RENAME TO sources_before_pkey")
    op.create_table(
        "sources",
        *map(_key, ("session_id", "source_key", "faces")),
        *map(_integer, ("first_second", "last_second")),
        sqlite_with_rowid=False,
    )
    op.execute(FACES)
    op.execute(OTHERS)
    op.drop_table("sources_before")


def _key(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


def _integer(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False)
