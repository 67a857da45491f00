"""What a commit records is appended as one packed row, and a session counts its sources and the rows that wait so."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COUNT_SOURCES = """
UPDATE sessions SET source_count = (
  SELECT COUNT(DISTINCT source_key) FROM sources WHERE sources.session_id = sessions.id
)
"""


def upgrade() -> None:
    for name in ("pending", "source_count"):
        op.add_column("sessions", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.execute(COUNT_SOURCES)
    op.create_table(
        "pending_buckets",
        *(sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False) for name in ("session_id", "number")),
        sa.Column("packed", sa.LargeBinary, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        # To compress what is read once, and soon, takes longer than to write it.
        op.execute("ALTER TABLE pending_buckets ALTER COLUMN packed SET STORAGE EXTERNAL")
