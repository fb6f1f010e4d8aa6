"""What officers record at the door"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _columns() -> list[sa.Column[Any]]:
    moment = sa.DateTime(timezone=True)
    return [
        sa.Column("id", sa.Uuid(), nullable=False, comment="made on the phone"),
        sa.Column(
            "seq",
            sa.BigInteger(),
            sa.Identity(always=True),
            nullable=False,
            comment="the order in which records came",
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False, comment="the officer's name, as reminder.given_by"),
        sa.Column(
            "may_confirm",
            sa.Boolean(),
            nullable=False,
            comment="whether its author might withdraw other days' reminders when it was recorded",
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("venue_code", sa.Text(), nullable=True),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Uuid(), nullable=True, comment="the record confirmed or withdrawn"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("happened_at", moment, nullable=False, comment="by the phone's clock, put right by skew_seconds"),
        sa.Column("received_at", moment, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column(
            "skew_seconds",
            sa.Integer(),
            nullable=False,
            comment="how far the phone's clock was behind (ahead: negative)",
        ),
        sa.Column(
            "day",
            sa.Date(),
            nullable=False,
            comment="the day in the data's calendar: a demonstration's today is its last day",
        ),
        sa.Column("payload", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("photo", sa.Text(), nullable=True, comment="SHA-256 of a JPEG in the store of files"),
        sa.Column("state", sa.Text(), server_default=sa.text("'waiting'"), nullable=False),
        sa.Column("answer", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "reminder_id",
            sa.Integer(),
            nullable=True,
            comment="its row of reminder, there or to be put there again under the same number",
        ),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.Column("decided_at", moment, nullable=True, comment="of proposals"),
        sa.Column("decided_by", sa.Text(), nullable=True),
    ]


def upgrade() -> None:
    op.create_table(
        "field_event",
        *_columns(),
        sa.CheckConstraint(
            "kind IN ('reminder', 'confirmation', 'withdrawal', 'proposal_new', 'proposal_move', 'proposal_closure',"
            " 'qr_seen')",
            name=op.f("field_event_kind_check"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'duplicate', 'conflict', 'refused')", name=op.f("field_event_state_check")
        ),
        sa.CheckConstraint("reason IN ('no_qr', 'not_scanning')", name=op.f("field_event_reason_check")),
        sa.CheckConstraint("octet_length(payload::text) <= 4000", name=op.f("field_event_payload_check")),
        sa.CheckConstraint("photo ~ '^[0-9a-f]{64}$'", name=op.f("field_event_photo_check")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venue.id"], name=op.f("field_event_venue_id_fkey"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("field_event_ward_id_fkey"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("field_event_pkey")),
    )
    op.create_index("field_event_venue_idx", "field_event", ["venue_id", "day"])
    op.create_index("field_event_account_idx", "field_event", ["account_id", "seq"])
    op.create_index("field_event_waiting_idx", "field_event", ["seq"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index("field_event_about_idx", "field_event", ["about"], postgresql_where=sa.text("about IS NOT NULL"))
