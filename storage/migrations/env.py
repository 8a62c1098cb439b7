"""Runs the migrations on the connection that `storage.schema.migrate` hands over, in its transaction."""

from alembic import context

from storage.tables import CASES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=CASES.metadata,
    transactional_ddl=True,
)
context.run_migrations()
