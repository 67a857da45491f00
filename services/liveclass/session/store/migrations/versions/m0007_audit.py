"""The audit log says who called, of which tenant, and how it ended; its rows cannot be changed, nor deleted early."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SQLITE = (
    """
CREATE TRIGGER audit_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
""",
    """
CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit
WHEN OLD.time >= (SELECT max(kept_from) FROM audit_retention)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
""",
)

POSTGRESQL = (
    """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.time < (SELECT max(kept_from) FROM audit_retention) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the audit log is append-only';
END $$
""",
    """
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
""",
    """
CREATE TRIGGER audit_not_truncated BEFORE TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
""",
)


def upgrade() -> None:
    op.drop_index("audit_session", "audit")
    op.execute("ALTER TABLE audit RENAME COLUMN caller TO client")
    op.execute("ALTER TABLE audit RENAME COLUMN session TO resource")
    for name, default in (("issuer", ""), ("subject", ""), ("outcome", "OK")):
        op.add_column("audit", sa.Column(name, sa.Text, nullable=False, server_default=default))
    op.add_column("audit", sa.Column("calls", sa.BigInteger, nullable=False, server_default="1"))
    op.create_index("audit_latest", "audit", ["tenant", "time"])
    op.create_table("audit_retention", sa.Column("kept_from", sa.BigInteger, nullable=False))
    op.execute("INSERT INTO audit_retention VALUES (0)")
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
