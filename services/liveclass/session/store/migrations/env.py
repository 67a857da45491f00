"""Alembic's entry: the caller hands over a connection that is in a transaction already."""

from alembic import context

from liveclass.session.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
