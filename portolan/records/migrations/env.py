"""What alembic runs: the versions, on the connection and in the transaction that `migrate.upgrade` prepared."""

from alembic import context

from portolan.records.schema import TABLES

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=TABLES,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
