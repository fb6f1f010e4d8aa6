"""Alembic's entry: the connection, its transaction and its lock are those of ``data.database.migrate``."""

from typing import Any

from alembic import context

from data.models.base import Base


def include_name(name: str | None, type_: str, _parents: Any) -> bool:
    """Leave out what PostGIS and we do not own as models (``spatial_ref_sys``)."""
    return type_ != "table" or name in Base.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    transactional_ddl=True,
)
context.run_migrations()
