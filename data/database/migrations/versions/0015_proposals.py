"""Proposals that are carried out, and records whose day their author stated"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OLD_RECORD = "field_record(uuid, text, text, text, uuid, timestamptz, timestamptz, jsonb, text, boolean)"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.add_column(
        "field_event",
        sa.Column("carried_out_at", moment, nullable=True, comment="when what was accepted was done; NULL: not (yet)"),
    )
    op.add_column(
        "field_event",
        sa.Column(
            "clock_said",
            moment,
            nullable=True,
            comment="the phone's clock, which could not be believed: its author stated the day of happened_at",
        ),
    )
    # a phone set to another century is more seconds off than an integer holds
    op.alter_column("field_event", "skew_seconds", type_=sa.BigInteger(), existing_nullable=False)
    op.execute("CREATE SEQUENCE field_venue_number")
    # It has more arguments now (data/sql/field.sql); calls of before fit the new one.
    op.execute(f"DROP FUNCTION IF EXISTS {OLD_RECORD}")
    op.execute("UPDATE field_event SET carried_out_at = decided_at WHERE kind = 'proposal_move' AND state = 'applied'")
    # Accepting these was to take note only: now that it does the thing, the office is asked again.
    op.execute(
        "UPDATE field_event SET state = 'waiting', decided_at = NULL, decided_by = NULL"
        " WHERE kind IN ('proposal_new', 'proposal_closure') AND state = 'applied'"
    )
    op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # into the audit, before its triggers go
    op.execute("SET CONSTRAINTS ALL DEFERRED")
    # What of a record follows from files and loads is recorded no more; data/sql/audit.sql makes the triggers anew.
    for event in ("insert", "update", "delete", "truncate"):
        op.execute(f"DROP TRIGGER IF EXISTS audit_{event} ON field_event")
