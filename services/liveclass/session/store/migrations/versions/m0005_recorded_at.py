"""A session says when it was last recorded in, so that cells stay open while a lesson is sent afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("recorded_at", sa.BigInteger, nullable=False, server_default="0"))
