"""How Alembic runs our migrations: on the connection and inside the transaction it is given."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from service.storage.tables import Table


def run(connection: Connection) -> None:
    """Migrate on `connection`; whoever opened it commits."""
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=True,  # SQLite cannot alter a column: the table is copied
        compare_type=True,
        transactional_ddl=False,  # the caller holds the transaction on both engines
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    # `alembic …` by hand, for writing a new step.
    from service.settings import load_settings
    from service.storage.engine import open_engine

    with open_engine(load_settings().storage_url).begin() as opened:
        run(opened)
