"""Sessions and audit entries belong to a tenant. What is there already belongs to "default"."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'sessions'"


def upgrade() -> None:
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    last_number = connection.scalar(sa.text(LAST_NUMBER)) if is_sqlite else None
    op.drop_index("sessions_latest", "sessions")
    # SQLite can only change a constraint by copying the table.
    with op.batch_alter_table("sessions", table_kwargs={"sqlite_autoincrement": True}) as sessions:
        sessions.add_column(_tenant())
        sessions.drop_constraint("sessions_name", type_="unique")
        sessions.create_unique_constraint("sessions_name", ["tenant", "classroom", "session"])
    if last_number is not None:
        # A copy begins to count at its highest number, which may be lower: of a session that is being deleted.
        op.execute("DELETE FROM sqlite_sequence WHERE name = 'sessions'")
        op.execute(sa.text("INSERT INTO sqlite_sequence VALUES ('sessions', :last)").bindparams(last=last_number))
    op.create_index("sessions_latest", "sessions", ["tenant", "start_time", "classroom", "session"])
    op.add_column("audit", _tenant())
    op.drop_index("audit_session", "audit")
    op.create_index("audit_session", "audit", ["tenant", "session", "time"])


def _tenant() -> "sa.Column[str]":
    return sa.Column("tenant", sa.Text, nullable=False, server_default="default")
