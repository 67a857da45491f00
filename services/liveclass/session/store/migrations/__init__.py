"""The database schema, step by step (Alembic). Run at start by `liveclass.session.store.sql.migrate`."""
