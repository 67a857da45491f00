"""A session says whose labels its scores are by.

By whose they were recorded before is not known: there, the next face that is recorded says it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("labels", sa.Text))
