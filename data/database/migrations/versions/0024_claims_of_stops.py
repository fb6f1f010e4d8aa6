"""Who has a stop is found by the stop; the rights of a record's author are no words of the audit"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("field_event_claim_idx", "field_event")
    op.create_index(
        "field_event_claim_idx",
        "field_event",
        [sa.text("(payload ->> 'stop')"), "seq"],
        postgresql_where=sa.text("kind = 'stop_claim'"),
    )
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # into the audit, before its triggers go
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    for event in ("insert", "update", "delete", "truncate"):  # data/sql/audited_tables.sql makes them anew
        op.execute(f"DROP TRIGGER IF EXISTS audit_{event} ON field_event")
