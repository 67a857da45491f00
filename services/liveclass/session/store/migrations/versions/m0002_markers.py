"""Moments of sessions can be marked."""

import sqlalchemy as sa
from alembic import op

revision = "0002_markers"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("markers", sa.Text, nullable=False, server_default="[]"))
